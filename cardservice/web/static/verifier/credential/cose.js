// COSE_Sign1 (RFC 9052): signed messages, as cardservice/credential/cose.py reads them.
//
// The algorithm is believed only from the protected header, and only where it is the key's own. A `crit` header is
// refused, because nothing here understands an extension. The payload stays bytes until the signature is checked.

import { joined } from "./bytes.js";
import * as cbor from "./cbor.js";
import { BadSignature, Malformed, NotACard } from "./errors.js";
import { ES256, EDDSA } from "./keys.js";

const SIGN1 = 0xd2; // tag 18
const CWT = [0xd8, 0x3d]; // tag 61, which other issuers put around it (RFC 8392 §6)
const [ALG, CRIT, KID, TYP] = [1, 2, 4, 16]; // header labels (RFC 9052 §3.1, RFC 9596)
const SIGNATURE_BYTES = 64;
const CONTEXT = Uint8Array.of(0x84, 0x6a, ...new TextEncoder().encode("Signature1"));

/** One signed message whose signature has not been checked yet. */
export class Sign1 {
  constructor(algorithm, keyId, contentType, protectedHeader, payload, signature) {
    Object.assign(this, { algorithm, keyId, contentType, protectedHeader, payload, signature });
  }

  /** Return the payload, which `key` signed. Throws BadSignature, also where the message names another algorithm. */
  async open(key) {
    if (this.algorithm !== key.algorithm) throw new BadSignature("the message names another algorithm than the key's");
    const { protectedHeader, payload } = this;
    const signed = joined(
      CONTEXT,
      cbor.byteStringHead(protectedHeader.length),
      protectedHeader,
      cbor.byteStringHead(0), // no external data (RFC 9052 §4.4)
      cbor.byteStringHead(payload.length),
      payload,
    );
    if (!(await key.verify(this.signature, signed))) {
      throw new BadSignature("the signature was not made by this key over these bytes");
    }
    return payload;
  }
}

/**
 * Take a signed message apart. With `cwtTag` a CWT tag (61) around it is accepted as well.
 * Throws NotACard where the data is no tagged COSE_Sign1, Malformed where it is one that breaks a rule.
 */
export function parseSign1(data, { cwtTag = false } = {}) {
  const body = cwtTag && data[0] === CWT[0] && data[1] === CWT[1] ? data.subarray(CWT.length) : data;
  if (body[0] !== SIGN1) throw new NotACard("not a COSE_Sign1 message");
  const parts = cbor.decode(body.subarray(1));
  if (!Array.isArray(parts) || parts.length !== 4) throw new Malformed("a COSE_Sign1 that is not four parts");
  const [protectedHeader, unprotected, payload, signature] = parts;
  if (!(unprotected instanceof Map) || ![protectedHeader, payload, signature].every((part) => part instanceof Uint8Array)) {
    throw new Malformed("a COSE_Sign1 with a part of the wrong kind");
  }
  if (signature.length !== SIGNATURE_BYTES) throw new Malformed("a signature that is not 64 bytes");
  const header = readHeader(protectedHeader);
  if (unprotected.has(ALG) || unprotected.has(CRIT)) throw new Malformed("an unprotected header that must be protected");
  // A key id is only a hint to the right key, so an unprotected one does no harm.
  const id = header.keyId?.length ? header.keyId : keyId(unprotected);
  return new Sign1(header.algorithm, id, header.contentType, protectedHeader, payload, signature);
}

function readHeader(bytes) {
  const header = bytes.length ? cbor.decode(bytes) : new Map();
  if (!(header instanceof Map)) throw new Malformed("a protected header that is not a map");
  if (header.has(CRIT)) throw new Malformed("a critical header that is not understood");
  const [algorithm, contentType] = [header.get(ALG), header.get(TYP) ?? null];
  if (algorithm !== ES256 && algorithm !== EDDSA) {
    throw new Malformed("no algorithm in the protected header, or one that is not accepted");
  }
  if (!["string", "number", "bigint"].includes(typeof contentType) && contentType !== null) {
    throw new Malformed("a content type that is neither a text nor a number");
  }
  return { algorithm, contentType, keyId: keyId(header) };
}

function keyId(header) {
  const id = header.get(KID) ?? null;
  if (id !== null && !(id instanceof Uint8Array)) throw new Malformed("a key id that is not a byte string");
  return id;
}
