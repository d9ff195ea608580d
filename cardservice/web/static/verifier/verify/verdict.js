// The answer to "is this card good?": one of three outcomes, why, what the card says, and how old the lists are
// (cardservice/verify/verdict.py).

import { Reason } from "../credential/errors.js";

export const Outcome = Object.freeze({ VALID: "valid", NOT_VALID: "not-valid", CANNOT_TELL: "cannot-tell" });

/** Seconds after which an answer says on which day's list it stands. */
export const FRESH = 48 * 3600;

const CANNOT_TELL = [Reason.STATUS_STALE, Reason.STATUS_MISSING, Reason.CLOCK_WRONG];

/** What a verification found. What the card says is null wherever its signature was not found good. */
export class Verdict {
  /** `wouldBe`: of a sample what a card would be; null for everything else. */
  constructor(reason, trustListAge, statusListAge, claims = null, issuer = null, statusIssuedAt = null, wouldBe = null) {
    Object.assign(this, { reason, trustListAge, statusListAge, claims, issuer, statusIssuedAt, wouldBe });
  }

  /** What to do: let in, not let in, or find out otherwise. */
  get verdict() {
    return outcomeOf(this.reason);
  }

  /** What training goes on with: of a sample what a card would be, else the reason. It lets nobody in. */
  get asCard() {
    return this.wouldBe ?? this.reason;
  }

  /** Which of the card's two codes was read. */
  get code() {
    if (this.claims === null) return null;
    return this.claims.name === null ? "residence" : "identity";
  }

  /** Whether the lists are new enough to say nothing of their day. */
  get fresh() {
    return this.statusListAge !== null && this.statusListAge <= FRESH;
  }

  /** The fields that `cardverify --json` prints, in its order and with its names. */
  asObject() {
    const { claims, issuer } = this;
    return {
      verdict: this.verdict,
      reason: this.reason,
      would_be: this.wouldBe,
      code: this.code,
      card_number: claims?.cardNumber ?? null,
      issuer: claims?.issuer ?? null,
      issuer_name: issuer === null ? null : nameOf(issuer),
      recognised_for: issuer?.recognisedFor ?? [],
      name: claims?.name ?? null,
      language: claims?.language ?? null,
      name_second: claims?.nameSecond ?? null,
      language_second: claims?.languageSecond ?? null,
      birth_date: claims === null ? null : partialDate(claims.birthDate),
      expires: claims === null ? null : isoDate(claims.expiresAt),
      trust_list_age_s: this.trustListAge,
      status_list_age_s: this.statusListAge,
    };
  }
}

/** What follows from a reason. */
export function outcomeOf(reason) {
  if (reason === Reason.VALID) return Outcome.VALID;
  return CANNOT_TELL.includes(reason) ? Outcome.CANNOT_TELL : Outcome.NOT_VALID;
}

/** What to call an issuer: in `language` where it has a name in it, else in its own; its URI where it has none. */
export function nameOf(issuer, language = null) {
  return issuer.names.get(language) ?? issuer.names.values().next().value ?? issuer.issuer;
}

/** YYYYMMDD, where 00 is not known, in ISO 8601. Another issuer's way to write a date stays as it is. */
export function partialDate(digits) {
  if (digits === null || !/^[0-9]{8}$/.test(digits)) return digits;
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)];
  if (month === "00") return year;
  return day === "00" ? `${year}-${month}` : `${year}-${month}-${day}`;
}

/** The UTC date of a time in seconds since 1970, in ISO 8601. */
export function isoDate(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
