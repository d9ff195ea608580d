"""A day fills up by half in an hour, whoever books from where, and nobody holds it shut by booking and cancelling."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import booking_pace, retention, visits, waiting
from cardservice.domain.booking_pace import ALWAYS, AN_HOUR, KEPT, EnoughThisHour
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import TimeFull
from cardservice.storage.models import Base, BookingHour

# Sixteen times of four: 64 places a day.
HOURS = VisitingHours(hours=dict.fromkeys(range(7), ((time(9), time(17)),)), persons=6, walk_ins=2)
DAY, NEXT_DAY = date(2026, 11, 26), date(2026, 11, 27)
NINE = datetime.combine(DAY, time(9), UTC)
SECOND = timedelta(seconds=1)


def book(session: Session, day: date = DAY, persons: int = 4, *, now: datetime = NOON, code: str = "") -> str:
    """Book the first time that has room."""
    code = code or visits.draw(os.urandom)
    free = visits.times(session, day, hours=HOURS, now=now, besides=code)
    at = next(one.begins_at for one in free if one.free >= persons)
    visits.book(session, code, at, persons, hours=HOURS, now=now)
    return code


def fill(session: Session, day: date = DAY, *, now: datetime = NOON) -> int:
    """Book as a prankster with any number of connections would; return for how many persons."""
    booked = 0
    while True:
        try:
            book(session, day, now=now)
        except (EnoughThisHour, StopIteration):
            return booked
        booked += 4


def cancel(session: Session, code: str, *, now: datetime = NOON) -> None:
    visits.cancel(session, code, hours=HOURS, now=now)


class TestADay:
    def test_fills_up_by_half_of_what_is_free_in_every_hour(self, session: Session) -> None:
        assert [fill(session, now=NOON + hour * AN_HOUR) for hour in range(6)] == [32, 16, 8, 4, 4, 0]

    def test_leaves_the_others_alone(self, session: Session) -> None:
        fill(session)

        assert fill(session, NEXT_DAY) == 32

    def test_says_when_there_is_more(self, session: Session) -> None:
        fill(session, now=NOON + timedelta(minutes=59))

        with pytest.raises(EnoughThisHour) as enough:
            book(session, persons=1, now=NOON + AN_HOUR - SECOND)
        again = visits.opens_again(session, DAY, hours=HOURS, now=NOON + AN_HOUR - SECOND)

        assert enough.value.again_at == again == NOON + AN_HOUR
        assert book(session, now=again)
        assert visits.opens_again(session, DAY, hours=HOURS, now=again) is None

    def test_that_is_full_opens_at_no_hour(self, session: Session) -> None:
        for hour in range(6):
            fill(session, now=NOON + hour * AN_HOUR)

        assert visits.opens_again(session, DAY, hours=HOURS, now=NOON + 5 * AN_HOUR) is None

    def test_takes_a_family_however_little_is_free(self) -> None:
        assert [max(ALWAYS, -(-free // 2)) for free in (1, 8, 9)] == [4, 4, 5]

    def test_says_first_that_a_time_is_full(self, session: Session) -> None:
        fill(session)
        full = HOURS.times(DAY, now=NOON)[0]

        with pytest.raises(TimeFull):
            visits.book(session, visits.draw(os.urandom), full, 1, hours=HOURS, now=NOON)


class TestAVisit:
    def test_that_is_cancelled_gives_back_what_it_took(self, session: Session) -> None:
        """Or one connection could hold all days shut without holding a place."""
        for _ in range(50):
            cancel(session, book(session))

        assert fill(session) == 32

    def test_of_an_hour_before_that_is_cancelled_makes_room_for_another(self, session: Session) -> None:
        before = book(session)
        later = NOON + AN_HOUR
        assert fill(session, now=later) == 28, "half of 60, in fours"

        cancel(session, before, now=later)

        assert fill(session, now=later) == 4

    def test_that_moves_takes_of_the_day_it_moves_to_alone(self, session: Session) -> None:
        code = book(session)
        for day in (NEXT_DAY, DAY, NEXT_DAY, DAY) * 10:
            book(session, day, code=code)

        assert (fill(session), fill(session, NEXT_DAY)) == (28, 32)

    def test_that_moves_within_its_day_takes_nothing(self, session: Session) -> None:
        code = book(session)
        fill(session)
        at = HOURS.times(DAY, now=NOON)[-1]

        assert not visits.book(session, code, at, 4, hours=HOURS, now=NOON)

    def test_takes_what_it_grows_by_and_gives_back_what_it_shrinks_by(self, session: Session) -> None:
        code = book(session, persons=1)
        first = HOURS.times(DAY, now=NOON)[0]
        for persons in (4, 2, 3, 1, 4):
            visits.book(session, code, first, persons, hours=HOURS, now=NOON)

        assert fill(session) == 28

    def test_of_an_hour_before_that_grows_takes_the_difference(self, session: Session) -> None:
        code, first, later = book(session, persons=1), HOURS.times(DAY, now=NOON)[0], NOON + AN_HOUR
        visits.book(session, code, first, 3, hours=HOURS, now=later)

        assert booking_pace.left(session, DAY, free=61, now=later) == 32 - 2

    def test_that_has_come_leaves_no_room_for_another(self, session: Session) -> None:
        """Of a day that began, or forty arrivals in the morning would be forty places for one prankster."""
        early = NINE - timedelta(minutes=30)
        codes = [book_at(session, NINE + timedelta(hours=3), now=early) for _ in range(2)]
        left = booking_pace.left(session, DAY, free=56, now=early)

        for code in codes[:1]:
            waiting.arrive(session, code, hours=HOURS, now=early)

        assert booking_pace.left(session, DAY, free=56, now=early) == left


class TestTheNextHour:
    """What begins until then waits for no hour: its places would never be booked."""

    def test_can_be_booked_to_the_last_place(self, session: Session) -> None:
        now = NINE + timedelta(minutes=10)
        soon = [at for at in HOURS.times(DAY, now=now) if at <= NINE + AN_HOUR]
        assert fill_at(session, NINE + 5 * AN_HOUR, now=now) == 4
        shared = booking_pace.left(session, DAY, free=48, now=now)

        assert [fill_at(session, at, now=now) for at in soon] == [4, 4]
        assert booking_pace.left(session, DAY, free=48, now=now) == shared

    def test_counts_in_no_share(self, session: Session) -> None:
        """Two times of four begin until ten; of the thirteen after it half can be booked, 26 places."""
        now = NINE + timedelta(minutes=10)

        assert fill(session, now=now) == 8 + 24
        book(session, persons=2, now=now)

        assert visits.opens_again(session, DAY, hours=HOURS, now=now) == NINE + AN_HOUR

    @pytest.mark.parametrize("minutes", range(0, 480, 15))
    def test_is_named_only_where_there_is_a_time_after_it(self, session: Session, minutes: int) -> None:
        now = NINE + timedelta(minutes=minutes)
        fill(session, now=now)

        again = visits.opens_again(session, DAY, hours=HOURS, now=now)

        assert again is None or [one for one in visits.times(session, DAY, hours=HOURS, now=again) if one.free]

    def test_takes_and_leaves_visits_that_move(self, session: Session) -> None:
        now, late = NINE + timedelta(minutes=10), NINE + 6 * AN_HOUR
        soon = NINE + timedelta(minutes=30)
        code = visits.draw(os.urandom)
        shares = []
        for at, persons in ((late, 4), (soon, 4), (soon, 2), (late, 3), (late, 1)):
            visits.book(session, code, at, persons, hours=HOURS, now=now)
            shares.append(hours_share(session))
        visits.book(session, code, soon, 1, hours=HOURS, now=now)
        cancel(session, code, now=now)

        assert shares == [4, 0, 0, 3, 1]
        assert hours_share(session) == 0


def book_at(session: Session, at: datetime, *, persons: int = 2, now: datetime) -> str:
    code = visits.draw(os.urandom)
    visits.book(session, code, at, persons, hours=HOURS, now=now)
    return code


def fill_at(session: Session, at: datetime, *, now: datetime) -> int:
    booked = 0
    with suppress(TimeFull):
        while True:
            book_at(session, at, persons=4, now=now)
            booked += 4
    return booked


def hours_share(session: Session) -> int:
    """For how many persons the day was booked within the hour."""
    return sum(session.scalars(select(BookingHour.persons)))


class TestWhatIsKept:
    def test_says_nothing_of_whoever_books_and_cancels(self, session: Session) -> None:
        cancel(session, book(session))

        assert session.scalars(select(BookingHour)).all() == []

    def test_is_a_number_for_a_day_of_one_hour(self, session: Session) -> None:
        for hour in range(3):
            book(session, now=NOON + hour * AN_HOUR)

        assert set(Base.metadata.tables["booking_hours"].columns.keys()) == {"day", "began_at", "persons"}
        (kept,) = session.scalars(select(BookingHour))
        assert (kept.day, kept.began_at, kept.persons) == (DAY, NOON + 2 * AN_HOUR, 4)

    @pytest.mark.parametrize(
        ("kept", "later"), [(1, KEPT), (0, KEPT + SECOND), (1, -KEPT), (0, -KEPT - SECOND)], ids=str
    )
    def test_goes_by_itself(
        self, transaction: Callable[[], AbstractContextManager[Session]], kept: int, later: timedelta
    ) -> None:
        with transaction() as session:
            book(session)

        retention.housekeeping(transaction, now=NOON + later, day_keys=None)

        with transaction() as session:
            assert len(session.scalars(select(BookingHour)).all()) == kept
