"""COSE_Sign1 (RFC 9052): signed messages. The keys that sign and check them are in keys.py.

The algorithm is believed only from the protected header, and only where it is the key's own. A `crit` header is
refused, because nothing here understands an extension. The payload stays bytes until the signature is checked.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cardservice.credential import cbor
from cardservice.credential.errors import BadSignature, Malformed, NotACard
from cardservice.credential.keys import SIGNATURE_BYTES, Algorithm, PublicKey, Signer

_SIGN1 = b"\xd2"  # tag 18
_CWT = b"\xd8\x3d"  # tag 61, which other issuers put around it (RFC 8392 §6)
_ALGORITHMS = frozenset(Algorithm)
_ALG, _CRIT, _KID, _TYP = 1, 2, 4, 16  # header labels (RFC 9052 §3.1, RFC 9596)


class Sign1(NamedTuple):
    """One signed message whose signature has not been checked yet. Its `repr` shows no payload, so it names nobody."""

    algorithm: Algorithm
    key_id: bytes | None
    content_type: str | int | None
    protected: bytes
    payload: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Sign1({self.algorithm.name}, {len(self.payload)} bytes)"

    def open(self, key: PublicKey) -> bytes:
        """Return the payload, which `key` signed.

        Raises BadSignature, also where the message names another algorithm than the key's.
        """
        if self.algorithm is not key.algorithm:
            raise BadSignature("the message names another algorithm than the key's")
        key.verify(self.signature, _to_be_signed(self.protected, self.payload))
        return self.payload


def sign1(payload: bytes, signer: Signer, *, content_type: str | None = None) -> bytes:
    """Return `payload` signed: tag 18, with algorithm, key id and content type in the protected header."""
    protected = _write_header(signer.algorithm, signer.key_id, content_type)
    signature = signer.sign(_to_be_signed(protected, payload))
    return b"\xd2\x84" + _byte_string(protected) + b"\xa0" + _byte_string(payload) + _byte_string(signature)


@lru_cache(maxsize=64)
def _write_header(algorithm: Algorithm, key_id: bytes, content_type: str | None) -> bytes:
    header: dict[int, object] = {_ALG: int(algorithm), _KID: key_id}
    if content_type is not None:
        header[_TYP] = content_type
    return cbor.encode(header)


def parse_sign1(data: bytes, *, cwt_tag: bool = False) -> Sign1:
    """Take a signed message apart. With `cwt_tag` a CWT tag (61) around it is accepted as well.

    Raises NotACard where the data is no tagged COSE_Sign1, Malformed where it is one that breaks a rule.
    """
    body = data.removeprefix(_CWT) if cwt_tag else data
    if not body.startswith(_SIGN1):
        raise NotACard("not a COSE_Sign1 message")
    parts = cbor.decode(body[1:])
    if type(parts) is not list or len(parts) != 4:
        raise Malformed("a COSE_Sign1 that is not four parts")
    protected, unprotected, payload, signature = parts
    if type(unprotected) is not dict or not type(protected) is type(payload) is type(signature) is bytes:
        raise Malformed("a COSE_Sign1 with a part of the wrong kind")
    if len(signature) != SIGNATURE_BYTES:
        raise Malformed("a signature that is not 64 bytes")
    algorithm, key_id, content_type = _read_header(protected)
    if unprotected:
        if _ALG in unprotected or _CRIT in unprotected:
            raise Malformed("an unprotected header that must be protected")
        # A key id is only a hint to the right key, so an unprotected one does no harm.
        key_id = key_id or _key_id(unprotected)
    return Sign1(algorithm, key_id, content_type, protected, payload, signature)


class _Header(NamedTuple):
    algorithm: Algorithm
    key_id: bytes | None
    content_type: str | int | None


@lru_cache(maxsize=64)  # all cards under one key have the same
def _read_header(protected: bytes) -> _Header:
    header = cbor.decode(protected) if protected else {}
    if not isinstance(header, dict):
        raise Malformed("a protected header that is not a map")
    if _CRIT in header:
        raise Malformed("a critical header that is not understood")
    number, content_type = header.get(_ALG), header.get(_TYP)
    if type(number) is not int or number not in _ALGORITHMS:
        raise Malformed("no algorithm in the protected header, or one that is not accepted")
    if content_type is not None and type(content_type) not in (str, int):
        raise Malformed("a content type that is neither a text nor a number")
    return _Header(Algorithm(number), _key_id(header), content_type)


def _key_id(header: Mapping[Any, Any]) -> bytes | None:
    key_id = header.get(_KID)
    if key_id is not None and not isinstance(key_id, bytes):
        raise Malformed("a key id that is not a byte string")
    return key_id


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052 §4.4, without external data."""
    return b"\x84\x6aSignature1" + _byte_string(protected) + b"\x40" + _byte_string(payload)


def _byte_string(data: bytes) -> bytes:
    """`data` as a CBOR byte string: written by hand, because a signature check waits for it."""
    size = len(data)
    if size < 24:
        return bytes((0x40 + size,)) + data
    if size < 0x100:
        return bytes((0x58, size)) + data
    if size < 0x10000:
        return b"\x59" + size.to_bytes(2, "big") + data
    return b"\x5a" + size.to_bytes(4, "big") + data
