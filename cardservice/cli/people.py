"""People given to the demo as lines of JSON: each line is one person, or a reason why not.

A line that cannot be taken is told by its number and the reason, never by what stands in it; the others go on.
Which names and dates are good is decided by domain/registration, not here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

KNOWN = {"name", "birth_date", "name_second", "language", "language_second", "portrait"}
REQUIRED = ("name", "birth_date")
LINE_LIMIT = 64 * 1024
PORTRAIT_LIMIT = 8 * 1024 * 1024
"""Bytes read of a portrait at most; printing/portrait refuses what is longer than its own limit."""


class LineRefused(Exception):
    """One line of a people file cannot be taken; the message is the reason and quotes nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as the file has them: text as given, the birth date as YYYYMMDD, the picture's bytes."""

    name: str
    birth_date: str
    language: str | None = None
    name_second: str | None = None
    language_second: str | None = None
    portrait: bytes | None = None


def sample() -> Path:
    """The people file of the demo's own residents, in several scripts."""
    return Path(str(resources.files("cardservice.cli").joinpath("sample_people.jsonl")))


def read(path: Path) -> Iterator[tuple[int, Person | LineRefused]]:
    """Each line that is not blank, with its number from 1: a person, or why there is none.

    Raises:
        OSError: the file itself cannot be read.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, _person(line, path.parent)
        except LineRefused as refused:
            yield number, refused


def _person(line: bytes, folder: Path) -> Person:
    fields = _fields(line)
    portrait = fields.pop("portrait", None)
    return Person(
        **fields | {"birth_date": _compact(fields["birth_date"])},
        portrait=None if portrait is None else _picture(portrait, folder),
    )


def _fields(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_LIMIT:
        raise LineRefused(f"the line is longer than {LINE_LIMIT} bytes")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise LineRefused("the line is not JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise LineRefused("the line is not a JSON object")
    if unknown := set(fields) - KNOWN:
        raise LineRefused(f"{len(unknown)} field(s) not known; known are {', '.join(sorted(KNOWN))}")
    fields = {name: value for name, value in fields.items() if value is not None}
    for name in REQUIRED:
        if name not in fields:
            raise LineRefused(f"{name} is missing")
    if wrong := sorted(name for name, value in fields.items() if not isinstance(value, str)):
        raise LineRefused(f"{', '.join(wrong)} must be text")
    return fields


def _compact(birth_date: str) -> str:
    year, month, day = birth_date[:4], birth_date[5:7], birth_date[8:]
    digits = f"{year}{month}{day}"
    if birth_date != f"{year}-{month}-{day}" or len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise LineRefused("birth_date must be written YYYY-MM-DD")
    return digits


def _picture(named: str, folder: Path) -> bytes:
    """The picture's bytes, looked for as named and then beside the people file; never more than the limit and one."""
    for path in (Path(named), folder / named):
        try:
            with path.open("rb") as picture:
                return picture.read(PORTRAIT_LIMIT + 1)
        except (OSError, ValueError):
            continue
    raise LineRefused("the portrait cannot be read: there is no such file, or it may not be opened")
