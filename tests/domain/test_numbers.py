"""The numbers for the council: finished months only, the same whenever they are asked for."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from town_hall import NOON, TownHall

from cardservice.domain import numbers, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.numbers import Precision, Published
from cardservice.terms import CardState

JANUARY = datetime(2027, 1, 15, 12, tzinfo=UTC)
HIDDEN = Published(None, Precision.HIDDEN)


def counted(session: Session, **counters: int) -> None:
    for name, by in counters.items():
        statistics.add(session, name, now=NOON, by=by)


def november(session: Session) -> dict[str, Published]:
    first, *_ = numbers.finished_months(session, now=JANUARY)
    assert first.month == "2026-11"
    return dict(first.numbers)


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "last"),
        [
            ("2026-11-30T23:59", "2026-10"),
            ("2026-12-01T23:59", "2026-10"),
            ("2026-12-02T00:00", "2026-11"),
            ("2027-01-02T00:00", "2026-12"),
        ],
    )
    def test_are_published_when_they_and_another_day_are_over(self, day: str, last: str) -> None:
        assert numbers.last_finished(datetime.fromisoformat(day).replace(tzinfo=UTC)) == last

    def test_say_which_comes_next_and_when(self) -> None:
        assert numbers.next_to_come(NOON) == ("2026-11", date(2026, 12, 2))
        assert numbers.next_to_come(NOON.replace(month=12, day=1)) == ("2026-11", date(2026, 12, 2))
        assert numbers.next_to_come(NOON.replace(month=12, day=2)) == ("2026-12", date(2027, 1, 2))

    def test_follow_each_other_without_a_gap_from_the_first_that_was_counted(self, session: Session) -> None:
        statistics.add(session, "card.signed", now=NOON)
        statistics.add(session, "card.signed", now=JANUARY)

        found = numbers.finished_months(session, now=JANUARY + timedelta(days=31))

        assert [one.month for one in found] == ["2026-11", "2026-12", "2027-01"]
        assert set(found[1].numbers.values()) == {HIDDEN}

    def test_are_none_before_the_first_is_over(self, session: Session) -> None:
        assert numbers.finished_months(session, now=NOON) == []
        statistics.add(session, "card.signed", now=NOON)
        assert numbers.finished_months(session, now=NOON) == []

    def test_have_a_state_that_only_finished_months_change(self, session: Session) -> None:
        nothing = numbers.state(session, now=JANUARY)
        counted(session, **{"card.signed": 12, "card.handed over": 10})
        before = numbers.state(session, now=JANUARY)
        statistics.add(session, "card.signed", now=JANUARY, by=5)

        assert (nothing, before) == (("2026-12", 0, 0), ("2026-12", 2, 22))
        assert numbers.state(session, now=JANUARY) == before
        assert numbers.state(session, now=NOON) == ("2026-10", 0, 0)

    def test_say_the_same_whenever_they_are_asked_for(self, session: Session) -> None:
        counted(session, **{"card.handed over": 120, "card.revoked: lost": 12})
        first = numbers.finished_months(session, now=JANUARY)
        statistics.add(session, "card.handed over", now=JANUARY, by=70)

        later = numbers.finished_months(session, now=JANUARY + timedelta(days=300))

        assert numbers.to_csv(later).startswith(numbers.to_csv(first))


class TestAMonth:
    def test_is_read_from_its_counters(self, session: Session) -> None:
        counters = {"card.signed": 140, "card.handed over": 120, "card.revoked: not handed over": 20}
        counted(session, **counters, **{"card.replaced": 30, "card.looked up by clerk": 99})

        found = november(session)

        assert {name: number.count for name, number in found.items() if number.count is not None} == {
            "issued": 140, "handed-over": 120, "first": 90, "renewed": 30, "not-handed-over": 20,
        }  # fmt: skip

    def test_hides_what_is_under_ten_and_what_would_tell_it(self, session: Session) -> None:
        counted(session, **{"card.signed": 123, "card.handed over": 120, "card.revoked: not handed over": 3})

        found = november(session)

        assert found["handed-over"] == Published(120, Precision.EXACT)
        assert found["issued"] == found["not-handed-over"] == HIDDEN

    def test_says_how_many_expired_in_tens(self, session: Session) -> None:
        counted(session, **{"card.expired": 119})

        assert november(session)["expired"] == Published(110, Precision.TENS)

    def test_counts_a_reason_without_a_name_among_the_others(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(numbers, "REFUSALS", {"refused-known": f"{numbers.REFUSED}known"})
        counters = {
            f"{numbers.REFUSED}known": 11,
            f"{numbers.REFUSED}of tomorrow": 20,
            f"{numbers.REFUSED}of the day after": 2,
        }

        counts = numbers.count(counters)

        assert counts["refused-known"] == 11
        assert counts["refused-otherwise"] == 22
        assert counts["refused"] == 33

    def test_is_counted_by_what_the_desk_does(self, session: Session, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.make_card(clerk)
        town_hall.make_card(clerk, CardState.REVOKED)
        with town_hall.reading() as looking:
            counters = statistics.counted(looking, "2026-11")

        counts = numbers.count(counters)

        assert (counts["issued"], counts["handed-over"], counts["first"]) == (2, 2, 2)
        assert (counts["revoked-lost"], counts["ended"]) == (1, 1)


class TestTheFile:
    def test_is_a_table_with_a_header_and_a_line_for_every_number(self, session: Session) -> None:
        counted(session, **{"card.handed over": 120, "card.expired": 119})

        text = numbers.to_csv(numbers.finished_months(session, now=NOON + timedelta(days=15)))

        header, *rows = list(csv.reader(io.StringIO(text, newline="")))
        assert header == ["month", "measure", "part_of", "count", "precision"]
        assert [row[1] for row in rows] == list(numbers.MEASURES)
        assert ["2026-11", "handed-over", "issued", "120", "exact"] in rows
        assert ["2026-11", "renewed", "handed-over", "", "hidden"] in rows
        assert ["2026-11", "expired", "", "110", "tens"] in rows

    def test_ends_its_lines_as_the_standard_says_and_is_plain(self) -> None:
        text = numbers.to_csv([])

        assert text == "month,measure,part_of,count,precision\r\n"

    def test_names_each_number_once(self) -> None:
        assert len(set(numbers.MEASURES)) == len(numbers.MEASURES)
        assert {*numbers.PART_OF, *numbers.PART_OF.values()} <= set(numbers.MEASURES)
