// zlib streams (RFC 1950) opened within limits, by the browser's own inflater: it checks the checksum and refuses what
// goes on after the end (WHATWG Compression Standard).

import { joined } from "./bytes.js";
import { Malformed, NotACard } from "./errors.js";

export const COMPRESSED_LIMIT = 4 * 1024; // bytes; more than the largest QR code holds
const INFLATED_LIMIT = 64 * 1024; // bytes
const HEADERS = [0xda, 0x9c, 0x5e, 0x01]; // after 0x78

/** Return what the zlib `stream` of a card holds. Throws NotACard, or Malformed where it is damaged or too large. */
export async function decompress(stream) {
  if (stream[0] !== 0x78 || !HEADERS.includes(stream[1])) throw new NotACard("not a zlib stream");
  if (stream.length > COMPRESSED_LIMIT) throw new Malformed("more compressed data than a code holds");
  return inflate(stream, INFLATED_LIMIT);
}

/** Return what a zlib stream holds, at most `limit` bytes. Throws Malformed. */
export async function inflate(stream, limit) {
  const inflater = new DecompressionStream("deflate");
  const writer = inflater.writable.getWriter();
  // What goes wrong is seen where it is read; here it only must not be an unhandled rejection.
  writer.write(stream).catch(() => {});
  writer.close().catch(() => {});
  const parts = [];
  let size = 0;
  const reader = inflater.readable.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > limit) throw new RangeError("too much");
      parts.push(part.value);
    }
  } catch {
    reader.cancel().catch(() => {});
    throw new Malformed("a zlib stream that is damaged, too large, cut short, or goes on after its end");
  }
  return joined(...parts);
}
