"""What is being typed outlives the browser, the tab and the connection, and is nowhere in the browser."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium_arguments import CHROMIUM_ARGUMENTS
from playwright.sync_api import Browser, Dialog, Error, Page, expect
from sqlalchemy import delete, func, select

from cardservice.domain.calendar import day_of
from cardservice.storage.models import ParkedForm
from cardservice.web.app import utc_now
from web.browser.conftest import Desk, begin, served
from web.browser.test_left_open import passes
from web.hall import PASSWORD, TownHall

NAME = "Karim al-Haddad"
HERE_AGAIN = "What you had typed is here again. Nothing was done with it yet."
LOST = "No connection. What you typed stays on this page; it is kept as soon as the connection is back."
BACK = "The connection is back. What you typed is kept."
SAID = "[data-half-typed]"


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose day keys outlive its process, as they do where they are in a folder in memory."""

    def make_the_key(hall: TownHall) -> None:
        hall.day_keys.seal("0" * 32, day_of(utc_now()), b"")

    with served(chromium, tmp_path_factory.mktemp("served"), make_the_key) as opened:
        yield opened


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """The page of the answers, with nothing typed yet. Only so many of one person may wait, so none does before."""
    with desk.hall.sessions.begin() as session:
        session.execute(delete(ParkedForm))
    made = desk.open()
    desk.sign_in(made)
    begin(made)
    yield made
    made.context.close()


def draft_of(page: Page) -> str:
    return page.url.split("/")[-2]


def kept(desk: Desk, draft: str) -> int:
    """How many forms wait of one registration: pages of others may try to have theirs kept at any moment."""
    with desk.hall.sessions.begin() as session:
        return session.scalar(select(func.count()).where(ParkedForm.draft_id == draft)) or 0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def types(page: Page, text: str = NAME) -> None:
    """Type a name, and pause until the page has had it kept."""
    with page.expect_response(lambda answer: answer.url.endswith("/half-typed") and answer.status == 204):
        page.locator("#name").press_sequentially(text)


def comes_back(desk: Desk, path: str) -> None:
    """The same person, in a browser that knows nothing, finds it."""
    again = desk.open()
    desk.sign_in(again)
    again.goto(path)
    expect(again.locator("#name")).to_have_value(NAME)
    expect(again.locator("main")).to_contain_text(HERE_AGAIN)


class TestWhatWasTyped:
    def test_outlives_a_browser_that_was_killed_and_is_not_on_its_disk(self, desk: Desk, tmp_path: Path) -> None:
        installed = shutil.which("chromium") or pytest.skip("Chromium is not installed (Debian: chromium)")
        context = desk.chromium.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=installed, args=list(CHROMIUM_ARGUMENTS), base_url=desk.address
        )
        page = context.new_page()
        desk.sign_in(page)
        begin(page)
        types(page)
        path = page.url

        with pytest.raises(Error):
            context.browser.new_browser_cdp_session().send("Browser.crash")  # type: ignore[union-attr]

        files = [file for file in (tmp_path / "profile").rglob("*") if file.is_file()]
        assert len(files) > 10
        for file in files:
            written = file.read_bytes()
            assert NAME.encode() not in written, file
            assert NAME.encode("utf-16-le") not in written, file
        comes_back(desk, path)

    def test_outlives_a_tab_that_crashed(self, page: Page) -> None:
        types(page)
        path = page.url
        with page.expect_event("crash"), pytest.raises(Error):
            page.goto("chrome://crash")

        again = page.context.new_page()
        again.goto(path)

        expect(again.locator("#name")).to_have_value(NAME)

    def test_outlives_a_reload(self, page: Page) -> None:
        types(page)

        page.reload()

        expect(page.locator("#name")).to_have_value(NAME)
        expect(page.get_by_role("status").filter(has_text=HERE_AGAIN)).to_be_visible()

    def test_is_kept_at_once_when_the_page_is_left(self, desk: Desk, page: Page) -> None:
        draft, path = draft_of(page), page.url
        page.fill("#name", NAME)

        page.goto("/")

        until(lambda: kept(desk, draft) == 1)
        page.goto(path)
        expect(page.locator("#name")).to_have_value(NAME)

    def test_is_found_from_the_first_page(self, page: Page) -> None:
        types(page)
        draft = draft_of(page)

        page.goto("/")
        page.click(f"a[href*='{draft}']")

        expect(page.locator("#name")).to_have_value(NAME)

    def test_is_dropped_by_the_button(self, page: Page) -> None:
        types(page)
        page.reload()

        page.get_by_role("button", name="Drop what I had typed").click()

        expect(page.locator("#name")).to_have_value("")
        expect(page.locator("main")).not_to_contain_text(HERE_AGAIN)

    def test_is_gone_when_it_was_sent(self, desk: Desk, page: Page) -> None:
        types(page)
        draft = draft_of(page)
        assert kept(desk, draft) == 1
        for field, text in (("birth_day", "27"), ("birth_month", "3"), ("birth_year", "1985")):
            page.fill(f"#{field}", text)

        page.click("#answers .steps button")

        page.wait_for_url("**/photo")
        assert kept(desk, draft) == 0

    def test_goes_along_into_another_language(self, page: Page) -> None:
        page.fill("#name", NAME)

        page.get_by_role("button", name="français").click()

        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.locator("#name")).to_have_value(NAME)

    def test_that_is_too_long_is_said_not_to_be_kept_until_it_is(self, page: Page) -> None:
        page.fill("#name", "x" * 70_000)
        expect(page.locator(SAID)).to_contain_text("What you type on this page cannot be kept.")

        page.fill("#name", NAME)

        expect(page.locator(SAID)).to_have_text("")

    def test_is_kept_of_a_page_that_says_what_is_wrong(self, page: Page) -> None:
        page.fill("#name", NAME)
        with page.expect_navigation():
            page.click("#answers .steps button")
        expect(page.locator(".problems")).to_be_visible()
        page.wait_for_event("response", lambda answer: answer.url.endswith("/half-typed") and answer.status == 204)

        page.goto(page.url)

        expect(page.locator("#name")).to_have_value(NAME)


class TestALostConnection:
    @pytest.fixture(autouse=True)
    def stopped(self, desk: Desk, page: Page) -> Iterator[None]:
        """The server stands still while somebody types; a test may start it again."""
        desk.stop()
        page.locator("#name").press_sequentially(NAME)
        yield
        if desk.service is not None and not desk.service.is_alive():
            desk.start()

    def test_is_said_and_what_was_typed_stays(self, page: Page) -> None:
        expect(page.locator(SAID)).to_have_text(LOST)

        page.click("#answers .steps button")

        expect(page.locator(SAID)).to_have_text(LOST)
        expect(page.locator("#name")).to_have_value(NAME)
        assert page.locator(SAID).get_attribute("role") == "status"

    def test_asks_before_the_page_is_left(self, page: Page) -> None:
        expect(page.locator(SAID)).to_have_text(LOST)
        asked: list[str] = []

        def stays(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stays)
        page.locator("nav a").first.click(no_wait_after=True)

        expect(page.locator("#name")).to_have_value(NAME)
        assert asked == ["beforeunload"]

    def test_is_noticed_by_the_button_before_anything_else_was(self, page: Page) -> None:
        page.click("#answers .steps button")

        expect(page.locator(SAID)).to_have_text(LOST)
        expect(page.locator("#name")).to_have_value(NAME)

    def test_is_tried_again_until_it_is_kept(self, desk: Desk, page: Page) -> None:
        assert kept(desk, draft_of(page)) == 0
        expect(page.locator(SAID)).to_have_text(LOST)

        desk.start()

        expect(page.locator(SAID)).to_have_text(BACK, timeout=40_000)
        assert kept(desk, draft_of(page)) == 1
        comes_back(desk, page.url)

    def test_does_not_keep_anybody_from_going_on_afterwards(self, desk: Desk, page: Page) -> None:
        expect(page.locator(SAID)).to_have_text(LOST)
        desk.start()
        for field, text in (("birth_day", "27"), ("birth_month", "3"), ("birth_year", "1985")):
            page.fill(f"#{field}", text)

        page.click("#answers .steps button")

        page.wait_for_url("**/photo")

    def test_ends_the_session_where_the_day_keys_are_gone_too_and_what_was_typed_stays(
        self, desk: Desk, page: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A machine that was started anew knows no cookie: the page stays, and says so."""
        expect(page.locator(SAID)).to_have_text(LOST)
        monkeypatch.setitem(desk.hall.app.config, "SECRET_KEY", b"of another start")

        desk.start()

        expect(page.locator(SAID)).to_contain_text("The service was started again", timeout=40_000)
        expect(page.locator("#name")).to_have_value(NAME)
        page.click("#answers .steps button")
        expect(page.locator(SAID)).to_contain_text("The service was started again")
        expect(page.locator("#name")).to_have_value(NAME)
        # Nothing is asked before it is left: where it is said, it is said.
        page.locator("nav a").first.click()
        page.wait_for_url("**/sign-in")
        desk.stop()
        monkeypatch.undo()


class TestTheNetworkOfTheHouse:
    def test_is_tried_as_soon_as_the_browser_says_that_it_is_back(self, page: Page) -> None:
        page.context.set_offline(True)
        page.fill("#name", NAME)
        expect(page.locator(SAID)).to_have_text(LOST)

        page.context.set_offline(False)

        expect(page.locator(SAID)).to_have_text(BACK)


class TestTheBrowser:
    def test_keeps_nothing_that_was_typed(self, page: Page) -> None:
        types(page)

        stored = page.evaluate(
            """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
                            (await caches.keys()).length]"""
        )
        state = json.dumps(page.context.storage_state(indexed_db=True), ensure_ascii=False)

        assert stored == [0, 0, 0, 0]
        assert NAME not in state
        assert "Karim" not in page.url


class TestASession:
    def test_is_not_made_longer_by_what_is_kept(self, desk: Desk) -> None:
        page = desk.open()
        page.clock.install(time=utc_now())
        desk.sign_in(page)
        begin(page)
        page.fill("#name", NAME)
        path = page.url
        with page.expect_response(lambda answer: answer.url.endswith("/half-typed")):
            passes(page, 0.1)

        passes(page, 10.2)

        page.wait_for_url("**/")
        page.goto(path)
        expect(page.locator("#name")).to_have_value(NAME)

    def test_that_somebody_began_anew_in_another_window_loses_nothing_on_the_page(self, page: Page) -> None:
        types(page)
        other = page.context.new_page()
        page.context.clear_cookies(name="desk")
        other.goto("/sign-in")
        other.fill("#name", "clara")
        other.fill("#password", PASSWORD)
        other.press("#password", "Enter")
        other.wait_for_url("**/")

        page.locator("#name").press_sequentially(" II")
        expect(page.locator(SAID)).to_contain_text("This page can no longer be sent.")
        page.click("#answers .steps button")

        expect(page.locator(SAID)).to_contain_text("type it again on a new page")
        expect(page.locator("#name")).to_have_value(f"{NAME} II")

    def test_that_is_over_leads_to_the_door_and_back_to_what_was_kept(self, page: Page) -> None:
        """Signed out in another window: what was typed before that is there again."""
        types(page)
        path = page.url
        page.context.clear_cookies(name="desk")

        page.locator("#name").press_sequentially(" II")

        page.wait_for_url("**/sign-in")
        page.fill("#name", "clara")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/")
        page.goto(path)
        expect(page.locator("#name")).to_have_value(NAME)
