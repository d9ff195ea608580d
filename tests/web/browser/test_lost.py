"""The page for lost cards as a telephone meets it: after scanning a slip, by typing, and without JavaScript."""

import pypdfium2
import pytest
from barriers import barriers
from playwright.sync_api import Page, expect
from qr_codes import qr_codes

from web.browser.conftest import Desk, print_card
from web.browser.test_desk import register


@pytest.fixture
def slip_code(at_work: Page) -> str:
    """The code on the slip of a card that was just handed over, as its QR code has it."""
    page = at_work
    register(page)
    page.click("form[action$='/issue'] button")
    page.wait_for_url("**/print")
    pdf = page.context.request.get(page.url.removesuffix("print") + "slip.pdf").body()
    document = pypdfium2.PdfDocument(pdf)
    link = qr_codes(document[0].render(scale=3).to_pil())[0].text
    document.close()
    print_card(page)
    page.click("form[action$='/hand-over'] button")
    page.wait_for_url("**/cards/*")
    return str(link.partition("#")[2])


def end_it(page: Page) -> None:
    page.click("main form button:not([type=button])")
    expect(page.locator("h1")).to_have_text("End this card?")
    page.click("main form button:not([type=button])")
    expect(page.locator("h1")).to_have_text("The card has ended")


class TestAScannedSlip:
    def test_fills_the_field_and_leaves_no_code_in_address_or_history(self, desk: Desk, slip_code: str) -> None:
        page = desk.open(width=320)

        page.goto(f"/lost#{slip_code}")
        expect(page.locator("[name=code]")).to_have_value("-".join(slip_code[i : i + 4] for i in range(0, 28, 4)))

        assert page.url == f"{desk.address}/lost"
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        end_it(page)

    def test_puts_nothing_else_into_the_field(self, desk: Desk) -> None:
        page = desk.open()

        page.goto("/lost#<img src=x onerror=alert(1)>")

        expect(page.locator("[name=code]")).to_have_value("")


class TestWithoutJavaScript:
    def test_the_code_is_typed_and_the_card_ends(self, desk: Desk, slip_code: str) -> None:
        page = desk.open(java_script_enabled=False)
        page.goto("/lost")
        page.fill("[name=code]", slip_code.lower())

        end_it(page)


class TestEveryStep:
    @pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
    def test_has_no_barrier_and_no_sideways_scrolling(
        self, desk: Desk, slip_code: str, width: int, scheme: str
    ) -> None:
        page = desk.open(width=width, scheme=scheme)
        found = []
        page.goto(f"/lost#{slip_code}")
        for _ in range(3):
            found += [one["id"] for one in barriers(page)]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if page.locator("main form button:not([type=button])").count():
                page.click("main form button:not([type=button])")

        assert found == []
        expect(page.locator("h1")).to_have_text("The card has ended")
