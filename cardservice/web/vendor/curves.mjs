// What the browser verifier falls back on where WebCrypto has no P-256, Ed25519 or SHA-256: bundled into
// static/verifier/vendor/curves.js. It accepts what OpenSSL accepts, so that one card has one verdict everywhere.

import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

export { sha256 };

/** Whether 65 bytes, uncompressed, are a point of P-256. */
export function isOnP256(point) {
  try {
    p256.Point.fromBytes(point);
    return true;
  } catch {
    return false;
  }
}

/** Whether `signature` (64 bytes) over `message` was made by the private half of `point`. */
export function verify(curve, point, signature, message) {
  try {
    return curve === "P-256" ? verifyP256(point, signature, message) : verifyEd25519(point, signature, message);
  } catch {
    return false; // numbers out of range, or bytes that are no point
  }
}

function verifyP256(point, signature, message) {
  return p256.verify(signature, message, point, { lowS: false });
}

/** RFC 8032 §5.1.7 without the cofactor, R compared as bytes: as OpenSSL and BoringSSL do. */
function verifyEd25519(point, signature, message) {
  const { Point } = ed25519;
  const S = littleEndian(signature.subarray(32));
  if (S >= Point.Fn.ORDER) return false;
  const key = Point.fromBytes(point);
  const k = Point.Fn.create(littleEndian(sha512(Uint8Array.of(...signature.subarray(0, 32), ...point, ...message))));
  const R = times(Point.BASE, S).subtract(times(key, k)).toBytes();
  return R.every((byte, place) => byte === signature[place]);
}

function times(point, scalar) {
  return scalar === 0n ? point.constructor.ZERO : point.multiplyUnsafe(scalar);
}

function littleEndian(bytes) {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
