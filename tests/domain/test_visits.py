"""Visits booked without names: one place goes to one, a code moves and ends its visit, and nothing says who."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import retention, visits
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import (
    FARTHEST,
    KEPT,
    BookingCodeMistyped,
    NoSuchVisit,
    PersonsRefused,
    TimeFull,
    TimeNotOffered,
    Visit,
)
from cardservice.storage.models import AuditEntry, Base, Booking

HOURS = VisitingHours(hours={0: ((time(9), time(10)),)}, persons=5, walk_ins=1)
MONDAY = date(2026, 11, 23)
NINE, HALF_PAST = HOURS.times(MONDAY, now=NOON)

Transaction = Callable[[], AbstractContextManager[Session]]


def code() -> str:
    return visits.draw(os.urandom)


def book(session: Session, one: str, at: datetime = NINE, persons: int = 1, now: datetime = NOON) -> bool:
    return visits.book(session, one, at, persons, hours=HOURS, now=now)


def cancel(session: Session, one: str) -> Visit:
    return visits.cancel(session, one, hours=HOURS, now=NOON)


def free(session: Session, besides: str = "") -> list[int]:
    return [one.free for one in visits.times(session, MONDAY, hours=HOURS, now=NOON, besides=besides)]


class TestBooking:
    def test_takes_places_of_a_time_and_leaves_those_of_walk_ins(self, session: Session) -> None:
        assert free(session) == [4, 4]

        assert book(session, code(), persons=3)

        assert free(session) == [1, 4]
        assert visits.free_days(session, hours=HOURS, now=NOON) == {MONDAY: 5, MONDAY + timedelta(days=7): 8}
        with pytest.raises(TimeFull) as too_many:
            book(session, code(), persons=2)
        book(session, code())
        with pytest.raises(TimeFull) as full:
            book(session, code())
        assert (too_many.value.is_full, full.value.is_full) == (False, True)

    def test_sent_twice_is_one_visit(self, session: Session) -> None:
        one = code()

        assert [book(session, one, persons=4), book(session, one.lower(), persons=4)] == [True, False]
        assert free(session) == [0, 4]

    def test_with_the_same_code_moves_the_visit(self, session: Session) -> None:
        one = code()
        book(session, one, persons=4)

        assert not book(session, one, HALF_PAST, persons=2)

        assert free(session) == [4, 2]
        assert free(session, besides=one) == [4, 4]

    def test_that_cannot_be_moved_stays_where_it_was(self, session: Session) -> None:
        mine, theirs = code(), code()
        book(session, mine)
        book(session, theirs, HALF_PAST, persons=4, now=NOON + timedelta(hours=1))

        with pytest.raises(TimeFull):
            book(session, mine, HALF_PAST)

        assert visits.find(session, mine).begins_at == NINE

    @pytest.mark.parametrize("persons", [-1, 0, 5])
    def test_is_for_one_to_four(self, session: Session, persons: int) -> None:
        with pytest.raises(PersonsRefused):
            book(session, code(), persons=persons)

    @pytest.mark.parametrize("shift", [timedelta(minutes=1), timedelta(days=1), timedelta(days=21)])
    def test_is_for_a_time_that_is_offered(self, session: Session, shift: timedelta) -> None:
        with pytest.raises(TimeNotOffered):
            book(session, code(), NINE + shift)

    def test_is_over_when_the_time_has_begun(self, session: Session) -> None:
        with pytest.raises(TimeNotOffered):
            book(session, code(), now=NINE)

    def test_of_the_last_place_succeeds_for_one_of_two(self, transaction: Transaction) -> None:
        with transaction() as session:
            book(session, code(), persons=3)
        at_once, outcomes = Barrier(2), []

        def try_it() -> None:
            at_once.wait()
            try:
                with transaction() as opened:
                    outcomes.append(book(opened, code()))
            except TimeFull:
                outcomes.append(False)

        threads = [Thread(target=try_it) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == [False, True]
        with transaction() as session:
            assert free(session) == [0, 4]


class TestACode:
    def test_finds_and_ends_its_visit(self, session: Session) -> None:
        one = code()
        book(session, one, persons=2)

        found = visits.find(session, f" {visits.grouped(one).lower()}")
        ended = cancel(session, one)

        assert found == ended
        assert (found.begins_at, found.persons) == (NINE, 2)
        assert free(session) == [4, 4]
        with pytest.raises(NoSuchVisit):
            visits.find(session, one)

    @pytest.mark.parametrize("typed", ["", "0", "7K2MPX4Q9T0A", "🙂" * 8])
    def test_with_a_slip_is_told_apart(self, session: Session, typed: str) -> None:
        for ask in (visits.find, visits.end, cancel):
            with pytest.raises(BookingCodeMistyped):
                ask(session, typed)
        with pytest.raises(BookingCodeMistyped):
            book(session, typed)

    def test_has_one_wrong_symbol_seen(self) -> None:
        one = code()

        with pytest.raises(BookingCodeMistyped):
            visits.normalise(("0" if one[0] != "0" else "1") + one[1:])


class TestToday:
    def test_counts_those_still_to_come_by_time(self, session: Session) -> None:
        for at, persons in ((NINE, 2), (NINE, 1), (HALF_PAST, 1)):
            book(session, code(), at, persons)

        assert visits.of_today(session, hours=HOURS, now=NOON) == {}
        assert visits.of_today(session, hours=HOURS, now=NINE) == {NINE: 3, HALF_PAST: 1}


class TestWhatIsKept:
    def test_is_a_code_a_time_and_a_number(self, session: Session) -> None:
        book(session, code())

        assert set(Base.metadata.tables["bookings"].columns.keys()) == {"code", "begins_at", "persons"}
        assert session.scalars(select(AuditEntry)).all() == []

    def test_goes_twelve_hours_after_its_time_by_itself(self, transaction: Transaction) -> None:
        with transaction() as session:
            book(session, code())

        def left(now: datetime) -> int:
            retention.housekeeping(transaction, now=now, day_keys=None)
            with transaction() as session:
                return len(session.scalars(select(Booking)).all())

        assert [left(NINE + KEPT), left(NINE + KEPT + timedelta(seconds=1))] == [1, 0]

    def test_goes_where_it_was_booked_by_a_clock_that_was_ahead(self, session: Session) -> None:
        session.add(Booking(code="0" * 8, begins_at=NOON + FARTHEST + timedelta(days=1), persons=1))

        assert visits.forget_over(session, now=NOON) == 1
