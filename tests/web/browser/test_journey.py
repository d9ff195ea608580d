"""From signing in to the card in the hand, by somebody who has only a keyboard: at most seven pages and 25 keys.

Counted is every key that is pressed beside what is typed of the person at the counter and of the staff member; a chord
counts as its keys. A page that comes again, with an answer or a notice on it, is one page. What the pages do for it is
docs/decisions/0035, and for the scanner in the other hand 0090.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fake_spooler import FakeSpooler
from filled_in import code as form_code
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime
from pyotp import TOTP
from qr_codes import qr_codes
from verifier.layouts import events
from verifier.test_scanners import press_all

from cardservice.terms import StaffRole
from web.browser.conftest import Desk, begin, served
from web.browser.test_desk import wait_until
from web.browser.test_passkeys import add_passkey, at, with_authenticator
from web.factors import STEP, CodeApp
from web.hall import PASSWORD, TownHall, picture

MOST_PAGES, MOST_KEYS = 7, 25
PRINTERS = [{"name": "desk", "medium": "cr80", "queue": "desk"}, {"name": "slips", "medium": "a6", "queue": "slips"}]
# Whether what has the focus is seen to have it: on the screen, and with a line around it.
FOCUS = """() => {
  const one = document.activeElement;
  const { top, bottom } = one.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return one !== document.body && one.matches(":focus-visible") && outlineStyle !== "none"
    && outlineWidth !== "0px" && bottom > 0 && top < innerHeight;
}"""


@dataclass
class Clerk:
    """Somebody with one hand on a keyboard, whose keys and pages are counted, and maybe a scanner in the other."""

    page: Page
    keys: int = 0
    pages: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        """Keys that do something to what has the focus, or move it: it has to be seen where that is."""
        for key in keys:
            self.sees_the_focus(key)
            self.page.keyboard.press(key)
            if key != "Enter":
                self.sees_the_focus(key)
        self.keys += len(keys)

    def tick(self) -> None:
        """A paper that lies on the counter, ticked where the focus is: that is data."""
        self.sees_the_focus("blank")
        self.page.keyboard.press(" ")

    def scan(self, code: str) -> None:
        """With the other hand, on a French keyboard, once the page is whole, wherever the focus is: no hand's key."""
        self.page.wait_for_load_state("load")
        press_all(self.page, events(code, "FR"))

    def sees_the_focus(self, key: str) -> None:
        """At once, or as soon as the page has moved there."""
        try:
            self.page.wait_for_function(FOCUS, timeout=3_000)
        except NotInTime:
            pytest.fail(f"{key} on {self.pages[-1]}: nobody sees what has the focus")

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
def strict_desk(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, spooler: FakeSpooler, apps: list[CodeApp]
) -> Iterator[Desk]:
    """As the configuration that we ship has it: with a second factor. The supervisor has a code app."""

    def furnish(hall: TownHall) -> None:
        apps.append(CodeApp.set_up(hall, hall.browser(StaffRole.SUPERVISOR)))

    folder = tmp_path_factory.mktemp("strict")
    with served(chromium, folder, furnish, printer=PRINTERS, second_factor=True) as opened:
        yield opened


@pytest.fixture
def apps() -> list[CodeApp]:
    return []


@pytest.fixture
def desk_with_printers(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, spooler: FakeSpooler
) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("journey"), printer=PRINTERS) as opened:
        yield opened


def sign_in_by_password(clerk: Clerk) -> None:
    clerk.page.goto("/sign-in")
    clerk.arrive("Sign in to the card desk")
    expect(clerk.page.locator("#name")).to_be_focused()
    clerk.type("clara")
    clerk.press("Tab")
    clerk.type(PASSWORD)
    clerk.press("Enter")


def sign_in_by_passkey(clerk: Clerk) -> None:
    page = clerk.page
    clerk.arrive("Sign in to the card desk")
    page.locator("form[data-passkey][data-ready]").wait_for()
    clerk.chord("n")


def sign_in_by_code(clerk: Clerk, app: CodeApp) -> None:
    clerk.page.goto("/sign-in")
    clerk.arrive("Sign in to the card desk")
    expect(clerk.page.locator("#name")).to_be_focused()
    clerk.type("sofia")
    clerk.press("Tab")
    clerk.type(PASSWORD)
    clerk.press("Tab")
    # The step after the one that setting up has used, which is good already; by the desk's clock, which stands.
    clerk.type(TOTP(app.secret.replace(" ", "")).at(app.hall.clock() + STEP))
    clerk.press("Enter")


def with_passkey(desk: Desk) -> Page:
    """A clerk's browser on the day after their passkey was added, before the sign-in page."""
    page = with_authenticator(desk.open())
    page.goto(f"{at(desk)}/sign-in")
    page.fill("#name", "clara")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/your-sign-in")
    add_passkey(desk, page)
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    return page


def code_on(spooler: FakeSpooler) -> str:
    """What a scanner reads on the card that was printed first."""
    (job,) = (spooler.folder / "jobs").glob("desk-*")
    document = pypdfium2.PdfDocument(job.read_bytes())
    try:
        found = [qr_codes(page.render(scale=300 / 72).to_pil()) for page in document]
    finally:
        document.close()
    return max((one.text for side in found for one in side), key=len)


def show_papers(clerk: Clerk) -> None:
    clerk.arrive("Which papers were shown?")
    clerk.page.locator("[data-papers][data-ready]").wait_for()
    clerk.tick()  # the passport, which lies there
    clerk.press("l")
    clerk.tick()  # and the lease
    clerk.page.get_by_role("heading", name="Enough for a card").wait_for()
    clerk.press("Enter")
    clerk.arrive("Answers for the card")


def type_answers(clerk: Clerk) -> None:
    expect(clerk.page.locator("#name")).to_be_focused()
    clerk.type("Karim al-Haddad")
    clerk.press("Tab", "Tab")
    clerk.type("27")
    clerk.press("Tab")
    clerk.type("3")
    clerk.press("Tab")
    clerk.type("1985")
    clerk.press("Enter")


def take_photo(clerk: Clerk) -> None:
    page = clerk.page
    clerk.arrive("Photo for the card")
    expect(page.locator("[data-open]")).to_be_visible()
    clerk.chord("n")
    wait_until(page, "document.querySelector('video').currentTime > 0.3")
    clerk.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("The photo is taken")
    clerk.press("Enter")
    clerk.arrive("Check the answers together")
    expect(page.locator("main")).to_contain_text("How you will be recognised")
    expect(page.locator("main")).to_contain_text("Karim al-Haddad")


def print_both(clerk: Clerk) -> None:
    page = clerk.page
    clerk.chord("n")
    clerk.arrive("Print the card and hand it over")
    clerk.chord("n")
    expect(page.locator(".notice", has_text="has the card")).to_be_visible()
    clerk.chord("s")
    expect(page.locator(".notice", has_text="has the slip")).to_be_visible()


def hand_over(clerk: Clerk, spooler: FakeSpooler) -> None:
    clerk.chord("n")
    expect(clerk.page.locator("main")).to_contain_text("handed over")

    assert len(spooler.printing) == 2
    assert len(clerk.pages) <= MOST_PAGES, clerk.pages
    assert clerk.keys <= MOST_KEYS


def make_a_card(clerk: Clerk, spooler: FakeSpooler) -> None:
    """From the first page after signing in, everything by keyboard."""
    clerk.arrive("Today at the desk")
    clerk.chord("n")
    show_papers(clerk)
    type_answers(clerk)
    take_photo(clerk)
    print_both(clerk)
    hand_over(clerk, spooler)


class TestFromSigningInToTheCardInTheHand:
    """Seven pages and 25 keys at most; how many it really is, so that one more is noticed."""

    def test_with_a_password_alone(self, desk_with_printers: Desk, spooler: FakeSpooler) -> None:
        clerk = Clerk(desk_with_printers.open())
        sign_in_by_password(clerk)
        make_a_card(clerk, spooler)

        assert (len(clerk.pages), clerk.keys) == (7, 23)

    def test_with_a_passkey(self, strict_desk: Desk, spooler: FakeSpooler) -> None:
        clerk = Clerk(with_passkey(strict_desk))
        sign_in_by_passkey(clerk)
        make_a_card(clerk, spooler)

        assert (len(clerk.pages), clerk.keys) == (7, 23)

    def test_with_a_password_and_a_code(self, strict_desk: Desk, apps: list[CodeApp], spooler: FakeSpooler) -> None:
        clerk = Clerk(strict_desk.open())
        sign_in_by_code(clerk, apps[0])
        make_a_card(clerk, spooler)

        assert (len(clerk.pages), clerk.keys) == (7, 24)

    def test_with_a_passkey_and_the_scanner_in_the_other_hand(self, strict_desk: Desk, spooler: FakeSpooler) -> None:
        """The form that the resident filled in at home, and the card as it came out of the printer."""
        clerk = Clerk(with_passkey(strict_desk))
        sign_in_by_passkey(clerk)
        clerk.arrive("Today at the desk")
        clerk.scan(form_code())
        show_papers(clerk)
        expect(clerk.page.locator("section[aria-labelledby=brought-title]")).to_be_focused()
        clerk.chord("n")
        take_photo(clerk)
        print_both(clerk)
        clerk.scan(code_on(spooler))
        expect(clerk.page.locator(".read-card")).to_contain_text("The card can be read")
        hand_over(clerk, spooler)

        assert (len(clerk.pages), clerk.keys) == (7, 18)


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
