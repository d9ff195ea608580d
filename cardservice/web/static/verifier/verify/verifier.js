// The verification: the numbered steps of docs/card-format.md, as cardservice/verify/verifier.py takes them.
//
// The order is the promise: nothing in the payload is believed before the signature is checked, and "valid" is reached
// only by passing every step. Time never runs backwards: signed lists prove that it is at least as late as they say.

import { hex } from "../credential/bytes.js";
import { DAY, decodeClaims, issuerOf } from "../credential/claims.js";
import { CredentialError, Reason } from "../credential/errors.js";
import { openText } from "../credential/qr-text.js";
import { KeyPurpose, KeyState } from "../credential/trust-list.js";
import { place } from "./memory.js";
import { Verdict } from "./verdict.js";

const CLOCK_TOLERANCE = DAY; // seconds that a clock may be behind the newest list

/** A step was not passed. `card` is there where the signature was found good. */
class Refused extends CredentialError {
  constructor(reason, message, card = null) {
    super(reason, message);
    this.card = card;
  }
}

/**
 * Return the verdict on the card whose QR code says `text`, at `now` (seconds since 1970, whole).
 * `service` is what the card is shown for; another city's card must be recognised for it. Never throws for what a text contains.
 */
export async function verify(text, kit, now, service = null) {
  let [card, reason] = [null, Reason.VALID];
  try {
    card = await examine(text, kit, now, service);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    [card, reason] = [error.card ?? null, error.reason];
  }
  const trustListAge = age(kit.trustList, now);
  if (card === null) return new Verdict(reason, trustListAge, oldestAge(kit, now));
  const { claims, issuer, key, statusList } = card;
  // Good for nothing, whatever the steps found.
  const [answer, wouldBe] = key.purpose === KeyPurpose.SAMPLE ? [Reason.SAMPLE, reason] : [reason, null];
  return new Verdict(answer, trustListAge, age(statusList, now), claims, issuer, statusList?.issuedAt ?? null, wouldBe);
}

async function examine(text, kit, now, service) {
  // (1) The text is a signed message, packed as ours are, within the limits.
  const sealed = await openText(text);
  // (2) The key it names is on the trust list, as one that signs cards.
  const { issuer, trusted } = findKey(sealed, kit);
  // (3) That key made the signature. Nothing in the payload is believed before this line.
  const claims = decodeClaims(await sealed.open(trusted.key));
  // (4) The key is the named issuer's own, and nobody else has it.
  checkIssuer(claims, issuer, trusted);
  const statusList = (claims.status && kit.statusLists.get(place(claims.issuer, claims.status.uri))) ?? null;
  const card = { claims, issuer, key: trusted, trustList: kit.trustList, statusList, ownLists: kit.ownLists };
  // (5) Our clock is not behind what the lists prove.
  const effective = checkClock(card, now);
  // (6) The card is within its period.
  checkPeriod(card, effective);
  // (7) The key was in use when it signed.
  checkKeyPeriod(card);
  // (8) A fresh status list shows the card as not revoked.
  checkStatus(card, effective);
  // (9) Another city's card is recognised for what it is shown for.
  checkService(card, service);
  return card;
}

function findKey(sealed, kit) {
  if (kit.trustList === null) throw new Refused(Reason.STATUS_MISSING, "the kit has no trust list that can be used");
  const entry = kit.cardKeys.get(hex(sealed.keyId ?? []));
  if (entry) return entry;
  // Only for choosing the words: an unchecked payload may name whom it likes.
  const known = kit.hasIssuer(issuerOf(sealed.payload));
  throw known
    ? new Refused(Reason.UNKNOWN_KEY, "not signed by a key of its issuer")
    : new Refused(Reason.UNKNOWN_ISSUER, "not from an issuer on the trust list");
}

function checkIssuer(claims, issuer, key) {
  if (claims.issuer !== issuer.issuer) throw new Refused(Reason.UNKNOWN_KEY, "signed by another issuer's key");
  if (key.state === KeyState.COMPROMISED) throw new Refused(Reason.KEY_COMPROMISED, "signed by a key that others may have");
}

/** Return the time to judge by: ours, or the newest list's if that is later. */
function checkClock(card, now) {
  const newest = Math.max(card.trustList.issuedAt, card.statusList?.issuedAt ?? 0);
  if (now < newest - CLOCK_TOLERANCE) throw new Refused(Reason.CLOCK_WRONG, "the clock is more than a day behind the newest list", card);
  return Math.max(now, newest);
}

function checkPeriod(card, effective) {
  const { expiresAt, issuedAt, notBefore } = card.claims;
  if (effective >= expiresAt) throw new Refused(Reason.EXPIRED, "past its last day", card);
  // One by one: the first time of another issuer may be too large for Math.max.
  if (effective < issuedAt || effective < (notBefore ?? 0)) throw new Refused(Reason.NOT_YET_VALID, "before its first day", card);
}

function checkKeyPeriod(card) {
  const { key, claims } = card;
  if (claims.issuedAt < key.notBefore - (key.notBefore % DAY)) {
    throw new Refused(Reason.KEY_NOT_VALID_THEN, "signed before its key was in use", card);
  }
  if (claims.expiresAt > key.notAfter) throw new Refused(Reason.KEY_NOT_VALID_THEN, "valid for longer than its key", card);
  if (key.retiredAt !== null && claims.issuedAt > key.retiredAt) {
    throw new Refused(Reason.KEY_NOT_VALID_THEN, "signed after its key was retired", card);
  }
}

/** A city counts while its recognition is fresh: a trust list that somebody keeps from us would keep it for ever. */
function checkRecognition(card, effective) {
  const { trustList, ownLists } = card;
  const proves = (list) => effective < list.expiresAt && list.lowestTrustSequence <= trustList.sequence;
  if (effective >= trustList.nextUpdate || !ownLists.some(proves)) {
    throw new Refused(Reason.STATUS_STALE, "the trust list is not proven to be current", card);
  }
}

function checkStatus(card, effective) {
  const { statusList, trustList, issuer, claims } = card;
  if (statusList === null) throw new Refused(Reason.STATUS_MISSING, "no status list tells about this card", card);
  if (effective >= statusList.expiresAt) throw new Refused(Reason.STATUS_STALE, "the status list is out of date", card);
  // Other publishers count their own trust lists, not this one.
  if (issuer.issuer === trustList.publisher && trustList.sequence < statusList.lowestTrustSequence) {
    throw new Refused(Reason.STATUS_STALE, "the trust list is older than the status list asks for", card);
  }
  if (issuer.issuer !== trustList.publisher) checkRecognition(card, effective);
  const status = statusList.status(claims.status.index);
  if (status === undefined) throw new Refused(Reason.STATUS_MISSING, "the status list has no place for this card", card);
  if (status) throw new Refused(Reason.REVOKED, "revoked or suspended", card);
}

function checkService(card, service) {
  const { issuer, trustList } = card;
  if (service !== null && issuer.issuer !== trustList.publisher && !issuer.recognisedFor.includes(service)) {
    throw new Refused(Reason.NOT_RECOGNISED, "not recognised for this service", card);
  }
}

/** Seconds since a list was signed; none are counted where our clock is behind. */
function age(signed, now) {
  return signed === null ? null : Math.max(now - signed.issuedAt, 0);
}

function oldestAge(kit, now) {
  const issued = [...kit.statusLists.values()].map((statusList) => statusList.issuedAt);
  return issued.length ? Math.max(now - Math.min(...issued), 0) : null;
}
