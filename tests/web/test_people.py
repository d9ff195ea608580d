"""People as they are, at the desk: what is not known, what is not asked, who comes with whom, and what was wrong."""

from dataclasses import fields

import pytest

from cardservice.domain.registration import Registration
from cardservice.storage.models import Card, Draft
from web.hall import ANSWERS, PAPERS, TownHall
from web.pages import Client, Node
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
