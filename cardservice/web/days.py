"""A day typed as people write it in numbers: day, month, year, with anything between them."""

import re
from datetime import date

_NUMBERS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\s./,،-]*")


def read(text: str, *, today: date) -> date | None:
    """The day that was typed: "16 11 2026", "16.11.26" or "16 11"; None where it is none.

    Without a year it is the last such day until today. Digits of any script are read.
    """
    numbers = [int(found) for found in _NUMBERS.findall(text)]
    if not 2 <= len(numbers) <= 3 or not _BETWEEN.fullmatch(_NUMBERS.sub("", text)):
        return None
    day, month, *said = numbers
    year = said[0] if said else today.year
    try:
        typed = date(year + 2000 if year < 100 else year, month, day)
        return typed if said or typed <= today else typed.replace(year=today.year - 1)
    except (ValueError, OverflowError):
        return None
