"""Waiting numbers at the desk, on the screen in the hall and on telephones."""

import re
from collections.abc import Iterator

import pytest

from cardservice.terms import StaffRole
from cardservice.web import languages
from web.hall import EVERY_MORNING, Builder, TownHall
from web.pages import Client
from web.test_visits import book, drawn

CARDS = "cards that can still be printed today"


@pytest.fixture
def hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(visits=EVERY_MORNING)
    yield made
    made.sessions.kw["bind"].dispose()


def give(clerk: Client, **fields: str) -> str:
    """Give a number, and return where it is shown."""
    answer = clerk.submit("/queue/desk", {"persons": "1", "code": ""} | fields)
    assert answer.status_code == 302, answer.main.text
    return str(answer.location)


def call(clerk: Client, counter: str = "2", back: str = "") -> str:
    """Call the next, and return what is said."""
    answer = clerk.submit("/queue/desk/call", {"counter": counter, "back": back}, follow_redirects=True)
    return str(answer.main.text)


def figure(page: Client, path: str, words: str) -> str:
    (found,) = (one for one in page.get(path).main.all("div") if one.text.startswith(words))
    return found.text.removeprefix(words).strip()


def public(hall: TownHall, path: str) -> str:
    """What a stranger's browser shows, without the value that is another one in every session."""
    return re.sub(r'value="[\w.-]{40,}"', "", hall.browser().get(path).text)


def print_card(hall: TownHall) -> None:
    clerk = hall.browser(StaffRole.CLERK)  # who has just signed in need not confirm
    draft_id, _ = hall.issue(clerk)
    assert clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"}).status_code == 200


class TestAtTheDesk:
    def test_numbers_are_given_and_called(self, clerk: Client) -> None:
        shown = [give(clerk), give(clerk, persons="4")]

        assert shown == ["/queue/desk/1", "/queue/desk/2"]
        assert "1" in clerk.get(shown[0]).main.text
        assert "Number 1 is called to counter 2." in call(clerk)

    def test_a_number_that_was_not_given_has_no_page(self, clerk: Client) -> None:
        give(clerk)

        answer = clerk.get("/queue/desk/2")

        assert answer.status_code == 404
        assert "registration" not in answer.main.text

    def test_who_booked_has_a_number_for_their_code(self, hall: TownHall, clerk: Client) -> None:
        code = drawn(book(hall.browser(), "/visits/2026-11-23", time="09:30", persons="3"))
        assert "3 persons" in clerk.get("/queue/desk").main.text

        give(clerk, code=code)

        assert "Nobody is booked for today who is not here" in clerk.get("/queue/desk").main.text
        again = clerk.submit("/queue/desk", {"code": code, "persons": "1"})
        assert "no visit with this code" in again.main.text

    def test_a_visit_of_another_day_is_said_to_be(self, hall: TownHall, clerk: Client) -> None:
        code = drawn(book(hall.browser(), "/visits/2026-11-24"))

        answer = clerk.submit("/queue/desk", {"code": code})

        assert "24 November 2026" in answer.main.text

    def test_what_cannot_be_is_told_beside_its_field(self, clerk: Client) -> None:
        wrong = [({"persons": typed}, "one to four") for typed in ("0", "12", "x", "")]
        for fields, words in (({"code": "0"}, "not the code of a visit"), *wrong):
            answer = clerk.submit("/queue/desk", {"persons": "1"} | fields)

            assert answer.status_code == 200
            assert words in answer.main.text
        assert figure(clerk, "/queue/desk", "waiting") == "0"

    def test_nobody_is_called_to_no_counter(self, clerk: Client) -> None:
        give(clerk)

        for counter in ("", "0", "100", "two", "-1"):
            assert "Write the number of your counter, from 1 to 99." in call(clerk, counter)
        assert figure(clerk, "/queue/desk", "waiting") == "1"

    def test_nobody_is_called_where_nobody_waits(self, clerk: Client) -> None:
        assert "Nobody is waiting." in call(clerk)

    def test_the_counter_is_remembered_for_who_works_there(self, hall: TownHall, clerk: Client) -> None:
        give(clerk)
        call(clerk, "7")

        def shown(browser: Client) -> str:
            page = browser.get("/queue/desk").main
            return next(one.attributes["value"] for one in page.all("input") if one.attributes.get("id") == "counter")

        assert shown(clerk) == "7"
        assert shown(hall.browser(StaffRole.SUPERVISOR)) == ""


class TestTheFirstPage:
    def test_says_who_waits_and_calls_the_next(self, clerk: Client) -> None:
        give(clerk)
        assert "1 number is waiting." in clerk.get("/").main.text

        said = call(clerk, "2", back="today")

        assert "Today at the desk" in said
        assert "Number 1 is called to counter 2." in said

    def test_has_no_button_where_nobody_waits(self, clerk: Client) -> None:
        assert "/queue/desk/call" not in clerk.get("/").text


class TestTheScreen:
    def test_shows_what_is_called_and_how_many_wait(self, hall: TownHall, clerk: Client) -> None:
        for _ in range(3):
            give(clerk)
        call(clerk)

        for path in ("/queue", "/queue/screen"):
            page = hall.browser().get(path)
            assert [one.text for one in page.main.all("li")] == ["Number 1 Counter 2"]
            assert figure(hall.browser(), path, "waiting") == "2"

    def test_says_how_many_cards_can_still_be_printed(self, hall: TownHall, supervisor: Client, clerk: Client) -> None:
        supervisor.submit("/blanks/cr80/received", {"number": "50"})
        book(hall.browser(), "/visits/2026-11-23", time="09:30", persons="3")
        give(clerk, persons="2")

        for path in ("/queue", "/queue/screen", "/visits"):
            assert figure(hall.browser(), path, CARDS) == "40 or more"
        assert figure(clerk, "/queue/desk", CARDS) == "45"

    def test_says_to_everybody_nothing_of_a_card_that_was_just_printed(
        self, hall: TownHall, supervisor: Client, clerk: Client
    ) -> None:
        """Who asks after every step of a whole morning learns of ten cards that they were printed, and of none when."""
        supervisor.submit("/blanks/cr80/received", {"number": "39"})
        told, exactly = [], []
        for _ in range(11):
            told.append([public(hall, path) for path in ("/queue", "/visits")])
            exactly.append(figure(clerk, "/queue/desk", CARDS))
            print_card(hall)
            hall.clock.passes(minutes=3)

        assert exactly == [str(number) for number in range(39, 28, -1)]
        assert [pages for pages in told[:10] if pages != told[0]] == []

    def test_says_what_was_so_when_the_quarter_of_the_hour_began(
        self, hall: TownHall, supervisor: Client, clerk: Client
    ) -> None:
        supervisor.submit("/blanks/cr80/received", {"number": "30"})
        assert figure(hall.browser(), "/queue", CARDS) == "30 or more"
        print_card(hall)

        said = []
        for _ in range(3):
            hall.clock.passes(minutes=7)
            said.append(figure(hall.browser(), "/queue", CARDS))

        assert said == ["30 or more", "30 or more", "20 or more"]

    @pytest.mark.parametrize(("box", "words"), [("9", "only a few"), ("1", "only a few"), ("99", "50 or more")])
    def test_says_to_everybody_no_exact_number(self, hall: TownHall, supervisor: Client, box: str, words: str) -> None:
        supervisor.submit("/blanks/cr80/received", {"number": box})

        assert figure(hall.browser(), "/queue", CARDS) == words

    def test_says_that_there_are_none(self, hall: TownHall, supervisor: Client, clerk: Client) -> None:
        supervisor.submit("/blanks/cr80/received", {"number": "1"})
        supervisor.submit("/blanks/cr80/spoilt", {"number": "1"})

        assert figure(hall.browser(), "/queue", CARDS) == "none"

    def test_goes_through_the_languages_by_the_clock(self, hall: TownHall) -> None:
        stranger, spoken = hall.browser(), []
        for _ in languages.LANGUAGES:
            spoken.append(stranger.get("/queue/screen").page.all("html")[0].attributes)
            hall.clock.passes(seconds=10)

        assert {one["lang"] for one in spoken} == set(languages.LANGUAGES)
        assert {"lang": "ar", "dir": "rtl"} in spoken

    def test_looks_again_by_itself_and_a_telephone_does_not(self, hall: TownHall) -> None:
        screen, telephone = (hall.browser().get(path).page for path in ("/queue/screen", "/queue"))

        assert [one.attributes["src"] for one in screen.all("script")] == ["/static/queue.js"]
        assert [one.attributes["content"] for one in screen.all("meta") if "http-equiv" in one.attributes] == ["10"]
        assert telephone.all("script") == []
