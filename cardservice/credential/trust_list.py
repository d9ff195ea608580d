"""The trust list: which issuers a verifier believes, with which keys and for how long, signed by the anchor.

One list names everybody whose cards are accepted: the town that publishes it and the cities it recognises. A verifier
pins the anchor; the present anchor announces the next. Integer keys are for ever: add new ones, never reuse one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from cardservice.credential import cbor
from cardservice.credential.claims import LATEST_TIME
from cardservice.credential.cose import Sign1, parse_sign1, sign1
from cardservice.credential.errors import Malformed, NotACard
from cardservice.credential.keys import PublicKey, Signer

CONTENT_TYPE = "application/vnd.cardservice.trustlist+cwt"

_PUBLISHER, _ISSUED = 1, 6  # CWT claims
_SEQUENCE, _NEXT_UPDATE, _ISSUERS, _NEXT_ANCHOR = -65537, -65540, -65541, -65542  # for private use (RFC 8392 §9.1)
_ISSUER, _NAMES, _KEYS, _STATUS_LISTS, _RECOGNISED_FOR = 1, 2, 3, 4, 5
_COSE_KEY, _PURPOSE, _STATE, _NOT_BEFORE, _NOT_AFTER, _RETIRED_AT = 1, 2, 3, 4, 5, 6


class KeyPurpose(IntEnum):
    """What a key may sign. No key has two purposes."""

    CARD = 0
    STATUS = 1
    SAMPLE = 2
    """Cards that are good for nothing: a training town's (docs/decisions/0079-samples.md)."""


class KeyState(IntEnum):
    """Where a key stands in its life. Compromised is final, and spoils what the key signed before as well."""

    ANNOUNCED = 0
    ACTIVE = 1
    RETIRED = 2
    COMPROMISED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """One key of an issuer. Times are seconds since 1970."""

    key: PublicKey
    purpose: KeyPurpose
    state: KeyState
    not_before: int
    """The key signs nothing before the UTC day of this time."""
    not_after: int
    """Nothing that the key signed is accepted beyond this time: no card expires later."""
    retired_at: int | None = None
    """The key signed nothing after this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """One town or city whose cards are accepted."""

    issuer: str
    """Its URI, as its cards name it."""
    names: Mapping[str, str]
    """Its name by language (ISO 639-1); the first is its own."""
    keys: tuple[TrustedKey, ...]
    status_lists: tuple[str, ...]
    """The URIs of its status lists."""
    recognised_for: tuple[str, ...] = ()
    """What a recognised city's cards are good for here; empty for the town itself."""

    @property
    def name(self) -> str:
        """What to call it where nobody asked for a language; its URI where it has no name."""
        return next(iter(self.names.values()), self.issuer)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """One published trust list. Times are seconds since 1970."""

    publisher: str
    """The issuer whose anchor signs."""
    sequence: int
    issued_at: int
    next_update: int
    issuers: tuple[TrustedIssuer, ...]
    next_anchor: PublicKey | None = None

    def seal(self, anchor: Signer) -> bytes:
        """Return the signed list as it is published."""
        return sign1(self.encode(), anchor, content_type=CONTENT_TYPE)

    def encode(self) -> bytes:
        """Return the payload to sign."""
        payload: dict[int, object] = {
            _PUBLISHER: self.publisher,
            _ISSUED: self.issued_at,
            _SEQUENCE: self.sequence,
            _NEXT_UPDATE: self.next_update,
            _ISSUERS: [_issuer_map(issuer) for issuer in self.issuers],
        }
        if self.next_anchor is not None:
            payload[_NEXT_ANCHOR] = self.next_anchor.to_cose_map()
        return cbor.encode(payload)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a payload whose signature has been checked. Raises Malformed, also where two keys have one id."""
        claims = _map(cbor.decode(payload, items=_ENTRY_LIMIT))
        next_anchor = claims.get(_NEXT_ANCHOR)
        trust_list = cls(
            publisher=_text(claims.get(_PUBLISHER)),
            sequence=_number(claims.get(_SEQUENCE)),
            issued_at=_number(claims.get(_ISSUED)),
            next_update=_number(claims.get(_NEXT_UPDATE)),
            issuers=tuple(_read_issuer(_map(entry)) for entry in _array(claims.get(_ISSUERS))),
            next_anchor=None if next_anchor is None else PublicKey.from_cose_map(next_anchor),
        )
        key_ids = [trusted.key.key_id for issuer in trust_list.issuers for trusted in issuer.keys]
        names = [issuer.issuer for issuer in trust_list.issuers]
        if len(set(key_ids)) < len(key_ids) or len(set(names)) < len(names):
            raise Malformed("a trust list that names a key or an issuer twice")
        return trust_list


_ENTRY_LIMIT = 4096  # issuers, or keys of one, or lists of one


def parse_trust_list(data: bytes) -> Sign1:
    """Take a published list apart, to find its key. Raises NotACard or Malformed."""
    message = parse_sign1(data)
    if message.content_type != CONTENT_TYPE:
        raise NotACard("a signed message that is not a trust list")
    return message


def open_trust_list(data: bytes, anchor: PublicKey) -> TrustList:
    """Return the published list that `anchor` signed. Raises NotACard, Malformed or BadSignature."""
    return TrustList.decode(parse_trust_list(data).open(anchor))


def _issuer_map(issuer: TrustedIssuer) -> dict[int, object]:
    return {
        _ISSUER: issuer.issuer,
        # An array, because the encoding of a map puts its keys in an order of its own.
        _NAMES: [[language, name] for language, name in issuer.names.items()],
        _KEYS: [_key_map(trusted) for trusted in issuer.keys],
        _STATUS_LISTS: list(issuer.status_lists),
        _RECOGNISED_FOR: list(issuer.recognised_for),
    }


def _key_map(trusted: TrustedKey) -> dict[int, object]:
    entry: dict[int, object] = {
        _COSE_KEY: trusted.key.to_cose_map(),
        _PURPOSE: int(trusted.purpose),
        _STATE: int(trusted.state),
        _NOT_BEFORE: trusted.not_before,
        _NOT_AFTER: trusted.not_after,
    }
    if trusted.retired_at is not None:
        entry[_RETIRED_AT] = trusted.retired_at
    return entry


def _read_issuer(entry: Mapping[Any, Any]) -> TrustedIssuer:
    return TrustedIssuer(
        issuer=_text(entry.get(_ISSUER)),
        names=dict(_name(pair) for pair in _array(entry.get(_NAMES))),
        keys=tuple(_read_key(_map(key)) for key in _array(entry.get(_KEYS))),
        status_lists=tuple(_text(uri) for uri in _array(entry.get(_STATUS_LISTS))),
        recognised_for=tuple(_text(service) for service in _array(entry.get(_RECOGNISED_FOR))),
    )


def _read_key(entry: Mapping[Any, Any]) -> TrustedKey:
    try:
        purpose, state = KeyPurpose(_number(entry.get(_PURPOSE))), KeyState(_number(entry.get(_STATE)))
    except ValueError:
        raise Malformed("a key of an unknown purpose or state") from None
    retired_at = entry.get(_RETIRED_AT)
    return TrustedKey(
        key=PublicKey.from_cose_map(entry.get(_COSE_KEY)),
        purpose=purpose,
        state=state,
        not_before=_number(entry.get(_NOT_BEFORE)),
        not_after=_number(entry.get(_NOT_AFTER)),
        retired_at=None if retired_at is None else _number(retired_at),
    )


def _name(pair: Any) -> tuple[str, str]:
    match pair:
        case [str(language), str(name)]:
            return language, name
    raise Malformed("a name of an issuer that is not a language and a text")


def _map(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise Malformed("a part of a trust list that is not a map")
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed("a part of a trust list that is not an array")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("a part of a trust list that is not a text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LATEST_TIME:
        raise Malformed("a number of a trust list that is missing or out of range")
    return value
