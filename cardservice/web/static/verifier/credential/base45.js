// Base45 (RFC 9285), strict: no white space is trimmed and no letter is folded, so that one text means one sequence of bytes.

import { NotACard } from "./errors.js";

export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const OUTSIDE = 255;
const VALUES = new Uint8Array(128).fill(OUTSIDE);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

/** Return the bytes that `text` stands for. Throws NotACard. */
export function decode(text) {
  const digits = Uint8Array.from({ length: text.length }, (_, place) => VALUES[text.charCodeAt(place)] ?? OUTSIDE);
  if (digits.includes(OUTSIDE)) throw new NotACard("a character outside the alphabet");
  const rest = digits.length % 3;
  if (rest === 1) throw new NotACard("a length that no bytes have");
  const groups = (digits.length - rest) / 3;
  const data = new Uint8Array(2 * groups + (rest ? 1 : 0));
  for (let group = 0; group < groups; group += 1) {
    const value = digits[3 * group] + 45 * digits[3 * group + 1] + 2025 * digits[3 * group + 2];
    if (value > 0xffff) throw new NotACard("a group of three characters above 65,535");
    data[2 * group] = value >> 8;
    data[2 * group + 1] = value & 0xff;
  }
  if (rest) {
    const value = digits[3 * groups] + 45 * digits[3 * groups + 1];
    if (value > 0xff) throw new NotACard("a last group of two characters above 255");
    data[2 * groups] = value;
  }
  return data;
}
