"""What to bring, for the person at the counter: every language that they can point to, and what a refusal leaves."""

import re

import pytest
from sqlalchemy import func, select

from cardservice.storage.models import Draft
from cardservice.terms import StaffRole
from cardservice.web import interpreter_languages
from cardservice.web.evidence_sentences import (
    AND_ONE_OF,
    COMPLAIN,
    COMPLAIN_HERE,
    DECLINED,
    ENOUGH,
    NOTHING_KEPT,
    ONE_IS_ENOUGH,
    ONE_OF,
    OR_ONE_OF,
    SECOND_LOOK,
    SEVERAL,
    STILL_MISSING,
    WHEN,
)  # fmt: skip
from cardservice.web.interpreter_words import KINDS
from web.hall import PAPERS, Builder, TownHall
from web.pages import Client, Node, Response
from web.test_evidence import list_shelter
from web.test_interpreter import languages_of, within

NEW = "/registrations/new"
BRING = "/interpreter/what-to-bring"
LITTLE = {"paper-birth-certificate": "y"}
EVERY_LANGUAGE = pytest.mark.parametrize("language", interpreter_languages.LANGUAGES)


def bring(clerk: Client, language: str = "en", *, draft: str = "", **papers: str) -> Response:
    return clerk.submit(BRING, {"language": language} | papers, query_string={"draft": draft} if draft else {})


def theirs(page: Node) -> list[str]:
    """What is said in the applicant's language."""
    return [node.text for node in within(page, "theirs")]


def in_words(hall: TownHall, words: str, language: str) -> str:
    with hall.app.test_request_context():
        return " ".join(interpreter_languages.said(words, language).words.split())


def buttons(page: Node) -> set[str | None]:
    """What the buttons of the papers' form ask for."""
    (form,) = [node for node in page.all("form") if "data-papers" in node.attributes]
    return {node.attributes.get("value") for node in form.all("button")}


def declined(clerk: Client, supervisor: Client, **papers: str) -> str:
    """A registration whose papers a supervisor has not accepted."""
    waiting = clerk.submit(NEW, (papers or LITTLE) | {"do": "second-look"}).location
    supervisor.submit(f"{waiting}/decline")
    return str(waiting.split("/")[2])


class TestWhatToBring:
    @EVERY_LANGUAGE
    def test_is_large_in_the_language_of_the_applicant_and_small_in_the_clerks(
        self, clerk: Client, language: str
    ) -> None:
        page = bring(clerk, language, **{"paper-passport": "y"}).page

        assert page.all("h1")[0].text == "What to bring for your card"
        assert page.all("html")[0].attributes == {"lang": "en", "dir": "ltr"}
        direction = "rtl" if language in {"ar", "fa", "ur"} else "ltr"
        assert languages_of(within(page, "theirs")) == {(language, direction)}
        assert languages_of(within(page, "ours")) == (set() if language == "en" else {("en", "ltr")})

    @EVERY_LANGUAGE
    def test_names_every_kind_of_paper_of_the_policy_in_its_own_words(
        self, hall: TownHall, clerk: Client, supervisor: Client, language: str
    ) -> None:
        """Those that say who somebody is where these are missing, and the others where they are."""
        list_shelter(supervisor)
        said = {
            words
            for papers in ((), ("passport",), ("driving-licence", "lease"), ("photo-card", "lease"))
            for words in theirs(bring(clerk, language, **{f"paper-{kind}": "y" for kind in papers}).page)
        }

        assert {in_words(hall, words, language) for words in KINDS.values()} <= said
        assert len({in_words(hall, words, language) for words in KINDS.values()}) == len(KINDS)

    @EVERY_LANGUAGE
    def test_says_when_each_paper_counts(
        self, hall: TownHall, clerk: Client, supervisor: Client, language: str
    ) -> None:
        list_shelter(supervisor)
        page = bring(clerk, language, **{"paper-passport": "y"}).page

        shelter = in_words(hall, "Letter of a shelter", language)
        (line,) = [node.text for node in page.all("li") if shelter in node.text]
        assert "30" in line
        assert in_words(hall, "of an organisation on the list", language) in line

    @EVERY_LANGUAGE
    def test_says_how_they_are_combined(self, hall: TownHall, clerk: Client, language: str) -> None:
        headings = [
            [within(node, "theirs")[0].text for node in bring(clerk, language, **papers).page.all("h2")]
            for papers in ({"paper-passport": "y"}, {})
        ]

        one, two = ([in_words(hall, words, language) for words in said] for said in (
            (STILL_MISSING, ONE_IS_ENOUGH),
            (STILL_MISSING, ONE_OF, AND_ONE_OF, OR_ONE_OF, AND_ONE_OF, OR_ONE_OF, AND_ONE_OF),
        ))  # fmt: skip
        assert headings == [one, two]

    @EVERY_LANGUAGE
    def test_offers_a_second_look_as_long_as_there_was_none(self, hall: TownHall, clerk: Client, language: str) -> None:
        assert in_words(hall, SECOND_LOOK, language) in theirs(bring(clerk, language).page)

    @EVERY_LANGUAGE
    def test_says_why_a_paper_does_not_count(self, hall: TownHall, clerk: Client, language: str) -> None:
        papers = {"dated-bill": "1 1 2026", "paper-pay-slip": "y", "paper-shelter-letter": "y"}
        papers |= {"expired-passport": "1 1 2001"}

        said = theirs(bring(clerk, language, **papers).page)

        for words in (
            "It is too old, so it does not count",
            "It counts only with its date.",
            "It must be from an organisation on our list.",
            "It expired too long ago, so it does not count",
        ):
            assert in_words(hall, words, language) in said

    def test_says_that_it_is_enough_where_it_is(self, clerk: Client) -> None:
        page = bring(clerk, **PAPERS).page

        assert ENOUGH in page.text
        assert SECOND_LOOK not in page.text
        assert page.all("h2") == []

    def test_is_what_is_said_where_a_supervisor_has_accepted(self, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, LITTLE | {"do": "second-look"}).location
        supervisor.submit(waiting, {"because": "papers together", "seen": "birth-certificate"})

        assert ENOUGH in bring(clerk, draft=waiting.split("/")[2], **LITTLE).page.text
        assert ENOUGH not in bring(clerk, draft=waiting.split("/")[2]).page.text

    def test_opens_nothing_and_holds_nothing_that_could_be_sent(self, hall: TownHall, clerk: Client) -> None:
        page = bring(clerk, **{"paper-passport": "y"}).page

        assert page.all("form") == page.all("input") == []
        with hall.sessions.begin() as session:
            assert session.scalar(select(func.count()).select_from(Draft)) == 0

    def test_remembers_the_language_for_the_person_and_says_which_the_window_shows(self, clerk: Client) -> None:
        """So that the window is emptied when somebody else comes (interpreter.js)."""
        page = bring(clerk, "ti").page

        assert clerk.get_cookie("applicant").value == "ti"
        assert page.all("body")[0].attributes["data-applicant"] == "ti"

    @pytest.mark.parametrize("asked", ["", "xx", "../../etc"])
    def test_is_in_the_language_pointed_to_else_in_the_clerks_where_none_is_asked_for(
        self, clerk: Client, asked: str
    ) -> None:
        assert languages_of(within(bring(clerk, asked).page, "theirs")) == {("en", "ltr")}
        clerk.get("/interpreter/name?language=so")
        assert languages_of(within(bring(clerk, asked).page, "theirs")) == {("so", "ltr")}

    def test_tells_the_clerk_when_no_native_speaker_has_read_it(self, clerk: Client) -> None:
        assert "Tigrinya: no native speaker" in bring(clerk, "ti").main.text
        assert "no native speaker" not in bring(clerk, "fr").main.text

    def test_has_no_way_in_before_the_person_at_the_counter(self, clerk: Client) -> None:
        clerk.csrf()
        clerk.submit("/sign-out")

        answer = bring(clerk)

        assert answer.status_code == 401
        assert answer.page.all("h1")[0].text == "Signed out: close this window"

    def test_has_no_page_of_its_own_that_could_be_loaded_again(self, clerk: Client) -> None:
        assert clerk.get(BRING).status_code in {404, 405}


BOAT = {"kind": "boat-book", "names": {"fr": "Livret de bord", "it": "Libretto"}, "residency": 1, "days_old": 1}
PASSPORT = {"kind": "passport", "identity": 3, "shows": ["photo", "birth-date"], "expired_days": 10}


class TestATownsOwn:
    def test_kinds_of_paper_stay_in_the_towns_words(self, make_hall: Builder) -> None:
        clerk = make_hall(evidence={"version": "own", "paper": [BOAT, PASSPORT]}).browser(StaffRole.CLERK)

        said = {
            language: [(node.text, node.attributes["lang"]) for node in within(bring(clerk, language).page, "theirs")]
            for language in ("it", "ti")
        }

        assert ("Libretto", "it") in said["it"]
        assert ("Livret de bord", "fr") in said["ti"]

    def test_choices_stand_one_below_the_other(self, make_hall: Builder) -> None:
        """Two passes of one point, or a paper of each of two other kinds: a policy that has no one grouping."""
        papers = [
            {"kind": "passport", "identity": 2},
            {"kind": "bill", "residency": 2},
            {"kind": "identity-card", "identity": 1},
            {"kind": "lease", "residency": 3},
        ]
        policy = {"version": "own", "points": 4, "identity": 1, "residency": 1, "shows": [], "paper": papers}
        clerk = make_hall(evidence=policy).browser(StaffRole.CLERK)

        headings = [within(node, "theirs")[0].text for node in bring(clerk).page.all("h2")]

        assert headings[0] == STILL_MISSING
        assert headings[1:] == [ONE_OF, AND_ONE_OF, OR_ONE_OF, AND_ONE_OF]

    def test_papers_are_all_named_where_more_are_needed_than_can_be_looked_through(self, make_hall: Builder) -> None:
        papers = [{"kind": kind, "identity": 1} for kind in ("passport", "identity-card", "health-card", "photo-card")]
        policy = {"version": "own", "points": 4, "identity": 4, "residency": 0, "shows": [], "paper": papers}
        clerk = make_hall(evidence=policy).browser(StaffRole.CLERK)

        page = bring(clerk).page

        assert SEVERAL in page.text
        assert len(page.all("li")) == 1 + len(papers)

    @EVERY_LANGUAGE
    def test_hours_are_said_where_it_has_some(self, make_hall: Builder, language: str) -> None:
        hall = make_hall(visits={"hours": {"thu": ["14:00-19:00"], "mon": ["09:00-12:00", "14:00-17:00"]}})
        page = bring(hall.browser(StaffRole.CLERK), language).page

        said = theirs(page)
        at = said.index(in_words(hall, WHEN, language))
        assert [re.sub(r"^[^\d]*", "", words) for words in said[at + 1 : at + 3]] == [
            "09:00–12:00, 14:00–17:00",
            "14:00–19:00",
        ]

    def test_hours_are_not_said_where_it_has_none(self, clerk: Client) -> None:
        assert WHEN not in bring(clerk).page.text


class TestWhatWasDeclined:
    @EVERY_LANGUAGE
    def test_says_so_and_what_remains_and_asks_for_no_second_look(
        self, hall: TownHall, clerk: Client, supervisor: Client, language: str
    ) -> None:
        list_shelter(supervisor)
        draft = declined(clerk, supervisor)

        said = theirs(bring(clerk, language, draft=draft).page)

        for words in (DECLINED, "You can still bring another paper, today or on another day.", COMPLAIN, NOTHING_KEPT):
            assert in_words(hall, words, language) in said
        assert in_words(hall, SECOND_LOOK, language) not in said
        assert in_words(hall, "Letter of a shelter", language) in said, "which papers would do"

    @EVERY_LANGUAGE
    def test_is_a_question_of_the_turned_screen(self, hall: TownHall, clerk: Client, language: str) -> None:
        clerk.get(f"/interpreter/not-accepted?language={language}")

        page = clerk.get("/interpreter/not-accepted").page

        asked = page.all("h1")[0].text if language == "en" else within(page, "turned__question")[0].text
        assert [asked, *(within(node, "theirs")[0].text for node in within(page, "turned__note"))] == [
            in_words(hall, words, language)
            for words in (
                DECLINED, "You can still bring another paper, today or on another day.", COMPLAIN, NOTHING_KEPT,
            )
        ]  # fmt: skip

    def test_is_said_on_the_papers_page_and_no_second_look_is_offered(self, clerk: Client, supervisor: Client) -> None:
        papers = f"/registrations/{declined(clerk, supervisor)}/papers"

        page = clerk.get(papers).main

        assert "A supervisor has looked at the papers and did not accept them." in page.text
        assert "There is no second look at the same papers" in page.text
        assert "A complaint, or another desk" in page.text
        assert "nothing is kept but a count of the reason" in page.text
        assert buttons(page) == {"go", "work-out", "refuse", None}
        turned = [node.attributes["href"] for node in page.all("a") if "data-turn" in node.attributes]
        assert turned == ["/interpreter/not-accepted"]

    @pytest.mark.parametrize("papers", [LITTLE, {}, {"paper-birth-certificate": ""}])
    def test_is_not_asked_about_again_by_any_button(
        self, clerk: Client, supervisor: Client, papers: dict[str, str]
    ) -> None:
        path = f"/registrations/{declined(clerk, supervisor)}/papers"

        answer = clerk.submit(path, papers | {"do": "second-look"})

        assert answer.status_code == 200
        assert "did not accept them" in answer.main.text

    def test_stays_declined_when_a_paper_is_taken_away(self, clerk: Client, supervisor: Client) -> None:
        path = f"/registrations/{declined(clerk, supervisor, **LITTLE, **{'paper-lease': 'y'})}/papers"

        clerk.submit(path, LITTLE)

        assert "did not accept them" in clerk.get(path).main.text
        assert "second-look" not in buttons(clerk.get(path).main)

    def test_can_be_asked_about_again_with_a_paper_that_nobody_has_looked_at(
        self, clerk: Client, supervisor: Client
    ) -> None:
        path = f"/registrations/{declined(clerk, supervisor)}/papers"
        more = LITTLE | {"paper-health-card": "y"}

        page = clerk.submit(path, more).main

        assert "did not accept them" not in page.text
        assert "second-look" in buttons(page)
        assert clerk.submit(path, more | {"do": "second-look"}).location.endswith("/second-look")

    def test_does_not_hold_up_papers_that_are_enough(self, clerk: Client, supervisor: Client) -> None:
        path = f"/registrations/{declined(clerk, supervisor)}/papers"

        assert clerk.submit(path, PAPERS).location.endswith("/details")

    def test_says_where_to_complain_in_the_towns_own_words(self, make_hall: Builder) -> None:
        where = {"fr": "Médiatrice, bureau 12", "ti": "ቤት ጽሕፈት 12"}
        hall = make_hall(evidence={"complaints": where})
        clerk, supervisor = (hall.browser(role) for role in (StaffRole.CLERK, StaffRole.SUPERVISOR))
        draft = declined(clerk, supervisor)

        sheets = [bring(clerk, language, draft=draft).page for language in ("ti", "fr", "so")]

        said = [[(node.text, node.attributes["lang"]) for node in within(page, "theirs")] for page in sheets]
        assert ("ቤት ጽሕፈት 12", "ti") in said[0]
        assert ("Médiatrice, bureau 12", "fr") in said[1]
        assert ("Médiatrice, bureau 12", "fr") in said[2]
        assert COMPLAIN_HERE in sheets[0].text
        assert COMPLAIN not in sheets[0].text
        assert "A complaint: Médiatrice, bureau 12" in clerk.get(f"/registrations/{draft}/papers").main.text
        assert "Médiatrice, bureau 12" in clerk.get("/interpreter/not-accepted").page.text

    def test_is_nowhere_said_to_be_asked_for_by_the_message_of_a_card_that_is_not_made(
        self, clerk: Client, supervisor: Client
    ) -> None:
        answer = clerk.submit(f"/registrations/{declined(clerk, supervisor)}/issue")

        assert answer.status_code == 409
        assert "second look" not in answer.text


class TestTheDesk:
    def test_offers_every_language_and_opens_the_window_that_faces_the_applicant(self, clerk: Client) -> None:
        page = clerk.submit(NEW, LITTLE).main

        (choice,) = [node for node in page.all("select") if node.attributes["name"] == "language"]
        assert {one.attributes["value"] for one in choice.all("option")} == set(interpreter_languages.LANGUAGES)
        (button,) = [node for node in page.all("button") if "formaction" in node.attributes]
        assert (button.attributes["formaction"], button.attributes["formtarget"]) == (BRING, "applicant")
        assert button.text == "Show and print what to bring"
