"""What is pressed is done to what was on the page: a page that is older than the registration does nothing to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cardservice.domain import drafts
from cardservice.domain.registration import Registration
from cardservice.storage.models import AuditEntry, Card, Draft, ParkedForm
from cardservice.terms import CardState, StaffRole
from web.hall import ANSWERS, NAMES, PAPERS, PASSWORD, Builder, TownHall, picture
from web.pages import Client

OTHER = ANSWERS | {"name": "Karima al-Haddad", "birth_day": "28"}
MEANWHILE = "changed this registration after this page was opened"
NEW = "/registrations/new"


def marks(page: Any) -> set[str]:
    return {one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "as_shown"}


def actions(page: Any) -> set[str]:
    """Where the forms of a registration on a page are sent."""
    return {form.attributes["action"] for form in page.all("form") if marks(form)}


def mark(browser: Client, path: str) -> dict[str, str]:
    """Open a page, and leave it open: what its forms will send along."""
    (one,) = marks(browser.get(path).main)
    return {"as_shown": one}


def kept(hall: TownHall, draft_id: str) -> Registration | None:
    with hall.sessions.begin() as session:
        return drafts.contents(session.get_one(Draft, draft_id), day_keys=hall.day_keys).registration


def row(hall: TownHall, draft_id: str) -> tuple[Any, ...] | None:
    """A draft as it lies in the register; None where it has ended."""
    with hall.sessions.begin() as session:
        draft = session.get(Draft, draft_id)
        return draft and (draft.ciphertext, draft.state, draft.approver_id, session.scalars(select(Card.number)).all())


def refused(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        return len(session.scalars(select(AuditEntry.sequence)).all())


@pytest.fixture
def four_eyes(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(four_eyes=True)
    yield made
    made.sessions.kw["bind"].dispose()


# Every form of a registration: the page that it is on, where it is sent, what is typed, and the page that is shown.
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


class TestTheAnswers:
    def test_are_shown_as_they_were_typed_and_beside_each_other_one_what_is_saved(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, OTHER | {"name_second": "", "language_second": ""})

        shown = clerk.submit(path, ANSWERS | {"name": "Karim Haddad", "language": "fra"} | page).main

        said = {
            one.attributes["id"]: one.text for one in shown.all("p") if one.attributes.get("id", "").endswith("-saved")
        }
        assert said == {
            "name-saved": "Saved meanwhile: Karima al-Haddad",
            "language-saved": "Saved meanwhile: English",
            "birth_day-saved": "Saved meanwhile: 28 March 1985",
            "name_second-saved": "Saved meanwhile: No name in a second script",
        }
        typed = {one.attributes.get("name"): one.attributes.get("value") for one in shown.all("input")}
        assert (typed["name"], typed["birth_day"]) == ("Karim Haddad", "27")
        described = next(one for one in shown.all("input") if one.attributes.get("name") == "name").attributes
        assert "name-saved" in described["aria-describedby"].split()
        assert "open" in next(one for one in shown.all("details") if "second script" in one.text).attributes

    def test_in_a_second_script_are_told_with_their_language(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"name_second": "کریم", "language_second": "fas"})

        shown = clerk.submit(path, ANSWERS | page).main

        assert "Saved meanwhile: کریم" in shown.text
        assert "Saved meanwhile: Persian" in shown.text

    def test_that_were_never_typed_have_nothing_beside_them(self, hall: TownHall, clerk: Client, details: str) -> None:
        page = mark(clerk, details)
        clerk.submit(details.replace("details", "papers"), PAPERS | {"paper-bill": "y", "dated-bill": "16 11"})

        shown = clerk.submit(details, ANSWERS | page)

        assert (shown.status_code, MEANWHILE in shown.main.text) == (409, True)
        assert "Saved meanwhile" not in shown.main.text

    def test_with_a_mistake_stay_those_of_the_page_that_they_were_typed_on(self, hall: TownHall, clerk: Client) -> None:
        """A page that only says what is wrong must not make an older one look new."""
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, OTHER)

        wrong = clerk.submit(path, ANSWERS | {"birth_day": "99"} | page)

        assert (wrong.status_code, marks(wrong.main)) == (200, set(page.values()))
        assert clerk.submit(path, ANSWERS | page).status_code == 409

    def test_sent_twice_go_on_to_the_photo_twice(self, hall: TownHall, clerk: Client, details: str) -> None:
        page = mark(clerk, details)

        answers = [clerk.submit(details, ANSWERS | page).location for _ in range(2)]

        assert answers == [details.replace("details", "photo")] * 2

    def test_corrected_on_the_way_back_are_in_conflict_with_nobody(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        page = mark(clerk, details)
        clerk.submit(details, ANSWERS | page)

        assert clerk.submit(details, OTHER | page).status_code == 302
        assert (kept(hall, details.split("/")[2]) or 0).name == OTHER["name"]  # type: ignore[union-attr]

    def test_of_two_windows_that_say_the_same_are_no_conflict(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        pages = [mark(clerk, details) for _ in range(2)]

        answers = [clerk.submit(details, ANSWERS | page).status_code for page in pages]

        assert answers == [302, 302]

    def test_of_two_windows_are_those_of_neither_unseen(self, hall: TownHall, clerk: Client) -> None:
        """One writes a name, the other another birth date: the second is asked, and nothing is mixed."""
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}/details"
        one, other = mark(clerk, path), mark(clerk, path)
        clerk.submit(path, ANSWERS | {"name": "Karima al-Haddad"} | one)

        assert clerk.submit(path, ANSWERS | {"birth_day": "28"} | other).status_code == 409

        saved = kept(hall, draft_id)
        assert saved is not None
        assert (saved.name, saved.birth_date) == ("Karima al-Haddad", "19850327")

    def test_that_come_back_after_signing_in_are_beside_what_is_saved(self, hall: TownHall, clerk: Client) -> None:
        """They are laid over what is saved by now, so their page is one of now, and says what it covers."""
        path = f"/registrations/{hall.register(clerk)}/details"
        form = OTHER | mark(clerk, path) | {"csrf_token": clerk.csrf_from(path)}
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"birth_day": "26"})
        hall.clock.passes(minutes=11)
        assert clerk.post(path, data=form).location == "/sign-in"
        clerk.sign_in(NAMES[StaffRole.CLERK], PASSWORD)

        offered = clerk.get(path).main
        back = clerk.get(f"{path}?typed=again").main

        assert "Saved meanwhile" not in offered.text
        assert f"Saved meanwhile: {ANSWERS['name']}" in back.text
        assert "Saved meanwhile: 26 March 1985" in back.text
        assert clerk.submit(path, OTHER | {"as_shown": marks(back).pop()}).status_code == 302

    def test_that_come_back_to_what_nobody_changed_have_nothing_beside_them(
        self, hall: TownHall, clerk: Client
    ) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        form = OTHER | mark(clerk, path) | {"csrf_token": clerk.csrf_from(path)}
        hall.clock.passes(minutes=11)
        clerk.post(path, data=form)
        clerk.sign_in(NAMES[StaffRole.CLERK], PASSWORD)

        back = clerk.get(path).main

        assert OTHER["name"] in {one.attributes.get("value") for one in back.all("input")}
        assert "Saved meanwhile" not in back.text
        assert clerk.submit(path, OTHER | {"as_shown": marks(back).pop()}).status_code == 302

    def test_that_were_shown_beside_what_is_saved_stay_so_in_another_language(
        self, hall: TownHall, clerk: Client
    ) -> None:
        """The page of both is kept as one of the older page; what it covers is said until it is sent."""
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"name": "Anna B"})
        both = clerk.submit(path, ANSWERS | {"name": "Anna C"} | page).main
        (typed_on,) = {one.attributes["value"] for one in both.all("input") if one.attributes["name"] == "typed_on"}
        sent = ANSWERS | {"name": "Anna C", "as_shown": marks(both).pop(), "typed_on": typed_on}

        clerk.submit("/half-typed", sent | {"page": path})
        back = clerk.get(f"{path}?typed=again").main
        wrong = clerk.submit(path, sent | {"birth_day": "99"}).main

        assert "Saved meanwhile: Anna B" in back.text
        assert "Saved meanwhile: Anna B" in wrong.text
        assert clerk.submit(path, sent).status_code == 302

    def test_that_nobody_typed_are_not_kept_for_the_next_sign_in(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        form = mark(clerk, details) | {"csrf_token": clerk.csrf_from(details)}
        hall.clock.passes(minutes=11)
        clerk.post(details, data=form)

        with hall.sessions.begin() as session:
            assert session.scalars(select(ParkedForm.id)).all() == []


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


class TestTime:
    def test_makes_no_page_older(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}"
        page = mark(clerk, f"{path}/check")
        for _ in range(6):
            hall.clock.now += timedelta(minutes=9)
            clerk.get(f"{path}/check")

        assert clerk.submit(f"{path}/details", OTHER | page).status_code == 302
