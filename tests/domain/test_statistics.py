"""Counters per month, of which small ones are hidden."""

from datetime import timedelta

from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import statistics


class TestMonth:
    def test_hides_counts_under_ten(self, session: Session) -> None:
        for _ in range(9):
            statistics.add(session, "few", now=NOON)
        statistics.add(session, "many", now=NOON, by=10)
        statistics.add(session, "later", now=NOON + timedelta(days=30), by=50)

        assert statistics.month(session, "2026-11") == {"few": None, "many": 10}
        assert statistics.month(session, "2026-12") == {"later": 50}


class TestPolicies:
    def test_are_those_that_cards_of_the_month_met(self, session: Session) -> None:
        for version, now in (
            ("2026-1", NOON),
            ("2026-2", NOON),
            ("2026-2", NOON),
            ("2027-1", NOON + timedelta(days=60)),
        ):
            statistics.add(session, statistics.MET + version, now=now)

        assert statistics.policies_met(session, "2026-11") == ("2026-1", "2026-2")
        assert statistics.policies_met(session, "2026-12") == ()
