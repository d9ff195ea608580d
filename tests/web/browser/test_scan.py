"""The desk's scan fields: under the keyboard layouts of six countries, and what a form's code fills."""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from filled_in import code, sealed
from PIL import Image
from playwright.sync_api import Page, expect
from qr_codes import qr_codes
from verifier.layouts import LAYOUTS, events
from verifier.test_scanners import press_all

from web.browser.conftest import Desk, begin, print_card

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


class TestWhereverTheFocusIs:
    """One hand is on the keyboard, the scanner in the other: nobody moves the cursor first."""

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_form_fills_the_answers_and_leaves_the_field_that_somebody_was_in(
        self, renewing: Page, layout: str
    ) -> None:
        page = renewing
        begin(page)
        page.fill("#birth_year", "1990")
        page.fill("#name", "Karima")
        # No more than the keys that are no proof of a scanner yet.
        wrong = watched(page, "input", "document.querySelector('#name').value.length > 'Karima'.length + 15")

        press_all(page, events(code(), layout))

        expect(page.locator("section[aria-labelledby=brought-title]")).to_be_focused()
        assert page.input_value("#name") == "Karima"
        assert page.input_value("#birth_year") == "1990"
        assert page.input_value("#name_second") == "كريم الحدّاد"
        assert page.url.endswith("/details")
        assert wrong == []

    @pytest.mark.parametrize(
        "focus", ["#language", "#birth_unknown", "#answers .steps button", ".more summary", "body"]
    )
    def test_a_form_presses_and_chooses_nothing_of_what_has_the_focus(self, renewing: Page, focus: str) -> None:
        page = renewing
        begin(page)
        if focus == "body":
            page.evaluate("document.activeElement.blur()")
        else:
            page.locator(focus).first.focus()
        wrong = watched(page, "click", "true")
        # Blanks are what would press a button, and the very first that may be one comes at once.
        press_all(page, events(sealed(b"\x00" * 40, beginning="CARDFORM1:   "), "US"))

        expect(page.locator(".problems")).to_contain_text("The code was not read whole")
        assert page.input_value("#name") == ""
        assert not page.is_checked("#birth_unknown")
        assert page.locator("#language").evaluate("one => one.selectedIndex") == 0
        assert wrong == []

    def test_no_button_of_any_page_is_pressed_by_a_scan(self, renewing: Page) -> None:
        """Also where no code is for the page: with the focus on its button, a blank or Enter would issue the card."""
        page = renewing
        begin(page)
        for part, typed in (("name", "Karim"), ("birth_day", "27"), ("birth_month", "3"), ("birth_year", "1985")):
            page.fill(f"#{part}", typed)
        page.click("#answers .steps button")
        page.get_by_role("button", name="Go on without a photo").click()
        page.wait_for_url("**/check")
        # The button is there before the script that hears the scanner.
        page.wait_for_load_state()
        page.get_by_role("button", name="Issue the card").focus()

        press_all(page, events(sealed(b"\x00" * 40, beginning="CARDFORM1:   "), "US"))

        expect(page.locator("[data-not-here]")).to_be_visible()
        expect(page.locator("[data-not-here]")).to_contain_text("This code is of no use on this page.")
        assert page.url.endswith("/check")

    def test_a_form_on_the_papers_page_moves_no_tick_and_goes_along(self, renewing: Page) -> None:
        page = renewing
        page.goto("/registrations/new")
        page.locator("[data-papers][data-ready]").wait_for()
        page.check("#paper-passport")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.post_data or ""))

        press_all(page, events(code(), "FR"))
        expect(page.locator("[data-kept]")).to_be_visible()
        expect(page.locator("#paper-passport")).to_be_focused()
        assert page.evaluate("[...document.querySelectorAll('[type=checkbox]:checked')].map((one) => one.id)") == [
            "paper-passport"
        ]
        page.check("#paper-lease")
        page.get_by_role("heading", name="Enough for a card").wait_for()
        assert [body for body in asked if "CARDFORM" in body] == [], "to count papers nobody needs it"
        page.keyboard.press("Enter")
        page.wait_for_url("**/details")

        assert page.input_value("#name") == "Karim al-Haddad"

    def test_a_form_on_the_start_page_leads_to_the_papers(self, renewing: Page) -> None:
        page = renewing
        page.goto("/")
        page.focus("#code")

        press_all(page, events(code(), "DE"))

        page.wait_for_url("**/registrations/new")
        expect(page.locator("[data-kept]")).to_be_visible()

    def test_a_card_is_taken_away_from_a_page_that_has_no_use_for_it(self, renewing: Page) -> None:
        page = renewing
        begin(page)
        page.fill("#name", "Karima")

        press_all(page, events(CODE, "FR"))

        expect(page.locator("[data-not-here]")).to_be_visible()
        expect(page.locator("#name")).to_be_focused()
        assert page.input_value("#name") == "Karima"
        assert CODE[:12] not in page.content()

    def test_a_card_is_looked_for_from_the_start_page(self, renewing: Page) -> None:
        page = renewing
        page.goto("/")
        press_all(page, events(CODE, "FR"))

        page.wait_for_url("**/cards/find")
        expect(page.locator(".problems")).to_be_visible()
        assert CODE[:12] not in page.content()

    @pytest.mark.parametrize(
        ("typed", "every"),
        [("Nguyen Thi Anh Ngoc Cardform", 0), ("CARDFORM1:CARDFORM1:CARDFORM1:", 60), ("ncfncfncfncfncfncf", 60)],
        ids=["another beginning, as quickly as a scanner", "a form's, by hand", "a card's, by hand"],
    )
    def test_what_hands_type_is_left_where_it_was_typed(self, renewing: Page, typed: str, every: int) -> None:
        page = renewing
        begin(page)
        page.focus("#name")

        page.keyboard.type(typed, delay=every)
        page.wait_for_timeout(500)

        assert page.input_value("#name") == typed
        assert not page.locator("[data-not-here]").is_visible()

    def test_what_an_input_method_composes_is_undone_with_the_rest(self, renewing: Page) -> None:
        page = renewing
        begin(page)
        page.fill("#name", "عمر")
        page.focus("#name")
        keys = page.context.new_cdp_session(page)
        keys.send("Input.imeSetComposition", {"text": "ニャー", "selectionStart": 3, "selectionEnd": 3})

        press_all(page, events(code(), "US"))

        expect(page.locator("section[aria-labelledby=brought-title]")).to_be_focused()
        assert page.input_value("#name").startswith("عمر")
        assert "CARDFORM" not in page.input_value("#name")

    def test_is_the_field_itself_without_scripts(self, desk: Desk) -> None:
        page = desk.open(java_script_enabled=False)
        desk.sign_in(page)
        begin(page)
        page.locator(".more summary").first.click()
        page.focus("#form_code")
        page.keyboard.insert_text(code())
        page.get_by_role("button", name="Fill in from the code").click()

        assert page.input_value("#name") == "Karim al-Haddad"


class TestAtTheHandOver:
    """The page of one registration, the printed card in one hand."""

    def test_another_card_is_said_to_be_another_one(self, renewing: Page) -> None:
        page = renewing
        mine, other = issued(page, "Karim al-Haddad"), issued(page, "Ana Duarte")
        page.goto(mine)
        print_card(page)
        page.get_by_role("button", name="The card is handed over").focus()

        press_all(page, events(residence_code(page, other), "FR"))

        expect(page.locator(".problems")).to_contain_text("This is another card, not the one of this registration")
        assert page.url.endswith(mine)
        page.get_by_role("button", name="The card is handed over").focus()
        press_all(page, events(residence_code(page, mine), "FR"))
        expect(page.locator(".read-card")).to_be_focused()
        expect(page.locator(".read-card")).to_contain_text("The card can be read")
        assert page.url.endswith(mine)

    def test_a_card_that_waits_for_its_holder_is_picked_up_from_the_start_page(self, renewing: Page) -> None:
        page = renewing
        code = residence_code(page, issued(page, "Karim al-Haddad"))
        page.goto("/")

        press_all(page, events(code, "FR"))

        page.wait_for_url("**/hand-over")
        expect(page.locator(".read-card")).to_contain_text("The card can be read")

    def test_the_next_card_is_read_wherever_the_focus_is(self, renewing: Page) -> None:
        page = renewing
        codes = [residence_code(page, issued(page, name)) for name in ("Karim al-Haddad", "Ana Duarte")]
        page.goto("/hand-over")
        shown = []
        for one in codes:
            press_all(page, events(one, "FR"))
            expect(page.locator(".read-card")).to_be_focused()
            shown.append(page.locator("#read-title").inner_text())
            page.get_by_role("button", name="The card is handed over").focus()

        assert shown[0] != shown[1]


def issued(page: Page, name: str) -> str:
    """Register somebody without a photo and issue the card; the address of its page."""
    begin(page)
    page.fill("#name", name)
    for part, typed in (("day", "27"), ("month", "3"), ("year", "1985")):
        page.fill(f"#birth_{part}", typed)
    page.click("#answers .steps button")
    page.wait_for_url("**/photo")
    page.click("form[action$='/no-photo'] button")
    page.wait_for_url("**/check")
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    return urlsplit(page.url).path


def residence_code(page: Page, address: str) -> str:
    """The code on the front of the card, as the page for the telephone shows it."""
    picture = page.request.get(address.replace("/print", "/telephone/residence.png"))
    assert picture.ok, picture.status
    (found,) = qr_codes(Image.open(BytesIO(picture.body())))
    return str(found.text)


def watched(page: Page, event: str, wrong: str) -> list[str]:
    """Whatever the page does until it goes: how often an event came while something is wrong."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.evaluate(f"document.addEventListener({event!r}, () => {{ if ({wrong}) throw new Error({event!r}); }}, true)")
    return found
