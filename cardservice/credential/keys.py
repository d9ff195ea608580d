"""Public keys as COSE and JOSE write them, what they accept as a signature, and what a signer must offer.

A key knows its one algorithm, so that a message can never choose how it is checked. A bad key is refused when it is
loaded: off P-256, of small order, not in canonical form, or showing its private half. Bytes that are no point of
Ed25519 load, and no signature is good under them. Private keys: keystore.py.
"""

import base64
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from cardservice.credential import cbor
from cardservice.credential.errors import BadSignature, Malformed

KEY_ID_BYTES = 8
SIGNATURE_BYTES = 64

_KTY, _KID, _ALG, _CRV, _X, _Y, _D = 1, 2, 3, -1, -2, -3, -4  # COSE_Key labels (RFC 9052 §7, RFC 9053 §7)
_EC2, _OKP, _P256, _ED25519 = 2, 1, 1, 6
_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())
_ED25519_PRIME = 2**255 - 19
# The y coordinates of the eight points of order 8 or less. With one of them as the key, forging is easy.
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = {0, 1, _ED25519_PRIME - 1, _ORDER_8, _ED25519_PRIME - _ORDER_8}


class Algorithm(IntEnum):
    """Signature algorithms by their COSE numbers: P-256 with SHA-256, and Ed25519."""

    ES256 = -7
    EDDSA = -8


class Signer(Protocol):
    """Whatever holds a private key: a key folder, a smart card, a test."""

    @property
    def key_id(self) -> bytes:
        """The public half's `PublicKey.key_id`."""

    @property
    def algorithm(self) -> Algorithm:
        """The only algorithm this key signs with."""

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes: r and s for ES256, R and S for Ed25519."""


class BadKey(Malformed):
    """The key is not one that signatures may be checked with."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are checked with. Made by one of the `from_` methods, which refuse bad keys."""

    algorithm: Algorithm
    coordinates: bytes
    """x and y (64 bytes) for ES256, the encoded point (32 bytes) for Ed25519."""
    key_id: bytes = field(compare=False)
    """The first 8 bytes of the SHA-256 COSE key thumbprint (RFC 9679)."""
    _native: ec.EllipticCurvePublicKey | Ed25519PublicKey = field(repr=False, compare=False)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if the private half of this key made the 64-byte `signature` over `message`.

        Raises BadSignature.
        """
        try:
            if isinstance(self._native, Ed25519PublicKey):
                self._native.verify(signature, message)
            else:
                self._native.verify(_to_der(signature), message, _ECDSA_SHA256)
        except InvalidSignature:
            raise BadSignature("the signature was not made by this key over these bytes") from None

    @property
    def fingerprint(self) -> str:
        """The whole thumbprint in 64 hexadecimal digits, for people who compare keys; it begins with the key id."""
        return _thumbprint(self.algorithm, self.coordinates).hex()

    def to_cose_key(self) -> bytes:
        """Return the COSE_Key with its key id and algorithm."""
        return cbor.encode(self.to_cose_map())

    def to_cose_map(self) -> dict[int, object]:
        """Return the COSE_Key as a map, to stand inside another message."""
        return {**_required(self.algorithm, self.coordinates), _KID: self.key_id, _ALG: int(self.algorithm)}

    def to_jwk(self) -> dict[str, str]:
        """Return the JWK (RFC 7517), for other people's verifiers. Its `kid` is the key id in base64url."""
        common = {"use": "sig", "kid": _base64url(self.key_id)}
        if self.algorithm is Algorithm.EDDSA:
            return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": _base64url(self.coordinates), **common}
        x, y = _base64url(self.coordinates[:32]), _base64url(self.coordinates[32:])
        return {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": x, "y": y, **common}

    @classmethod
    def from_coordinates(cls, algorithm: Algorithm, coordinates: bytes) -> Self:
        """Return the key with these coordinates (see the field).

        Raises BadKey.
        """
        native = _p256_key(coordinates) if algorithm is Algorithm.ES256 else _ed25519_key(coordinates)
        return cls(algorithm, coordinates, _thumbprint(algorithm, coordinates)[:KEY_ID_BYTES], native)

    @classmethod
    def from_cose_key(cls, data: bytes) -> Self:
        """Read a COSE_Key. Raises BadKey, or Malformed where it is no CBOR map."""
        return cls.from_cose_map(cbor.decode(data))

    @classmethod
    def from_cose_map(cls, entries: object) -> Self:
        """Read a COSE_Key that stood inside another message. Raises BadKey."""
        if not isinstance(entries, dict) or _D in entries:
            raise BadKey("a key that is not a map, or one that shows its private half")
        match entries:
            case {1: 2, -1: int(curve), -2: bytes(x), -3: bytes(y)} if _is(curve, _P256) and len(x) == len(y) == 32:
                algorithm, coordinates = Algorithm.ES256, x + y
            case {1: int(kind), -1: 6, -2: bytes(point)} if _is(kind, _OKP):
                algorithm, coordinates = Algorithm.EDDSA, point
            case _:
                raise BadKey("a key of a kind that is not accepted")
        key = cls.from_coordinates(algorithm, coordinates)
        if entries.get(_ALG, int(algorithm)) != algorithm or entries.get(_KID, key.key_id) != key.key_id:
            raise BadKey("a key whose algorithm or key id is not its own")
        return key

    @classmethod
    def from_cryptography(cls, key: object) -> Self:
        """Take over a public key of the `cryptography` package. Raises BadKey."""
        if isinstance(key, Ed25519PublicKey):
            return cls.from_coordinates(Algorithm.EDDSA, key.public_bytes_raw())
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            point = key.public_numbers()
            return cls.from_coordinates(Algorithm.ES256, point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"))
        raise BadKey("a key that is neither P-256 nor Ed25519")


def _is(value: int, number: int) -> bool:
    """Whether a value is this number. To Python, true is 1; to CBOR and to other verifiers it is not."""
    return type(value) is int and value == number


def raw_signature(der: bytes) -> bytes:
    """Return an ECDSA signature of the `cryptography` package (DER) as COSE writes it: r and s, 32 bytes each."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _to_der(signature: bytes) -> bytes:
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignature("a signature that is not 64 bytes")
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def _thumbprint(algorithm: Algorithm, coordinates: bytes) -> bytes:
    """The SHA-256 COSE key thumbprint (RFC 9679)."""
    thumbprint = hashes.Hash(hashes.SHA256())
    thumbprint.update(cbor.encode(_required(algorithm, coordinates)))
    return thumbprint.finalize()


def _required(algorithm: Algorithm, coordinates: bytes) -> dict[int, object]:
    """The members that make the key what it is: those that the thumbprint covers (RFC 9679 §4)."""
    if algorithm is Algorithm.ES256:
        return {_KTY: _EC2, _CRV: _P256, _X: coordinates[:32], _Y: coordinates[32:]}
    return {_KTY: _OKP, _CRV: _ED25519, _X: coordinates}


def _p256_key(coordinates: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + coordinates)
    except ValueError:
        raise BadKey("coordinates that are no point of P-256") from None


def _ed25519_key(point: bytes) -> Ed25519PublicKey:
    y = int.from_bytes(point, "little") & (1 << 255) - 1
    if len(point) != 32 or y >= _ED25519_PRIME or y in _SMALL_ORDER:
        raise BadKey("a point of Ed25519 that is of small order or not in canonical form")
    return Ed25519PublicKey.from_public_bytes(point)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
