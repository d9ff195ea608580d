"""The desk's camera as a scanner: what it says of what it sees, and that it lets go (docs/decisions/0088).

What Chromium's camera shows is test_camera_film.py's; here a reader that a test has made up says what it reads.
"""

import pytest
from filled_in import code
from playwright.sync_api import Page, expect
from verifier.test_scanners import detector

from web.browser import looks
from web.browser.conftest import Desk, begin
from web.browser.test_desk import wait_until
from web.browser.test_scan import CODE, issued, residence_code

SHOP = "A shop's own code"
WATCHED = """
  const media = navigator.mediaDevices;
  globalThis.streams = [];
  if (media) {
    const open = media.getUserMedia.bind(media);
    media.getUserMedia = async (wanted) => {
      if (globalThis.refusal) throw new DOMException("no", refusal);
      const stream = await open(wanted);
      streams.push(stream);
      return stream;
    };
  }
  globalThis.codes = [];
"""
TRACKS = "streams.map((stream) => stream.getVideoTracks()[0].readyState)"
BUTTON, STOP, SAID, PICTURE = "[data-begin]", "[data-stop]", "[data-reader] [data-said]", "[data-reader] video"

pytestmark = pytest.mark.usefixtures("nothing_to_complain_about")


@pytest.fixture(scope="module")
def clerk(desk: Desk) -> Page:
    """A clerk whose camera shows what a test says: `show`."""
    page = desk.open()
    page.add_init_script(WATCHED + detector("return globalThis.codes.map((rawValue) => ({ rawValue }))"))
    desk.sign_in(page)
    return page


def show(page: Page, *codes: str) -> None:
    page.evaluate("(codes) => { globalThis.codes = codes; }", list(codes))


def opened(page: Page, path: str = "/cards/find") -> Page:
    """A page whose camera looks, and sees nothing yet."""
    page.goto(path)
    page.click(BUTTON)
    says(page, "The camera is on.")
    return page


def says(page: Page, words: str) -> None:
    expect(page.locator(SAID)).to_contain_text(words)


def is_let_go(page: Page) -> bool:
    """Whether no camera is held, none is shown, and the focus is where it began."""
    # Stopped while somebody was asked, the camera is let go when the answer comes.
    wait_until(page, f"{TRACKS}.join() === 'ended'")
    assert page.evaluate(f"document.querySelector({PICTURE!r}).srcObject") is None
    expect(page.locator(PICTURE)).to_be_hidden()
    expect(page.locator(BUTTON)).to_be_focused()
    return True


class TestWhatIsRead:
    def test_without_use_is_said_so_and_the_camera_goes_on_looking(self, clerk: Page) -> None:
        page = opened(clerk)
        show(page, SHOP)
        says(page, "This code is of no use here.")
        show(page, code())
        page.wait_for_timeout(300)
        says(page, "This code is of no use here.")
        assert page.evaluate(TRACKS) == ["live"]

        show(page, CODE)

        expect(page.locator(".problems")).to_be_visible()
        assert CODE[:12] not in page.content()

    def test_beside_another_code_is_not_chosen(self, clerk: Page) -> None:
        page = opened(clerk)

        show(page, CODE, CODE[:-1])

        says(page, "Show one at a time.")
        page.wait_for_timeout(300)
        assert page.input_value("#code") == ""
        show(page, CODE, CODE, SHOP)
        expect(page.locator(".problems")).to_be_visible()

    def test_of_an_old_card_waits_for_enter(self, clerk: Page) -> None:
        page = opened(clerk, "/cards/renew")

        show(page, CODE)

        says(page, "The code was read.")
        assert page.input_value("#code") == CODE
        expect(page.get_by_role("button", name="Read the card and go on")).to_be_focused()
        assert page.evaluate(TRACKS) == ["ended"]

    def test_of_a_visit_waits_for_its_number(self, clerk: Page) -> None:
        page = opened(clerk, "/queue/desk")

        show(page, "7K2MPX4Q")

        says(page, "The code was read.")
        assert page.input_value("#code") == "7K2MPX4Q"
        expect(page.get_by_role("button", name="Give a number")).to_be_focused()

    @pytest.mark.parametrize("path", ["/hand-over", "the card's own page"])
    def test_of_a_printed_card_is_read_where_it_is_handed_over(self, clerk: Page, path: str) -> None:
        address = issued(clerk, "Ana Duarte")
        shown = residence_code(clerk, address)
        clerk.goto(path if path == "/hand-over" else address)
        if path != "/hand-over":
            clerk.get_by_text("Scan it first: that proves that it can be read").click()
        clerk.click(BUTTON)

        show(clerk, shown)

        expect(clerk.locator(".read-card")).to_be_focused()


class TestTheCamera:
    @pytest.mark.parametrize("how", ["Escape", "the button", "Escape from another field"])
    def test_is_let_go_by(self, clerk: Page, how: str) -> None:
        page = opened(clerk)
        expect(page.locator(STOP)).to_be_focused()
        if how == "the button":
            page.keyboard.press("Enter")
        elif how == "Escape":
            page.keyboard.press("Escape")
        else:
            page.focus("#code")
            page.keyboard.press("Escape")
            expect(page.locator("#code")).to_be_focused()
            page.focus(BUTTON)

        says(page, "The camera is off.")
        assert is_let_go(page)

    def test_is_let_go_after_a_minute_without_a_code_for_the_page(self, clerk: Page) -> None:
        clerk.clock.install()
        page = opened(clerk)
        page.clock.fast_forward(50_000)
        show(page, SHOP)
        says(page, "This code is of no use here.")
        assert page.evaluate(TRACKS) == ["live"]

        page.clock.fast_forward(11_000)

        says(page, "No code for this page was seen for a minute, so the camera is off. Press the button to try again.")
        expect(page.locator(SAID)).to_contain_text("Or type the number.")
        assert is_let_go(page)

    def test_is_let_go_when_the_page_is_hidden_or_folded_up_or_it_goes_away(self, clerk: Page) -> None:
        page = opened(clerk)
        page.evaluate("""() => {
          Object.defineProperty(document, "hidden", { get: () => true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
        assert is_let_go(page)
        begin(page)
        page.locator(".more summary").first.click()
        page.click(BUTTON)
        says(page, "The camera is on.")
        page.locator(".more summary").first.click()
        wait_until(page, f"{TRACKS}[0] === 'ended'")
        opened(page)
        page.evaluate("streams[0].getVideoTracks()[0].dispatchEvent(new Event('ended'))")
        says(page, "The camera cannot be used now.")
        assert is_let_go(page)

    def test_that_is_stopped_while_the_browser_asks_is_let_go_as_soon_as_it_comes(self, clerk: Page) -> None:
        page = clerk
        page.goto("/cards/find")
        page.evaluate("""() => {
          const media = navigator.mediaDevices, open = media.getUserMedia;
          media.getUserMedia = async (wanted) => {
            await new Promise((done) => { globalThis.allow = done; });
            return open(wanted);
          };
        }""")
        page.click(BUTTON)
        says(page, "The camera is starting.")
        wait_until(page, "Boolean(globalThis.allow)")
        page.keyboard.press("Escape")

        page.evaluate("allow()")

        wait_until(page, f"{TRACKS}[0] === 'ended'")
        says(page, "The camera is off.")
        assert is_let_go(page)

    @pytest.mark.parametrize(
        ("refusal", "words"),
        [
            ("NotAllowedError", "The browser does not let this page use the camera."),
            ("NotFoundError", "No camera was found."),
            ("NotReadableError", "The camera cannot be used now."),
        ],
    )
    def test_that_cannot_be_had_is_said_so_with_what_to_do(self, clerk: Page, refusal: str, words: str) -> None:
        page = clerk
        page.goto("/cards/find")
        page.evaluate("(name) => { globalThis.refusal = name; }", refusal)
        page.click(BUTTON)
        says(page, words)
        expect(page.locator(SAID)).to_contain_text("Or type the number.")
        expect(page.locator(BUTTON)).to_be_focused()
        expect(page.locator(PICTURE)).to_be_hidden()

        page.evaluate("globalThis.refusal = null")
        page.keyboard.press("Enter")

        says(page, "The camera is on.")

    def test_that_a_browser_has_not_is_not_offered(self, desk: Desk) -> None:
        page = desk.open()
        page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
        desk.sign_in(page)
        page.goto("/cards/find")

        expect(page.locator(BUTTON)).to_be_hidden()

    def test_without_its_reader_is_said_so(self, desk: Desk, clerk: Page) -> None:
        page = clerk
        page.route("**/zxing_reader.wasm", lambda route: route.abort())
        page.goto("/cards/find")
        page.click(BUTTON)
        says(page, "The page could not load what reads the codes. Load the page again. Or type the number.")
        assert is_let_go(page)
        page.unroute("**/zxing_reader.wasm")
        desk.complaints.clear()  # of the file that did not come

    @pytest.mark.parametrize("language", ["ar", "fr"])
    def test_is_in_nobodys_way_while_it_looks(self, desk: Desk, language: str) -> None:
        page = desk.open(language=language, width=320)
        page.add_init_script(detector("return []"))
        desk.sign_in(page)
        for path in ("/", "/cards/find", "/cards/renew", "/hand-over", "/queue/desk"):
            page.goto(path)
            page.click(BUTTON)
            wait_until(page, f"document.querySelector({PICTURE!r}).videoWidth > 0")

            wrong = looks.of_one_page(page, looks.Axe.ONCE if path == "/cards/find" else looks.Axe.NEVER)
            # What lies below makes room for the camera, which comes when the browser has it.
            assert [one for one in wrong if one[0] != "shifts"] == [], path
