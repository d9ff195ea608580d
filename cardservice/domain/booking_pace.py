"""How fast a day may fill up: within an hour at most half of its places that were free when the hour began.

The rule here: it counts for everybody together, wherever they book from, so that many connections are no better than
one. What counts is by how many persons the day has grown within the hour; who books, moves and cancels again has taken
nothing. Kept is one number for a day, of the present hour, and no visit.
docs/decisions/0084-what-public-pages-tell.md
"""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from cardservice.domain.errors import Conflict
from cardservice.storage.models import BookingHour

AN_HOUR = timedelta(hours=1)
ALWAYS = 4
"""Persons who may book a day within an hour however little of it is free: one family."""
KEPT = timedelta(hours=12)


class EnoughThisHour(Conflict):
    """The share of this hour is booked; the rest of the day's places is there in the next."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__("Half of the free places of this day were booked within this hour. Choose another day.")
        self.again_at = again_at


def left(session: Session, day: date, *, free: int, now: datetime) -> int:
    """Return how many persons may still book a day within this hour, of which `free` places are free now."""
    booked = _booked(session, day, now)
    return min(free, max(0, max(ALWAYS, -(-(free + booked) // 2)) - booked))


def take(session: Session, day: date, persons: int, *, free: int, now: datetime) -> None:
    """Count that persons book a day. Raises `EnoughThisHour`, with the moment at which the next hour begins."""
    if persons > left(session, day, free=free, now=now):
        raise EnoughThisHour(next_hour(now))
    _change(session, day, persons, now)


def give_back(session: Session, day: date, persons: int, *, now: datetime) -> None:
    """Count that persons who had booked a day come no more."""
    _change(session, day, -persons, now)


def next_hour(now: datetime) -> datetime:
    """Return when the next hour begins."""
    return _hour_of(now) + AN_HOUR


def forget_over(session: Session, *, now: datetime) -> int:
    """Delete the counts of hours that are over, and of a clock that was ahead; return how many there were."""
    over = delete(BookingHour).where(or_(BookingHour.began_at < now - KEPT, BookingHour.began_at > now + KEPT))
    return session.execute(over).rowcount  # type: ignore[attr-defined, no-any-return]


def _change(session: Session, day: date, by: int, now: datetime) -> None:
    persons = max(0, _booked(session, day, now) + by)
    row = session.get(BookingHour, day)
    if not persons:
        # A row of nobody would say that somebody booked and cancelled.
        session.execute(delete(BookingHour).where(BookingHour.day == day))
    elif row is None:
        session.add(BookingHour(day=day, began_at=_hour_of(now), persons=persons))
    else:
        row.began_at, row.persons = _hour_of(now), persons
    session.flush()


def _booked(session: Session, day: date, now: datetime) -> int:
    row = session.get(BookingHour, day)
    return row.persons if row is not None and row.began_at == _hour_of(now) else 0


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
