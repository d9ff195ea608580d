// What one card says, read out of the CBOR payload that is signed (cardservice/credential/claims.py).

import * as cbor from "./cbor.js";
import { Malformed, NotACard } from "./errors.js";

export const DAY = 86400; // seconds
export const LATEST_TIME = 253402300799; // the end of the year 9999, so that every time is also a date

const [ISSUER, EXPIRES, NOT_BEFORE, ISSUED, IDENTITY, STATUS] = [1, 4, 5, 6, 169, 65535]; // CWT claims (RFC 8392, IANA)
const [NUMBER, LANGUAGE, NAME, BIRTH_DATE, NAME_SECOND, LANGUAGE_SECOND, PORTRAIT] = [1, 3, 4, 8, 19, 20, 62]; // of Claim 169
const IMAGE = 0;

const isInteger = (value) => typeof value === "number" || typeof value === "bigint";

/**
 * Read a payload whose signature has been checked: an object with the fields of `CardClaims` in Python, null for what
 * the card does not say. Throws NotACard where it lacks Claim 169, Malformed where a part is missing or of the wrong kind.
 */
export function decodeClaims(payload) {
  const claims = cbor.decode(payload);
  if (!(claims instanceof Map) || !claims.has(IDENTITY)) throw new NotACard("signed claims without Claim 169");
  let identity = claims.get(IDENTITY);
  if (identity instanceof Uint8Array) identity = cbor.decode(identity); // as the specification's own example has it
  if (!(identity instanceof Map)) throw new Malformed("a Claim 169 that is not a map");
  const [expiresAt, issuedAt] = [claims.get(EXPIRES), claims.get(ISSUED)];
  if (!isInteger(expiresAt) || !isInteger(issuedAt) || !(issuedAt >= 0 && issuedAt < expiresAt && expiresAt <= LATEST_TIME)) {
    throw new Malformed("times that are missing, in the wrong order, or after the year 9999");
  }
  const [issuer, cardNumber] = [claims.get(ISSUER), identity.get(NUMBER)];
  if (typeof issuer !== "string" || typeof cardNumber !== "string") throw new Malformed("a card without an issuer or a number");
  const status = claims.has(STATUS) ? readStatus(claims.get(STATUS)) : null;
  const [language, name, birthDate, nameSecond, languageSecond] = [LANGUAGE, NAME, BIRTH_DATE, NAME_SECOND, LANGUAGE_SECOND].map(
    (key) => optionalText(identity.get(key)),
  );
  const portrait = identity.has(PORTRAIT) ? readPortrait(identity.get(PORTRAIT)) : null;
  const notBefore = claims.get(NOT_BEFORE) ?? null;
  if (notBefore !== null && !isInteger(notBefore)) throw new Malformed("a first time that is not a number");
  return { issuer, cardNumber, issuedAt, expiresAt, status, language, name, birthDate, nameSecond, languageSecond, portrait, notBefore };
}

/** Return the issuer that an unchecked payload names: good for choosing words, never for believing. Throws Malformed. */
export function issuerOf(payload) {
  const claims = cbor.decode(payload);
  const issuer = claims instanceof Map ? claims.get(ISSUER) : null;
  return typeof issuer === "string" ? issuer : null;
}

function optionalText(value) {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new Malformed("a claim that is not a text");
  return value;
}

function readStatus(value) {
  const reference = value instanceof Map ? value.get("status_list") : null;
  if (reference instanceof Map) {
    const [index, uri] = [reference.get("idx"), reference.get("uri")];
    if (isInteger(index) && index >= 0 && typeof uri === "string") return { uri, index };
  }
  throw new Malformed("a status reference without an index and a URI");
}

/** The first picture among the biometrics of the face: an array of maps, or one map (Inji). */
function readPortrait(value) {
  for (const picture of Array.isArray(value) ? value : [value]) {
    const data = picture instanceof Map ? picture.get(0) : null;
    if (!(data instanceof Uint8Array)) throw new Malformed("a portrait that is not a map with bytes in it");
    if (picture.get(1) === IMAGE) return data;
  }
  return null;
}
