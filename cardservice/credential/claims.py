"""What one card says, as a frozen value and as the CBOR payload that is signed.

A key is for ever: add new ones, never move or reuse one, because old cards are still in pockets. Why nothing else is in
here: docs/decisions/0004-what-the-codes-contain.md. The rules for a resident's name, birth date and portrait are in
personal.py; here stands what any issuer's card must be to be read at all.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from cardservice.credential import cbor
from cardservice.credential.errors import Malformed, NotACard

SPECIFICATION = "1.2.1"  # of Claim 169
DAY = 86_400  # seconds; a card's times are whole UTC days, because a time of day is a fingerprint
LATEST_TIME = 253_402_300_799  # the end of the year 9999, so that every time is also a date

_ISSUER, _EXPIRES, _NOT_BEFORE, _ISSUED, _IDENTITY, _STATUS = 1, 4, 5, 6, 169, 65535  # CWT claims (RFC 8392, IANA)
_NUMBER, _VERSION, _PORTRAIT = 1, 2, 62
_TEXTS = {
    3: "language",
    4: "name",
    8: "birth_date",
    19: "name_second",
    20: "language_second",
}  # of Claim 169: key to field, in the order of the keys and of the fields
_IMAGE = 0
_WEBP = {1: _IMAGE, 2: 4}  # a biometric's format and subformat


class CodeKind(StrEnum):
    """How much a code discloses: who holds the card, or only that it is a card of the town."""

    IDENTITY = "identity"
    RESIDENCE = "residence"


@dataclass(frozen=True, slots=True)
class StatusReference:
    """The card's place in a published list."""

    uri: str
    index: int


class CardClaims(NamedTuple):
    """What one card says. Times are seconds since 1970; languages are ISO 639-3.

    A named tuple, because a verification waits for it: a frozen dataclass takes three times as long to make. Its `repr`
    names nobody.
    """

    issuer: str
    card_number: str
    issued_at: int
    expires_at: int
    """The card is not accepted at this time or later."""
    status: StatusReference | None = None
    """Absent only from other issuers' cards, of which nobody can tell whether they were revoked."""
    language: str | None = None
    name: str | None = None
    birth_date: str | None = None
    """YYYYMMDD; 00 stands for a day or a month that is not known."""
    name_second: str | None = None
    language_second: str | None = None
    portrait: bytes | None = None
    """A picture, WebP on our cards."""
    not_before: int | None = None
    """Where another issuer's card is not accepted before a time after its issue; ours have none."""

    def __repr__(self) -> str:
        return f"CardClaims({self.code} code of {self.issuer})"

    @property
    def code(self) -> CodeKind:
        """Which of a card's two codes these claims make."""
        return CodeKind.RESIDENCE if self.name is None else CodeKind.IDENTITY

    @property
    def valid_until(self) -> date:
        """The last day on which the card is valid, as it is printed."""
        return datetime.fromtimestamp(self.expires_at - 1, UTC).date()

    def residence(self) -> Self:
        """Return the same card's claims for its residence code, which says nothing about the holder."""
        return self._replace(
            name=None, language=None, birth_date=None, name_second=None, language_second=None, portrait=None
        )

    def encode(self) -> bytes:
        """Return the payload to sign."""
        identity: dict[int, object] = {_NUMBER: self.card_number, _VERSION: SPECIFICATION}
        for key, field in _TEXTS.items():
            if (text := getattr(self, field)) is not None:
                identity[key] = text
        if self.portrait is not None:
            identity[_PORTRAIT] = [{0: self.portrait, **_WEBP}]
        payload: dict[int, object] = {
            _ISSUER: self.issuer,
            _EXPIRES: self.expires_at,
            _ISSUED: self.issued_at,
            _IDENTITY: identity,
        }
        if self.status is not None:
            payload[_STATUS] = {"status_list": {"idx": self.status.index, "uri": self.status.uri}}
        return cbor.encode_in_order(payload)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a payload whose signature has been checked.

        Raises NotACard where it lacks Claim 169, Malformed where a part is missing or of the wrong kind.
        """
        claims = cbor.decode(payload)
        if not isinstance(claims, dict) or _IDENTITY not in claims:
            raise NotACard("signed claims without Claim 169")
        identity = claims[_IDENTITY]
        if isinstance(identity, bytes):
            identity = cbor.decode(identity)  # as the specification's own example has it
        if not isinstance(identity, dict):
            raise Malformed("a Claim 169 that is not a map")
        issuer, expires_at, issued_at = claims.get(_ISSUER), claims.get(_EXPIRES), claims.get(_ISSUED)
        if type(expires_at) is not int or type(issued_at) is not int or not 0 <= issued_at < expires_at <= LATEST_TIME:
            raise Malformed("times that are missing, in the wrong order, or after the year 9999")
        number = identity.get(_NUMBER)
        if type(issuer) is not str or type(number) is not str:
            raise Malformed("a card without an issuer or a number")
        status = _status(claims[_STATUS]) if _STATUS in claims else None
        texts = [identity.get(key) for key in _TEXTS]
        for text in texts:
            if text is not None and type(text) is not str:
                raise Malformed("a claim that is not a text")
        portrait = _portrait(identity[_PORTRAIT]) if _PORTRAIT in identity else None
        not_before = claims.get(_NOT_BEFORE)
        if not_before is not None and type(not_before) is not int:
            raise Malformed("a first time that is not a number")
        return cls._make((issuer, number, issued_at, expires_at, status, *texts, portrait, not_before))


def issuer_of(payload: bytes) -> str | None:
    """Return the issuer that an unchecked payload names: good for choosing words, never for believing."""
    claims = cbor.decode(payload)
    issuer = claims.get(_ISSUER) if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else None


def start_of_day(day: date) -> int:
    """Return the first second of a UTC day: what `issued_at` and `expires_at` are made of."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _status(value: Any) -> StatusReference:
    reference = value.get("status_list") if isinstance(value, dict) else None
    if isinstance(reference, dict):
        index, uri = reference.get("idx"), reference.get("uri")
        if type(index) is int and index >= 0 and type(uri) is str:
            return StatusReference(uri, index)
    raise Malformed("a status reference without an index and a URI")


def _portrait(value: Any) -> bytes | None:
    """The first picture among the biometrics of the face: an array of maps, or one map (Inji)."""
    for picture in value if isinstance(value, list) else [value]:
        data = picture.get(0) if isinstance(picture, dict) else None
        if type(data) is not bytes:
            raise Malformed("a portrait that is not a map with bytes in it")
        image = picture.get(1)
        if type(image) is int and image == _IMAGE:  # to Python, false is 0 as well
            return data
    return None
