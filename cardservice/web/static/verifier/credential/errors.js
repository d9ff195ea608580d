// Why something signed is not accepted. The words are those of cardservice/credential/errors.py, which they must equal:
// members may be added and never renamed. A message names no person and no value out of a card.

export const Reason = Object.freeze({
  VALID: "valid",
  EXPIRED: "expired",
  NOT_YET_VALID: "not-yet-valid",
  REVOKED: "revoked",
  BAD_SIGNATURE: "bad-signature",
  UNKNOWN_ISSUER: "unknown-issuer",
  UNKNOWN_KEY: "unknown-key",
  KEY_COMPROMISED: "key-compromised",
  KEY_NOT_VALID_THEN: "key-not-valid-then",
  NOT_A_CARD: "not-a-card",
  MALFORMED: "malformed",
  STATUS_STALE: "status-stale",
  STATUS_MISSING: "status-missing",
  CLOCK_WRONG: "clock-wrong",
  NOT_RECOGNISED: "not-recognised",
  SAMPLE: "sample",
});

/** Something is not accepted; `reason` is the code to act on, the message says more to an engineer. */
export class CredentialError extends Error {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** The bytes are something else: a shop's code, a link, another kind of certificate. */
export class NotACard extends CredentialError {
  constructor(message) {
    super(Reason.NOT_A_CARD, message);
  }
}

/** The bytes are of our kind and break a rule of the format (docs/card-format.md). */
export class Malformed extends CredentialError {
  constructor(message) {
    super(Reason.MALFORMED, message);
  }
}

/** The signature was not made by this key over these bytes. */
export class BadSignature extends CredentialError {
  constructor(message) {
    super(Reason.BAD_SIGNATURE, message);
  }
}
