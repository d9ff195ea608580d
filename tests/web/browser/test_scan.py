"""The desk's scan fields: under the keyboard layouts of six countries, and what a form's code fills."""

import pytest
from filled_in import code
from playwright.sync_api import Page, expect
from verifier.layouts import LAYOUTS, events
from verifier.test_scanners import press_all

from web.browser.conftest import Desk, begin

CODE = "NCFOXN%TSMAHN-HVSC68W%W5/:L/VG0BH.4CG6B/*JEIAN7AP.KZ3CUIJ8EL0DJ*IBEOI16JCII+PBYUIXG494F5JFTSJL+6VC8N*OTZ8 HE7$"


@pytest.fixture(scope="module")
def renewing(desk: Desk) -> Page:
    page = desk.open()
    desk.sign_in(page)
    page.goto("/cards/renew")
    return page


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_the_scanner_sent_stands_in_the_field_and_enter_goes_on(renewing: Page, layout: str) -> None:
    renewing.fill("#code", "")
    renewing.focus("#code")

    press_all(renewing, events(CODE, layout))

    assert renewing.input_value("#code") == CODE
    assert renewing.evaluate("document.activeElement.localName") == "button"


def test_what_hands_type_is_left_as_it_is(renewing: Page) -> None:
    renewing.fill("#code", "")
    renewing.focus("#code")
    renewing.keyboard.type("typed by hand, slowly", delay=70)

    assert renewing.input_value("#code") == "typed by hand, slowly"


class TestTheCodeOfAForm:
    def test_is_scanned_above_the_form_and_fills_it(self, renewing: Page) -> None:
        page = renewing
        begin(page)
        page.locator(".more summary").first.click()
        page.focus("#form_code")
        press_all(page, events(code(), "FR"))
        expect(page.get_by_role("button", name="Fill in from the code")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.locator("section[aria-labelledby=brought-title]")).to_be_focused()
        assert page.input_value("#name_second") == "كريم الحدّاد"
        assert "Haddad" not in page.url

    def test_of_a_hundred_thousand_characters_loses_nothing_that_was_typed(self, renewing: Page) -> None:
        page = renewing
        begin(page)
        page.fill("#name", "Karima")
        page.locator(".more summary").first.click()
        page.focus("#form_code")
        page.keyboard.insert_text("CARDFORM1:" + "A" * 100_000)
        page.get_by_role("button", name="Fill in from the code").click()

        expect(page.locator(".problems")).to_contain_text("too long for the code of a form")
        assert page.input_value("#name") == "Karima"
