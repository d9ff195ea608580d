"""The switch of the language in Chromium: what is typed stands there again, and the page is one to go on with."""

import pytest
from playwright.sync_api import Page, expect

from web.browser.conftest import Desk


def switch(page: Page, language: str) -> None:
    page.click(f".languages [value={language}]")
    expect(page.locator("html")).to_have_attribute("lang", language)


class TestTheSwitch:
    def test_keeps_ticked_papers_and_the_registration_goes_on(self, at_work: Page) -> None:
        page = at_work
        page.goto("/registrations/new")
        page.check("#paper-passport")
        page.check("#paper-lease")

        switch(page, "ar")
        switch(page, "fr")

        assert page.url.endswith("/registrations/new")
        expect(page.locator("#paper-passport")).to_be_checked()
        expect(page.locator("#paper-lease")).to_be_checked()
        expect(page.locator(".typed-before, .problems")).to_have_count(0)
        page.click("[name=do][value=go]")
        page.wait_for_url("**/details")

    @pytest.mark.parametrize("typed", ["", "3RDT-NO CODE"])
    def test_keeps_what_stands_in_the_field_of_a_slip(self, desk: Desk, typed: str) -> None:
        page = desk.open(width=320)
        page.goto("/lost")
        page.fill("[name=code]", typed)

        switch(page, "fr")

        expect(page.locator("[name=code]")).to_have_value(typed)
        expect(page.locator(".problems")).to_have_count(0)
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.url == f"{desk.address}/lost"

    def test_keeps_the_time_of_a_visit(self, desk: Desk) -> None:
        page = desk.open()
        page.goto("/visits")
        page.click(".visit-days a >> nth=1")
        page.check("[name=persons][value='2']")
        page.check("[name=time] >> nth=0")
        code = page.locator("[name=code]").get_attribute("value")

        switch(page, "es")

        expect(page.locator("[name=persons][value='2']")).to_be_checked()
        expect(page.locator("[name=time] >> nth=0")).to_be_checked()
        assert page.locator("[name=code]").get_attribute("value") == code
        page.click("main form button:not([type=button])")
        assert code is not None
        expect(page.locator("main")).to_contain_text(code[:4])
