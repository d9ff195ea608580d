"""A form that a resident filled in before the visit, read from the code that they bring: its answers, or why not.

The rule here: a code proves nothing. Anybody can make one, so what it says is checked like what is typed, shown to a
clerk who reads it aloud, and kept nowhere until they save it. The format and its limits are in docs/prefill.md.
"""

import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardservice.credential import base45, cbor
from cardservice.credential.errors import CredentialError
from cardservice.domain import registration
from cardservice.domain.errors import Refused
from cardservice.domain.registration import Registration, RegistrationRefused

VERSION = "1"
TEXT_LIMIT = 2_000
"""Characters: two names of 128 characters of four bytes each need 1,605."""

_BEGINNING = re.compile(r"CARDFORM([0-9]{1,3}):")
_CHECKSUM_BYTES = 4
_TOWN_BYTES = 4
# The numbers of claim 169, so that an answer has one number on its way from the form to the card. 0 is the town.
_TOWN, _LANGUAGE, _NAME, _BIRTH_DATE, _NAME_SECOND, _LANGUAGE_SECOND = 0, 3, 4, 8, 19, 20
_KEYS = frozenset({_TOWN, _LANGUAGE, _NAME, _BIRTH_DATE, _NAME_SECOND, _LANGUAGE_SECOND})
# They may stand in a name that a clerk types; in one that nobody has read yet they are how markup begins.
_MARKUP = frozenset("<>")


class WhyNotFilled(StrEnum):
    """Why a code fills no form. The words are the desk's."""

    NOT_A_FORM = "not a form"
    OTHER_VERSION = "another version"
    OTHER_TOWN = "another town's"
    DAMAGED = "damaged"
    TOO_LONG = "too long"
    ANSWERS = "answers that cannot stand on a card"


class PrefillRefused(Refused):
    """The code fills no form; nothing of it is kept."""

    def __init__(self, why: WhyNotFilled) -> None:
        super().__init__(f"This code fills no form: {why}. Type the answers with the resident.")
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """What somebody typed about themselves: it could stand on a card, and nobody has checked that it is true."""

    name: str
    language: str
    birth_date: str
    name_second: str | None = None
    language_second: str | None = None

    def __repr__(self) -> str:
        return "Prefilled(…)"


def town_mark(issuer: str) -> bytes:
    """What a form says of the town that it is for: enough to tell towns apart, and no proof of anything."""
    return hashlib.sha256(issuer.encode()).digest()[:_TOWN_BYTES]


def read(text: str, *, issuer: str, today: date) -> Prefilled:
    """Return the answers in the text of a form's code.

    Raises `PrefillRefused`.
    """
    answers = _open(text.strip("\t\r\n"))
    if answers.get(_TOWN) != town_mark(issuer):
        raise PrefillRefused(WhyNotFilled.OTHER_TOWN if _TOWN in answers else WhyNotFilled.DAMAGED)
    if answers.keys() - _KEYS:
        raise PrefillRefused(WhyNotFilled.OTHER_VERSION)
    filled = Prefilled(
        name=registration.tidy(_text(answers, _NAME) or ""),
        language=_text(answers, _LANGUAGE) or "",
        birth_date=_text(answers, _BIRTH_DATE) or "",
        name_second=None if (second := _text(answers, _NAME_SECOND)) is None else registration.tidy(second),
        language_second=_text(answers, _LANGUAGE_SECOND),
    )
    _check(filled, today)
    return filled


def _open(text: str) -> dict[int | str, object]:
    """Take the text apart, as far as it does not matter what the answers are."""
    if len(text) > TEXT_LIMIT:
        raise PrefillRefused(WhyNotFilled.TOO_LONG)
    beginning = _BEGINNING.match(text)
    if beginning is None:
        raise PrefillRefused(WhyNotFilled.NOT_A_FORM)
    if beginning[1] != VERSION:
        raise PrefillRefused(WhyNotFilled.OTHER_VERSION)
    try:
        data = base45.decode(text[beginning.end() :])
        content, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
        answers = cbor.decode(content) if zlib.crc32(content).to_bytes(_CHECKSUM_BYTES) == checksum else None
    except CredentialError:
        answers = None
    if not isinstance(answers, dict):
        raise PrefillRefused(WhyNotFilled.DAMAGED)
    return answers


def _text(answers: dict[int | str, object], key: int) -> str | None:
    """An answer, written in UTF-8 as text or in UTF-16 as bytes, whichever was shorter; None where there is none."""
    if key not in answers:
        return None
    answer = answers[key]
    try:
        text = answer.decode("utf-16-be") if isinstance(answer, bytes) else answer
    except UnicodeDecodeError:
        # The cause is left out: it holds the answer.
        raise PrefillRefused(WhyNotFilled.DAMAGED) from None
    if not isinstance(text, str):
        raise PrefillRefused(WhyNotFilled.DAMAGED)
    return text


def _check(filled: Prefilled, today: date) -> None:
    if _MARKUP & set(filled.name + (filled.name_second or "")):
        raise PrefillRefused(WhyNotFilled.ANSWERS)
    try:
        registration.check(
            Registration(
                name=filled.name,
                language=filled.language,
                birth_date=filled.birth_date,
                name_second=filled.name_second,
                language_second=filled.language_second,
            ),
            today=today,
        )
    except RegistrationRefused:
        # The cause is left out: nothing of the code is kept.
        raise PrefillRefused(WhyNotFilled.ANSWERS) from None
