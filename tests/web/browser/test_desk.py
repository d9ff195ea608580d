"""The desk in Chromium: the whole journey by mouse and by keyboard (without scripts: test_scripts_off.py)."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from barriers import barriers
from playwright.sync_api import Page, Route, expect

from cardservice.web.app import utc_now
from web.browser.conftest import Desk, begin, print_card


@pytest.fixture(autouse=True)
def nothing_from_elsewhere(desk: Desk) -> Iterator[None]:
    """After each test: no other host was asked for anything, and the browser had nothing to complain about."""
    desk.asked_for.clear()
    desk.complaints.clear()
    yield
    assert [url for url in desk.asked_for if not url.startswith((desk.address, "blob:"))] == []
    assert [said for said in desk.complaints if "status of 4" not in said] == []


PRINT = re.compile("/print$")


def type_answers(page: Page) -> None:
    page.fill("#name", "Karim al-Haddad")
    page.fill("#birth_day", "27")
    page.fill("#birth_month", "3")
    page.fill("#birth_year", "1985")


def hand_over(page: Page) -> None:
    """From the check page to the card in the hand."""
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    print_card(page)
    page.click("form[action$='/hand-over'] button")
    page.wait_for_url("**/cards/*")
    expect(page.locator("main")).to_contain_text("Active")


class TestTheJourney:
    def test_goes_from_the_answers_over_the_camera_to_a_card_in_the_hand(self, desk: Desk) -> None:
        page = desk.open()
        desk.sign_in(page)
        begin(page)
        type_answers(page)
        page.click("main form button:not([type=button])")
        page.wait_for_url("**/photo")
        page.click("[data-open]")
        wait_until(page, "document.querySelector('video').videoWidth > 0")
        page.click("[data-take]")
        expect(page.locator("[data-said]")).to_contain_text("The photo is taken")
        page.click("[data-use]")
        page.wait_for_url("**/check")
        expect(page.locator("main")).to_contain_text("On the card")
        wait_until(page, "[...document.images].every((one) => one.naturalWidth > 0)")
        hand_over(page)

    def test_needs_no_mouse(self, desk: Desk) -> None:
        page = desk.open()
        page.goto("/sign-in")
        keyboard = page.keyboard
        reach(page, "#name")
        keyboard.type("clara")
        keyboard.press("Tab")
        keyboard.type("seven lamps under water")
        keyboard.press("Enter")
        page.wait_for_url("**/")
        reach(page, "main a.button--big")
        keyboard.press("Enter")
        page.wait_for_url("**/new")
        for paper in ("#paper-passport", "#paper-lease"):
            reach(page, paper)
            keyboard.press("Space")
        keyboard.press("Enter")
        page.wait_for_url("**/details")
        reach(page, "#name")
        keyboard.type("Ana")
        reach(page, "#birth_day")
        for part in ("29", "2", "1984"):
            keyboard.type(part)
            keyboard.press("Tab")
        keyboard.press("Shift+Tab")
        keyboard.press("Enter")
        page.wait_for_url("**/photo")
        reach(page, "form[action$='/no-photo'] button")
        keyboard.press("Enter")
        page.wait_for_url("**/check")
        reach(page, "form[action$='/issue'] button")
        keyboard.press("Enter")
        page.wait_for_url("**/print")
        reach(page, "#unprinted")
        keyboard.press("Enter")
        reach(page, "form[action$='/hand-over'] button")
        keyboard.press("Enter")
        page.wait_for_url("**/cards/*")
        expect(page.locator("main")).to_contain_text("handed over")

    def test_finds_and_suspends_a_card_without_a_mouse(self, desk: Desk) -> None:
        page = desk.open()
        desk.sign_in(page)
        register(page)
        hand_over(page)
        number = page.url.split("/")[-1]
        page.goto("/")
        reach(page, "main #code")
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        page.wait_for_url("**/cards/*")
        reach(page, "main a[href$='/suspend']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/suspend")
        reach(page, "main form button:not([type=button])")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cards/{number}")

        expect(page.locator("main")).to_contain_text("Suspended")

    def test_issues_one_card_for_a_double_click(self, at_work: Page) -> None:
        page = at_work
        register(page)
        page.dblclick("form[action$='/issue'] button")
        # The second click breaks off what the first one began to show.
        expect(page).to_have_url(PRINT)
        page.wait_for_load_state()
        page.go_back()
        expect(page).to_have_url(PRINT)

        expect(page.locator("main")).to_contain_text("No second one was made")

    def test_stores_nothing_in_the_browser(self, at_work: Page) -> None:
        page = at_work
        register(page)

        stored = page.evaluate(
            "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
        )

        assert stored == [0, 0, 0]


def wait_until(page: Page, condition: str) -> None:
    """Playwright's own way needs `eval`, which the desk's pages do not allow."""
    end = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def register(page: Page) -> None:
    """Show papers, type the answers and decline the photo."""
    begin(page)
    type_answers(page)
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/photo")
    page.click("form[action$='/no-photo'] button")
    page.wait_for_url("**/check")


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see that it is shown."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by keyboard")


class TestACaretaker:
    def test_is_asked_for_as_soon_as_the_year_is_a_childs(self, desk: Desk, at_work: Page) -> None:
        begin(at_work)
        question, year = at_work.locator("#caretaker_here"), desk.hall.clock.now.year
        expect(question).to_be_hidden()

        at_work.fill("#birth_year", str(year - 40))
        expect(question).to_be_hidden()
        at_work.fill("#birth_year", str(year - 7))
        expect(question).to_be_visible()
        assert barriers(at_work) == []

        at_work.check("#caretaker_here")
        at_work.fill("#birth_year", str(year - 40))
        expect(question).to_be_visible()  # what is ticked is not hidden


class TestASecondScript:
    def test_is_typed_in_its_own_direction(self, at_work: Page) -> None:
        begin(at_work)
        at_work.get_by_text("The name in a second script").click()
        typed = {}
        for name in ("Karim", "كريم"):
            at_work.fill("#name_second", name)
            typed[name] = at_work.evaluate(
                "document.querySelector('#name_second').matches(':dir(rtl)') ? 'rtl' : 'ltr'"
            )

        assert typed == {"Karim": "ltr", "كريم": "rtl"}


class TestAVisit:
    def test_is_booked_on_a_telephone_without_javascript_and_without_a_barrier(self, desk: Desk) -> None:
        page = desk.open(width=320, java_script_enabled=False)
        page.goto(f"/visits/{tomorrow()}")
        page.get_by_label("09:00").check()
        page.get_by_label("3 persons").check()
        page.get_by_role("button", name="Book this time").click()

        expect(page.locator("h1")).to_have_text("Your visit is booked")
        assert page.locator(".visit__picture svg").bounding_box()["width"] > 150  # type: ignore[index]
        code = page.locator(".visit__code").inner_text()
        looks = desk.open(language="ar", width=320)
        looks.goto("/visits")
        looks.fill("#code", code)
        looks.press("#code", "Enter")
        expect(looks.locator(".visit__code")).to_have_text(code)
        assert barriers(looks) == []
        assert looks.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert code not in looks.url

    def test_is_called_on_a_screen_that_looks_again_by_itself(self, desk: Desk) -> None:
        page = desk.open()
        page.clock.install()
        page.goto("/queue/screen")

        with page.expect_navigation():
            page.clock.run_for(10_000)

        assert page.locator("h1").count() == 1

    @pytest.mark.parametrize("trouble", ["refused", "away"])
    def test_stays_on_the_screen_while_there_is_no_good_answer(self, desk: Desk, trouble: str) -> None:
        """A proxy that says 429 to everybody in the hall answers for pictures all the same."""
        page, asked = desk.open(), list[str]()

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            if trouble == "away":
                route.abort()
            else:
                route.fulfill(status=429, body="<h1>429 Too Many Requests</h1>", content_type="text/html")

        page.clock.install()
        page.goto("/queue/screen")
        called = page.locator("h1").inner_text()
        page.route("**/queue/screen", answer)
        for _ in range(2):
            with page.expect_event("requestfailed" if trouble == "away" else "requestfinished"):
                page.clock.run_for(10_000)
        assert len(asked) == 2
        assert page.locator("h1").inner_text() == called

        page.unroute("**/queue/screen")
        with page.expect_navigation():
            page.clock.run_for(10_000)
        desk.complaints[:] = [said for said in desk.complaints if "ERR_FAILED" not in said]


class TestProblems:
    def test_get_the_focus_and_lead_to_their_fields(self, at_work: Page) -> None:
        page = at_work
        begin(page)
        page.click("main form button:not([type=button])")

        expect(page).to_have_title("Error: Answers for the card – Vila Aberta")
        expect(page.locator(".problems")).to_be_focused()
        page.click(".problems a >> nth=0")

        assert page.evaluate("document.activeElement.id || location.hash") == "name"

    def test_of_a_file_that_is_too_large_are_told_before_it_is_sent(
        self, desk: Desk, at_work: Page, tmp_path: Path
    ) -> None:
        page = at_work
        register(page)
        page.goto(page.url.replace("/check", "/photo"))
        large = tmp_path / "large.jpg"
        large.write_bytes(bytes(100_000_000))
        page.set_input_files("#photo", large)
        sent = len(desk.asked_for)
        page.click("[data-use]")

        expect(page.locator(".field__problem")).to_contain_text("too large")
        assert len(desk.asked_for) == sent

    def test_of_a_file_that_is_too_large_are_told_without_javascript(self, desk: Desk, tmp_path: Path) -> None:
        page = desk.open(java_script_enabled=False)
        desk.sign_in(page)
        register(page)
        page.goto(page.url.replace("/check", "/photo"))
        large = tmp_path / "large.jpg"
        large.write_bytes(bytes(100_000_000))
        page.set_input_files("#photo", large)
        page.click("[data-use]")

        expect(page.locator("h1")).to_have_text("This file is too large")


def tomorrow() -> str:
    """A day on which visits can be booked."""
    return (utc_now() + timedelta(days=1)).date().isoformat()
