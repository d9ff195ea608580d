"""The desk in Chromium: the whole journey by mouse, by keyboard and without JavaScript, in every language and light."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from barriers import barriers
from playwright.sync_api import Page, expect

from cardservice.web import languages
from cardservice.web.app import utc_now
from web.browser.conftest import Desk, begin
from web.hall import picture


@pytest.fixture(autouse=True)
def nothing_from_elsewhere(desk: Desk) -> Iterator[None]:
    """After each test: no other host was asked for anything, and the browser had nothing to complain about."""
    desk.asked_for.clear()
    desk.complaints.clear()
    yield
    assert [url for url in desk.asked_for if not url.startswith((desk.address, "blob:"))] == []
    assert [said for said in desk.complaints if "status of 4" not in said] == []


def type_answers(page: Page) -> None:
    page.fill("#name", "Karim al-Haddad")
    page.fill("#birth_day", "27")
    page.fill("#birth_month", "3")
    page.fill("#birth_year", "1985")


def hand_over(page: Page) -> None:
    """From the check page to the card in the hand."""
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    page.click("form[action$='/hand-over'] button")
    page.wait_for_url("**/cards/*")
    expect(page.locator("main")).to_contain_text("Active")


class TestTheJourney:
    def test_goes_from_the_answers_over_the_camera_to_a_card_in_the_hand(self, desk: Desk) -> None:
        page = desk.open()
        desk.sign_in(page)
        begin(page)
        type_answers(page)
        page.click("main form button")
        page.wait_for_url("**/photo")
        page.click("[data-open]")
        wait_until(page, "document.querySelector('video').videoWidth > 0")
        page.click("[data-take]")
        expect(page.locator("[data-said]")).to_contain_text("The photo is taken")
        page.click("[data-use]")
        page.wait_for_url("**/crop")
        page.click("[data-use]")
        page.wait_for_url("**/check")
        expect(page.locator("main")).to_contain_text("On the card")
        wait_until(page, "[...document.images].every((one) => one.naturalWidth > 0)")
        hand_over(page)

    def test_needs_no_javascript(self, desk: Desk, tmp_path: Path) -> None:
        page = desk.open(java_script_enabled=False)
        desk.sign_in(page)
        begin(page)
        type_answers(page)
        page.click("main form button")
        photo = tmp_path / "photo.jpg"
        photo.write_bytes(picture().read())
        page.set_input_files("#photo", photo)
        page.click("[data-use]")
        page.wait_for_url("**/crop")
        page.click("[data-use]")
        page.wait_for_url("**/check")
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
        reach(page, "form[action$='/hand-over'] button")
        keyboard.press("Enter")
        page.wait_for_url("**/cards/*")
        expect(page.locator("main")).to_contain_text("handed over")

    def test_issues_one_card_for_a_double_click(self, at_work: Page) -> None:
        page = at_work
        register(page)
        page.dblclick("form[action$='/issue'] button")
        page.wait_for_url("**/print")
        page.go_back()
        page.wait_for_url("**/print")

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
    page.click("main form button")
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
        assert TestEveryPage._barriers(looks, "a visit") == []
        assert looks.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert code not in looks.url

    def test_is_called_on_a_screen_that_looks_again_by_itself(self, desk: Desk) -> None:
        page = desk.open()
        page.clock.install()
        page.goto("/queue/screen")

        with page.expect_navigation():
            page.clock.run_for(10_000)

        assert page.locator("h1").count() == 1


class TestProblems:
    def test_get_the_focus_and_lead_to_their_fields(self, at_work: Page) -> None:
        page = at_work
        begin(page)
        page.click("main form button")

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


# What each role sees; {draft}, {issued} and {card} are filled in.
PAGES = {
    "": ("/sign-in", "/visits", "/visits/{day}", "/queue"),
    "clara": (
        "/",
        "/nowhere",
        "/registrations/new",
        "/registrations/{draft}/details",
        "/registrations/{draft}/papers",
        "/organisations",
        "/registrations/{draft}/photo",
        "/registrations/{draft}/check",
        "/registrations/{issued}/print",
        "/cards/find",
        "/cards/{card}",
        "/cards/{card}/revoke",
        "/cards/{card}/suspend",
        "/cards/{card}/replace",
        "/queue/desk",
        "/staff",
        "/partners",
    ),
    "ada": (
        "/",
        "/staff",
        "/staff/new",
        "/staff/1/role",
        "/staff/1/disable",
        "/keys",
        "/keys/announce",
        "/publish",
        "/partners",
        "/partners/new",
        "/partners/{partner}/change",
        "/partners/{partner}/remove",
    ),
    "otto": ("/audit",),
}


@pytest.fixture(scope="module")
def places(desk: Desk, at_work: Page) -> dict[str, str]:
    """A registration in each stage, of the clerk's, and a partner."""
    page = at_work
    found = {"day": tomorrow()}
    for stage in ("draft", "issued", "card"):
        register(page)
        found[stage] = page.url.split("/")[-2]
        if stage != "draft":
            page.click("form[action$='/issue'] button")
            page.wait_for_url("**/print")
        if stage == "card":
            page.click("form[action$='/hand-over'] button")
            page.wait_for_url("**/cards/*")
            found[stage] = page.url.split("/")[-1]
    page = desk.open(java_script_enabled=False)
    desk.sign_in(page, "ada")
    found["partner"] = list_partner(page)
    return found


def tomorrow() -> str:
    """A day on which visits can be booked."""
    return (utc_now() + timedelta(days=1)).date().isoformat()


def list_partner(page: Page) -> str:
    """List an organisation that reads names, and return its number."""
    page.goto("/partners/new")
    page.fill("#name", "Centre de santé municipal Simone-Veil du quartier du port")
    page.get_by_label("Clinic").check()
    page.get_by_label("School meals").check()
    page.get_by_label("The large code on the back").check()
    page.get_by_label("A record is kept there").check()
    page.click("main form button")
    page.wait_for_url("**/partners")
    return str(page.get_by_role("link", name="Change – Centre de santé").get_attribute("href")).split("/")[2]


class TestEveryPage:
    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_has_no_barrier_and_fits_320_pixels(self, desk: Desk, places: dict[str, str], language: str) -> None:
        found, too_wide, small = [], [], []
        for name, paths in PAGES.items():
            page = desk.open(language=language, width=320)
            if name:
                desk.sign_in(page, name)
            for path in paths:
                page.goto(path.format(**places))
                found += self._barriers(page, path)
                if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                    too_wide.append(path)
                small += [(path, said) for said in page.evaluate(SMALL_TARGETS)]
            if name == "clara":
                begin(page)
                page.click("main form button")
                found += self._barriers(page, "with problems")
                page.goto("/registrations/new")
                page.check("#paper-bill")
                page.click("button[value=go]")
                found += self._barriers(page, "papers that are not enough")
            if name == "ada":
                page.goto("/partners/new")
                page.click("main form button")
                found += self._barriers(page, "a partner with problems")

        assert found == []
        assert too_wide == []
        assert small == []

    def test_has_its_menu_on_one_line_of_a_usual_screen(self, desk: Desk) -> None:
        lines = {}
        for language in languages.LANGUAGES:
            page = desk.open(language=language, width=1280)
            desk.sign_in(page)
            lines[language] = page.evaluate(
                "new Set([...document.querySelectorAll('.menu__list a')].map((one) => one.offsetTop)).size"
            )

        assert lines == dict.fromkeys(languages.LANGUAGES, 1)

    @staticmethod
    def _barriers(page: Page, path: str) -> list[tuple[str, str, str]]:
        """By day everything, by night what differs then."""
        found = barriers(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # colours that change at once
        found += barriers(page, only=["color-contrast"])
        page.emulate_media(color_scheme="light")
        return [(path, one["id"], json.dumps([node["html"] for node in one["nodes"]])[:300]) for one in found]

    def test_has_no_barrier_on_a_wide_screen(self, desk: Desk, places: dict[str, str]) -> None:
        page = desk.open(width=1600)
        desk.sign_in(page)
        found = []
        for path in PAGES["clara"]:
            page.goto(path.format(**places))
            found += self._barriers(page, path)

        assert found == []


# Targets under 24 × 24 CSS pixels that are not words in a sentence (WCAG 2.2, 2.5.8).
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter((one) => one.offsetParent && !one.closest("p, td") && one.type !== "hidden" && !one.matches(".skip"))
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([html, box]) => `${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
