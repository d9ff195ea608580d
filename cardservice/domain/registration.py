"""What a resident says at the counter, checked before anything is kept: one value, all its problems at once.

The limits are those of the signed content (credential/personal.py), so that nothing is registered that could not be
issued. Evidence is looked at and handed back; there is no field for it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cardservice.credential import personal
from cardservice.credential.personal import InvalidPersonalData
from cardservice.domain import card_numbers
from cardservice.domain.errors import Refused

PICTURE_LIMIT = 400_000
"""Bytes of each of the two JPEG pictures of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One resident's card to be. Birth date "YYYYMMDD", languages ISO 639-3, pictures as bytes."""

    name: str
    birth_date: str
    language: str
    name_second: str | None = None
    language_second: str | None = None
    portrait_print: bytes | None = None
    """JPEG, for the front of the card."""
    portrait_code: bytes | None = None
    """WebP, for the identity code."""
    photograph: bytes | None = None
    """JPEG, from which the two were cropped; only until the crop is agreed to (docs/decisions/0061)."""
    replaces: str | None = None
    """The number of the card that ends when this one is handed over."""

    def __repr__(self) -> str:
        return "Registration(…)"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field of the registration and the code of what is wrong with it; the words are the form's."""

    field: str
    code: str
    character: str | None = None
    """The offending character as "U+202E RIGHT-TO-LEFT OVERRIDE", where there is one."""


class RegistrationRefused(Refused):
    """Some fields cannot stand on a card; `problems` has one entry for each."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        listed = ", ".join(f"{problem.field} ({problem.code})" for problem in problems)
        super().__init__(f"Some fields need another look: {listed}.")
        self.problems = problems


def tidy(typed: str) -> str:
    """Return a typed name as it will be kept: NFC, single plain spaces, none at the ends.

    A pasted no-break space becomes a space, because nobody can see the difference. Controls and line ends stay: they
    are refused in words, never silently dropped.
    """
    composed = unicodedata.normalize("NFC", typed)
    spaced = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in composed)
    return " ".join(word for word in spaced.split(" ") if word)


def check(registration: Registration, *, today: date) -> None:
    """Raise `RegistrationRefused`, with every problem, unless a card can be made of it."""
    checks: list[tuple[str, object, Callable[[], object]]] = [
        ("name", registration.name, lambda: personal.check_name(registration.name)),
        ("birth_date", registration.birth_date, lambda: personal.check_birth_date(registration.birth_date, today)),
        ("language", registration.language, lambda: personal.check_language(registration.language)),
        ("name_second", registration.name_second, lambda: personal.check_name(registration.name_second or "")),
        ("language_second", registration.language_second, lambda: _check_second_language(registration)),
        (
            "portrait_code",
            registration.portrait_code,
            lambda: personal.check_portrait(registration.portrait_code or b""),
        ),
    ]
    problems = [found for field, value, run in checks if value is not None and (found := _problem(field, run))]
    if registration.name_second is not None and registration.language_second is None:
        problems.append(FieldProblem("language_second", "missing"))
    problems += _picture_problems(registration) + _replaces_problems(registration)
    if problems:
        raise RegistrationRefused(tuple(problems))


def _problem(field: str, run: Callable[[], object]) -> FieldProblem | None:
    try:
        run()
    except InvalidPersonalData as refusal:
        return FieldProblem(field, refusal.code, refusal.character)
    return None


def _check_second_language(registration: Registration) -> None:
    if registration.name_second is None:
        raise InvalidPersonalData("without-a-name")
    personal.check_language(registration.language_second or "")


def _picture_problems(registration: Registration) -> list[FieldProblem]:
    problems = []
    for field, picture in (("portrait_print", registration.portrait_print), ("photograph", registration.photograph)):
        if picture is not None and len(picture) > PICTURE_LIMIT:
            problems.append(FieldProblem(field, "too-large"))
        elif picture is not None and not picture.startswith(b"\xff\xd8"):
            problems.append(FieldProblem(field, "not-jpeg"))
    return problems


def _replaces_problems(registration: Registration) -> list[FieldProblem]:
    try:
        if registration.replaces is not None and card_numbers.normalise(registration.replaces) != registration.replaces:
            return [FieldProblem("replaces", "not-normalised")]
    except card_numbers.CardNumberMistyped:
        return [FieldProblem("replaces", "mistyped")]
    return []
