"""How long residents wait at the counter, without anything about anybody: counts a month by bucket of minutes.

Counted at hand-over, from the minute in which the registration's first page was kept. Part of the journey of
issuance.py; who sees the counts, and which, is docs/decisions/0069-what-a-supervisor-sees.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy.orm import Session

from cardservice.domain import statistics, suppression
from cardservice.domain.calendar import day_of, month_of
from cardservice.domain.statistics import SMALLEST_SHOWN
from cardservice.domain.suppression import Sum

COUNTER = "took:"
UNDER = (5, 10, 15, 30, 60)
"""Minutes: a visit is to take less than the first of them."""
LONGER, LATER = "longer", "another-day"
BUCKETS = (*(f"under-{minutes}" for minutes in UNDER), LONGER, LATER)
# How many there are altogether, everybody at the desk can count.
_ALL = Sum("handed over", BUCKETS, (*reversed(BUCKETS), "handed over"))


@dataclass(frozen=True, slots=True)
class WaitingTimes:
    """How long it took in one month: counts by bucket, None where hidden, and the bucket of the one in the middle.

    `middle` is None where too few were handed over.
    """

    counts: Mapping[str, int | None]
    middle: str | None


def count(session: Session, begun_at: datetime, *, now: datetime) -> None:
    """Count that a card was handed over now whose registration was begun then."""
    statistics.add(session, f"{COUNTER}{bucket(begun_at, now)}", now=now)


def bucket(begun_at: datetime, now: datetime) -> str:
    """Return the bucket of a waiting time. A card that was fetched on another day kept nobody waiting."""
    if day_of(begun_at) != day_of(now):
        return LATER
    took = now - begun_at
    return next((f"under-{minutes}" for minutes in UNDER if took < timedelta(minutes=minutes)), LONGER)


def of_month(session: Session, *, now: datetime) -> WaitingTimes:
    """Return how long it took so far in the month of `now`."""
    counters = statistics.counted(session, month_of(day_of(now)))
    counts = {name: counters.get(f"{COUNTER}{name}", 0) for name in BUCKETS}
    return WaitingTimes(shown(counts, _ALL), _middle(counts))


def shown(counts: Mapping[str, int], summed: Sum) -> dict[str, int | None]:
    """The counts, None where hidden, of which everybody at the desk can know how many there are altogether."""
    hidden = suppression.hidden({**counts, summed.total: sum(counts.values())}, [summed])
    return {name: None if name in hidden else number for name, number in counts.items()}


def _middle(counts: Mapping[str, int]) -> str | None:
    """The bucket of the middle one of those who were served in one visit."""
    visits = {name: number for name, number in counts.items() if name != LATER}
    if sum(visits.values()) < SMALLEST_SHOWN:
        return None
    half = sum(visits.values()) / 2
    return next(name for name, so_far in zip(visits, accumulate(visits.values()), strict=True) if so_far >= half)
