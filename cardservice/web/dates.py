"""Days and months as people write them in the language of the page, by CLDR."""

import re
from datetime import UTC, date, datetime

from babel import Locale, dates
from flask_babel import get_locale
from markupsafe import Markup

from cardservice.web import desk

_BRITISH = Locale("en", "GB")
"""The day before the month in English too: an American order would be taken for another day elsewhere."""


def day(value: date) -> str:
    """A day: "25 November 2028", "25 de noviembre de 2028"."""
    return _as_spoken(value, dates.format_date(value, "long", locale=_locale()))


def month(text: str) -> str:
    """A month "2026-11" in words."""
    return dates.format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=_locale())


def month_or_day(text: str) -> str:
    """A month "2026-11" or a day "2026-11-26" in words."""
    return month(text) if len(text) == len("2026-11") else day(date.fromisoformat(text))


def birth_date(text: str) -> str:
    """A birth date "YYYYMMDD" in words, as much of it as is known: "27 March 1985", "March 1985", "1985"."""
    year, known_month, known_day = int(text[:4]), int(text[4:6]), int(text[6:])
    if known_day:
        return day(date(year, known_month, known_day))
    shape = "yMMMM" if known_month else "y"
    return dates.format_skeleton(shape, date(year, known_month or 1, 1), locale=_locale())


def moment(value: datetime) -> Markup:
    """A moment as day and minute by the town's clock, and machine-readable; where the town names none, it is UTC."""
    zone = desk.settings().visits.time_zone
    at = value.astimezone(zone)
    minute = f"{clock(at)} UTC" if zone is UTC else clock(at)
    return Markup('<time datetime="{}">{} {}</time>').format(at.isoformat(timespec="minutes"), day(at.date()), minute)


def clock(value: datetime) -> str:
    """The time of day of a moment, by the clock that it is given in: "09:30"."""
    return dates.format_time(value, "short", locale=_locale())


def weekday(value: date) -> str:
    """A day with its weekday: "Monday 30 November 2026", "lundi 30 novembre 2026"."""
    return _as_spoken(value, dates.format_date(value, "full", locale=_locale()))


def _as_spoken(value: date, written: str) -> str:
    """CLDR has no form for the first of a month in French: "1er janvier"."""
    if value.day == 1 and _locale().language == "fr":
        return re.sub(r"\b1\b", "1er", written, count=1)
    return written


def _locale() -> Locale:
    chosen = get_locale()
    return _BRITISH if chosen is None or chosen.language == "en" else chosen
