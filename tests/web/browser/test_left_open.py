"""A page that is left open is emptied when its session must be over (ASVS 14.3.1)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cardservice.web.app import utc_now
from web.browser.conftest import Desk

NAME = "Karim al-Haddad"


@pytest.fixture
def page(desk: Desk) -> Page:
    """A page with a name on it, in a browser whose time passes when it is told to."""
    made = desk.open()
    made.clock.install(time=utc_now())
    desk.sign_in(made)
    made.goto("/registrations/new")
    made.fill("#name", NAME)
    return made


def passes(page: Page, minutes: float) -> None:
    page.clock.fast_forward(int(timedelta(minutes=minutes).total_seconds() * 1000))


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

        assert page.locator("script").count() == 0
