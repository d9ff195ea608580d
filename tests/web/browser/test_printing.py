"""From the queue to the hand in Chromium: chosen, printed, looked at, scanned."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from qr_codes import qr_codes
from verifier.layouts import events
from verifier.test_scanners import press_all

from cardservice.web import languages
from web.browser import looks
from web.browser.conftest import Desk, begin, send
from web.browser.looks import Axe

MOST_SHOWN = 12
"""Counters on the screen (domain/waiting.py)."""


@pytest.fixture(scope="module")
def drafts(desk: Desk) -> list[str]:
    """Five issued cards of the clerk's, as draft ids."""
    page = desk.open()
    desk.sign_in(page)
    return [issue(page) for _ in range(5)]


def issue(page: Page) -> str:
    begin(page)
    page.fill("#name", "Karim al-Haddad")
    for part, typed in (("day", "27"), ("month", "3"), ("year", "1985")):
        page.fill(f"#birth_{part}", typed)
    page.click("main form button:not([type=button])")
    page.click("form[action$='/no-photo'] button")
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    return page.url.split("/")[-2]


def code_of(page: Page, draft_id: str) -> str:
    """The identity code, as the page for the telephone shows it."""
    picture = page.request.get(f"/registrations/{draft_id}/telephone/identity.png").body()
    return str(qr_codes(Image.open(BytesIO(picture)).convert("L"))[0].text)


def open_part(page: Page) -> bytes:
    """The PDF of the first part, which a browser would show in the place of the page."""
    form = page.locator("form[action$='.pdf']").first
    token = form.locator("[name=csrf_token]").get_attribute("value")
    answer = page.request.post(str(form.get_attribute("action")), form={"csrf_token": str(token)})
    return answer.body()


class TestTheQueue:
    def test_goes_from_a_choice_over_a_pdf_and_a_scan_to_the_hand(self, desk: Desk, drafts: list[str]) -> None:
        page = desk.open()
        desk.sign_in(page)
        page.goto("/print-queue")
        page.click("[data-choose=none]")
        page.locator("[name=card]").nth(0).check()
        page.select_option("#printer", "pdf.cr80")
        page.click("main form[action='/print-queue'] button:not([type])")
        page.wait_for_url("**/print-queue/*")

        assert open_part(page).startswith(b"%PDF")
        page.reload()
        page.click("[name=everything]")
        expect(page.locator("main")).not_to_contain_text("Did it come out?")

        page.goto("/print-queue")
        page.locator("main .list a[href$='/print']").first.click()
        code = code_of(page, page.url.split("/")[-2])
        page.goto("/hand-over")
        page.focus("#code")
        press_all(page, events(code, "US"))
        page.keyboard.press("Enter")
        expect(page.locator("#read-title")).to_contain_text("The card can be read")
        # A scanner that is used too early, spaces and Enter and all, hands nothing over.
        press_all(page, events("A B C", "US"))
        expect(page.locator("#read-title")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator("form[action$='/hand-over'] button.button--big")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".notice[role=status]:not([hidden])")).to_contain_text("handed over")
        expect(page.locator("#code")).to_be_focused()

    def test_needs_no_javascript(self, desk: Desk, drafts: list[str]) -> None:
        page = desk.open(java_script_enabled=False)
        desk.sign_in(page)
        page.goto("/print-queue")
        for box in page.locator("[name=card]").all()[1:]:
            box.uncheck()
        page.select_option("#printer", "pdf.a4")
        page.select_option("#position", "3")
        page.click("main form[action='/print-queue'] button:not([type])")
        page.wait_for_url("**/print-queue/*")
        open_part(page)
        page.goto(page.url)
        page.locator("input[value=badly]").first.check()
        page.click("form[action$='/came-out'] button:not([name])")
        expect(page.locator("main")).to_contain_text("Reprint")


def test_is_in_nobodys_way_from_a_job_to_a_card_that_reads(desk: Desk, drafts: list[str]) -> None:
    """The states that pages are in on the way; the pages themselves are looked at in test_every_page.py."""
    page = desk.open(width=320)
    desk.sign_in(page)
    page.goto("/print-queue")
    for box in page.locator("[name=card]").all()[1:]:
        box.uncheck()
    page.select_option("#printer", "pdf.a4")
    page.click("main form[action='/print-queue'] button:not([type])")
    page.wait_for_url("**/print-queue/*")
    problems = looks.of_one_page(page, Axe.ONCE)
    # Not one of the others: within a minute the queue is in no order, and the journey above hands over any of them.
    code = code_of(page, issue(page))
    page.goto("/hand-over")
    page.fill("#code", code)
    page.click("main form[action='/hand-over'] button")
    expect(page.locator("#read-title")).to_be_visible()
    problems += looks.of_one_page(page, Axe.ONCE)

    assert problems == []


class TestAWaitingNumber:
    def test_that_was_sent_twice_says_so_on_the_screen_and_not_on_the_paper(self, desk: Desk) -> None:
        """Whoever is given the paper has sent nothing."""
        page = desk.open()
        desk.sign_in(page)
        page.goto("/queue/desk")
        form_id = page.locator("main [name=form_id]").first.input_value()
        page.get_by_role("button", name="Give a number").click()
        number = page.locator(".queue__given").inner_text()
        page.goto("/queue/desk")
        page.locator("main [name=form_id]").first.evaluate("(field, sent) => { field.value = sent; }", form_id)
        page.get_by_role("button", name="Give a number").click()
        notice = page.get_by_text("This page was sent before. This is the number that it gave.")
        expect(notice).to_be_visible()

        page.emulate_media(media="print")

        expect(notice).to_be_hidden()
        expect(page.locator(".queue__given")).to_have_text(number)
        expect(page.locator(".queue__given")).to_be_visible()


@pytest.fixture(scope="module")
def spoken(desk: Desk) -> dict[str, str]:
    """The screen in each language, when a dozen counters have called and four numbers wait."""
    supervisor, clerk = desk.open(), desk.open()
    desk.sign_in(supervisor, "sofia")
    send(supervisor, "/blanks/cr80/received", {"number": "99"})
    desk.sign_in(clerk)
    for counter in range(1, MOST_SHOWN + 1):
        send(clerk, "/queue/desk", {"persons": "1", "code": ""})
        send(clerk, "/queue/desk/call", {"counter": str(counter), "back": ""})
    for _ in range(4):
        send(clerk, "/queue/desk", {"persons": "2", "code": ""})
    screens = {}
    for _ in languages.LANGUAGES:
        shown = desk.hall.browser().get("/queue/screen")
        screens[str(shown.page.all("html")[0].attributes["lang"])] = shown.text
        desk.hall.clock.passes(seconds=10)
    return screens


class TestTheScreenInTheHall:
    """It speaks one language after the other by the clock, so that each is asked for at its time."""

    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_shows_a_dozen_counters_without_being_scrolled(
        self, desk: Desk, spoken: dict[str, str], language: str
    ) -> None:
        screen = desk.open(width=1280)
        screen.route(
            "**/queue/screen",
            lambda asked: asked.fulfill(body=spoken[language], content_type="text/html;charset=utf-8"),
        )
        screen.set_viewport_size({"width": 1280, "height": 720})
        screen.goto("/queue/screen")

        calls = screen.locator(".queue__called li")
        expect(screen.locator("html")).to_have_attribute("lang", language)
        expect(calls).to_have_count(MOST_SHOWN)
        expect(calls.last).to_be_in_viewport(ratio=1)
        figures, second = (one.bounding_box() for one in (screen.locator(".figures"), calls.nth(1)))
        assert figures is not None
        assert second is not None
        assert figures["y"] + figures["height"] <= second["y"]
