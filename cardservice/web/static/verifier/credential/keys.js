// Public keys as COSE writes them, and what they accept as a signature (cardservice/credential/keys.py).
//
// A key knows its one algorithm, so that a message can never choose how it is checked. A bad key is refused when it is
// loaded: off P-256, of small order, not in canonical form, or showing its private half. Bytes that are no point of
// Ed25519 load, and no signature is good under them.

import { hex, joined, same } from "./bytes.js";
import { Malformed } from "./errors.js";
import * as signatures from "./signatures.js";

export const ES256 = -7;
export const EDDSA = -8;

const KEY_ID_BYTES = 8;
const [KTY, KID, ALG, CRV, X, Y, D] = [1, 2, 3, -1, -2, -3, -4]; // COSE_Key labels (RFC 9052 §7, RFC 9053 §7)
const [EC2, OKP, P256, ED25519] = [2, 1, 1, 6];
const ED25519_PRIME = 2n ** 255n - 19n;
// The y coordinates of the eight points of order 8 or less. With one of them as the key, forging is easy.
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL_ORDER = [0n, 1n, ED25519_PRIME - 1n, ORDER_8, ED25519_PRIME - ORDER_8];

/** A key that signatures are checked with. Made by `fromCoseMap`, which refuses bad keys. */
export class PublicKey {
  constructor(algorithm, coordinates, thumbprint, native) {
    Object.assign(this, { algorithm, coordinates, thumbprint, native });
  }

  /** The first 8 bytes of the SHA-256 COSE key thumbprint (RFC 9679), in hexadecimal digits. */
  get keyId() {
    return this.fingerprint.slice(0, 2 * KEY_ID_BYTES);
  }

  /** The whole thumbprint in 64 hexadecimal digits, for people who compare keys. */
  get fingerprint() {
    return hex(this.thumbprint);
  }

  equals(other) {
    return this.algorithm === other.algorithm && same(this.coordinates, other.coordinates);
  }

  /** Whether the private half of this key made the 64-byte `signature` over `message`. */
  verify(signature, message) {
    return signatures.verify(this.native, signature, message);
  }

  /** Read a COSE_Key that was decoded. Throws Malformed. */
  static async fromCoseMap(entries) {
    if (!(entries instanceof Map) || entries.has(D)) {
      throw new Malformed("a key that is not a map, or one that shows its private half");
    }
    const key = await PublicKey.fromCoordinates(...kind(entries));
    const id = entries.has(KID) ? entries.get(KID) : key.thumbprint.subarray(0, KEY_ID_BYTES);
    const isOwn = id instanceof Uint8Array && same(id, key.thumbprint.subarray(0, KEY_ID_BYTES));
    if ((entries.has(ALG) && entries.get(ALG) !== key.algorithm) || !isOwn) {
      throw new Malformed("a key whose algorithm or key id is not its own");
    }
    return key;
  }

  /** Return the key with x and y (ES256, 64 bytes) or the encoded point (EdDSA, 32 bytes). Throws Malformed. */
  static async fromCoordinates(algorithm, coordinates) {
    if (algorithm === EDDSA) checkEd25519(coordinates);
    const thumbprint = await signatures.sha256(thumbprintInput(algorithm, coordinates));
    return new PublicKey(algorithm, coordinates, thumbprint, await native(algorithm, coordinates));
  }
}

function kind(entries) {
  const [kty, curve, x, y] = [KTY, CRV, X, Y].map((label) => entries.get(label));
  const isBytes = (value, size) => value instanceof Uint8Array && value.length === size;
  if (kty === EC2 && curve === P256 && isBytes(x, 32) && isBytes(y, 32)) return [ES256, joined(x, y)];
  if (kty === OKP && curve === ED25519 && x instanceof Uint8Array) return [EDDSA, Uint8Array.from(x)];
  throw new Malformed("a key of a kind that is not accepted");
}

function checkEd25519(point) {
  const bigEndian = Uint8Array.from(point).reverse();
  const y = point.length === 32 ? BigInt(`0x${hex(bigEndian)}`) & (2n ** 255n - 1n) : ED25519_PRIME;
  if (y >= ED25519_PRIME || SMALL_ORDER.includes(y)) {
    throw new Malformed("a point of Ed25519 that is of small order or not in canonical form");
  }
}

async function native(algorithm, coordinates) {
  const key = await signatures.load(algorithm === ES256 ? "P-256" : "Ed25519", coordinates);
  if (key === null) throw new Malformed("coordinates that are no point of P-256");
  return key;
}

/** The COSE_Key members that make the key what it is, in deterministic CBOR (RFC 9679 §4). */
function thumbprintInput(algorithm, coordinates) {
  const bytes = (part) => joined(Uint8Array.of(0x58, part.length), part);
  if (algorithm === EDDSA) return joined(Uint8Array.of(0xa3, 0x01, OKP, 0x20, ED25519, 0x21), bytes(coordinates));
  const [x, y] = [coordinates.subarray(0, 32), coordinates.subarray(32)];
  return joined(Uint8Array.of(0xa4, 0x01, EC2, 0x20, P256, 0x21), bytes(x), Uint8Array.of(0x22), bytes(y));
}
