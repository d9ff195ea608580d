"""Approval, issuing and the photo are of the answers that were on the page."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from cardservice.storage.models import Card
from cardservice.terms import CardState, StaffRole
from web.hall import Builder, TownHall, picture
from web.marked_pages import MEANWHILE, OTHER, kept, mark, marks
from web.pages import Client


@pytest.fixture
def four_eyes(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(four_eyes=True)
    yield made
    made.sessions.kw["bind"].dispose()


class TestAnApproval:
    def test_is_of_the_answers_that_were_on_the_page(self, four_eyes: TownHall) -> None:
        clerk, supervisor = four_eyes.browser(StaffRole.CLERK), four_eyes.browser(StaffRole.SUPERVISOR)
        draft_id = four_eyes.register(clerk)
        path = f"/registrations/{draft_id}"
        clerk.submit(f"{path}/submit")
        page = mark(supervisor, f"{path}/check")
        clerk.submit(f"{path}/details", OTHER)
        clerk.submit(f"{path}/submit")

        answer = supervisor.submit(f"{path}/approve", page)

        assert (answer.status_code, MEANWHILE in answer.main.text) == (409, True)
        assert OTHER["name"] in answer.main.text
        assert clerk.submit(f"{path}/issue").status_code == 409
        (fresh,) = marks(answer.main)
        assert supervisor.submit(f"{path}/approve", {"as_shown": fresh}).status_code == 302
        assert supervisor.submit(f"{path}/approve", {"as_shown": fresh}).status_code == 302
        assert clerk.submit(f"{path}/issue").location == f"{path}/print"

    def test_of_what_was_taken_back_says_that_it_does_not_wait(self, four_eyes: TownHall) -> None:
        clerk, supervisor = four_eyes.browser(StaffRole.CLERK), four_eyes.browser(StaffRole.SUPERVISOR)
        path = f"/registrations/{four_eyes.register(clerk)}"
        clerk.submit(f"{path}/submit")
        page = mark(supervisor, f"{path}/check")
        clerk.submit(f"{path}/details", OTHER)

        answer = supervisor.submit(f"{path}/approve", page)

        assert answer.status_code == 404
        assert answer.main.all("h1")[0].text == "This registration does not wait for you"
        assert "erased" not in answer.main.text


class TestAPageOfAllAnswers:
    def test_that_is_older_than_the_card_leads_to_the_card_and_does_not_end_it(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}"
        page = mark(clerk, f"{path}/check")
        clerk.submit(f"{path}/issue", page)

        again = clerk.submit(f"{path}/issue", page)
        answer = clerk.submit(f"{path}/discard", page)

        assert (again.location, answer.location) == (f"{path}/print", f"{path}/print")
        assert MEANWHILE in clerk.get(answer.location).main.text
        with hall.sessions.begin() as session:
            assert [card.state for card in session.scalars(select(Card))] == [CardState.SIGNED]

    def test_of_papers_that_are_not_enough_any_more_leads_to_the_papers(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        page = mark(clerk, f"{path}/check")
        clerk.submit(f"{path}/papers", {"paper-passport": "y"})

        answer = clerk.submit(f"{path}/issue", page)

        assert answer.location == f"{path}/papers"
        assert MEANWHILE in clerk.get(answer.location).main.text

    def test_carries_its_mark_through_a_confirmation(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        page = mark(clerk, f"{path}/check")
        hall.clock.passes(minutes=hall.settings.desk.step_up_minutes, seconds=1)

        asked = clerk.submit(f"{path}/issue", page)

        assert asked.status_code == 403
        assert marks(asked.main) == set(page.values())

    def test_names_the_policy_that_the_papers_met(self, make_hall: Builder) -> None:
        """A policy that changes is that of registrations that begin from then on."""
        hall = make_hall()
        version = hall.settings.evidence.version
        clerk = hall.browser(StaffRole.CLERK)
        old = hall.register(clerk)

        evidence = hall.settings.evidence.model_copy(update={"version": "another version"})
        settings = hall.settings.model_copy(update={"evidence": evidence})
        later = TownHall(hall.folder, settings, hall.sessions, hall.keys, hall.day_keys, hall.clock)
        later.clock.passes(hours=1)
        clerk = later.browser(StaffRole.CLERK)
        new = later.register(clerk)

        said = [_answer(clerk.get(f"/registrations/{draft_id}/check").main, "Policy") for draft_id in (old, new)]
        hall.sessions.kw["bind"].dispose()
        assert said == [version, "another version"]


def _answer(page: Any, question: str) -> str:
    """What a page of answers says to a question."""
    (one,) = [part for part in page.all("div") if [term for term in part.all("dt") if term.text == question]]
    return str(one.all("dd")[0].text)


class TestThePhoto:
    def test_accepted_twice_goes_on_twice(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        clerk.submit(f"{path}/photo", {"photo": (picture(), "photo.jpg")})
        page = mark(clerk, f"{path}/photo/crop")

        answers = [clerk.submit(f"{path}/photo/crop", page).location for _ in range(2)]

        assert answers == [f"{path}/check"] * 2

    def test_of_another_window_is_not_cropped_unseen(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}"
        clerk.submit(f"{path}/photo", {"photo": (picture(), "photo.jpg")})
        page = mark(clerk, f"{path}/photo/crop")
        clerk.submit(f"{path}/photo", {"photo": (picture(640, 640), "photo.jpg")})

        answer = clerk.submit(f"{path}/photo/crop", {"x": "0", "y": "0", "width": "100"} | page)

        assert answer.status_code == 409
        saved = kept(hall, draft_id)
        assert saved is not None
        assert saved.photograph is not None

    def test_declined_in_another_window_leads_to_the_photo(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        clerk.submit(f"{path}/photo", {"photo": (picture(), "photo.jpg")})
        page = mark(clerk, f"{path}/photo/crop")
        clerk.submit(f"{path}/no-photo")

        assert clerk.submit(f"{path}/photo/crop", page).location == f"{path}/photo"
