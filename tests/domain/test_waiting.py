"""Waiting numbers: from one each day, booked people at their time, the wait as it was, and the cards that are left."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import DAY, NOON

from cardservice.domain import blank_stock, retention, statistics, visits, waiting
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import BookingCodeMistyped, NoSuchVisit, PersonsRefused
from cardservice.domain.waiting import KEPT, Called, NoSuchCounter, NoSuchWaitingNumber, VisitOfAnotherDay
from cardservice.storage.models import AuditEntry, Counter, WaitingNumber
from cardservice.terms import BlankUse

HOURS = VisitingHours(hours=dict.fromkeys(range(7), ((time(9), time(18)),)))
MINUTE = timedelta(minutes=1)


def give(session: Session, now: datetime = NOON, persons: int = 1) -> int:
    return waiting.give(session, persons, hours=HOURS, now=now)


def call(session: Session, counter: int = 1, now: datetime = NOON + MINUTE) -> int | None:
    return waiting.call(session, counter, hours=HOURS, now=now)


def booked(session: Session, at: datetime, persons: int = 1) -> str:
    code = visits.draw(os.urandom)
    visits.book(session, code, at, persons, hours=HOURS, now=NOON - timedelta(hours=6))
    return code


def arrive(session: Session, code: str, now: datetime = NOON) -> int:
    return waiting.arrive(session, code, hours=HOURS, now=now)


class TestANumber:
    def test_follows_the_last_and_begins_at_one_each_day(self, session: Session) -> None:
        assert [give(session), give(session), give(session, NOON + DAY), give(session)] == [1, 2, 1, 3]

    def test_that_was_not_given_today_is_none(self, session: Session) -> None:
        give(session, NOON - DAY)
        give(session, NOON - DAY)
        give(session)

        waiting.check_given(session, 1, hours=HOURS, now=NOON)
        for number in (0, 2, 999):
            with pytest.raises(NoSuchWaitingNumber):
                waiting.check_given(session, number, hours=HOURS, now=NOON)

    def test_is_for_one_to_four_persons(self, session: Session) -> None:
        for persons in (0, 5):
            with pytest.raises(PersonsRefused):
                give(session, persons=persons)

    def test_is_given_once_to_people_who_come_at_once(
        self, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        numbers = []

        def come() -> None:
            with transaction() as session:
                numbers.append(give(session))

        threads = [Thread(target=come) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(numbers) == [1, 2, 3, 4]

    def test_is_gone_twelve_hours_later_by_itself(
        self, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        with transaction() as session:
            give(session)

        def left(now: datetime) -> int:
            retention.housekeeping(transaction, now=now, day_keys=None)
            with transaction() as session:
                return len(session.scalars(select(WaitingNumber)).all())

        assert [left(NOON + KEPT), left(NOON + KEPT + MINUTE)] == [1, 0]

    def test_of_a_clock_that_was_ahead_is_gone_too(self, session: Session) -> None:
        give(session, NOON + DAY)

        assert waiting.forget_over(session, now=NOON) == 1


class TestWhoBooked:
    def test_shows_the_code_and_has_a_number_instead_of_a_visit(self, session: Session) -> None:
        code = booked(session, NOON)

        assert arrive(session, code) == 1

        with pytest.raises(NoSuchVisit):
            visits.find(session, code)
        with pytest.raises(NoSuchVisit):
            arrive(session, code)

    def test_is_called_at_the_time_before_those_who_simply_came(self, session: Session) -> None:
        simply = give(session)
        due = arrive(session, booked(session, NOON))
        early = arrive(session, booked(session, NOON + timedelta(hours=2)))
        later = give(session)

        called = [call(session, counter, NOON + MINUTE) for counter in range(1, 6)]

        assert called == [due, simply, later, early, None]

    def test_is_called_by_the_times_and_not_by_who_came_first(self, session: Session) -> None:
        second = arrive(session, booked(session, NOON))
        first = arrive(session, booked(session, NOON - timedelta(minutes=30)))

        assert [call(session, 1), call(session, 2)] == [first, second]

    def test_on_another_day_keeps_the_visit(self, session: Session) -> None:
        code = booked(session, NOON + DAY)

        with pytest.raises(VisitOfAnotherDay) as refused:
            arrive(session, code)

        assert refused.value.begins_at == NOON + DAY
        assert visits.find(session, code).begins_at == NOON + DAY

    def test_with_a_slip_in_the_code_is_told(self, session: Session) -> None:
        with pytest.raises(BookingCodeMistyped):
            arrive(session, "0")


class TestCalling:
    def test_takes_one_for_a_double_click_and_the_next_after_it(self, session: Session) -> None:
        for _ in range(3):
            give(session)

        assert call(session, 1, NOON) == 1
        assert call(session, 1, NOON + timedelta(seconds=4)) == 1
        assert call(session, 2, NOON + timedelta(seconds=4)) == 2
        assert call(session, 1, NOON + timedelta(seconds=5)) == 3

    def test_is_nobody_where_nobody_waits(self, session: Session) -> None:
        assert call(session) is None

    @pytest.mark.parametrize("counter", [-1, 0, 100])
    def test_is_to_a_counter_that_can_be(self, session: Session, counter: int) -> None:
        give(session)

        with pytest.raises(NoSuchCounter):
            call(session, counter)

    def test_counts_the_wait_in_the_month_and_leaves_no_entry(self, session: Session) -> None:
        for minutes in (14, 15, 30, 59, 60):
            give(session)
            call(session, 1, NOON + minutes * MINUTE)

        counted = {row.name: row.count for row in session.scalars(select(Counter))}
        assert counted == {
            "waited: under 15": 1,
            "waited: 15 to 30": 1,
            "waited: 30 to 60": 2,
            "waited: over 60": 1,
        }
        assert session.scalars(select(AuditEntry)).all() == []

    def test_tells_the_waits_of_the_month_without_the_small_ones(self, session: Session) -> None:
        add_to = dict(zip(waiting.WAITS, (25, 12, 11, 3), strict=True))
        for name, by in add_to.items():
            statistics.add(session, name, now=NOON, by=by)

        # What everybody can count at the screen is how many were called: one more has to go with the three.
        assert list(waiting.waits(session, now=NOON).values()) == [25, 12, None, None]
        assert set(waiting.waits(session, now=NOON + timedelta(days=40)).values()) == {None}

    def test_counts_the_wait_of_who_booked_from_their_time(self, session: Session) -> None:
        arrive(session, booked(session, NOON + timedelta(hours=2)))

        call(session, 1, NOON + timedelta(hours=2, minutes=5))

        assert session.scalars(select(Counter.name)).all() == ["waited: under 15"]


class TestTheScreen:
    def test_shows_the_last_call_of_each_counter_the_newest_first(self, session: Session) -> None:
        for _ in range(4):
            give(session)
        for minute, counter in enumerate((1, 2, 1)):
            call(session, counter, NOON + minute * MINUTE)

        queue = waiting.look(session, hours=HOURS, now=NOON + 3 * MINUTE)

        assert queue.called == (Called(number=3, counter=1), Called(number=2, counter=2))
        assert queue.waiting == 1

    def test_forgets_a_call_after_an_hour(self, session: Session) -> None:
        give(session)
        call(session, 1, NOON)

        assert waiting.look(session, hours=HOURS, now=NOON + 61 * MINUTE).called == ()

    def test_tells_the_wait_by_the_pace_of_the_last_hour(self, session: Session) -> None:
        """Three calls in twelve minutes are four minutes each: seven who wait are 28 minutes, so about 30."""
        for _ in range(10):
            give(session)
        for minute in (0, 5, 10):
            call(session, 1, NOON + minute * MINUTE)

        assert waiting.look(session, hours=HOURS, now=NOON + 12 * MINUTE).minutes == 30

    def test_tells_no_wait_while_there_is_no_pace(self, session: Session) -> None:
        for _ in range(10):
            give(session)
        for counter in (1, 2):
            call(session, counter, NOON)
        too_few = waiting.look(session, hours=HOURS, now=NOON + 20 * MINUTE)
        call(session, 3, NOON)
        too_soon = waiting.look(session, hours=HOURS, now=NOON + MINUTE)

        assert (too_few.minutes, too_soon.minutes) == (None, None)


class TestCardsLeft:
    def left(self, session: Session) -> int | None:
        return waiting.cards_left(session, ("cr80", "sheet"), hours=HOURS, now=NOON)

    def test_are_the_blanks_less_those_who_booked_or_wait(self, session: Session) -> None:
        for blank in ("cr80", "sheet"):
            blank_stock.add(session, blank, BlankUse.RECEIVED, now=NOON, by=10)
        booked(session, NOON + timedelta(hours=1), persons=3)
        booked(session, NOON + DAY, persons=4)
        give(session, persons=2)
        give(session)
        call(session)

        assert self.left(session) == 20 - 3 - 1

    def test_are_never_below_none(self, session: Session) -> None:
        blank_stock.add(session, "cr80", BlankUse.FOUND, now=NOON, by=1)
        booked(session, NOON + timedelta(hours=1), persons=3)

        assert self.left(session) == 0

    @given(in_box=st.integers(-5, 400), spoken_for=st.integers(0, 300))
    def test_to_everybody_are_the_same_with_one_card_more_but_at_ten(self, in_box: int, spoken_for: int) -> None:
        """Two days on which one card more or less was printed look the same, however many book to find out."""
        told = waiting.roughly(in_box, spoken_for)

        if (in_box + 1) % 10 and in_box:
            assert waiting.roughly(in_box + 1, spoken_for) == told
        assert told in {0, 1, 10, 20, 30, 40, waiting.MOST_SHOWN}

    @given(in_box=st.integers(0, 400), spoken_for=st.integers(0, 300))
    def test_to_everybody_are_never_more_than_there_are_nor_none_while_ten_are_left(
        self, in_box: int, spoken_for: int
    ) -> None:
        told, left = waiting.roughly(in_box, spoken_for), in_box - spoken_for

        assert told <= max(left, 1)
        assert told or left < 10

    @pytest.mark.parametrize(
        ("in_box", "spoken_for", "told"),
        [
            (0, 0, 0),
            (1, 0, 1),
            (9, 9, 1),
            (9, 10, 0),
            (10, 0, 10),
            (19, 9, 1),
            (47, 12, 20),
            (50, 0, 50),
            (500, 20, 50),
        ],
    )
    def test_to_everybody_are_in_tens(self, in_box: int, spoken_for: int, told: int) -> None:
        assert waiting.roughly(in_box, spoken_for) == told

    def test_are_not_told_where_nobody_counts_blanks(self, session: Session) -> None:
        blank_stock.add(session, "cr80", BlankUse.ISSUED, now=NOON)

        assert self.left(session) is None
