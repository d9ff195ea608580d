"""The code of a form at the desk: it fills what is empty, loses nothing that was typed, and saves nothing."""

import pytest
from filled_in import BIRTH_DATE, LANGUAGE, LANGUAGE_SECOND, NAME, NAME_SECOND, TOWN, code, sealed
from hostile_names import MARKUP
from sqlalchemy import func, select

from cardservice.domain.drafts import contents as contents_of
from cardservice.storage.models import Draft
from web.hall import ANSWERS, PAPERS, PASSWORD, TownHall
from web.pages import Client, Node
from web.test_parked import sent_too_late
from web.test_registration import field, problems

EMPTY = {"name": "", "language": "fra", "name_second": "", "language_second": ""}


def values(page: Node) -> dict[str, str]:
    """What stands in the fields of the page, and what is chosen."""
    chosen = {
        name: next(
            (one.attributes["value"] for one in field(page, name).all("option") if "selected" in one.attributes), ""
        )
        for name in ("language", "language_second")
    }
    typed = ("name", "name_second", "birth_day", "birth_month", "birth_year")
    return {name: field(page, name).attributes["value"] for name in typed} | chosen


def drafts_of(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


class TestACodeBeforeThePapers:
    """Scanned on the start page or on that of the papers: it goes along to the answers, and is kept nowhere."""

    def test_leads_from_the_start_page_to_the_papers(self, hall: TownHall, clerk: Client) -> None:
        start = clerk.get("/").page
        form = next(node for node in start.all("form") if "hidden" in node.attributes)
        fields = {node.attributes["name"]: node.attributes.get("value", "") for node in form.all("input")}

        page = clerk.submit(form.attributes["action"], fields | {"form_code": code()}).page

        assert page.all("h1")[0].text == "Which papers were shown?"
        assert carried(page) == code()
        assert "It fills in the answers when you go on" in page.text
        assert "If nothing else can be shown" not in page.text
        assert drafts_of(hall) == 0

    def test_goes_along_to_the_answers_with_the_papers(self, hall: TownHall, clerk: Client) -> None:
        sent = PAPERS | {"form_code": code()}

        answer = clerk.submit("/registrations/new", sent)

        assert answer.status_code == 307
        page = clerk.submit(answer.location, sent).page
        assert values(page) == ANSWERS
        assert "Read the answers aloud" in page.text
        with hall.sessions() as session:
            draft = session.scalars(select(Draft)).one()
            assert contents_of(draft, day_keys=hall.day_keys).registration is None

    def test_waits_on_the_page_while_the_papers_are_not_enough(self, clerk: Client) -> None:
        page = clerk.submit("/registrations/new", {"paper-passport": "y", "form_code": code()}).page

        assert carried(page) == code()

    def test_goes_along_with_a_paper_that_is_added(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.begin(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/papers", PAPERS | {"form_code": code()})

        assert (answer.status_code, answer.location) == (307, f"/registrations/{draft_id}/details")

    def test_goes_nowhere_else(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/papers", PAPERS | {"form_code": code()})

        assert (answer.status_code, answer.location) == (302, f"/registrations/{draft_id}/check")

    def test_that_is_too_long_is_called_so_where_the_answers_are_typed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.begin(clerk)

        carried_on = clerk.submit(f"/registrations/{draft_id}/details", {"form_code": "CARDFORM1:" + "A" * 100_000})

        assert "This is too long for the code of a form" in carried_on.main.text

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("CARDFORM1:" + "A" * 100_000, "This is too long for the code of a form"),
            ("CARDFORM2:0", "cannot read this version of the form"),
            ("CARDFORM1:0", "was not read whole"),
            ("<b>x</b>", "This is not the code of a form"),
        ],
    )
    def test_that_fills_nothing_is_said_to_on_the_first_page_and_goes_no_further(
        self, clerk: Client, text: str, said: str
    ) -> None:
        """While the telephone that shows it is still at hand."""
        page = clerk.submit("/registrations/new", {"do": "bring-form", "form_code": text}).page

        assert said in page.text
        assert page.all("title")[0].text.startswith("Error:")
        assert carried(page) == ""


def carried(page: Node) -> str:
    return next(node.attributes["value"] for node in page.all("input") if node.attributes["name"] == "form_code")


class TestACode:
    def test_fills_an_empty_form_and_saves_nothing(self, hall: TownHall, clerk: Client, details: str) -> None:
        answer = clerk.submit(details, EMPTY | {"form_code": code() + "\r\n"})

        assert answer.status_code == 200
        assert values(answer.page) == ANSWERS
        assert (
            "Filled in from the code: Full name, Language of the name, Birth date, Name in a second script, and "
            "Language of the name in the second script."
        ) in answer.main.text
        assert "Read the answers aloud" in answer.main.text
        assert drafts_of(hall) == 1

    def test_is_followed_by_saving_what_is_on_the_page(self, hall: TownHall, clerk: Client, details: str) -> None:
        filled = values(clerk.submit(details, EMPTY | {"form_code": code()}).page)

        answer = clerk.submit(details, filled)

        assert answer.status_code == 302
        assert drafts_of(hall) == 1

    def test_leaves_what_was_typed_and_names_what_it_says_otherwise(self, clerk: Client, details: str) -> None:
        typed = {"name": "Karima", "language": "fra"}

        page = clerk.submit(details, typed | {"form_code": code()}).page

        assert values(page) == ANSWERS | {"name": "Karima", "language": "fra"}
        assert "Filled in from the code: Birth date, Name in a second script, and Language of" in page.text
        assert "yours was left as you typed it: Full name." in page.text

    def test_names_nothing_where_it_says_what_was_typed(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"birth_day": "٢٧", "birth_month": "03", "form_code": code()}).page

        assert "Filled in" not in page.text
        assert "yours was left" not in page.text

    def test_names_a_birth_date_that_is_another(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"birth_day": "28", "form_code": code()}).page

        assert "yours was left as you typed it: Birth date." in page.text
        assert values(page)["birth_day"] == "28"

    def test_without_a_second_name_leaves_one_that_was_typed(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"form_code": code(without=(NAME_SECOND, LANGUAGE_SECOND))}).page

        assert values(page)["name_second"] == ANSWERS["name_second"]
        assert "yours was left" not in page.text

    def test_fills_what_is_known_of_a_birth_date(self, clerk: Client, details: str) -> None:
        filled = values(clerk.submit(details, EMPTY | {"form_code": code({BIRTH_DATE: "19850000"})}).page)

        assert [filled[f"birth_{part}"] for part in ("day", "month", "year")] == ["", "", "1985"]

    def test_fills_a_registration_that_was_begun(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, name_second="", language_second="")

        page = clerk.submit(
            f"/registrations/{draft_id}/details",
            ANSWERS | {"name_second": "", "language_second": "", "form_code": code()},
        ).page

        assert values(page)["name_second"] == ANSWERS["name_second"]

    def test_is_never_on_the_page_that_answers(self, clerk: Client, details: str) -> None:
        for text in (code(), code()[:-3], "A" * 3000):
            assert text not in clerk.submit(details, EMPTY | {"form_code": text}).text


class TestASessionThatIsOver:
    def test_keeps_what_was_typed_and_not_the_code(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS | {"form_code": code()})
        clerk.sign_in("clara", PASSWORD)

        page = clerk.get(details)

        assert values(page.page) == ANSWERS
        assert "CARDFORM" not in page.text


class TestACodeThatFillsNothing:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("https://shop.example/", "This is not the code of a form."),
            (MARKUP[0], "This is not the code of a form."),
            (sealed(b"", beginning="CARDFORM2:"), "cannot read this version"),
            (code({TOWN: b"else"}), "for another town"),
            (code()[:-3], "was not read whole"),
            ("A" * 100_000, "too long"),
            (code({NAME: MARKUP[0]}), "cannot stand on a card"),
            (code({NAME: "Karim\u202e"}), "cannot stand on a card"),
            (code({LANGUAGE: "xyz"}), "cannot stand on a card"),
            (code({LANGUAGE_SECOND: "xyz"}), "cannot stand on a card"),
        ],
    )
    def test_is_refused_in_words_and_loses_nothing_that_was_typed(
        self, clerk: Client, text: str, words: str, details: str
    ) -> None:
        page = clerk.submit(details, ANSWERS | {"form_code": text}).page

        ((place, said),) = problems(page)
        assert place == "form_code"
        assert words in said
        assert values(page) == ANSWERS
        assert page.all("details")[0].attributes.get("open") == ""

    def test_is_nothing_but_blanks_and_is_not_there(self, clerk: Client, details: str) -> None:
        assert clerk.submit(details, ANSWERS | {"form_code": " \r\n"}).status_code == 302

    def test_writes_no_answer_into_a_log(self, clerk: Client, caplog: pytest.LogCaptureFixture, details: str) -> None:
        clerk.submit(details, EMPTY | {"form_code": code({NAME: "Zebedee <b>"})})
        clerk.submit(details, EMPTY | {"form_code": code({NAME: "Zebedee"})})

        assert "Zebedee" not in caplog.text
