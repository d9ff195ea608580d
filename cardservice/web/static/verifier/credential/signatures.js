// P-256, Ed25519 and SHA-256 by WebCrypto, and by vendor/curves.js where WebCrypto has not got them: there is none at all
// on a page that was not loaded over https, and Ed25519 came to browsers between 2023 and 2025.
//
// Both ways accept the same signatures as OpenSSL: r and s (S) in their range, R compared as bytes.

const PARAMETERS = { "P-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }, Ed25519: { name: "Ed25519" } };
const subtle = globalThis.crypto?.subtle;

/** Return the SHA-256 digest of `bytes`. */
export async function sha256(bytes) {
  if (!subtle) return (await curves()).sha256(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

/**
 * Return a key to check signatures with, or null where the coordinates are no point of P-256.
 * `coordinates` are x and y (64 bytes) of P-256, or the encoded point (32 bytes) of Ed25519.
 */
export async function load(curve, coordinates) {
  const point = curve === "P-256" ? Uint8Array.of(4, ...coordinates) : coordinates;
  try {
    if (subtle) return { curve, subtleKey: await subtle.importKey("raw", point, PARAMETERS[curve], true, ["verify"]) };
  } catch (error) {
    if (curve === "P-256" && error.name === "DataError") return null;
  }
  const own = await curves();
  return curve === "P-256" && !own.isOnP256(point) ? null : { curve, point };
}

/** Whether `key` (of `load`) made the 64-byte `signature` over `message`. */
export async function verify(key, signature, message) {
  if (!key.subtleKey) return (await curves()).verify(key.curve, key.point, signature, message);
  return subtle.verify(PARAMETERS[key.curve], key.subtleKey, signature, message);
}

/** Loaded only where it is needed: it is a third of all code here. */
function curves() {
  return import("../vendor/curves.js");
}
