"""Visits booked without names: a time, one to four persons and a code, and nothing else.

The rule here: nothing that is kept says who comes, from where it was booked, or when. A code comes at one time; to book
with a code that has a visit is to move it. A visit leaves no entry in the audit, which is for ever. Why all this is so:
docs/decisions/0077-visits-without-names.md; who has come waits in waiting.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.orm import Session

from cardservice.domain import booking_pace, check_symbols
from cardservice.domain.check_symbols import grouped as grouped
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.storage.models import Booking

LENGTH = 8
MOST_PERSONS = 4
KEPT = timedelta(hours=12)
"""After its time, at most. Hours need no time zone."""
FARTHEST = timedelta(days=62)
"""No visit is booked so far ahead: one that is was booked while the clock was wrong."""


class BookingCodeMistyped(Refused):
    """What was typed cannot be the code of a visit, whatever visits there are."""

    def __init__(self) -> None:
        super().__init__(f"This is not the code of a visit: a symbol of the {LENGTH} is missing or wrong.")


class NoSuchVisit(NotFound):
    """No visit goes with the code: it was cancelled, has been, or never was."""

    def __init__(self) -> None:
        super().__init__("There is no visit with this code. Book another one, or come without.")


class TimeNotOffered(Conflict):
    """The time is over, on a day of closure, too far ahead, or never was one."""

    def __init__(self) -> None:
        super().__init__("This time cannot be booked, or no longer. Choose another one.")


class TimeFull(Conflict):
    """Fewer places are left at this time than persons want to come; how many, nobody is told who only asks."""

    def __init__(self, *, is_full: bool) -> None:
        super().__init__("So many places are not left at this time. Choose another one.")
        self.is_full = is_full


class PersonsRefused(Refused):
    """One booking is for one person to four."""

    def __init__(self) -> None:
        super().__init__(f"Book for 1 to {MOST_PERSONS} persons; for more, book twice.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """One time that can be chosen, and how many places it has left."""

    begins_at: datetime
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as whoever has its code sees it."""

    code: str
    begins_at: datetime
    persons: int


def draw(token_bytes: Callable[[int], bytes]) -> str:
    """Return a new code, good for nothing until somebody books with it."""
    return check_symbols.draw(LENGTH, token_bytes)


def normalise(text: str) -> str:
    """Return the code that was typed or scanned, in capitals without separators. Raises `BookingCodeMistyped`."""
    try:
        return check_symbols.normalise(text, LENGTH)
    except check_symbols.Mistyped:
        raise BookingCodeMistyped from None


def times(session: Session, day: date, *, hours: VisitingHours, now: datetime, besides: str = "") -> list[Time]:
    """Return what can be chosen on a day; places that the code `besides` has itself count as free."""
    offered = hours.times(day, now=now)
    taken = _taken(session, offered, besides)
    return [Time(begins_at=at, free=max(0, hours.bookable - taken.get(at, 0))) for at in offered]


def free_days(session: Session, *, hours: VisitingHours, now: datetime) -> dict[date, int]:
    """Return the days that can be chosen, each with its free places."""
    by_day = {day: hours.times(day, now=now) for day in hours.open_days(now=now)}
    taken = _taken(session, [at for offered in by_day.values() for at in offered])
    return {day: sum(max(0, hours.bookable - taken.get(at, 0)) for at in offered) for day, offered in by_day.items()}


def book(
    session: Session, code: str, begins_at: datetime, persons: int, *, hours: VisitingHours, now: datetime
) -> bool:
    """Let a code come at a time. True if it is a new visit, False if one was moved, or was there like this already.

    Raises:
        BookingCodeMistyped, PersonsRefused, TimeNotOffered, TimeFull, EnoughThisHour: nothing has changed.
    """
    code = normalise(code)
    check_persons(persons)
    day = hours.day_of(begins_at)
    offered = times(session, day, hours=hours, now=now, besides=code)
    free = next((one.free for one in offered if one.begins_at == begins_at), None)
    if free is None:
        raise TimeNotOffered
    if persons > free:
        raise TimeFull(is_full=not free)
    visit = session.get(Booking, code)
    _pace(session, visit, begins_at, persons, _paced(offered, now), hours=hours, now=now)
    if visit is None:
        session.add(Booking(code=code, begins_at=begins_at, persons=persons))
    else:
        visit.begins_at, visit.persons = begins_at, persons
    session.flush()
    return visit is None


def check_persons(persons: int) -> None:
    """Return if so many can come with one booking. Raises `PersonsRefused`."""
    if not 1 <= persons <= MOST_PERSONS:
        raise PersonsRefused


def opens_again(session: Session, day: date, *, hours: VisitingHours, now: datetime) -> datetime | None:
    """Return when more of a day can be booked, where this hour's share is gone; None where it is not.

    There is always a time after it: what begins until then waits for no hour.
    """
    free = _paced(times(session, day, hours=hours, now=now), now)
    is_gone = free and not booking_pace.left(session, day, free=free, now=now)
    return booking_pace.next_hour(now) if is_gone else None


def find(session: Session, code: str) -> Visit:
    """Return the visit of a code. Raises `BookingCodeMistyped`, `NoSuchVisit`."""
    row = _row(session, code)
    return Visit(code=row.code, begins_at=row.begins_at, persons=row.persons)


def cancel(session: Session, code: str, *, hours: VisitingHours, now: datetime) -> Visit:
    """End a visit that does not come; its places can be booked again. Raises `BookingCodeMistyped`, `NoSuchVisit`."""
    visit = end(session, code)
    if _is_paced(visit.begins_at, now):
        booking_pace.give_back(session, hours.day_of(visit.begins_at), visit.persons, now=now)
    return visit


def end(session: Session, code: str) -> Visit:
    """End a visit that has come. Raises `BookingCodeMistyped`, `NoSuchVisit`."""
    visit = find(session, code)
    session.delete(_row(session, code))
    return visit


def of_today(session: Session, *, hours: VisitingHours, now: datetime) -> dict[datetime, int]:
    """Return how many persons have booked each time of this day and have not come yet."""
    near = Booking.begins_at.between(now - timedelta(days=1), now + timedelta(days=1))
    booked = session.execute(_persons_by_time(near))
    return {at: int(persons) for at, persons in booked if hours.day_of(at) == hours.day_of(now)}


def forget_over(session: Session, *, now: datetime) -> int:
    """Delete the visits whose time is over, or cannot be, and return how many there were."""
    over = delete(Booking).where(or_(Booking.begins_at < now - KEPT, Booking.begins_at > now + FARTHEST))
    return session.execute(over).rowcount  # type: ignore[attr-defined, no-any-return]


def _pace(
    session: Session,
    visit: Booking | None,
    begins_at: datetime,
    persons: int,
    free: int,
    *,
    hours: VisitingHours,
    now: datetime,
) -> None:
    """Count by how much the day grows; a visit that moves to another day leaves its own. `free`: besides this visit."""
    day = hours.day_of(begins_at) if _is_paced(begins_at, now) else None
    before = hours.day_of(visit.begins_at) if visit is not None and _is_paced(visit.begins_at, now) else None
    had = visit.persons if visit is not None and before == day else 0
    if day is not None and persons > had:
        booking_pace.take(session, day, persons - had, free=free - had, now=now)
    elif day is not None and persons < had:
        booking_pace.give_back(session, day, had - persons, now=now)
    if visit is not None and before is not None and before != day:
        booking_pace.give_back(session, before, visit.persons, now=now)


def _paced(offered: Sequence[Time], now: datetime) -> int:
    """How many places are free at times of which only a share can be booked in this hour."""
    return sum(one.free for one in offered if _is_paced(one.begins_at, now))


def _is_paced(begins_at: datetime, now: datetime) -> bool:
    # What begins until the next hour would never be booked if it were kept for that hour.
    return begins_at > booking_pace.next_hour(now)


def _taken(session: Session, offered: Sequence[datetime], besides: str = "") -> dict[datetime, int]:
    """How many persons others have booked, by time."""
    if not offered:
        return {}
    within = Booking.begins_at.between(min(offered), max(offered))
    return {at: int(persons) for at, persons in session.execute(_persons_by_time(within, Booking.code != besides))}


def _persons_by_time(*which: ColumnElement[bool]) -> Select[datetime, int]:
    counted = select(Booking.begins_at, func.sum(Booking.persons)).where(*which)
    return counted.group_by(Booking.begins_at).order_by(Booking.begins_at)


def _row(session: Session, code: str) -> Booking:
    row = session.get(Booking, normalise(code))
    if row is None:
        raise NoSuchVisit
    return row
