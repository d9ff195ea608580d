"""The switch of the language takes along what is typed on a page: it is shown again, and nothing else is done."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cardservice.storage.models import Booking, Draft
from cardservice.terms import CardState, StaffRole
from web.hall import ANSWERS, EVERY_MORNING, Builder, TownHall
from web.pages import Client, Node
from web.test_evidence import NEW
from web.test_lost import new_card, state_of
from web.test_visits import AT_NINE, TOMORROW, drawn


@pytest.fixture
def hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(visits=EVERY_MORNING)
    yield made
    made.sessions.kw["bind"].dispose()


def spoken(browser: Client, path: str, typed: dict[str, str], language: str = "fr") -> Node:
    """The page at a path with what was typed on it, after its language was switched, as a browser follows a 307."""
    sent = typed | {"csrf_token": browser.csrf_from(path), "speak": language, "back": path}
    answer = browser.post("/language", data=sent)
    assert (answer.status_code, answer.location) == (307, path)
    again = browser.post(path, data=sent)
    assert again.status_code == 200
    page: Node = again.page
    assert page.all("html")[0].attributes["lang"] == language
    # Nothing was sent yet, so nothing is wrong with it.
    assert "problems-title" not in {one.attributes.get("id") for one in page.walk()}
    return page


def value(page: Node, name: str) -> str:
    return next(str(one.attributes["value"]) for one in page.all("input") if one.attributes.get("name") == name)


def ticked(page: Node) -> set[str]:
    return {str(one.attributes["name"]) for one in page.all("input") if "checked" in one.attributes}


class TestTheSwitch:
    def test_keeps_the_papers_that_are_ticked_and_begins_nothing(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)

        page = spoken(clerk, NEW, {"paper-passport": "y", "paper-lease": "y", "language": "ar"}, "ar")

        assert ticked(page) == {"paper-passport", "paper-lease"}
        with hall.sessions.begin() as session:
            assert session.scalars(select(Draft)).all() == []

    def test_keeps_the_code_of_a_slip_and_ends_no_card(self, hall: TownHall) -> None:
        number, code, _ = new_card(hall)
        holder = hall.browser()

        page = spoken(holder, "/lost", {"code": code, "sure": "yes"})

        assert page.all("textarea")[0].text.strip() == code
        assert state_of(hall, number) is CardState.ACTIVE

    def test_keeps_the_time_of_a_visit_and_books_none(self, hall: TownHall) -> None:
        resident = hall.browser()
        code = drawn(resident.get(TOMORROW))

        page = spoken(resident, TOMORROW, AT_NINE | {"code": code})

        checked = {str(one.attributes["value"]) for one in page.all("input") if "checked" in one.attributes}
        assert checked == set(AT_NINE.values())
        assert value(page, "code") == code
        with hall.sessions.begin() as session:
            assert session.scalars(select(Booking)).all() == []

    @pytest.mark.parametrize("back", ["/", "/registrations/{draft}/details", "/registrations/{draft}/photo"])
    def test_hands_nothing_on_to_any_other_page(self, hall: TownHall, back: str) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        path = back.format(draft=hall.register(clerk))

        answer = clerk.submit("/language", ANSWERS | {"speak": "fr", "back": path})

        assert (answer.status_code, answer.location) == (302, path)
        assert clerk.get("/").page.all("html")[0].attributes["lang"] == "fr"

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/lost", "/nowhere", ""])
    def test_hands_nothing_on_to_another_site(self, hall: TownHall, back: str) -> None:
        answer = hall.browser().submit("/language", {"speak": "fr", "back": back})

        assert (answer.status_code, answer.location) == (302, "/")
