"""The last day on which a card key signs, and that it is said in time."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import update
from town_hall import NOON, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import key_ending, key_rotation
from cardservice.domain.actor import CONSOLE
from cardservice.domain.age import Validity
from cardservice.domain.key_rotation import Stage
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import IssuerKey

TWO_YEARS = Validity(years=2)
TODAY = NOON.date()
DAY = timedelta(days=1)


class TestTheLastDay:
    @given(not_after=st.dates(date(2020, 1, 1), date(2090, 12, 31)), years=st.integers(1, 10))
    @example(not_after=date(2028, 2, 29), years=1)
    def test_is_the_last_of_which_a_whole_card_fits(self, not_after: date, years: int) -> None:
        validity = Validity(years=years)

        last = key_ending.signs_until(not_after, validity)

        assert validity.longest(last) <= not_after < validity.longest(last + DAY)


class TestIsSaid:
    def set_end(self, town_hall: TownHall, signs_until: date) -> None:
        with town_hall.transaction() as session:
            end = TWO_YEARS.longest(signs_until)
            session.execute(update(IssuerKey).where(IssuerKey.purpose == Purpose.CARD).values(not_after=end))

    @pytest.mark.parametrize(("left", "is_said"), [(36, False), (35, True), (0, True), (-1, True)])
    def test_five_weeks_before_and_from_then_on(self, town_hall: TownHall, left: int, is_said: bool) -> None:
        last = TODAY + left * DAY
        self.set_end(town_hall, last)

        with town_hall.transaction() as session:
            found = key_ending.near(session, TWO_YEARS, now=NOON)

        assert (found is not None) is is_said
        if found is not None:
            assert (found.signs_until, found.is_over, found.has_successor) == (last, left < 0, False)

    def test_with_whether_the_next_one_is_announced(self, town_hall: TownHall) -> None:
        self.set_end(town_hall, TODAY)
        with town_hall.transaction() as session:
            public = SigningKey.generate(Purpose.CARD, Algorithm.ES256).public
            key_rotation.announce(session, Purpose.CARD, public, validity_years=2, actor=CONSOLE, now=NOON)
            found = key_ending.near(session, TWO_YEARS, now=NOON)

        assert found is not None
        assert found.has_successor

    def test_of_no_key_that_does_not_sign(self, town_hall: TownHall) -> None:
        self.set_end(town_hall, TODAY)
        with town_hall.transaction() as session:
            session.execute(
                update(IssuerKey).where(IssuerKey.purpose == Purpose.CARD).values(state=Stage.RETIRED.value)
            )

            assert key_ending.near(session, TWO_YEARS, now=NOON) is None
