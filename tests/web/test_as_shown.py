"""What is pressed is done to what was on the page: a page that is older than the registration does nothing to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cardservice.terms import StaffRole
from web.hall import ANSWERS, PAPERS, Builder, TownHall, picture
from web.marked_pages import MEANWHILE, NEW, OTHER, actions, mark, marks, refused, row
from web.pages import Client


@pytest.fixture
def four_eyes(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(four_eyes=True)
    yield made
    made.sessions.kw["bind"].dispose()


FORMS = {
    "answers": ("details", "details", OTHER, "Answers for the card"),
    "papers": ("papers", "papers", PAPERS | {"paper-bill": "y", "dated-bill": "16 11"}, "Which papers were shown?"),
    "an end": ("papers", "papers", {"do": "refuse", "paper-passport": "y"}, "Which papers were shown?"),
    "a photo": ("photo", "photo", {}, "Photo for the card"),
    "no photo": ("photo", "no-photo", {}, "Photo for the card"),
    "a crop": ("photo/crop", "photo/crop", {"x": "0", "y": "0", "width": "500"}, "What goes on the card"),
    "asking": ("check", "submit", {}, "Check the answers together"),
    "issuing": ("check", "issue", {}, "Check the answers together"),
    "discarding": ("check", "discard", {}, "Check the answers together"),
}


class TestEveryFormOfARegistration:
    def begun(self, hall: TownHall, clerk: Client, what: str) -> str:
        draft_id = hall.register(clerk)
        if what in {"a crop", "no photo"}:
            self.send(clerk, draft_id, "a photo")
        return draft_id

    def send(self, browser: Client, draft_id: str, what: str, **more: str) -> Any:
        _, path, typed, _ = FORMS[what]
        files = {"photo": (picture(), "photo.jpg")} if what == "a photo" else {}
        return browser.submit(f"/registrations/{draft_id}/{path}", typed | files | more)

    @pytest.mark.parametrize("what", FORMS)
    @pytest.mark.parametrize("older", [True, False], ids=["older", "without a mark"])
    def test_does_nothing_where_it_was_changed_meanwhile_and_can_be_sent_again(
        self, hall: TownHall, clerk: Client, what: str, older: bool
    ) -> None:
        draft_id = self.begun(hall, clerk, what)
        page = mark(clerk, f"/registrations/{draft_id}/{FORMS[what][0]}")
        window = hall.browser(StaffRole.CLERK)
        window.submit(f"/registrations/{draft_id}/details", ANSWERS | {"name": "Amina Benali"})
        before, entries = row(hall, draft_id), refused(hall)

        answer = self.send(clerk, draft_id, what, **(page if older else {"as_shown": ""}))

        assert (answer.status_code, row(hall, draft_id), refused(hall)) == (409, before, entries)
        assert answer.main.all("h1")[0].text == FORMS[what][3]
        assert MEANWHILE in answer.main.text
        assert actions(answer.main) == actions(clerk.get(f"/registrations/{draft_id}/{FORMS[what][0]}").main)
        (fresh,) = marks(answer.main)
        assert self.send(clerk, draft_id, what, as_shown=fresh).status_code == 302
        assert row(hall, draft_id) != before

    @pytest.mark.parametrize("what", FORMS)
    def test_is_on_a_page_that_marks_it(self, hall: TownHall, clerk: Client, what: str) -> None:
        draft_id = self.begun(hall, clerk, what)
        page = FORMS[what][0]

        forms = [
            form
            for form in clerk.get(f"/registrations/{draft_id}/{page}").main.all("form")
            if form.attributes["method"] == "post"
        ]

        assert forms
        assert not [form.attributes["action"] for form in forms if not marks(form)]

    def test_of_two_pages_has_two_marks(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/check"

        assert mark(clerk, path) != mark(clerk, path)


class TestThePapers:
    def test_are_shown_as_they_were_ticked_and_beside_each_other_one_what_is_saved(
        self, hall: TownHall, clerk: Client
    ) -> None:
        path = f"/registrations/{hall.begin(clerk)}/papers"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, {"paper-passport": "y", "paper-bill": "y", "dated-bill": "16 11"})

        shown = clerk.submit(path, {"paper-passport": "y", "paper-consular-card": "y", "paper-lease": "y"} | page).main

        ticked = [one.attributes["name"] for one in shown.all("input") if "checked" in one.attributes]
        assert set(ticked) == {"paper-passport", "paper-consular-card", "paper-lease"}
        said = {
            one.attributes["id"]: one.text for one in shown.all("p") if one.attributes.get("id", "").endswith("-saved")
        }
        assert said == {
            "paper-bill-saved": "Saved meanwhile: Ticked",
            "paper-consular-card-saved": "Saved meanwhile: Not ticked",
            "paper-lease-saved": "Saved meanwhile: Not ticked",
        }

    def test_that_a_supervisor_has_accepted_meanwhile_are_not_taken_away_unseen(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        waiting = clerk.submit(
            NEW, {"paper-passport": "y", "paper-birth-certificate": "y", "do": "second-look"}
        ).location
        papers = waiting.replace("second-look", "papers")
        page = mark(clerk, papers)
        supervisor.submit(waiting, {"because": "papers together"})

        answer = clerk.submit(papers, {"paper-passport": "y"} | page)

        assert answer.status_code == 409
        assert "A supervisor has accepted the papers" in answer.main.text

    def test_of_the_first_page_sent_again_after_the_answers_are_asked_about(
        self, hall: TownHall, clerk: Client
    ) -> None:
        first = {one.attributes["name"]: one.attributes["value"] for one in clerk.get(NEW).main.all("input")
                 if one.attributes.get("name") == "form_id"}  # fmt: skip
        details = clerk.submit(NEW, PAPERS | first).location
        more = PAPERS | {"paper-bill": "y", "dated-bill": "16 11"}
        clerk.submit(details, ANSWERS)

        answer = clerk.submit(NEW, more | first)

        assert (answer.status_code, MEANWHILE in answer.main.text) == (409, True)
        papers = details.replace("details", "papers")
        assert papers in {form.attributes["action"] for form in answer.main.all("form")}
        (fresh,) = marks(answer.main)
        assert clerk.submit(papers, more | {"as_shown": fresh}).status_code == 302


class TestWhereAPageIsShown:
    def test_another_language_shows_it_again(self, hall: TownHall, clerk: Client) -> None:
        """A button's address shows nothing by itself."""
        draft_id = hall.register(clerk)
        clerk.submit(f"/registrations/{draft_id}/photo", {"photo": (picture(), "photo.jpg")})

        for step, page in (("no-photo", "photo"), ("issue", "check"), ("submit", "check"), ("discard", "check")):
            shown = clerk.submit(f"/registrations/{draft_id}/{step}", {"as_shown": "0" * 24}).page
            (back,) = {one.attributes["value"] for one in shown.all("input") if one.attributes["name"] == "back"}
            assert back == f"/registrations/{draft_id}/{page}"


class TestASecondLook:
    def test_that_is_not_asked_for_any_more_is_not_said_to_be_erased(self, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-birth-certificate": "y", "do": "second-look"}).location
        page = mark(supervisor, waiting)
        clerk.submit(waiting.replace("second-look", "papers"), PAPERS)

        answers = [supervisor.get(waiting), supervisor.submit(waiting, {"because": "papers together"} | page)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert all("This registration does not wait for you" in answer.main.text for answer in answers)

    @pytest.mark.parametrize("step", ["second-look", "second-look/decline"])
    @pytest.mark.parametrize("asks_again", [True, False])
    def test_is_at_the_papers_that_were_on_the_page(
        self, clerk: Client, supervisor: Client, step: str, asks_again: bool
    ) -> None:
        waiting = clerk.submit(NEW, {"paper-birth-certificate": "y", "do": "second-look"}).location
        page = mark(supervisor, waiting)
        again = {"do": "second-look"} if asks_again else {"do": "work-out"}
        clerk.submit(waiting.replace("second-look", "papers"), {"paper-passport": "y"} | again)
        if not asks_again:
            clerk.submit(waiting.replace("second-look", "details"), ANSWERS)

        answer = supervisor.submit(waiting.replace("second-look", step), {"because": "papers together"} | page)

        assert answer.status_code == (409 if asks_again else 404)
        if asks_again:
            assert MEANWHILE in answer.main.text
            assert "Passport" in answer.main.text
            (fresh,) = marks(answer.main)
            accepted = supervisor.submit(waiting, {"because": "papers together", "as_shown": fresh})
            assert accepted.status_code == 302
            assert clerk.get(waiting).location.endswith("/details")


class TestTime:
    def test_makes_no_page_older(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        page = mark(clerk, f"{path}/check")
        for _ in range(6):
            hall.clock.now += timedelta(minutes=9)
            clerk.get(f"{path}/check")

        assert clerk.submit(f"{path}/details", OTHER | page).status_code == 302
