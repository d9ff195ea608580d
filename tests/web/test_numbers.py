"""The numbers for the council: a page and a file for everybody, and a supervisor's page of the desk as a whole."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from cardservice.domain import numbers, statistics, waiting_times
from cardservice.storage.models import Counter
from cardservice.storage.session import engine, sessions
from cardservice.terms import StaffRole
from cardservice.web import charts
from cardservice.web.number_words import BUCKETS, MEASURES
from web.hall import TownHall
from web.pages import Client, Node

MONTH = timedelta(days=31)


def count(hall: TownHall, ago: timedelta = timedelta(0), **counters: int) -> None:
    with hall.sessions.begin() as session:
        for name, by in counters.items():
            statistics.add(session, name, now=hall.clock() - ago, by=by)


@pytest.fixture
def counted(hall: TownHall) -> TownHall:
    """A town in its third month: the first finished one has small numbers in it."""
    busy = {"card.signed": 143, "card.handed over": 140, "card.replaced": 30, "card.revoked: lost": 4}
    count(hall, 2 * MONTH, **busy, **{"card.revoked: not handed over": 3, "card.expired": 57})
    count(hall, MONTH, **{"card.signed": 70, "card.handed over": 70})
    count(hall, **{"card.signed": 99, "card.handed over": 99})
    return hall


def rows(page: Node, number: int) -> list[list[str]]:
    table = page.all("table")[number]
    return [[cell.text for cell in row.children if isinstance(cell, Node)] for row in table.all("tr")]


class TestTheFile:
    def test_is_for_everybody_and_of_finished_months(self, counted: TownHall) -> None:
        answer = counted.browser().get("/numbers.csv")

        assert answer.content_type == "text/csv; charset=utf-8; header=present"
        assert {row[0] for row in list(csv.reader(io.StringIO(answer.text)))[1:]} == {"2026-09", "2026-10"}
        assert "2026-09,handed-over,issued,140,exact\r\n" in answer.text
        assert "2026-09,issued,,,hidden\r\n" in answer.text
        assert "2026-09,expired,,50,tens\r\n" in answer.text

    def test_is_the_same_whoever_asks_in_whatever_language(self, counted: TownHall, clerk: Client) -> None:
        first = counted.browser().get("/numbers.csv").data
        counted.clock.passes(days=1)

        assert clerk.get("/numbers.csv", headers={"Accept-Language": "ar"}).data == first

    def test_only_grows(self, counted: TownHall) -> None:
        before = counted.browser().get("/numbers.csv").text
        counted.clock.passes(days=9)

        after = counted.browser().get("/numbers.csv").text

        assert after.startswith(before)
        assert after.removeprefix(before).startswith("2026-11,issued,")


class TestAskedOften:
    """Nobody signs in for it, so it must cost little however often it is asked for, and never be stale."""

    @pytest.fixture
    def worked_out(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """One entry for every time that the months are worked out."""
        calls, really = [], numbers.finished_months

        def finished_months(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            return really(*args, **kwargs)

        monkeypatch.setattr(numbers, "finished_months", finished_months)
        return calls

    def test_is_worked_out_once_for_the_page_and_the_file_in_every_language(
        self, counted: TownHall, worked_out: list[int]
    ) -> None:
        for language in ("en", "ar", "fr"):
            for path in ("/numbers", "/numbers.csv"):
                counted.browser().get(path, headers={"Accept-Language": language})

        assert len(worked_out) == 1

    def test_is_worked_out_anew_with_the_month(self, counted: TownHall, worked_out: list[int]) -> None:
        counted.browser().get("/numbers.csv")
        counted.clock.passes(days=9)

        assert "2026-11,handed-over,issued,99,exact" in counted.browser().get("/numbers.csv").text
        counted.clock.passes(days=-9)
        assert "2026-11" not in counted.browser().get("/numbers.csv").text
        assert len(worked_out) == 3

    @pytest.mark.parametrize("change", ["late", "gone", "put back"])
    def test_is_never_stale_whatever_another_process_does_to_a_month(self, counted: TownHall, change: str) -> None:
        """As a clock that is wrong there, or a backup that is brought back, would."""
        before = counted.browser().get("/numbers.csv")
        elsewhere = sessions(engine(counted.settings.database_url))
        with elsewhere.begin() as session:
            if change == "late":
                statistics.add(session, "card.handed over", now=counted.clock() - MONTH, by=7)
            else:
                row = session.get_one(Counter, ("2026-10", "card.handed over"))
                session.delete(row) if change == "gone" else setattr(row, "count", 12)
        elsewhere.kw["bind"].dispose()

        after = counted.browser().get("/numbers.csv")

        assert after.data != before.data
        assert after.headers["ETag"] != before.headers["ETag"]

    def test_is_not_sent_again_to_who_has_it(self, counted: TownHall, clerk: Client) -> None:
        tag = counted.browser().get("/numbers.csv").headers["ETag"]

        for browser in (counted.browser(), clerk):
            answer = browser.get("/numbers.csv", headers={"If-None-Match": tag})
            assert (answer.status_code, answer.data) == (304, b"")
        assert counted.browser().get("/numbers.csv", headers={"If-None-Match": '"x"'}).status_code == 200

    def test_leaves_no_cookie_and_asks_for_none(self, counted: TownHall, clerk: Client) -> None:
        for browser in (counted.browser(), clerk):
            answer = browser.get("/numbers.csv")
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "public, max-age=3600"

    def test_is_kept_by_nobody_where_something_went_wrong(
        self, counted: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(numbers, "state", lambda *_, **__: 1 / 0)

        answer = counted.browser().get("/numbers.csv")

        assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")


class TestThePage:
    def test_shows_each_chart_with_its_table(self, counted: TownHall) -> None:
        page = counted.browser().get("/numbers").main

        names = [node.all("title")[0].text.split(".")[0] for node in page.all("svg")]
        assert names == ["Cards handed over", "Cards that ended early", "Cards expired", "Registrations refused"]
        assert len(page.all("table")) == 4
        assert rows(page, 0)[1:] == [
            ["October 2026", "hidden", "70", "hidden", "hidden", "hidden"],
            ["September 2026", "hidden", "140", "110", "30", "hidden"],
        ]

    def test_says_in_words_what_a_chart_shows(self, counted: TownHall) -> None:
        title = counted.browser().get("/numbers").main.all("title")[0].text

        assert title == "Cards handed over. Highest: 140, September 2026. Each number is in the table."

    def test_says_when_the_first_numbers_come(self, hall: TownHall) -> None:
        count(hall, **{"card.signed": 99})

        page = hall.browser().get("/numbers").main

        assert page.all("table") == []
        assert "The numbers of November 2026 are here from 2 December 2026 on" in re.sub(r"\s+", " ", page.text)

    def test_shows_a_year(self, hall: TownHall) -> None:
        count(hall, 20 * MONTH, **{"card.signed": 99})

        assert len(rows(hall.browser().get("/numbers").main, 0)) == 1 + 12

    def test_has_words_for_every_number(self) -> None:
        assert set(MEASURES) == set(numbers.MEASURES)
        assert set(BUCKETS) == set(waiting_times.BUCKETS)


class TestAChart:
    def test_is_as_high_as_its_largest_number(self) -> None:
        drawn = charts.chart([("a", 50), ("b", None), ("c", 200), ("d", 0)])

        assert [bar.height for bar in drawn.bars] == [25, 0, 100, 0]
        assert (drawn.most, drawn.has_hidden, drawn.highest) == (200, True, drawn.bars[2])

    def test_of_nothing_has_no_highest_bar(self) -> None:
        assert charts.chart([("a", 0), ("b", None)]).highest is None


class TestTheOverview:
    def test_counts_what_waits_at_the_whole_desk(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        hall.register(clerk)
        hall.issue(clerk)
        hall.register(supervisor)

        figures = [row.text for row in supervisor.get("/overview").main.all("dl")[0].all("div")]

        assert figures[:4] == [
            "being filled in2",
            "waiting for a second look0",
            "waiting for approval0",
            "approved, to issue0",
        ]

    def test_counts_cards_by_day(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        hall.hand_out(clerk)
        hall.issue(clerk)
        hall.clock.passes(minutes=1)

        days = rows(supervisor.get("/overview").main, 0)

        assert len(days) == 1 + 30
        assert days[:3] == [
            ["Day", "Cards handed over", "Cards issued"],
            ["23 November 2026", "1", "2"],
            ["22 November 2026", "0", "0"],
        ]

    def test_says_how_long_it_takes_and_of_few_nothing(self, hall: TownHall, supervisor: Client) -> None:
        assert "Too few cards" in supervisor.get("/overview").main.text
        count(hall, **{"took:under-10": 30, "took:under-60": 2, "took:longer": 9})

        page = supervisor.get("/overview").main

        assert "no more than this: 5 to 10 minutes" in page.text
        assert ["5 to 10 minutes", "30"] in rows(page, 1)
        assert ["An hour or more", "hidden"] in rows(page, 1)

    def test_says_how_long_people_waited_for_their_number(self, hall: TownHall, supervisor: Client) -> None:
        assert "Too few numbers were called" in supervisor.get("/overview").main.text
        count(hall, **{"waited: under 15": 30, "waited: 15 to 30": 12, "waited: 30 to 60": 11, "waited: over 60": 2})

        found = rows(supervisor.get("/overview").main, 2)

        assert found[1:] == [
            ["Under 15 minutes", "30"],
            ["15 to 30 minutes", "12"],
            # Everybody can count how many were called: the two go with another.
            ["30 to 60 minutes", "hidden"],
            ["An hour or more", "hidden"],
        ]

    def test_counts_refusals_of_this_month_and_the_last_as_everybody_may_see_them(
        self, hall: TownHall, supervisor: Client
    ) -> None:
        count(hall, MONTH, **{"registration.refused: of the day": 12})
        count(hall, **{"registration.refused: of the day": 3})

        found = rows(supervisor.get("/overview").main, 2)

        assert found[0] == ["Reason", "November 2026", "October 2026"]
        assert ["Registrations refused", "hidden", "12"] in found

    def test_is_in_the_menu_of_supervisors_alone(self, hall: TownHall) -> None:
        for role in StaffRole:
            links = [link.attributes["href"] for link in hall.browser(role).get("/").page.all("a")]
            assert ("/overview" in links) is (role is StaffRole.SUPERVISOR)
