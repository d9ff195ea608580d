"""Forms that were sent: one that is sent twice does its thing once, also when both come at the same moment."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import DAY, NOON

from cardservice.domain import retention, sent_forms
from cardservice.storage.models import Base, SentForm

ID = "0f" * 16
SECOND = timedelta(seconds=1)
END = 2 * DAY - timedelta(hours=NOON.hour) - SECOND
"""The last second of the following day, after noon."""


class TestAForm:
    def test_is_first_once(self, session: Session) -> None:
        assert [sent_forms.is_first(session, ID, now=NOON) for _ in range(3)] == [True, False, False]
        assert sent_forms.is_first(session, "f0" * 16, now=NOON)

    def test_makes_one_number_however_often_it_is_sent(self, session: Session) -> None:
        made = iter((17, 18))

        assert [sent_forms.once(session, ID, lambda: next(made), now=NOON) for _ in range(2)] == [17, 17]
        assert [sent_forms.once(session, "1" * 32, lambda: None, now=NOON) for _ in range(2)] == [None, None]

    def test_can_be_sent_again_where_nothing_came_of_it(
        self, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        def fail() -> int:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), transaction() as session:
            sent_forms.once(session, ID, fail, now=NOON)
        with transaction() as session:
            assert sent_forms.once(session, ID, lambda: 1, now=NOON) == 1

    def test_that_comes_twice_at_once_is_first_once(
        self, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        answers = []

        def send() -> None:
            with transaction() as session:
                answers.append(sent_forms.is_first(session, ID, now=NOON))

        threads = [Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers) == [False, False, False, True]

    def test_says_neither_who_nor_what(self) -> None:
        assert set(Base.metadata.tables["sent_forms"].columns.keys()) == {"id", "made", "day"}

    @pytest.mark.parametrize(
        ("kept", "later"), [(True, END), (False, END + SECOND), (True, -DAY), (False, -2 * DAY)], ids=str
    )
    def test_is_forgotten_at_the_end_of_the_following_day_by_itself(
        self, transaction: Callable[[], AbstractContextManager[Session]], kept: bool, later: timedelta
    ) -> None:
        with transaction() as session:
            sent_forms.is_first(session, ID, now=NOON)

        retention.housekeeping(transaction, now=NOON + later, day_keys=None)

        with transaction() as session:
            assert bool(session.scalars(select(SentForm)).all()) is kept


class TestAnId:
    def test_is_drawn_at_random(self) -> None:
        drawn = sent_forms.draw(os.urandom)

        assert sent_forms.is_id(drawn)
        assert drawn != sent_forms.draw(os.urandom)

    @pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", "٠" * 32])
    def test_is_nothing_else(self, text: str) -> None:
        assert not sent_forms.is_id(text)
