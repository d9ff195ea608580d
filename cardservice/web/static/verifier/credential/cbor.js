// CBOR as signed content may use it: a strict reader, and as much of a writer as a key's thumbprint needs.
//
// Follows cardservice/credential/cbor.py line by line (docs/decisions/0020). Read here: integers, byte and text strings,
// arrays, maps, true, false and null, each in its shortest form (RFC 8949 §4.2.1). Refused: indefinite lengths, longer
// forms, duplicate keys, tags, floats, other simple values, trailing data, too deep, too many. An integer beyond 2^53 is
// a BigInt, so that no two integers become one; no number that a card or a list needs is that large.

import { Malformed } from "./errors.js";

const DEPTH_LIMIT = 6; // arrays and maps inside each other
const ITEM_LIMIT = 64; // elements of one array, or entries of one map

// The first initial byte of each major type (RFC 8949 §3.1); unsigned integers begin at 0.
const [NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG] = [0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0];
const CONSTANTS = new Map([[0xf4, false], [0xf5, true], [0xf6, null]]);
const LARGEST_LENGTH = 2 ** 32; // no string, array or map of ours is longer
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Return the one value that `data` is: number or BigInt, Uint8Array, string, Array, Map, boolean or null.
 * Throws Malformed.
 */
export function decode(data, items = ITEM_LIMIT) {
  const reader = new Reader(data, items);
  const value = reader.item(DEPTH_LIMIT);
  if (reader.at !== data.length) throw new Malformed("bytes after the CBOR value");
  return value;
}

class Reader {
  constructor(data, items) {
    this.data = data;
    this.items = items;
    this.at = 0;
  }

  item(depth) {
    const initial = this.byte();
    if (initial >= TAG) {
      if (!CONSTANTS.has(initial)) throw new Malformed("a tag, a float or an unknown simple value");
      return CONSTANTS.get(initial);
    }
    const argument = this.argument(initial & 0x1f);
    if (initial < NEGATIVE) return argument;
    if (initial < BYTES) return typeof argument === "bigint" ? -1n - argument : fitting(-1 - argument, -1n - BigInt(argument));
    if (initial < TEXT) return this.take(argument);
    if (initial < ARRAY) return text(this.take(argument));
    if (!depth || argument > this.items) throw new Malformed("CBOR too deep, or with too many items");
    return initial < MAP ? this.array(argument, depth - 1) : this.map(argument, depth - 1);
  }

  array(length, depth) {
    const values = [];
    for (let count = 0; count < length; count += 1) values.push(this.item(depth));
    return values;
  }

  map(length, depth) {
    const entries = new Map();
    for (let count = 0; count < length; count += 1) {
      const initial = this.data[this.at];
      if (!(initial < BYTES || (initial >= TEXT && initial < ARRAY))) {
        throw new Malformed("a map key that is neither a number nor a text, or none");
      }
      const key = this.item(depth);
      entries.set(key, this.item(depth));
    }
    if (entries.size !== length) throw new Malformed("a map that names one key twice");
    return entries;
  }

  argument(short) {
    if (short < 24) return short;
    if (short > 27) throw new Malformed("an indefinite length or a reserved form");
    const size = 2 ** (short - 24);
    let value = 0n;
    for (const byte of this.take(size)) value = (value << 8n) | BigInt(byte);
    const smallest = size === 1 ? 24n : 1n << BigInt(4 * size);
    if (value < smallest) throw new Malformed("a number in more bytes than it needs");
    return fitting(Number(value), value);
  }

  byte() {
    if (this.at >= this.data.length) throw new Malformed("CBOR that ends too early");
    this.at += 1;
    return this.data[this.at - 1];
  }

  take(size) {
    if (size > LARGEST_LENGTH || this.at + size > this.data.length) throw new Malformed("CBOR that ends too early");
    this.at += size;
    return this.data.subarray(this.at - size, this.at);
  }
}

/** The number where it is exact, else the BigInt. */
function fitting(number, exact) {
  return Number.isSafeInteger(number) ? number : exact;
}

function text(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Malformed("a text that is not UTF-8"); // the cause is left out: it could hold the text
  }
}

/** Return the head of a byte string of `size` bytes below 2^32, as the message of a signature needs it. */
export function byteStringHead(size) {
  if (size < 24) return Uint8Array.of(BYTES + size);
  if (size < 0x100) return Uint8Array.of(BYTES + 24, size);
  if (size < 0x10000) return Uint8Array.of(BYTES + 25, size >> 8, size & 0xff);
  return Uint8Array.of(BYTES + 26, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff);
}
