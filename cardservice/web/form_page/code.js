// The text of the code: CARDFORM, the version, and Base45 of a small CBOR map with a checksum (docs/prefill.md).

import { ALPHABET } from "../static/verifier/credential/base45.js";
import { joined } from "../static/verifier/credential/bytes.js";

const BEGINNING = "CARDFORM1:";
// The numbers of claim 169, so that an answer has one number on its way from the form to the card. 0 is the town.
const KEYS = { town: 0, language: 3, name: 4, birthDate: 8, nameSecond: 19, languageSecond: 20 };
const [BYTES, TEXT, MAP] = [0x40, 0x60, 0xa0]; // major types (RFC 8949 §3.1)

/** Return the text for answers by name; `town` is the four bytes that tell towns apart. */
export function formText(answers) {
  const entries = Object.entries(KEYS).filter(([name]) => answers[name]);
  const content = joined(Uint8Array.of(MAP | entries.length), ...entries.flatMap(([name, key]) => [Uint8Array.of(key), item(answers[name])]));
  return BEGINNING + base45(joined(content, inBytes(crc32(content), 4)));
}

/** Bytes as they are; a text in UTF-8, or as bytes in UTF-16 where that is shorter: half of what most scripts need. */
function item(value) {
  if (value instanceof Uint8Array) return joined(head(BYTES, value.length), value);
  const utf8 = new TextEncoder().encode(value);
  if (utf8.length <= 2 * value.length) return joined(head(TEXT, utf8.length), utf8);
  const utf16 = joined(...Array.from(value, (_, place) => inBytes(value.charCodeAt(place), 2)));
  return joined(head(BYTES, utf16.length), utf16);
}

function head(major, length) {
  if (length < 24) return Uint8Array.of(major | length);
  return length < 0x100 ? Uint8Array.of(major | 24, length) : joined(Uint8Array.of(major | 25), inBytes(length, 2));
}

function inBytes(number, count) {
  return Uint8Array.from({ length: count }, (_, place) => number >>> (8 * (count - 1 - place)));
}

/** The checksum of zip files and PNG pictures (ISO 3309), bit by bit: half a kilobyte needs no table. */
function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest;
}

/** RFC 9285: three characters for two bytes, two for a last odd one. */
function base45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let value = isPair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let digit = isPair ? 3 : 2; digit; digit -= 1) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}
