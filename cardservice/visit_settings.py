"""Visits in config.toml: when the town hall is open, and how many may book (docs/desk.md).

Without hours nobody can book, and people simply come. What the hours come to on a day is domain/visiting_hours.py's.
"""

import re
from datetime import UTC, date, time, tzinfo
from itertools import pairwise
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from cardservice.setting_kinds import Section, Whole

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")

Span = tuple[time, time]


class Visits(Section):
    """Opening hours by weekday, and what one time is: how long, for how many, how many of them without booking."""

    zone: str = "UTC"
    hours: dict[Weekday, tuple[str, ...]] = Field(default_factory=dict)
    closed: tuple[date, ...] = ()
    minutes: Whole = Field(default=30, ge=5, le=240)
    persons: Whole = Field(default=6, ge=2, le=200)
    walk_ins: Whole = Field(default=2, ge=0, le=199)
    days: Whole = Field(default=14, ge=1, le=60)

    @field_validator("zone")
    @classmethod
    def _is_known_here(cls, value: str) -> str:
        try:
            zone_of(value)
        except (OSError, ValueError, KeyError):
            raise ValueError(f"no time zone that this machine knows is called {value!r}; try Europe/Lisbon") from None
        return value

    @field_validator("hours")
    @classmethod
    def _can_be_kept(cls, value: dict[Weekday, tuple[str, ...]]) -> dict[Weekday, tuple[str, ...]]:
        for day, spans in value.items():
            read = [span_of(day, span) for span in spans]
            for (_, ended), (begins, _) in pairwise(read):
                if begins < ended:
                    raise ValueError(f"{day}: one time after the other, such as 09:00-12:00, 14:00-17:00")
        return value

    @model_validator(mode="after")
    def _somebody_can_book(self) -> Self:
        if self.walk_ins >= self.persons:
            raise ValueError("walk_ins: must be fewer than persons, or nobody could book")
        for day, spans in self.hours.items():
            for begins, ends in (span_of(day, span) for span in spans):
                if _minutes(ends) - _minutes(begins) < self.minutes:
                    raise ValueError(f"hours: {day}: shorter than one visit of {self.minutes} minutes")
        return self

    @property
    def time_zone(self) -> tzinfo:
        """The town's time zone."""
        return zone_of(self.zone)

    @property
    def spans(self) -> dict[int, tuple[Span, ...]]:
        """The hours by number of weekday, Monday 0."""
        return {WEEKDAYS.index(day): tuple(span_of(day, span) for span in spans) for day, spans in self.hours.items()}


def zone_of(name: str) -> tzinfo:
    """A time zone by its name. Raises KeyError, ValueError, OSError where there is none; UTC is always there."""
    return UTC if name == "UTC" else ZoneInfo(name)


def span_of(day: str, text: str) -> Span:
    """From when to when, out of "09:00-12:00". Raises ValueError."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{day}: {text!r} must look like 09:00-12:00")
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    begins, ends = time(hour, minute), time(last_hour, last_minute)
    if ends <= begins:
        raise ValueError(f"{day}: {text} ends before it begins")
    return begins, ends


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
