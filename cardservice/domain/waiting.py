"""Waiting numbers: one row of numbers a day, who is called next, how long it takes, and how many cards are left.

The rule here: a number is nobody's name. It leaves no entry in the audit and no account, only one of four waiting times
in the counters of the month, and is gone twelve hours later (docs/decisions/0078-waiting-numbers.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cardservice.domain import blank_stock, statistics, visits, waiting_times
from cardservice.domain.calendar import day_of, minute_of, month_of
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.domain.suppression import Sum
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import MOST_PERSONS, PersonsRefused
from cardservice.storage.models import WaitingNumber

KEPT = timedelta(hours=12)
MOST_COUNTERS = 99
MOST_SHOWN = 50
"""Of cards that are left, to everybody."""
DOUBLE_CLICK = timedelta(seconds=5)
_PACE_OF = timedelta(hours=1)
_ENOUGH_CALLS, _LONG_ENOUGH = 3, timedelta(minutes=10)
_SHOWN = 12
_NEAREST = 5
_WAITED = ((15, "waited: under 15"), (30, "waited: 15 to 30"), (60, "waited: 30 to 60"))
_LONGEST_WAIT = "waited: over 60"
WAITS = (*(name for _, name in _WAITED), _LONGEST_WAIT)
"""The counters of how long people waited for their number to be called."""
_ALL_WAITS = Sum("called", WAITS, (*reversed(WAITS), "called"))


class VisitOfAnotherDay(Conflict):
    """Who shows this code is expected on another day."""

    def __init__(self, begins_at: datetime) -> None:
        super().__init__("This visit is booked for another day. It was not touched; give a number without the code.")
        self.begins_at = begins_at


class NoSuchCounter(Refused):
    """Counters have numbers."""

    def __init__(self) -> None:
        super().__init__(f"Give the number of your counter, 1 to {MOST_COUNTERS}.")


class NoSuchWaitingNumber(NotFound):
    """It was not given today."""

    def __init__(self) -> None:
        super().__init__("This number was not given today. Give the next one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A number that was called, and where to."""

    number: int
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What a screen in the hall says."""

    called: tuple[Called, ...]
    """The last call of each counter within the hour, the newest first; of a dozen counters at most."""
    waiting: int
    minutes: int | None
    """About how long somebody waits who comes now; None where too few were called to tell."""


def give(session: Session, persons: int, *, hours: VisitingHours, now: datetime) -> int:
    """Return the next number, for somebody who simply came. Raises `PersonsRefused`."""
    if not 1 <= persons <= MOST_PERSONS:
        raise PersonsRefused
    return _add(session, persons, None, hours, now)


def arrive(session: Session, code: str, *, hours: VisitingHours, now: datetime) -> int:
    """Return the next number, for somebody who booked; their visit ends with it.

    Raises:
        BookingCodeMistyped, NoSuchVisit, VisitOfAnotherDay: no number was given.
    """
    booked = visits.find(session, code)
    if hours.day_of(booked.begins_at) != hours.day_of(now):
        raise VisitOfAnotherDay(booked.begins_at)
    visits.end(session, code)
    return _add(session, booked.persons, booked.begins_at, hours, now)


def call(session: Session, counter: int, *, hours: VisitingHours, now: datetime) -> int | None:
    """Call the next number to a counter and return it; None where nobody waits. A double click calls one.

    Raises `NoSuchCounter`.
    """
    if not 1 <= counter <= MOST_COUNTERS:
        raise NoSuchCounter
    numbers = _of_today(session, hours, now)
    for one in numbers:
        if one.counter == counter and one.called_at is not None and abs(now - one.called_at) < DOUBLE_CLICK:
            return one.number
    waits = _in_order(numbers, now)
    if not waits:
        return None
    waits[0].called_at, waits[0].counter = now, counter
    session.flush()
    statistics.add(session, _waited(waits[0], now), now=now)
    return waits[0].number


def check_given(session: Session, number: int, *, hours: VisitingHours, now: datetime) -> None:
    """Raise `NoSuchWaitingNumber` for a number that was not given today."""
    if all(one.number != number for one in _of_today(session, hours, now)):
        raise NoSuchWaitingNumber


def look(session: Session, *, hours: VisitingHours, now: datetime) -> Queue:
    """Return what is called now, how many wait and for about how long."""
    numbers = _of_today(session, hours, now)
    recent = [one for one in numbers if one.called_at is not None and now - one.called_at <= _PACE_OF]
    recent.sort(key=lambda one: one.called_at or now)
    waiting = len(_in_order(numbers, now))
    last: dict[int, int] = {}
    for one in reversed(recent):
        last.setdefault(one.counter or 0, one.number)
    return Queue(
        called=tuple(Called(number=number, counter=counter) for counter, number in last.items())[:_SHOWN],
        waiting=waiting,
        minutes=_wait(waiting, [one.called_at for one in recent if one.called_at], now),
    )


def waits(session: Session, *, now: datetime) -> dict[str, int | None]:
    """Return how many waited how long for their number so far this month, by WAITS; None where hidden."""
    counters = statistics.counted(session, month_of(day_of(now)))
    return waiting_times.shown({name: counters.get(name, 0) for name in WAITS}, _ALL_WAITS)


def cards_left(session: Session, blanks: Iterable[str], *, hours: VisitingHours, now: datetime) -> int | None:
    """Return how many cards can still be printed today for somebody who comes now, for the desk to know.

    The blanks in the box less those who are spoken for; None where nobody counts blanks.
    """
    box = in_box(session, blanks, now=now)
    return None if box is None else max(0, box - spoken_for(session, hours=hours, now=now))


def in_box(session: Session, blanks: Iterable[str], *, now: datetime) -> int | None:
    """Return how many blanks should be left of these kinds; None where nobody counts them."""
    stocks = [blank_stock.of_kind(session, blank, now=now) for blank in blanks]
    counted = [stock.left for stock in stocks if stock.is_counted]
    return sum(counted) if counted else None


def spoken_for(session: Session, *, hours: VisitingHours, now: datetime) -> int:
    """Return how many persons are booked for today and may still come, or wait."""
    begun = now - timedelta(minutes=hours.minutes)
    expected = sum(persons for at, persons in visits.of_today(session, hours=hours, now=now).items() if at >= begun)
    waiting = sum(one.persons for one in _in_order(_of_today(session, hours, now), now))
    return expected + waiting


def roughly(in_box: int, spoken_for: int) -> int:
    """Return how many cards are left at least, as everybody may know it: 0, 1 ("a few"), 10, 20, 30, 40 or 50.

    Of the box only the tens are used, so that one card more or less shows nowhere but at ten; how many are spoken for
    everybody can see. docs/decisions/0084-what-public-pages-tell.md
    """
    tens = in_box - in_box % 10
    if in_box <= 0 or spoken_for >= tens + 10:
        return 0
    at_least = tens - spoken_for
    return min(at_least - at_least % 10, MOST_SHOWN) if at_least >= 10 else 1


def forget_over(session: Session, *, now: datetime) -> int:
    """Delete the numbers that are over, and those of a clock that was ahead; return how many there were."""
    over = delete(WaitingNumber).where(or_(WaitingNumber.came_at < now - KEPT, WaitingNumber.came_at > now + KEPT))
    return session.execute(over).rowcount  # type: ignore[attr-defined, no-any-return]


def _of_today(session: Session, hours: VisitingHours, now: datetime) -> Sequence[WaitingNumber]:
    of_today = select(WaitingNumber).where(WaitingNumber.day == hours.day_of(now))
    return session.scalars(of_today.order_by(WaitingNumber.number)).all()


def _add(session: Session, persons: int, booked_for: datetime | None, hours: VisitingHours, now: datetime) -> int:
    given = _of_today(session, hours, now)
    number = given[-1].number + 1 if given else 1
    session.add(
        WaitingNumber(
            day=hours.day_of(now), number=number, persons=persons, came_at=minute_of(now), booked_for=booked_for
        )
    )
    session.flush()
    return number


def _in_order(numbers: Iterable[WaitingNumber], now: datetime) -> list[WaitingNumber]:
    """Who waits: booked and due, by their times; who simply came; booked and early."""

    def turn(one: WaitingNumber) -> tuple[int, datetime, int]:
        if one.booked_for is None:
            return 1, now, one.number
        return (0 if one.booked_for <= now else 2), one.booked_for, one.number

    return sorted((one for one in numbers if one.called_at is None), key=turn)


def _waited(one: WaitingNumber, now: datetime) -> str:
    since = max(one.came_at, one.booked_for or one.came_at)
    minutes = (now - since) // timedelta(minutes=1)
    return next((name for limit, name in _WAITED if minutes < limit), _LONGEST_WAIT)


def _wait(waiting: int, calls: Sequence[datetime], now: datetime) -> int | None:
    """About how long, from the time between the calls of the last hour, rounded up."""
    if len(calls) < _ENOUGH_CALLS or now - calls[0] < _LONG_ENOUGH:
        return None
    seconds = waiting * (now - calls[0]).total_seconds() / len(calls)
    return -int(-seconds // (_NEAREST * 60)) * _NEAREST
