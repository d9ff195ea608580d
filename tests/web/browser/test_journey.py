"""From signing in to the card in the hand, by somebody who has only a keyboard: at most seven pages and 25 keys.

Counted is every key that is pressed beside what is typed of the person at the counter and of the staff member; a chord
counts as its keys. What the pages do for it is docs/decisions/0035.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fake_spooler import FakeSpooler
from playwright.sync_api import Browser, Page, expect

from web.browser.conftest import Desk, begin, served
from web.browser.test_desk import wait_until
from web.hall import PASSWORD, picture

MOST_PAGES, MOST_KEYS = 7, 25
PRINTERS = [{"name": "desk", "medium": "cr80", "queue": "desk"}, {"name": "slips", "medium": "a6", "queue": "slips"}]


@dataclass
class Clerk:
    """Somebody at a keyboard, whose keys and pages are counted."""

    page: Page
    keys: int = 0
    pages: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def chord(self, letter: str) -> None:
        """Alt and a letter: an access key, which Playwright's own chords do not reach."""
        session = self.page.context.new_cdp_session(self.page)
        code = ord(letter.upper())
        said = {"key": letter, "code": f"Key{letter.upper()}", "modifiers": 1, "windowsVirtualKeyCode": code}
        for kind in ("rawKeyDown", "char", "keyUp"):
            session.send("Input.dispatchKeyEvent", said | {"type": kind, "text": letter, "unmodifiedText": letter})
        self.keys += 2

    def type(self, data: str) -> None:
        """What is data: it is not counted."""
        self.page.keyboard.type(data)

    def arrive(self, heading: str) -> None:
        self.page.get_by_role("heading", level=1, name=heading).wait_for()
        self.pages.append(heading)


@pytest.fixture
def spooler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSpooler:
    made = FakeSpooler(tmp_path / "spooler")
    made.has(desk="good", slips="good")
    monkeypatch.setenv("PATH", str(made.commands), prepend=":")
    return made


@pytest.fixture
def desk_with_printers(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, spooler: FakeSpooler
) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("journey"), printer=PRINTERS) as opened:
        yield opened


def test_takes_seven_pages_and_twenty_five_keys(desk_with_printers: Desk, spooler: FakeSpooler) -> None:
    clerk = Clerk(desk_with_printers.open())
    page = clerk.page
    page.goto("/sign-in")
    clerk.arrive("Sign in to the card desk")
    clerk.type("clara")
    clerk.press("Tab")
    clerk.type(PASSWORD)
    clerk.press("Enter")
    clerk.arrive("Today at the desk")
    clerk.chord("n")
    clerk.arrive("Which papers were shown?")
    page.locator("[data-papers][data-ready]").wait_for()
    clerk.type(" ")  # the passport, which lies there
    clerk.press("l")
    clerk.type(" ")  # and the lease
    page.get_by_role("heading", name="Enough for a card").wait_for()
    clerk.press("Enter")
    clerk.arrive("Answers for the card")
    clerk.type("Karim al-Haddad")
    clerk.press("Tab", "Tab")
    clerk.type("27")
    clerk.press("Tab")
    clerk.type("3")
    clerk.press("Tab")
    clerk.type("1985")
    clerk.press("Enter")
    clerk.arrive("Photo for the card")
    expect(page.locator("[data-open]")).to_be_visible()
    clerk.chord("n")
    wait_until(page, "document.querySelector('video').currentTime > 0.3")
    clerk.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("The photo is taken")
    clerk.press("Enter")
    clerk.arrive("Check the answers together")
    expect(page.locator("main")).to_contain_text("How you will be recognised")
    clerk.chord("n")
    clerk.arrive("Print the card and hand it over")
    clerk.chord("n")
    expect(page.locator(".notice", has_text="has the card")).to_be_visible()
    clerk.chord("s")
    expect(page.locator(".notice", has_text="has the slip")).to_be_visible()
    clerk.chord("n")
    expect(page.locator("main")).to_contain_text("handed over")

    assert len(spooler.printing) == 2
    assert len(clerk.pages) <= MOST_PAGES, clerk.pages
    assert clerk.keys <= MOST_KEYS


def test_goes_to_a_paper_by_its_first_letter(desk: Desk) -> None:
    page = desk.open(language="fr")
    desk.sign_in(page)
    page.goto("/registrations/new")
    page.locator("[data-papers][data-ready]").wait_for()

    seen: list[Any] = []
    for letter in ("p", "c", "c", "9"):
        page.keyboard.press(letter)
        seen.append(page.evaluate("document.activeElement.labels[0].textContent.trim()[0]"))

    assert seen == ["P", "C", "C", "C"]


def test_crops_a_chosen_file_before_it_is_checked(desk: Desk, tmp_path: Path) -> None:
    """A photo that our camera did not take may have its face anywhere."""
    page = desk.open()
    desk.sign_in(page)
    begin(page)
    page.fill("#name", "Ana")
    for part, typed in (("day", "27"), ("month", "3"), ("year", "1985")):
        page.fill(f"#birth_{part}", typed)
    page.click("#answers .steps button")
    page.wait_for_url("**/photo")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture().read())
    page.set_input_files("#photo", photo)
    page.click("[data-use]")

    page.wait_for_url("**/crop")
