"""A page that is left open is emptied when its session must be over (ASVS 14.3.1)."""

import base64
import zlib
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from cardservice.storage.models import StaffSession
from cardservice.web.app import utc_now
from web.browser.conftest import Desk, begin
from web.hall import PASSWORD

NAME = "Karim al-Haddad"


@pytest.fixture
def page(desk: Desk) -> Page:
    """A page with a name on it, in a browser whose time passes when it is told to."""
    made = desk.open()
    made.clock.install(time=utc_now())
    desk.sign_in(made)
    begin(made)
    made.fill("#name", NAME)
    # What filling it scrolls is told with the next pictures: later, it would be a touch of nobody's.
    made.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return made


def passes(page: Page, minutes: float) -> None:
    page.clock.fast_forward(int(timedelta(minutes=minutes).total_seconds() * 1000))


def press_to_stay(page: Page) -> None:
    """Press the button where it is seen.

    Playwright's own click scrolls to it first, and scrolling is a touch: on a machine in haste the warning is gone, and
    the button with it, before the pointer is down.
    """
    button = page.get_by_role("button", name="Stay signed in")
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


class TestAPageLeftOpen:
    def test_is_left_after_ten_minutes_without_a_touch(self, page: Page) -> None:
        passes(page, 10.2)

        page.wait_for_url("**/")
        assert page.locator("#name").count() == 0

    def test_stays_while_somebody_is_at_work(self, page: Page) -> None:
        for _ in range(3):
            passes(page, 9)
            page.locator("#name").press("End")

        expect(page.locator("#name")).to_have_value(NAME)

    def test_is_emptied_also_when_the_service_cannot_be_reached(self, page: Page) -> None:
        page.context.set_offline(True)
        with page.expect_event("requestfailed"):
            passes(page, 10.2)

        expect(page.locator("#name")).to_have_count(0)

    def test_is_not_the_page_of_a_stranger(self, desk: Desk) -> None:
        page = desk.open()
        page.goto("/sign-in")

        assert page.locator("script[src*=left-open]").count() == 0


class TestTheEndOfASession:
    def test_is_announced_two_minutes_before(self, page: Page) -> None:
        passes(page, 7.9)
        expect(page.locator("[data-ending]")).to_be_hidden()

        passes(page, 0.2)

        expect(page.locator("[data-ending]")).to_be_visible()
        expect(page.locator("[data-ending-words]")).to_contain_text("signed out in 1:5")
        expect(page.locator("[aria-live=polite]")).to_contain_text("Stay signed in")

    def test_is_put_off_by_a_button_which_the_server_hears(self, page: Page) -> None:
        passes(page, 8.1)
        with page.expect_response("**/still-here") as told:
            press_to_stay(page)

        assert told.value.status == 204
        expect(page.locator("[data-ending]")).to_be_hidden()
        passes(page, 9)
        expect(page.locator("#name")).to_have_value(NAME)

    def test_is_put_off_by_any_key_and_the_focus_stays(self, page: Page) -> None:
        page.focus("#birth_day")
        passes(page, 8.1)
        with page.expect_response("**/still-here"):
            page.keyboard.press("Shift")

        expect(page.locator("[data-ending]")).to_be_hidden()
        expect(page.locator("#birth_day")).to_be_focused()

    def test_does_not_come_for_who_types_long_on_one_page(self, page: Page) -> None:
        with page.expect_response("**/still-here") as told:
            for _ in range(2):
                passes(page, 4)
                page.locator("#name").press("End")
                passes(page, 0.1)

        assert told.value.status == 204

    def test_leads_to_the_sign_in_page_where_the_session_is_over_already(self, desk: Desk, page: Page) -> None:
        passes(page, 8.1)
        _end_sessions(desk)
        press_to_stay(page)

        page.wait_for_url("**/sign-in")
        _sign_in_again(page)
        page.wait_for_url("**/details")
        expect(page.locator("#name")).to_have_value(NAME)


class TestWhatWasTyped:
    def test_is_there_again_after_signing_in_and_nothing_of_it_in_the_browser(self, desk: Desk, page: Page) -> None:
        _end_sessions(desk)
        passes(page, 10.2)
        page.wait_for_url("**/sign-in")
        assert _left_in(page) == []

        _sign_in_again(page)

        page.wait_for_url("**/details")
        expect(page.locator("#name")).to_have_value(NAME)
        expect(page.locator("main")).to_contain_text("Nothing was done with it yet")
        assert _left_in(page) == []

    def test_is_there_again_when_it_was_sent_too_late(self, desk: Desk, page: Page) -> None:
        page.fill("#birth_day", "27")
        _end_sessions(desk)
        page.click("main form .steps button")
        page.wait_for_url("**/sign-in")
        assert _left_in(page) == []

        _sign_in_again(page)

        page.wait_for_url("**/details")
        expect(page.locator("#name")).to_have_value(NAME)
        expect(page.locator("#birth_day")).to_have_value("27")

    def test_is_kept_off_the_screen_while_another_window_keeps_the_session(self, page: Page) -> None:
        address = page.url
        passes(page, 10.2)

        expect(page.locator("main")).to_contain_text("What you had typed in it is kept")
        page.goto(address)
        expect(page.locator("#name")).to_have_value(NAME)


def _end_sessions(desk: Desk) -> None:
    """As if ten minutes had passed for the service."""
    with desk.hall.sessions.begin() as session:
        session.execute(update(StaffSession).values(seen_at=desk.hall.clock() - timedelta(minutes=11)))
    desk.hall.sessions.kw["bind"].dispose()


def _sign_in_again(page: Page) -> None:
    page.fill("#name", "clara")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


def _left_in(page: Page) -> list[str]:
    """Where in the browser the name lies: its storage, its cookies, its address."""
    storage = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    places = {"storage": storage, "cookies": _readable(page), "address": page.url}
    return [place for place, held in places.items() if NAME in held or "Karim" in held]


def _readable(page: Page) -> str:
    """The cookies with what Flask's signed ones hold."""
    told = []
    for cookie in page.context.cookies():
        payload = cookie["value"].lstrip(".").split(".")[0]
        told += [cookie["value"], *_decoded(payload + "=" * (-len(payload) % 4))]
    return " ".join(told)


def _decoded(payload: str) -> list[str]:
    raw = base64.urlsafe_b64decode(payload)
    try:
        return [zlib.decompress(raw).decode()]
    except zlib.error:
        return [raw.decode(errors="replace")]
