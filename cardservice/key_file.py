"""A private key as encrypted PKCS#8 with a passphrase that is expensive to guess.

`cryptography` writes this format with 2,048 rounds of PBKDF2 and offers no other number, but reads any. So the
envelope is written here, the same as `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000` makes:
PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018, RFC 5958 §3). What is inside, and every primitive, is the
library's. That the bytes are those of the key is seen after opening, by the key id (keystore.py).
"""

import os
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

ROUNDS = 600_000
"""OWASP's number for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet, 2025)."""

_SALT_BYTES = _BLOCK_BYTES = 16
_SEQUENCE, _INTEGER, _OCTETS, _OBJECT = 0x30, 0x02, 0x04, 0x06
# The DER contents of the object identifiers, RFC 8018 appendix C.
_PBES2 = bytes.fromhex("2a864886f70d01050d")
_PBKDF2 = bytes.fromhex("2a864886f70d01050c")
_HMAC_SHA256 = bytes.fromhex("2a864886f70d0209")
_AES256_CBC = bytes.fromhex("60864801650304012a")
_NULL = bytes.fromhex("0500")


def encrypted(private: bytes, passphrase: str) -> bytes:
    """Return PEM of an EncryptedPrivateKeyInfo around `private`, the DER of a PrivateKeyInfo."""
    salt, vector = os.urandom(_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    derivation = _sequence(
        _der(_OBJECT, _PBKDF2),
        _sequence(_der(_OCTETS, salt), _integer(ROUNDS), _sequence(_der(_OBJECT, _HMAC_SHA256), _NULL)),
    )
    encryption = _sequence(_der(_OBJECT, _AES256_CBC), _der(_OCTETS, vector))
    envelope = _sequence(
        _sequence(_der(_OBJECT, _PBES2), _sequence(derivation, encryption)),
        _der(_OCTETS, _ciphertext(private, passphrase, salt, vector)),
    )
    body = b64encode(envelope).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join(
        ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]
    ).encode()


def _ciphertext(private: bytes, passphrase: str, salt: bytes, vector: bytes) -> bytes:
    key = PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())
    padder, encryptor = PKCS7(8 * _BLOCK_BYTES).padder(), Cipher(AES256(key), CBC(vector)).encryptor()
    return encryptor.update(padder.update(private) + padder.finalize()) + encryptor.finalize()


def _sequence(*parts: bytes) -> bytes:
    return _der(_SEQUENCE, b"".join(parts))


def _integer(value: int) -> bytes:
    # One byte more than the bits fill, so that the first bit says "not negative".
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
