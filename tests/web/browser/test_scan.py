"""The desk's scan field under the keyboard layouts of six countries."""

import pytest
from playwright.sync_api import Page
from verifier.layouts import LAYOUTS, events
from verifier.test_scanners import press_all

from web.browser.conftest import Desk

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
