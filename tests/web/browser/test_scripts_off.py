"""The desk where scripts are off: nothing is a dead end, and all can be done but camera, scanner and passkeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from web.browser import looks
from web.browser.conftest import Desk, served
from web.browser.furnished import PAGES, Furnished
from web.browser.test_desk import hand_over, tomorrow, type_answers
from web.hall import picture

FURNISHED = Furnished()


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("plain"), FURNISHED) as opened:
        yield opened


def plain(town: Desk, name: str = "") -> Page:
    """A browser whose scripts are off."""
    page = town.open(java_script_enabled=False)
    if name:
        town.sign_in(page, name)
    return page


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    page.locator("main").get_by_role("link", name=words, exact=True).click()


def arrive(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)


def begin(page: Page, *papers: str) -> None:
    page.goto("/")
    follow(page, "Register a resident")
    for paper in papers:
        page.check(f"#paper-{paper}")


def issue(page: Page) -> str:
    """From papers that are enough to a card in the hand, and its number."""
    begin(page, "passport", "lease")
    press(page, "Go on")
    type_answers(page)
    press(page, "Save and go on")
    press(page, "Go on without a photo")
    hand_over(page)
    return page.url.rpartition("/")[2]


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "nobody")
def test_no_page_has_what_only_a_script_can_do_or_hides_what_only_a_script_shows(town: Desk, name: str) -> None:
    page = plain(town, name)
    wrong = []
    for path in PAGES[name]:
        if path != "/style":
            page.goto(path.format(**FURNISHED.places))
            looks.begin(page)
            wrong += [(path, said) for said in looks.look(page, "dead")]

    assert wrong == []


class TestAJourney:
    def test_leads_from_papers_over_a_file_to_a_card(self, town: Desk, tmp_path: Path) -> None:
        page = plain(town, "clara")
        begin(page, "passport")
        press(page, "Count the points")
        expect(page.locator("main")).to_contain_text("Not enough yet")
        page.check("#paper-lease")
        press(page, "Count the points")
        expect(page.locator("main")).to_contain_text("Enough for a card")
        press(page, "Go on")
        type_answers(page)
        page.get_by_text("The name in a second script").click()
        page.fill("#name_second", "كريم الحدّاد")
        page.select_option("#language_second", "ara")
        press(page, "Save and go on")
        photo = tmp_path / "photo.jpg"
        photo.write_bytes(picture().read())
        page.set_input_files("#photo", photo)
        press(page, "Use this photo and go on")
        arrive(page, "What goes on the card")
        press(page, "Larger")
        press(page, "Use this and go on")
        arrive(page, "Check the answers together")
        hand_over(page)

    def test_leads_over_a_second_look_to_a_card(self, town: Desk) -> None:
        page, supervisor = plain(town, "clara"), plain(town, "sofia")
        begin(page, "passport")
        press(page, "Go on")
        press(page, "Ask a supervisor for a second look")
        arrive(page, "A second look at the papers")
        supervisor.goto(page.url)
        supervisor.get_by_label("The papers prove it together").check()
        press(supervisor, "Accept the papers")
        follow(page, "See whether it is decided")
        arrive(page, "Answers for the card")
        type_answers(page)
        press(page, "Save and go on")
        press(page, "Go on without a photo")
        hand_over(page)

    def test_finds_a_card_and_revokes_it(self, town: Desk) -> None:
        page = plain(town, "sofia")
        number = issue(page)
        page.goto("/")
        page.fill("#code", number)
        press(page, "Find the card")
        follow(page, "Revoke")
        page.get_by_label("Lost").check()
        press(page, "Revoke for good")

        expect(page.locator("main")).to_contain_text("Revoked")

    def test_prints_several_cards_and_says_how_they_came_out(self, town: Desk) -> None:
        page = plain(town, "sofia")
        page.goto("/print-queue")
        press(page, "Print the chosen cards")
        arrive(page, "Print job")


class TestAVisit:
    def test_is_booked_moved_called_and_cancelled(self, town: Desk) -> None:
        page, clerk = plain(town), plain(town, "clara")
        page.goto(f"/visits/{tomorrow()}")
        page.get_by_label("11:00").check()
        press(page, "Book this time")
        arrive(page, "Your visit is booked")
        press(page, "Choose another time")
        arrive(page, "Choose another day")
        page.locator(".visit-days button").nth(2).click()
        page.get_by_label("10:00").check()
        press(page, "Book this time")
        arrive(page, "Your visit is booked")
        expect(page.locator("main")).to_contain_text("10:00")
        press(page, "Cancel this visit")
        press(page, "Yes, cancel it")
        arrive(page, "Your visit is cancelled")
        clerk.goto("/queue/desk")
        press(clerk, "Give a number")
        number = clerk.locator(".queue__given").inner_text()
        clerk.goto("/queue/desk")
        clerk.fill("#counter", "2")
        press(clerk, "Call the next")

        page.goto("/queue/screen")
        expect(page.locator(".queue__called")).to_contain_text(number)
