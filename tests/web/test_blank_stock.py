"""The page of blanks: everybody says what they spoilt, a supervisor receives and counts, and a difference is said."""

import pytest

from web.hall import TownHall
from web.pages import Client

RECEIVED, COUNTED, SPOILT = (f"/blanks/cr80/{what}" for what in ("received", "counted", "spoilt"))


def figures(browser: Client) -> dict[str, str]:
    page = browser.get("/blanks").main
    return {div.all("dt")[0].text: div.all("dd")[0].text for div in page.all("dl")[0].all("div")}


class TestBlanks:
    def test_are_those_of_the_box_less_what_was_printed_and_spoilt(
        self, hall: TownHall, supervisor: Client, clerk: Client
    ) -> None:
        supervisor.submit(RECEIVED, {"number": "50"})
        draft_id, number = hall.issue(clerk)
        clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"})
        clerk.submit(SPOILT, {"number": "2"})
        assert figures(clerk)["should be in the box"] == "47"

        clerk.submit(f"/cards/{number}/hand-over")

        found = figures(supervisor)
        assert (found["should be in the box"], found["handed over today"], found["spoilt today"]) == ("47", "1", "2")

    def test_that_are_missing_are_said_at_once_and_on_the_start_page(self, hall: TownHall, supervisor: Client) -> None:
        supervisor.submit(RECEIVED, {"number": "50"})

        answer = supervisor.submit(COUNTED, {"number": "48"}, follow_redirects=True)

        assert "2 blanks are missing" in answer.main.text
        assert "did not match" in supervisor.get("/").main.text
        hall.clock.passes(days=8)
        supervisor.submit("/sign-in", {"name": "sofia", "password": "seven lamps under water"})
        assert "did not match" not in supervisor.get("/").main.text

    def test_that_agree_are_said_to(self, supervisor: Client) -> None:
        supervisor.submit(RECEIVED, {"number": "50"})

        assert "holds what it should" in supervisor.submit(COUNTED, {"number": "50"}, follow_redirects=True).main.text

    @pytest.mark.parametrize("number", ["", "-1", "many", "1.5", "100001", "9" * 30, "0"])
    @pytest.mark.parametrize("what", [RECEIVED, SPOILT])
    def test_are_a_number_or_it_is_said_beside_the_field(self, supervisor: Client, what: str, number: str) -> None:
        answer = supervisor.submit(what, {"number": number})

        assert answer.status_code == 422
        field = f"{what.rpartition('/')[2]}-cr80"
        assert [node.attributes["href"] for node in answer.main.all("a")][:1] == [f"#{field}"]
        (typed,) = (node for node in answer.page.all("input") if node.attributes.get("id") == field)
        assert (typed.attributes["value"], typed.attributes["aria-invalid"]) == (number, "true")
        assert "from 1 to 100,000" in answer.main.text

    def test_may_be_none_where_the_box_is_empty(self, supervisor: Client) -> None:
        assert "holds what it should" in supervisor.submit(COUNTED, {"number": "0"}, follow_redirects=True).main.text

    def test_that_nobody_noted_are_asked_for(self, clerk: Client) -> None:
        clerk.submit(SPOILT, {"number": "4"})

        assert "More blanks were used than were noted as received" in clerk.get("/blanks").main.text

    @pytest.mark.parametrize(("there", "words"), [("1", "Only 1 blank should"), ("9", "Only 9 blanks should")])
    def test_are_not_spoilt_where_the_box_holds_fewer(
        self, supervisor: Client, clerk: Client, there: str, words: str
    ) -> None:
        supervisor.submit(RECEIVED, {"number": there})

        answer = clerk.submit(SPOILT, {"number": "10"})

        assert answer.status_code == 422
        assert words in answer.main.text
        assert 'value="10"' in answer.text
        clerk.submit(SPOILT, {"number": there})
        assert "The box should be empty" in clerk.submit(SPOILT, {"number": "1"}).main.text

    def test_are_counted_before_it_is_shown_how_many_there_should_be(self, supervisor: Client, clerk: Client) -> None:
        def hidden(browser: Client) -> list[str]:
            return [one.all("summary")[0].text for one in browser.get("/blanks").main.all("details")]

        assert hidden(clerk) == []
        assert hidden(supervisor) == ["What the box should hold, and what came and went"]
        page = supervisor.get("/blanks").main.text
        assert page.index("Count them") < page.index("What the box should hold")

    def test_are_of_a_kind_that_is_counted_here(self, supervisor: Client) -> None:
        assert supervisor.submit("/blanks/gold/received", {"number": "1"}).status_code == 422

    def test_are_counted_by_no_clerk(self, clerk: Client) -> None:
        assert clerk.submit(COUNTED, {"number": "1"}).status_code == 403
        assert clerk.submit(RECEIVED, {"number": "1"}).status_code == 403
