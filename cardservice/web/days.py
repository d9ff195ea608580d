"""A day typed as people write it in numbers: day, month, year, with anything between them."""

import re
from datetime import date

_LONGEST = 20
_YEARS_AHEAD = 20
"""A paper of which two digits tell the year is older than that, or not so far from its end."""
_YEAR = 4  # digits
_NUMBERS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\s./,،-]*")


def read(text: str, *, today: date) -> date | None:
    """The day that was typed: "16 11 2026", "16.11.26" or "16 11"; None where it is none.

    Without a year it is the last such day until today. Digits of any script are read. A year of four digits in front
    is read as ISO 8601 has it: "2026-11-16".
    """
    if len(text) > _LONGEST:
        return None
    if not is_in_numbers(text):
        return None
    found = _NUMBERS.findall(text)
    day, month, *said = (int(number) for number in (found[::-1] if len(found[0]) == _YEAR else found))
    year = said[0] if said else today.year
    try:
        typed = date(_whole(year, today), month, day)
        return typed if said or typed <= today else typed.replace(year=today.year - 1)
    except (ValueError, OverflowError):
        return None


def is_in_numbers(text: str) -> bool:
    """Whether a day is written as one, though there may be no such day."""
    return 2 <= len(_NUMBERS.findall(text)) <= 3 and _BETWEEN.fullmatch(_NUMBERS.sub("", text)) is not None


def _whole(year: int, today: date) -> int:
    """A year of two digits with its century: 98 is 1998, also on a paper that has expired."""
    if year >= 100:
        return year
    return year + (2000 if year + 2000 <= today.year + _YEARS_AHEAD else 1900)
