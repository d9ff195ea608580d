"""How long residents wait: counted at hand-over by bucket, and of nobody in particular."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.domain import statistics, waiting_times
from cardservice.domain.actor import Actor
from cardservice.domain.waiting_times import BUCKETS

MINUTE = timedelta(minutes=1)


class TestABucket:
    @pytest.mark.parametrize(
        ("took", "bucket"),
        [
            (timedelta(0), "under-5"),
            (5 * MINUTE - timedelta(seconds=1), "under-5"),
            (5 * MINUTE, "under-10"),
            (14 * MINUTE, "under-15"),
            (29 * MINUTE, "under-30"),
            (59 * MINUTE, "under-60"),
            (60 * MINUTE, "longer"),
            (DAY, "another-day"),
        ],
    )
    def test_takes_what_is_shorter_than_it_says(self, took: timedelta, bucket: str) -> None:
        assert waiting_times.bucket(NOON, NOON + took) == bucket
        assert bucket in BUCKETS


class TestAHandOver:
    def test_counts_how_long_it_took(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        town_hall.hand_over(issued.card_number, clerk, now=NOON + 7 * MINUTE)

        with town_hall.reading() as session:
            assert statistics.counted(session, "2026-11")["took:under-10"] == 1


class TestAMonth:
    def took(self, session: Session, **counts: int) -> waiting_times.WaitingTimes:
        for name, by in counts.items():
            statistics.add(session, f"took:{name.replace('_', '-')}", now=NOON, by=by)
        return waiting_times.of_month(session, now=NOON)

    def test_hides_what_is_under_ten(self, session: Session) -> None:
        took = self.took(session, under_5=19, under_10=10, under_60=2, longer=9)

        assert took.counts == dict.fromkeys(BUCKETS) | {"under-5": 19, "under-10": 10}

    def test_hides_what_would_tell_it(self, session: Session) -> None:
        took = self.took(session, **{name.replace("-", "_"): 12 for name in BUCKETS if name != "under-15"}, under_15=3)

        assert [name for name, count in took.counts.items() if count is None] == ["under-15", "another-day"]

    @pytest.mark.parametrize(
        ("counts", "middle"),
        [
            ({"under_5": 20, "longer": 20}, "under-5"),
            ({"under_5": 20, "longer": 21}, "longer"),
            ({"under_5": 12, "under_15": 4, "longer": 3}, "under-5"),
            ({"under_10": 10, "another_day": 500}, "under-10"),
            ({"under_10": 9, "another_day": 500}, None),
        ],
    )
    def test_says_where_half_of_them_had_their_card(
        self, session: Session, counts: dict[str, int], middle: str | None
    ) -> None:
        assert self.took(session, **counts).middle == middle
