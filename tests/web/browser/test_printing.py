"""From the queue to the hand in Chromium: chosen, printed, looked at, scanned; and on a telephone-wide screen."""

from io import BytesIO

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect
from verifier.layouts import events
from verifier.test_scanners import press_all

from web.browser.conftest import Desk, begin

AXE = Axe()


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
    page.click("main form button")
    page.click("form[action$='/no-photo'] button")
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    return page.url.split("/")[-2]


def code_of(page: Page, draft_id: str) -> str:
    """The identity code, as the page for the telephone shows it."""
    picture = page.request.get(f"/registrations/{draft_id}/telephone/identity.png").body()
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))[0].text)


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
        expect(page.locator("#read-title")).to_contain_text("The card reads")
        # A scanner that is used too early, spaces and Enter and all, hands nothing over.
        press_all(page, events("A B C", "US"))
        expect(page.locator("#read-title")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator("form[action$='/hand-over'] button.button--big")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[role=status]")).to_contain_text("handed over")
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


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "dark"), ("fr", 320, "light"), ("ar", 320, "light"), ("es", 320, "dark"), ("pt", 320, "light")],
)
def test_every_page_fits_and_can_be_read_by_everybody(
    desk: Desk, drafts: list[str], language: str, width: int, scheme: str
) -> None:
    page = desk.open(language, width=width, scheme=scheme)
    desk.sign_in(page)
    page.goto("/print-queue")
    problems = look(page, "queue")
    for box in page.locator("[name=card]").all()[1:]:
        box.uncheck()
    page.select_option("#printer", "pdf.a4")
    page.click("main form[action='/print-queue'] button:not([type])")
    page.wait_for_url("**/print-queue/*")
    problems += look(page, "job")
    open_part(page)
    page.reload()
    problems += look(page, "asked")
    # Back into the queue, for the next language.
    page.locator("input[value='not at all']").first.check()
    page.click("form[action$='/came-out'] button:not([name])")
    # Not one of the others: within a minute the queue is in no order, and the journey above hands over any of them.
    draft_id = issue(page)
    for path in (f"/registrations/{draft_id}/print", f"/registrations/{draft_id}/telephone", "/blanks", "/hand-over"):
        page.goto(path)
        problems += look(page, path.rpartition("/")[2])
    code = code_of(page, draft_id)
    page.fill("#code", code)
    page.click("main form[action='/hand-over'] button")
    expect(page.locator("#read-title")).to_be_visible()
    problems += look(page, "read")

    assert problems == []


def look(page: Page, name: str) -> list[str]:
    """What is wrong with how a page looks: by axe, and wider than its window."""
    found = AXE.run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{name}: {one['id']}" for one in found] + ([f"{name}: wider than its window"] if wide else [])
