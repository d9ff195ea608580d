"""Status lists (IETF Token Status List, CWT form): which cards are not valid any more, as one bit each.

A list says when it was made and until when it may be used, and its number goes up with every publication. A bit that
was set may only vanish where the signed list itself names the place as reinstated, so that a verifier with a memory can
tell a publisher's decision from an old list that somebody kept (docs/decisions/0003-signed-status-list.md).
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from cardservice.credential import cbor
from cardservice.credential.claims import LATEST_TIME
from cardservice.credential.cose import Sign1, parse_sign1, sign1
from cardservice.credential.errors import Malformed, NotACard
from cardservice.credential.keys import PublicKey, Signer

CONTENT_TYPE = "application/statuslist+cwt"
SIZE_LIMIT = 1 << 24  # places in one list
WIDTHS = (1, 2, 4, 8)  # bits a place; ours have 1

_URI, _EXPIRES, _ISSUED = 2, 4, 6  # CWT claims
_LIST, _TTL = 65533, 65534  # Token Status List §13
_SEQUENCE, _REINSTATED, _LOWEST_TRUST_SEQUENCE = -65537, -65538, -65539  # for private use (RFC 8392 §9.1)


class IndexOutOfRange(LookupError):
    """The list has no such place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One published list. Times are seconds since 1970."""

    uri: str
    sequence: int
    issued_at: int
    expires_at: int
    ttl: int
    """Seconds after which to look for a newer list."""
    lowest_trust_sequence: int
    """The lowest number of the same publisher's trust list to use this with: a fresh status implies fresh keys."""
    packed: bytes = field(repr=False)
    """The places, least significant bits of a byte first."""
    width: int = 1
    reinstated: tuple[int, ...] = ()
    """Every place that was once set and is no longer."""

    @property
    def size(self) -> int:
        """How many places the list has."""
        return len(self.packed) * 8 // self.width

    def status(self, index: int) -> int:
        """Return what stands at a place: 0 is valid. Raises IndexOutOfRange."""
        bit = index * self.width
        if not 0 <= bit < len(self.packed) * 8:
            raise IndexOutOfRange("the status list has no such place")
        return self.packed[bit >> 3] >> (bit & 7) & (1 << self.width) - 1

    def vanished(self, older: "StatusList") -> bool:
        """Whether a place that `older` has set is clear here without being named as reinstated."""
        if older.width != self.width or older.size > self.size:
            return True
        allowed = int.from_bytes(pack(self.size, self.reinstated, width=self.width, value=-1), "little")
        before, now = int.from_bytes(older.packed, "little"), int.from_bytes(self.packed, "little")
        return bool(before & ~now & ~allowed)

    def seal(self, signer: Signer) -> bytes:
        """Return the signed list as it is published."""
        return sign1(self.encode(), signer, content_type=CONTENT_TYPE)

    def encode(self) -> bytes:
        """Return the payload to sign."""
        payload = {
            _URI: self.uri,
            _EXPIRES: self.expires_at,
            _ISSUED: self.issued_at,
            _LIST: {"bits": self.width, "lst": zlib.compress(self.packed, 9)},
            _TTL: self.ttl,
            _SEQUENCE: self.sequence,
            _REINSTATED: list(self.reinstated),
            _LOWEST_TRUST_SEQUENCE: self.lowest_trust_sequence,
        }
        return cbor.encode(payload)

    @classmethod
    def build(
        cls,
        *,
        uri: str,
        size: int,
        invalid: Iterable[int],
        reinstated: Iterable[int] = (),
        sequence: int,
        issued_at: int,
        expires_at: int,
        ttl: int,
        lowest_trust_sequence: int,
    ) -> Self:
        """Return a list of `size` places (a multiple of 8) with the places of `invalid` set.

        Raises IndexOutOfRange.
        """
        return cls(
            uri=uri,
            sequence=sequence,
            issued_at=issued_at,
            expires_at=expires_at,
            ttl=ttl,
            lowest_trust_sequence=lowest_trust_sequence,
            packed=pack(size, invalid),
            reinstated=tuple(sorted(reinstated)),
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a payload whose signature has been checked. Raises Malformed."""
        claims = cbor.decode(payload, items=SIZE_LIMIT)
        if not isinstance(claims, dict) or not isinstance(claims.get(_URI), str):
            raise Malformed("a status list without its URI")
        width, packed = _unpack(claims.get(_LIST))
        issued_at = _number(claims.get(_ISSUED))
        return cls(
            uri=claims[_URI],
            issued_at=issued_at,
            expires_at=_number(claims.get(_EXPIRES)),
            ttl=_number(claims.get(_TTL, 0)),
            # Other issuers' lists have no number: their time of issue orders them as well.
            sequence=_number(claims.get(_SEQUENCE, issued_at)),
            lowest_trust_sequence=_number(claims.get(_LOWEST_TRUST_SEQUENCE, 0)),
            packed=packed,
            width=width,
            reinstated=_places(claims.get(_REINSTATED, []), len(packed) * 8 // width),
        )


def parse_status_list(data: bytes) -> Sign1:
    """Take a published list apart, to find its key.

    Raises NotACard where it is another kind of message (also one inside a CWT tag), Malformed where it breaks a rule.
    """
    message = parse_sign1(data)
    if message.content_type != CONTENT_TYPE:
        raise NotACard("a signed message that is not a status list")
    return message


def open_status_list(data: bytes, key: PublicKey) -> StatusList:
    """Return the published list that `key` signed. Raises NotACard, Malformed or BadSignature."""
    return StatusList.decode(parse_status_list(data).open(key))


def pack(size: int, places: Iterable[int], *, width: int = 1, value: int = 1) -> bytes:
    """Return `size` places of `width` bits with `value` at each of `places`, least significant bits first.

    Raises IndexOutOfRange.
    """
    packed = bytearray(size * width // 8)
    value &= (1 << width) - 1
    for index in places:
        if not 0 <= index < size:
            raise IndexOutOfRange("the status list has no such place")
        bit = index * width
        packed[bit >> 3] |= value << (bit & 7)
    return bytes(packed)


def _unpack(value: Any) -> tuple[int, bytes]:
    match value:
        case {"bits": int(width), "lst": bytes(stream)} if type(width) is int and width in WIDTHS:
            return width, _inflate(stream, SIZE_LIMIT * width // 8)
    raise Malformed("a status list without its places")


def _inflate(stream: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(stream, limit + 1)
    except zlib.error:
        raise Malformed("a damaged zlib stream") from None
    if len(packed) > limit or not inflater.eof or inflater.unused_data:
        raise Malformed("a status list that is too large, cut short, or goes on after its end")
    return packed


def _number(value: Any) -> Any:
    if type(value) is not int or not 0 <= value <= LATEST_TIME:
        raise Malformed("a number of a list that is missing or out of range")
    return value


def _places(value: Any, size: int) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(index) is int and 0 <= index < size for index in value):
        raise Malformed("reinstated places that are not in the list")
    return tuple(value)
