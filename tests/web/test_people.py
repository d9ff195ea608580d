"""People as they are, at the desk: what is not known, what is not asked, who comes with whom, and what was wrong."""

from dataclasses import fields
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select

from cardservice.domain.registration import Registration
from cardservice.storage.models import Card, Draft, LetterCount
from cardservice.web import decided
from web.hall import ANSWERS, PAPERS, TownHall
from web.pages import Client, Node
from web.test_evidence import list_shelter
from web.test_old_cards import old_card
from web.test_registration import field, problems
from web.test_slip import issued

YEAR_ONLY = {"birth_day": "", "birth_month": "", "birth_unknown": "y"}
CHILD = {"birth_year": "2019"}
HERE = {"caretaker_here": "y"}


def details_of(clerk: Client, draft_id: str) -> Node:
    page: Node = clerk.get(f"/registrations/{draft_id}/details").page
    return page


def is_asked(page: Node) -> bool:
    """Whether the question for a caretaker is to be seen."""
    hidden = [
        node for node in page.walk() if "hidden" in node.attributes and "data-children-born-since" in node.attributes
    ]
    return not any(node.attributes.get("id") == "caretaker_here" for one in hidden for node in one.walk())


class TestABirthDateOfWhichAPartIsNotKnown:
    @pytest.mark.parametrize(
        ("typed", "said"), [({"birth_day": "", "birth_unknown": "y"}, "March 1985"), (YEAR_ONLY, "1985")]
    )
    def test_is_taken_where_it_is_said_and_shown_as_far_as_it_is_known(
        self, hall: TownHall, clerk: Client, typed: dict[str, str], said: str
    ) -> None:
        draft_id = hall.register(clerk, **typed)

        rows = [node.text for node in clerk.get(f"/registrations/{draft_id}/check").page.all("dd")]
        assert said in rows
        page = details_of(clerk, draft_id)
        assert "checked" in field(page, "birth_unknown").attributes
        assert field(page, "birth_day").attributes["value"] == ""

    def test_is_on_the_card_and_in_its_code_as_it_was_said(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk, **YEAR_ONLY)

        assert issued(hall, draft_id).registration.birth_date == "19850000"
        assert clerk.submit(f"/registrations/{draft_id}/card.pdf").data.startswith(b"%PDF")

    @pytest.mark.parametrize(
        ("typed", "where", "words"),
        [
            ({"birth_unknown": "y"}, "birth_unknown", "The whole birth date is filled in"),
            ({"birth_month": "", "birth_unknown": "y"}, "birth_day", "leave the day empty as well"),
            ({"birth_year": "", "birth_unknown": "y"}, "birth_year", "needs a year"),
            ({"birth_day": "", "birth_year": ""}, "birth_year", "needs a year"),
            (
                {"birth_day": "", "birth_month": "", "birth_year": "", "birth_unknown": "y"},
                "birth_day",
                "Enter the birth",
            ),
            ({"birth_day": ""}, "birth_day", "If it is not known, say so below"),
            (YEAR_ONLY | {"birth_year": "2027"}, "birth_day", "in the future"),
            (YEAR_ONLY | {"birth_year": "85"}, "birth_day", "too long ago"),
            ({"birth_day": "00", "birth_month": "00", "birth_unknown": "y"}, "birth_unknown", "whole birth date"),
            ({"birth_month": "13"}, "birth_month", "There is no such day"),
            ({"birth_month": "00"}, "birth_month", "There is no such day"),
            ({"birth_day": "31", "birth_month": "2"}, "birth_day", "There is no such day"),
        ],
    )
    def test_is_not_guessed(self, clerk: Client, typed: dict[str, str], where: str, words: str, details: str) -> None:
        page = clerk.submit(details, ANSWERS | typed).page

        assert [place for place, _ in problems(page)] == [where]
        assert words in problems(page)[0][1]

    def test_comes_back_from_an_old_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk, **YEAR_ONLY)
        code = issued(hall, draft_id).identity_code
        clerk.submit(f"/cards/{number}/hand-over")

        papers = clerk.submit("/cards/renew", {"code": code}).location
        page = clerk.get(papers.replace("papers", "details")).page

        assert field(page, "birth_year").attributes["value"] == "1985"
        assert "checked" in field(page, "birth_unknown").attributes


class TestWhatIsAsked:
    def test_is_no_gender_no_other_name_and_no_address(self, clerk: Client, details: str) -> None:
        page = clerk.get(details).page
        form = next(form for form in page.all("form") if field(page, "name") in list(form.walk()))

        names = {node.attributes.get("name") for kind in ("input", "select", "textarea") for node in form.all(kind)}

        assert names == {"csrf_token", "as_shown", *ANSWERS, "birth_unknown", "caretaker_here"}
        assert not is_asked(page)

    def test_is_kept_only_where_it_stands_on_the_card(self) -> None:
        assert {one.name for one in fields(Registration)} == {
            "name", "birth_date", "language", "name_second", "language_second", "portrait_print", "portrait_code",
            "photograph", "replaces",
        }  # fmt: skip

    def test_of_where_somebody_lives_is_a_paper_whatever_the_way(self, clerk: Client) -> None:
        text = clerk.get("/registrations/new").main.text

        for way in ("At home", "With somebody", "Without an address", "Where nobody may know"):
            assert way in text
        assert "the card is the same" in text

    def test_of_gender_is_a_line_on_the_back_in_the_holders_own_word_and_kept_nowhere(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id, _ = hall.issue(clerk)
        page = clerk.get(f"/registrations/{draft_id}/print").page
        closed = next(node for node in page.all("details") if field(page, "gender") in list(node.walk()))
        assert "open" not in closed.attributes

        printed = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"gender": "agender"})

        assert printed.data.startswith(b"%PDF")
        assert "agender" not in clerk.get(f"/registrations/{draft_id}/print").text
        with hall.sessions.begin() as session:
            draft = session.get_one(Draft, draft_id)
            assert b"agender" not in hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext)


class TestAChild:
    def test_comes_with_a_caretaker_which_is_asked_when_the_birth_date_says_so(
        self, clerk: Client, details: str
    ) -> None:
        page = clerk.submit(details, ANSWERS | CHILD).page

        assert is_asked(page)
        assert problems(page) == [
            ("caretaker_here", "By the birth date this is a child. Confirm that a caretaker is here and agrees")
        ]
        assert field(page, "birth_year").attributes["value"] == "2019"

    def test_is_registered_and_nothing_is_kept_of_who_came_along(self, hall: TownHall, clerk: Client) -> None:
        with_tick = hall.register(clerk, **CHILD, **HERE)

        with hall.sessions.begin() as session:
            draft = session.get_one(Draft, with_tick)
            kept = hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext)
        assert b"caretaker" not in kept

    def test_has_a_card_for_one_year_on_every_page_that_says_so(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, **CHILD, **HERE)
        assert "22 November 2027" in clerk.get(f"/registrations/{draft_id}/check").main.text
        before = clerk.get(f"/registrations/{draft_id}/front.jpg").data
        clerk.submit(f"/registrations/{draft_id}/issue")

        assert "valid until 22 November 2027" in clerk.get(f"/registrations/{draft_id}/print").main.text
        assert issued(hall, draft_id).valid_until.isoformat() == "2027-11-22"
        adult = hall.register(clerk)
        assert "22 November 2028" in clerk.get(f"/registrations/{adult}/check").main.text
        assert clerk.get(f"/registrations/{adult}/front.jpg").data != before

    def test_is_not_older_than_a_caretaker_can_be(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | HERE | {"birth_year": "1958", "name": "Ana"}).page

        assert problems(page) == [
            ("caretaker_here", "By the birth date this is not a child. Check the year, or untick this")
        ]
        assert is_asked(page)
        assert field(page, "name").attributes["value"] == "Ana"

    def test_is_nobody_who_may_be_sixteen(self, hall: TownHall, clerk: Client) -> None:
        hall.register(clerk, **YEAR_ONLY | {"birth_year": "2010"})

    def test_is_asked_about_after_the_birth_date_is_one(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | CHILD | {"birth_day": "31", "birth_month": "2"}).page

        assert [place for place, _ in problems(page)] == ["birth_day"]

    def test_is_asked_about_again_when_a_card_is_renewed_and_not_when_a_letter_is_changed(
        self, hall: TownHall, clerk: Client
    ) -> None:
        page = details_of(clerk, hall.register(clerk, **CHILD, **HERE))
        assert "checked" in field(page, "caretaker_here").attributes

        draft_id, number = hall.issue(clerk, **CHILD, **HERE)
        code = issued(hall, draft_id).identity_code
        clerk.submit(f"/cards/{number}/hand-over")
        papers = clerk.submit("/cards/renew", {"code": code}).location
        page = clerk.get(papers.replace("papers", "details")).page

        assert is_asked(page)
        assert "checked" not in field(page, "caretaker_here").attributes


def fault_of(page: Node, kind: str) -> str:
    """What is said beside a paper that does not count."""
    return next((node.text for node in page.walk() if node.attributes.get("id") == f"paper-{kind}-fault"), "")


FOR_A_CHILD = {"paper-birth-certificate": "y", "paper-caretaker": "y", "paper-lease": "y"}


class TestAPaperForAChild:
    def begun(self, clerk: Client, **papers: str) -> str:
        answer = clerk.submit("/registrations/new", FOR_A_CHILD | papers)
        assert answer.location.endswith("/details"), "the birth date is not known yet"
        return str(answer.location).split("/")[2]

    def test_makes_no_card_for_an_adult_and_leads_back_to_the_papers(self, hall: TownHall, clerk: Client) -> None:
        draft_id = self.begun(clerk)

        page = clerk.submit(f"/registrations/{draft_id}/details", ANSWERS, follow_redirects=True).page

        assert "By the birth date this is not a child" in page.text
        assert page.all("title")[0].text.startswith("Error:")
        assert "does not count: Caretaker of the child" in page.text
        assert field(page, "name").attributes["value"] == ANSWERS["name"]
        assert not is_asked(page)
        assert f"/registrations/{draft_id}/papers" in {
            link.attributes["href"] for link in page.all("main")[0].all("a") if link.text == "Go to the papers"
        }
        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 409
        assert clerk.submit(f"/registrations/{draft_id}/submit").status_code == 409

    def test_is_said_to_an_adult_among_the_papers_and_another_one_goes_on(self, hall: TownHall, clerk: Client) -> None:
        draft_id = self.begun(clerk)
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
        papers = f"/registrations/{draft_id}/papers"

        page = clerk.get(papers).page

        assert "by the birth date this is not a child" in fault_of(page, "caretaker")
        reached = next(node.text for node in page.walk() if "data-reached" in node.attributes)
        assert "Card with a photo of a school" in reached
        assert "(for a child only)" not in reached
        assert clerk.submit(papers, FOR_A_CHILD | {"paper-photo-card": "y"}).location.endswith("/check")
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        checked = clerk.get(f"/registrations/{draft_id}/check").main.text
        assert "Caretaker of the child" not in checked
        assert ANSWERS["name"] in checked
        assert clerk.submit(f"/registrations/{draft_id}/issue").location.endswith("/print")

    def test_counts_for_a_child_whose_year_was_mistyped(self, clerk: Client) -> None:
        details = f"/registrations/{self.begun(clerk)}/details"
        clerk.submit(details, ANSWERS)

        answer = clerk.submit(details, ANSWERS | CHILD | HERE)

        assert answer.location.endswith("/photo")
        assert "this is not a child" not in clerk.get(details).main.text

    def test_ceases_to_count_when_the_answers_are_changed(self, clerk: Client) -> None:
        draft_id = self.begun(clerk)
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS | CHILD | HERE)
        clerk.submit(f"/registrations/{draft_id}/no-photo")

        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)

        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 409

    def test_is_not_in_the_way_of_an_adult_with_enough_other_papers(self, clerk: Client) -> None:
        draft_id = self.begun(clerk, **{"paper-passport": "y"})

        assert clerk.submit(f"/registrations/{draft_id}/details", ANSWERS).location.endswith("/photo")

    def test_is_not_asked_about_twice(self, clerk: Client) -> None:
        page = details_of(clerk, self.begun(clerk))

        assert is_asked(page)
        assert "checked" in field(page, "caretaker_here").attributes

    def test_is_marked_where_it_is_offered(self, clerk: Client) -> None:
        page = clerk.submit("/registrations/new", {"paper-birth-certificate": "y", "paper-lease": "y"}).page
        reached = next(node.text for node in page.walk() if "data-reached" in node.attributes)
        sheet = clerk.submit("/interpreter/what-to-bring", {"paper-birth-certificate": "y", "language": "en"})

        worth = next(node.text for node in page.walk() if node.attributes.get("id") == "paper-caretaker-worth")
        assert worth == "1 point · for a child only"
        assert "with papers of their own (for a child only)" in reached
        assert "for a child only" in sheet.text

    def test_is_no_paper_of_a_town_without_children(self, hall: TownHall) -> None:
        settings = hall.settings.model_copy(update={"card": hall.settings.card.model_copy(update={"child_age": 0})})

        assert hall.settings.card.child_age == 16
        assert decided.policy(hall.settings).paper("caretaker") is not None
        assert decided.policy(settings).paper("caretaker") is None

    def test_of_an_old_card_is_known_at_once(self, hall: TownHall, clerk: Client) -> None:
        _, code, _ = old_card(hall, clerk)
        papers = clerk.submit("/cards/renew", {"code": code}).location

        page = clerk.submit(papers, FOR_A_CHILD).page

        assert "by the birth date this is not a child" in fault_of(page, "caretaker")

    def test_is_shown_to_a_supervisor_as_one_that_does_not_count(self, clerk: Client, supervisor: Client) -> None:
        draft_id = self.begun(clerk)
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
        clerk.submit(f"/registrations/{draft_id}/papers", FOR_A_CHILD | {"do": "second-look"})
        waiting = f"/registrations/{draft_id}/second-look"

        said = supervisor.get(waiting).main.text
        supervisor.submit(waiting, {"because": "papers together"})

        assert "Papers that do not count Caretaker of the child" in said
        assert "Still missing" in said
        again = clerk.submit(f"/registrations/{draft_id}/papers", FOR_A_CHILD)
        assert again.location.endswith("/check"), "what a supervisor has accepted is not lost by a look at the papers"


class TestTheLetterOfAFamily:
    LETTER: ClassVar = {"paper-consular-card": "y", "dated-shelter-letter": "13 11"}
    SAME: ClassVar = {"paper-birth-certificate": "y", "paper-caretaker": "y", "paper-shelter-letter": "y"}

    @pytest.fixture
    def shelter(self, supervisor: Client) -> str:
        return list_shelter(supervisor, letters_a_month="3")

    def counted(self, hall: TownHall) -> int:
        with hall.sessions.begin() as session:
            return session.scalar(select(LetterCount.count)) or 0

    def test_counts_once_for_a_mother_and_three_children(self, hall: TownHall, clerk: Client, shelter: str) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        another = mother.location.replace("details", "another")
        offered = clerk.get(another).page

        children = [clerk.submit(another, self.SAME).location for _ in range(3)]

        assert "checked" in field(offered, "paper-shelter-letter").attributes
        assert "lives here 1 of 1" in offered.text
        assert "It was looked at with the family today" in offered.text
        assert all(child.endswith("/details") for child in children)
        assert self.counted(hall) == 1
        # The next one may be begun from a child as well.
        assert clerk.submit(children[0].replace("details", "another"), self.SAME).location.endswith("/details")
        assert self.counted(hall) == 1

    def test_is_worked_out_for_the_pages_script_and_for_the_sheet_too(self, clerk: Client, shelter: str) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        page = clerk.get(mother.location.replace("details", "another")).page
        form = next(one for one in page.all("form") if "data-papers" in one.attributes)

        said = clerk.submit(form.attributes["data-papers"], self.SAME).json

        assert said["met"] is True

    def test_is_another_letter_where_something_is_typed_beside_it(
        self, hall: TownHall, clerk: Client, shelter: str
    ) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        another = mother.location.replace("details", "another")
        typed = {"from-shelter-letter": shelter, "dated-shelter-letter": "14 11"}

        assert clerk.submit(another, self.SAME | typed).location.endswith("/details")

        assert self.counted(hall) == 2
        stale = {"dated-shelter-letter": "1 1 2026", "from-shelter-letter": shelter}
        assert fault_of(clerk.submit(another, self.SAME | stale).page, "shelter-letter")
        assert fault_of(clerk.submit(another, self.SAME | {"dated-shelter-letter": "14 11"}).page, "shelter-letter")

    def test_is_carried_to_nobody_else(self, hall: TownHall, clerk: Client, supervisor: Client, shelter: str) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        other = clerk.submit("/registrations/new", PAPERS)

        assert fault_of(clerk.submit("/registrations/new", self.SAME).page, "shelter-letter")
        assert fault_of(clerk.submit(other.location.replace("details", "another"), self.SAME).page, "shelter-letter")
        assert supervisor.submit(mother.location.replace("details", "another"), self.SAME).status_code == 404
        assert self.counted(hall) == 1

    def test_is_not_carried_by_a_supervisor_who_only_looks_at_it(
        self, clerk: Client, supervisor: Client, shelter: str
    ) -> None:
        too_little = {"do": "second-look", "dated-shelter-letter": "13 11", "from-shelter-letter": shelter}
        waiting = clerk.submit("/registrations/new", too_little).location

        page = supervisor.submit(waiting.replace("second-look", "another"), self.SAME).page

        assert fault_of(page, "shelter-letter")

    def test_is_not_carried_to_another_day(self, hall: TownHall, clerk: Client, shelter: str) -> None:
        draft_id = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter}).location.split(
            "/"
        )[2]
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")
        with hall.sessions.begin() as session:
            session.get_one(Draft, draft_id).created_at -= timedelta(days=1)

        page = clerk.submit(f"/registrations/{draft_id}/another", self.SAME).page

        assert fault_of(page, "shelter-letter")

    def test_links_no_two_of_them(self, hall: TownHall, clerk: Client, shelter: str) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        child = clerk.submit(mother.location.replace("details", "another"), self.SAME)
        mother_id, child_id = (one.location.split("/")[2] for one in (mother, child))

        with hall.sessions.begin() as session:
            draft = session.get_one(Draft, child_id)
            kept = hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext)
        assert mother_id.encode() not in kept
        assert b"carried" not in kept

    def test_that_is_unticked_and_shown_anew_is_counted(self, hall: TownHall, clerk: Client, shelter: str) -> None:
        mother = clerk.submit("/registrations/new", self.LETTER | {"from-shelter-letter": shelter})
        child = clerk.submit(mother.location.replace("details", "another"), self.SAME)
        papers = child.location.replace("details", "papers")
        clerk.submit(papers, {"paper-birth-certificate": "y", "paper-caretaker": "y"})

        clerk.submit(papers, self.SAME | {"from-shelter-letter": shelter, "dated-shelter-letter": "13 11"})

        assert self.counted(hall) == 2

    def test_with_a_date_alone_is_carried_as_well(self, clerk: Client) -> None:
        mother = clerk.submit("/registrations/new", {"paper-passport": "y", "dated-bill": "1 11 2026"})
        another = mother.location.replace("details", "another")

        assert clerk.submit(another, {"paper-passport": "y", "paper-bill": "y"}).location.endswith("/details")


class TestAFamily:
    @pytest.mark.parametrize("page", ["check", "print"])
    def test_goes_on_with_the_language_and_nothing_else(self, hall: TownHall, clerk: Client, page: str) -> None:
        mother = hall.issue(clerk, language="ara")[0] if page == "print" else hall.register(clerk, language="ara")
        shown = clerk.get(f"/registrations/{mother}/{page}").page
        link = next(node for node in shown.all("a") if node.text == "Register another person of the family")

        papers = clerk.get(link.attributes["href"]).page
        ticked = [box.attributes["name"] for box in papers.all("input") if "checked" in box.attributes]
        form = clerk.get(clerk.submit(link.attributes["href"], PAPERS).location).page

        assert ticked == ["paper-lease"]
        assert "lives here 1 of 1" in papers.text
        chosen = [
            one.attributes["value"] for one in field(form, "language").all("option") if "selected" in one.attributes
        ]
        assert chosen == ["ara"]
        assert is_asked(form)
        values = {node.attributes.get("value", "") for node in form.all("input")}
        assert not values & {ANSWERS["name"], ANSWERS["name_second"], ANSWERS["birth_year"], mother}

    def test_leaves_registrations_that_do_not_know_of_each_other(self, hall: TownHall, clerk: Client) -> None:
        mother = hall.register(clerk)
        form = clerk.get(f"/registrations/{mother}/another").page
        action = next(one.attributes["action"] for one in form.all("form") if one.attributes.get("class") == "papers")
        child = hall.begin(clerk, action)
        second_child = hall.begin(clerk, action)
        clerk.submit(f"/registrations/{child}/details", ANSWERS | CHILD | HERE)

        assert second_child != child
        assert mother not in form.all("main")[0].text
        with hall.sessions.begin() as session:
            draft = session.get_one(Draft, child)
            assert mother.encode() not in hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext)
        assert clerk.get("/").main.text.count("Begun on") == 3


class TestSomethingOnTheCardIsWrong:
    def test_brings_the_answers_back_to_be_put_right(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        page = clerk.get(f"/registrations/{draft_id}/print").page
        button = next(form for form in page.all("form") if form.attributes["action"].endswith("/correct"))

        answer = clerk.submit(button.attributes["action"])
        page = clerk.get(answer.location).page

        assert "The card is cancelled: destroy card and slip" in page.text
        assert [field(page, name).attributes["value"] for name in ("name", "birth_year")] == ["Karim al-Haddad", "1985"]
        assert "Revoked" in clerk.get(f"/cards/{number}").main.text
        assert clerk.get(f"/registrations/{draft_id}/print").status_code == 404
        saved = clerk.submit(answer.location, ANSWERS | {"name": "Karim el-Haddad"}, follow_redirects=True)
        assert "Karim el-Haddad" in saved.main.text

    def test_makes_one_draft_of_two_clicks(self, hall: TownHall, clerk: Client) -> None:
        _, number = hall.issue(clerk)

        statuses = [clerk.submit(f"/cards/{number}/correct").status_code for _ in range(2)]

        assert statuses == [302, 409]
        with hall.sessions.begin() as session:
            assert (session.query(Draft).count(), session.query(Card).count()) == (1, 1)


class TestAnotherNameLater:
    def test_is_typed_over_the_old_one(self, hall: TownHall, clerk: Client) -> None:
        number, code, _ = old_card(hall, clerk)
        papers = clerk.submit("/cards/renew", {"code": code}).location
        clerk.submit(papers, {"paper-old-card": "y", "paper-lease": "y"})
        answers = papers.replace("papers", "details")
        assert "Another name now?" in clerk.get(answers).main.text

        clerk.submit(answers, ANSWERS | {"name": "Karima al-Haddad"})
        draft_id = answers.split("/")[2]
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")

        new = issued(hall, draft_id)
        clerk.submit(f"/cards/{new.card_number}/hand-over")
        assert new.registration.name == "Karima al-Haddad"
        assert number not in clerk.get(f"/cards/{new.card_number}").text
