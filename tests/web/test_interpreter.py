"""The screen turned to the person at the counter: their language large, the clerk's beside it, nothing of anybody."""

import re
from pathlib import Path

import pytest

from cardservice.terms import StaffRole
from cardservice.web import interpreter, interpreter_languages
from cardservice.web.interpreter_words import KINDS, QUESTIONS, Papers, Step, of_step
from web.hall import PAPERS, PASSWORD, Builder, TownHall
from web.pages import Client, Node, Response

TEMPLATES = Path(__file__).parents[2] / "templates"
TIGRINYA = "/interpreter/name?language=ti"


def pointing(clerk: Client, path: str) -> Response:
    """The question, after somebody pointed to a language."""
    answer = clerk.get(path)
    assert (answer.status_code, answer.location) == (302, path.partition("?")[0])
    return clerk.get(answer.location)


def within(page: Node, part: str) -> list[Node]:
    """The elements of a page that have a class."""
    return [node for node in page.walk() if part in node.attributes.get("class", "").split()]


def languages_of(nodes: list[Node]) -> set[tuple[str, str]]:
    return {(node.attributes["lang"], node.attributes["dir"]) for node in nodes}


class TestAQuestion:
    @pytest.mark.parametrize("name", QUESTIONS)
    def test_is_large_in_one_language_and_small_in_the_other(self, clerk: Client, name: str) -> None:
        page = pointing(clerk, f"/interpreter/{name}?language=ar").page

        assert page.all("h1")[0].text == QUESTIONS[name].asked
        assert page.all("html")[0].attributes == {"lang": "en", "dir": "ltr"}
        assert languages_of(within(page, "theirs")) == {("ar", "rtl")}
        assert languages_of(within(page, "ours")) == {("en", "ltr")}
        assert len(within(page, "theirs")) == len(within(page, "ours")) + 1, "the heading is the clerk's"

    @pytest.mark.parametrize("language", interpreter_languages.LANGUAGES)
    def test_is_asked_in_every_language_that_has_a_folder(self, clerk: Client, language: str) -> None:
        page = pointing(clerk, f"/interpreter/papers-where?language={language}").page

        assert {node.attributes["lang"] for node in within(page, "theirs")} == {language}

    def test_says_a_language_once_that_both_read(self, clerk: Client) -> None:
        page = pointing(clerk, "/interpreter/slip?language=en").page

        assert within(page, "ours") == within(page, "turned__question") == []
        assert page.all("h1")[0].text == QUESTIONS["slip"].asked

    def test_has_the_towns_own_kinds_of_paper_in_the_words_they_have(self, make_hall: Builder) -> None:
        own = {"kind": "boat-book", "names": {"fr": "Livret de bord", "it": "Libretto"}, "identity": 3, "residency": 1}
        hall = make_hall(
            evidence={"version": "own", "paper": [own, {"kind": "passport", "shows": ["photo", "birth-date"]}]}
        )
        clerk = hall.browser(StaffRole.CLERK)

        said = {
            language: [
                (node.text, node.attributes["lang"])
                for node in within(pointing(clerk, f"/interpreter/papers-who?language={language}").page, "theirs")
            ]
            for language in ("it", "ti")
        }

        assert ("Libretto", "it") in said["it"]
        assert ("Livret de bord", "fr") in said["ti"]
        assert ("ፓስፖርት", "ti") in said["ti"]

    def test_shows_every_kind_of_the_policy_on_its_side(self, clerk: Client) -> None:
        shown = [
            {node.text for node in within(pointing(clerk, f"/interpreter/{name}?language=en").page, "theirs")}
            & set(KINDS.values())
            for name in ("papers-who", "papers-where")
        ]

        assert not shown[0] & shown[1]
        assert shown[0] | shown[1] == set(KINDS.values())

    def test_tells_the_clerk_when_no_native_speaker_has_read_the_language(self, clerk: Client) -> None:
        assert "Tigrinya: no native speaker" in pointing(clerk, TIGRINYA).main.text
        assert "no native speaker" not in pointing(clerk, "/interpreter/name?language=ar").main.text

    def test_is_none_that_nobody_wrote(self, clerk: Client) -> None:
        assert clerk.get("/interpreter/your-residence-permit?language=ti").status_code == 404

    def test_holds_no_form_and_no_name_that_could_be_sent(self, clerk: Client) -> None:
        page = pointing(clerk, "/interpreter/had-a-card?language=ti").page

        assert page.all("form") == []
        assert [node for node in page.all("input") if "name" in node.attributes] == []

    def test_is_the_same_whoever_is_at_the_counter(self, hall: TownHall, clerk: Client) -> None:
        before = pointing(clerk, TIGRINYA).text

        hall.register(clerk)

        assert pointing(clerk, TIGRINYA).text == before
        assert "Karim" not in before

    def test_stands_in_one_step_and_every_step_has_one(self) -> None:
        assert [name for step in Step for name in of_step(step)] == list(QUESTIONS)
        assert set(interpreter.STEPS) == set(Step)
        assert all(of_step(step) for step in Step)
        assert {question.papers for question in QUESTIONS.values()} - {None} == set(Papers)

    def test_is_there_for_every_field_that_turns_to_one(self) -> None:
        """Whatever a template names: a link to a question that is not there would be found at the counter."""
        written = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
        named = re.findall(r'(?:data-question="|about\("|turn_page\("|"(?:choice|10)", ")([a-z-]+)"', written)

        assert len(named) > 15
        assert set(named) - set(QUESTIONS) == set()


class TestTheLanguage:
    def test_is_pointed_to_among_all_under_their_own_names(self, clerk: Client) -> None:
        page = clerk.get("/interpreter?then=birth-date").page

        offered = {link.attributes["href"]: link.text for link in within(page, "point")}
        assert len(offered) == len(interpreter_languages.LANGUAGES) == 20
        assert offered["/interpreter/birth-date?language=ti"] == "ትግርኛ Tigrinya"
        assert offered["/interpreter/birth-date?language=en"] == "English"

    def test_is_asked_for_before_the_first_question(self, clerk: Client) -> None:
        for path in ("/interpreter/birth-date", "/interpreter/birth-date?language=xx"):
            page = clerk.get(path).page
            assert page.all("h1")[0].text == "Point to your language"
            assert within(page, "point")[0].attributes["href"].startswith("/interpreter/birth-date?")

    @pytest.mark.parametrize("then", ["", "nothing", "//evil.example", "../staff"])
    def test_leads_to_a_question_of_ours_and_nowhere_else(self, clerk: Client, then: str) -> None:
        page = clerk.get("/interpreter", query_string={"then": then}).page

        assert within(page, "point")[0].attributes["href"].startswith("/interpreter/what-happens?")

    def test_is_remembered_for_as_long_as_the_browser_is_open(self, clerk: Client) -> None:
        answer = clerk.get(TIGRINYA)

        assert (answer.status_code, answer.location) == (302, "/interpreter/name"), "the address says no language"
        (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("applicant=")]
        assert cookie == "applicant=ti; HttpOnly; Path=/; SameSite=Strict"
        assert within(clerk.get("/interpreter/wait").page, "theirs")[0].attributes["lang"] == "ti"

    def test_travels_over_https_alone(self, make_hall: Builder) -> None:
        hall = make_hall(https=True)
        with hall.app.test_request_context("/interpreter/name?language=ti", base_url="https://desk.example"):
            interpreter_languages.remember("ti")
            answer = hall.app.process_response(hall.app.make_response(""))

        assert (
            answer.headers.getlist("Set-Cookie")[0] == "__Host-applicant=ti; Secure; HttpOnly; Path=/; SameSite=Strict"
        )

    @pytest.mark.parametrize("page", ["/", "/registrations/new?anew=", "/cards/renew?anew=", "/cards/find?anew="])
    def test_is_forgotten_when_somebody_else_comes(self, clerk: Client, page: str) -> None:
        """The start page, where everything ends that was begun for somebody, and what the menu begins."""
        clerk.get(TIGRINYA)

        answer = clerk.get(page)

        assert clerk.get_cookie("applicant") is None
        assert (answer.location or page).partition("?")[0] == page.partition("?")[0]
        assert page == "/" or answer.status_code == 302

    def test_is_forgotten_by_the_links_of_the_menu(self, clerk: Client) -> None:
        page = clerk.get("/cards/find").page

        links = {node.attributes["href"] for node in page.all("a")}
        assert {"/registrations/new?anew=", "/cards/renew?anew=", "/cards/find?anew="} <= links

    @pytest.mark.parametrize("page", ["/registrations/new", "/cards/renew", "/cards/find", "/cards/{card}/replace"])
    def test_stays_where_the_same_person_is_served(self, hall: TownHall, clerk: Client, page: str) -> None:
        """A page loaded again; from the papers to the old card; from a card that was found to its replacement."""
        card = hall.hand_out(clerk)
        clerk.get(TIGRINYA)

        clerk.get(page.format(card=card))

        assert clerk.get_cookie("applicant").value == "ti"

    @pytest.mark.parametrize(("goes_on", "left"), [({}, "ti"), ({"next": "scan"}, None)])
    def test_is_forgotten_at_the_hand_over_where_the_next_card_follows(
        self, hall: TownHall, clerk: Client, goes_on: dict[str, str], left: str | None
    ) -> None:
        """Not before: the next may be of the same family."""
        _, number = hall.issue(clerk)
        clerk.get(TIGRINYA)

        clerk.submit(f"/cards/{number}/hand-over", goes_on)

        cookie = clerk.get_cookie("applicant")
        assert (cookie and cookie.value) == left

    def test_is_forgotten_when_the_clerk_signs_out(self, clerk: Client) -> None:
        clerk.get(TIGRINYA)

        clerk.submit("/sign-out")

        assert clerk.get_cookie("applicant") is None

    def test_stays_for_the_next_of_a_family_and_while_one_registration_goes_on(
        self, hall: TownHall, clerk: Client
    ) -> None:
        clerk.csrf()  # asked for at the start page
        clerk.get(TIGRINYA)

        clerk.submit("/registrations/new", {"paper-bill": "y"})
        draft_id = clerk.submit("/registrations/new", PAPERS).location.split("/")[2]
        clerk.get(f"/registrations/{draft_id}/another")

        assert clerk.get_cookie("applicant").value == "ti"


class TestTheDesk:
    @pytest.mark.parametrize("language", ["ar", "ti"])
    def test_offers_it_first_for_what_to_bring(self, clerk: Client, language: str) -> None:
        clerk.csrf()  # asked for at the start page
        pointing(clerk, f"/interpreter/name?language={language}")

        page = clerk.post("/registrations/new", data={"csrf_token": clerk.csrf(), "paper-bill": "y", "do": "go"}).page

        (choice,) = [node for node in page.all("select") if node.attributes["name"] == "language"]
        assert [one.attributes["value"] for one in choice.all("option") if "selected" in one.attributes] == [language]

    @pytest.mark.parametrize(("language", "offered"), [("ar", "ar"), ("ti", "en")])
    def test_offers_it_first_for_the_slip_where_that_has_words_in_it(
        self, hall: TownHall, clerk: Client, language: str, offered: str
    ) -> None:
        draft_id, _ = hall.issue(clerk)
        pointing(clerk, f"/interpreter/name?language={language}")

        page = clerk.get(f"/registrations/{draft_id}/print").page

        (choice,) = [node for node in page.all("select") if node.attributes["id"] == "slip-language"]
        assert [one.attributes["value"] for one in choice.all("option") if "selected" in one.attributes] == [offered]

    def test_has_the_next_persons_page_greet_nobody_in_it(self, hall: TownHall) -> None:
        """A window that was left open asks again once the language is forgotten."""
        clerk = hall.browser(StaffRole.CLERK)
        clerk.get(TIGRINYA)
        clerk.submit("/sign-out")
        clerk.sign_in("clara", PASSWORD)

        assert clerk.get("/interpreter/name").page.all("h1")[0].text == "Point to your language"

    def test_says_on_each_page_which_language_was_pointed_to(self, clerk: Client) -> None:
        """The window compares (interpreter.js): where it shows another one, its person is gone."""
        said = [clerk.get("/cards/find").page.all("body")[0].attributes["data-applicant"]]
        pointing(clerk, TIGRINYA)
        said += [clerk.get(page).page.all("body")[0].attributes["data-applicant"] for page in ("/cards/find", "/")]
        clerk.submit("/sign-out")

        assert said == ["", "ti", ""]
        assert "data-applicant" not in clerk.get("/sign-in").page.all("body")[0].attributes


class TestTheWindowAfterTheSession:
    def test_has_no_way_in_before_the_person_at_the_counter(self, hall: TownHall, clerk: Client) -> None:
        clerk.submit("/sign-out")

        answer = clerk.get("/interpreter/name")

        assert answer.status_code == 401
        assert answer.page.all("h1")[0].text == "Signed out: close this window"
        assert answer.page.all("form") == answer.page.all("a")[1:] == []

    def test_is_not_where_signing_in_leads(self, clerk: Client) -> None:
        clerk.submit("/sign-out")
        clerk.get("/interpreter/name")

        assert clerk.sign_in("clara", PASSWORD).location == "/"

    def test_keeps_no_session_alive(self, hall: TownHall, clerk: Client) -> None:
        for _ in range(3):
            hall.clock.passes(minutes=4)
            clerk.get("/interpreter/name")

        assert clerk.get("/cards/find").location == "/sign-in"
