"""Codes on film before Chromium's own camera, read by the verifier's own reader, on the desk (docs/decisions/0088)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filled_in import NAME, NAME_SECOND, code
from playwright.sync_api import Browser, Page, expect
from verifier.test_scanners import picture, write_film

from cardservice.domain import card_numbers
from cardservice.terms import StaffRole
from cardservice.web import decided
from web.browser.conftest import Desk, begin, served
from web.browser.test_camera_scan import BUTTON
from web.browser.test_scan import issued, residence_code
from web.hall import TownHall
from web.test_slip import issued as issued_card

LONGEST_NAME = "\N{ADLAM CAPITAL LETTER ALIF}" * 128
FORM = code({NAME: LONGEST_NAME, NAME_SECOND: LONGEST_NAME[::-1]})
"""The largest that a form at home makes: docs/prefill.md."""
KEPT = """Promise.all([indexedDB.databases(), caches.keys(), Object.keys(localStorage), Object.keys(sessionStorage)])
  .then((all) => all.flat())"""

Film = Callable[[str, str], Page]

pytestmark = pytest.mark.usefixtures("nothing_to_complain_about")


@pytest.fixture(scope="module")
def slip() -> dict[str, str]:
    """What the code of a slip says, by the number of its card."""
    return {}


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, slip: dict[str, str]) -> Iterator[Desk]:
    def with_a_card(hall: TownHall) -> None:
        draft_id, number = hall.issue(hall.browser(StaffRole.CLERK))
        slip[card_numbers.grouped(number)] = decided.slip(hall.settings, issued_card(hall, draft_id)).link

    with served(chromium, tmp_path_factory.mktemp("served"), with_a_card) as opened:
        opened.is_watched = True
        yield opened


@pytest.fixture
def filmed(desk: Desk, launched: Callable[..., Browser], tmp_path: Path) -> Iterator[Film]:
    """A page of the desk (the answers, or by its path) with a camera before which a code is laid and taken away."""
    browsers = []

    def film(text: str, path: str) -> Page:
        write_film(tmp_path / "code.y4m", picture(text), frames_with=8, frames_without=2)
        browser = launched("chromium", f"--use-file-for-fake-video-capture={tmp_path / 'code.y4m'}")
        browsers.append(browser)
        page = replace(desk, chromium=browser, contexts=[]).open()
        page.context.grant_permissions(["camera"])
        desk.sign_in(page)
        begin(page) if path == "the answers" else page.goto(path)
        return page

    yield film
    for browser in browsers:
        browser.close()


class TestACode:
    def test_of_a_card_that_waits_leads_from_the_start_page_to_the_hand_over(self, desk: Desk, filmed: Film) -> None:
        clerk = desk.open()
        desk.sign_in(clerk)
        page = filmed(residence_code(clerk, issued(clerk, "Karim al-Haddad")), "/")

        page.click(BUTTON)

        page.wait_for_url("**/hand-over")
        expect(page.locator(".read-card")).to_contain_text("The card can be read")

    def test_of_the_largest_form_from_home_fills_in_the_answers_and_leaves_nothing(
        self, desk: Desk, filmed: Film
    ) -> None:
        page = filmed(FORM, "the answers")
        page.locator(".more summary").first.click()
        sent: list[bytes] = []
        page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        assert not [url for url in desk.asked_for if "camera-scan" in url or "zxing" in url]

        page.click(BUTTON)

        expect(page.locator("section[aria-labelledby=brought-title]")).to_be_focused(timeout=30_000)
        assert page.input_value("#name") == LONGEST_NAME
        assert [url for url in desk.asked_for if "zxing_reader.wasm" in url]
        assert len([body for body in sent if b"CARDFORM1" in body]) == 1
        assert max(map(len, sent)) < 3 * len(FORM), (
            "the code, or the fields that are kept as they are typed: no picture"
        )
        assert page.evaluate(KEPT) == []

    def test_of_a_slip_finds_its_card(self, slip: dict[str, str], filmed: Film) -> None:
        ((number, link),) = slip.items()
        page = filmed(link, "/cards/find")

        page.click(BUTTON)

        expect(page.locator("h1")).to_contain_text(number)
