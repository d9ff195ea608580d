// The trust list: which issuers a verifier believes, with which keys and for how long, signed by the anchor
// (cardservice/credential/trust_list.py).

import * as cbor from "./cbor.js";
import { parseSign1 } from "./cose.js";
import { Malformed, NotACard } from "./errors.js";
import { PublicKey } from "./keys.js";
import { number } from "./status-list.js";

const CONTENT_TYPE = "application/vnd.cardservice.trustlist+cwt";
const ENTRY_LIMIT = 4096; // issuers, or keys of one, or lists of one

const [PUBLISHER, ISSUED] = [1, 6]; // CWT claims
const [SEQUENCE, NEXT_UPDATE, ISSUERS, NEXT_ANCHOR] = [-65537, -65540, -65541, -65542]; // for private use (RFC 8392 §9.1)
const [ISSUER, NAMES, KEYS, STATUS_LISTS, RECOGNISED_FOR] = [1, 2, 3, 4, 5];
const [COSE_KEY, PURPOSE, STATE, NOT_BEFORE, NOT_AFTER, RETIRED_AT] = [1, 2, 3, 4, 5, 6];

/** What a key may sign. No key has two purposes. A sample is good for nothing: it is from a training town. */
export const KeyPurpose = Object.freeze({ CARD: 0, STATUS: 1, SAMPLE: 2 });

/** Where a key stands in its life. */
export const KeyState = Object.freeze({ ANNOUNCED: 0, ACTIVE: 1, RETIRED: 2, COMPROMISED: 3 });

/** The list is of a format that came after this verifier: a newer one is needed. */
export class NewerFormat extends Malformed {}

/** Take a published list apart, to find its key. Throws NotACard or Malformed. */
export function parseTrustList(data) {
  const message = parseSign1(data);
  if (message.contentType !== CONTENT_TYPE) throw new NotACard("a signed message that is not a trust list");
  return message;
}

/** Read a payload whose signature has been checked. Throws Malformed, also where two keys have one id. */
export async function decodeTrustList(payload) {
  const claims = map(cbor.decode(payload, ENTRY_LIMIT));
  const nextAnchor = claims.get(NEXT_ANCHOR) ?? null;
  const trustList = {
    publisher: text(claims.get(PUBLISHER)),
    sequence: number(claims.get(SEQUENCE)),
    issuedAt: number(claims.get(ISSUED)),
    nextUpdate: number(claims.get(NEXT_UPDATE)),
    issuers: await inOrder(array(claims.get(ISSUERS)), readIssuer),
    nextAnchor: nextAnchor === null ? null : await PublicKey.fromCoseMap(nextAnchor),
  };
  const keyIds = trustList.issuers.flatMap((issuer) => issuer.keys.map((trusted) => trusted.key.keyId));
  const names = trustList.issuers.map((issuer) => issuer.issuer);
  if (new Set(keyIds).size < keyIds.length || new Set(names).size < names.length) {
    throw new Malformed("a trust list that names a key or an issuer twice");
  }
  return trustList;
}

async function readIssuer(value) {
  const entry = map(value);
  return {
    issuer: text(entry.get(ISSUER)),
    names: new Map(array(entry.get(NAMES)).map(name)),
    keys: await inOrder(array(entry.get(KEYS)), readKey),
    statusLists: array(entry.get(STATUS_LISTS)).map(text),
    recognisedFor: array(entry.get(RECOGNISED_FOR)).map(text),
  };
}

async function readKey(value) {
  const entry = map(value);
  const [purpose, state] = [number(entry.get(PURPOSE)), number(entry.get(STATE))];
  if (!Object.values(KeyPurpose).includes(purpose) || !Object.values(KeyState).includes(state)) {
    throw new NewerFormat("a key of an unknown purpose or state");
  }
  const retiredAt = entry.get(RETIRED_AT) ?? null;
  return {
    key: await PublicKey.fromCoseMap(entry.get(COSE_KEY)),
    purpose,
    state,
    notBefore: number(entry.get(NOT_BEFORE)),
    notAfter: number(entry.get(NOT_AFTER)),
    retiredAt: retiredAt === null ? null : number(retiredAt),
  };
}

async function inOrder(values, read) {
  const results = [];
  for (const value of values) results.push(await read(value));
  return results;
}

function name(pair) {
  if (Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string")) return pair;
  throw new Malformed("a name of an issuer that is not a language and a text");
}

function map(value) {
  if (!(value instanceof Map)) throw new Malformed("a part of a trust list that is not a map");
  return value;
}

function array(value) {
  if (!Array.isArray(value)) throw new Malformed("a part of a trust list that is not an array");
  return value;
}

function text(value) {
  if (typeof value !== "string") throw new Malformed("a part of a trust list that is not a text");
  return value;
}
