// Status lists (IETF Token Status List, CWT form): which cards are not valid any more (cardservice/credential/status_list.py).

import * as cbor from "./cbor.js";
import { LATEST_TIME } from "./claims.js";
import { parseSign1 } from "./cose.js";
import { Malformed, NotACard } from "./errors.js";
import { inflate } from "./inflate.js";

const CONTENT_TYPE = "application/statuslist+cwt";
const SIZE_LIMIT = 1 << 24; // places in one list
const WIDTHS = [1, 2, 4, 8]; // bits a place; ours have 1

const [URI, EXPIRES, ISSUED] = [2, 4, 6]; // CWT claims
const [LIST, TTL] = [65533, 65534]; // Token Status List §13
const [SEQUENCE, REINSTATED, LOWEST_TRUST_SEQUENCE] = [-65537, -65538, -65539]; // for private use (RFC 8392 §9.1)

/** One published list. Times are seconds since 1970. */
export class StatusList {
  constructor({ uri, issuedAt, expiresAt, ttl, sequence, lowestTrustSequence, packed, width, reinstated }) {
    Object.assign(this, { uri, issuedAt, expiresAt, ttl, sequence, lowestTrustSequence, packed, width, reinstated });
  }

  get size() {
    return Math.floor((this.packed.length * 8) / this.width);
  }

  /** Return what stands at a place: 0 is valid. Undefined where the list has no such place. */
  status(index) {
    if (!(index < this.packed.length * 8)) return undefined; // also a BigInt
    const bit = index * this.width;
    if (bit >= this.packed.length * 8) return undefined;
    return (this.packed[Math.floor(bit / 8)] >> bit % 8) & ((1 << this.width) - 1);
  }

  /** Whether a place that `older` has set is clear here without being named as reinstated. */
  vanished(older) {
    if (older.width !== this.width || older.size > this.size) return true;
    const allowed = new Uint8Array(this.packed.length);
    const mask = (1 << this.width) - 1;
    for (const place of this.reinstated) allowed[Math.floor((place * this.width) / 8)] |= mask << (place * this.width) % 8;
    return older.packed.some((byte, at) => byte & ~this.packed[at] & ~allowed[at]);
  }

  /** Read a payload whose signature has been checked. Throws Malformed. */
  static async decode(payload) {
    const claims = cbor.decode(payload, SIZE_LIMIT);
    const uri = claims instanceof Map ? claims.get(URI) : null;
    if (typeof uri !== "string") throw new Malformed("a status list without its URI");
    const [width, packed] = await unpack(claims.get(LIST));
    const issuedAt = number(claims.get(ISSUED));
    const size = Math.floor((packed.length * 8) / width);
    return new StatusList({
      uri,
      issuedAt,
      expiresAt: number(claims.get(EXPIRES)),
      ttl: number(claims.has(TTL) ? claims.get(TTL) : 0), // seconds after which to look for a newer list
      // Other issuers' lists have no number: their time of issue orders them as well.
      sequence: number(claims.has(SEQUENCE) ? claims.get(SEQUENCE) : issuedAt),
      lowestTrustSequence: number(claims.has(LOWEST_TRUST_SEQUENCE) ? claims.get(LOWEST_TRUST_SEQUENCE) : 0),
      packed,
      width,
      reinstated: places(claims.has(REINSTATED) ? claims.get(REINSTATED) : [], size),
    });
  }
}

/** Take a published list apart, to find its key. Throws NotACard (also inside a CWT tag) or Malformed. */
export function parseStatusList(data) {
  const message = parseSign1(data);
  if (message.contentType !== CONTENT_TYPE) throw new NotACard("a signed message that is not a status list");
  return message;
}

async function unpack(value) {
  const [width, stream] = value instanceof Map ? [value.get("bits"), value.get("lst")] : [];
  if (!WIDTHS.includes(width) || !(stream instanceof Uint8Array)) throw new Malformed("a status list without its places");
  return [width, await inflate(stream, (SIZE_LIMIT * width) / 8)];
}

/** A number of a signed list, in range. Throws Malformed. */
export function number(value) {
  if (typeof value !== "number" || value < 0 || value > LATEST_TIME) {
    throw new Malformed("a number of a list that is missing or out of range");
  }
  return value;
}

function places(value, size) {
  if (!Array.isArray(value) || !value.every((index) => typeof index === "number" && index >= 0 && index < size)) {
    throw new Malformed("reinstated places that are not in the list");
  }
  return value;
}
