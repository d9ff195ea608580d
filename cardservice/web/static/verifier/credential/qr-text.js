// The text of a QR code: Base45( zlib( COSE_Sign1( claims ) ) ), opened (docs/card-format.md).

import * as base45 from "./base45.js";
import { parseSign1 } from "./cose.js";
import { Malformed, NotACard } from "./errors.js";
import { COMPRESSED_LIMIT, decompress } from "./inflate.js";

const TEXT_LIMIT = Math.ceil(COMPRESSED_LIMIT / 2) * 3; // characters

/**
 * Take the text of a QR code apart, its signature not yet checked.
 * Throws NotACard where it is something else, Malformed where it breaks a rule of the format.
 */
export async function openText(text) {
  // Characters are counted as Python counts them: one outside the first plane is one.
  if (text.length > TEXT_LIMIT && longer(text, TEXT_LIMIT)) throw new Malformed("more text than a code holds");
  const message = parseSign1(await decompress(base45.decode(text)), { cwtTag: true });
  if (message.contentType !== null) throw new NotACard("a signed message of another type");
  return message;
}

function longer(text, limit) {
  let count = 0;
  for (const _ of text) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}
