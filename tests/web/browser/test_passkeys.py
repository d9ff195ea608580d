"""Passkeys in Chromium with its virtual authenticator: added, signed in with, confirmed with, and where they fail."""

import re
from datetime import timedelta

import pytest
from barriers import barriers
from playwright.sync_api import Page, expect
from sqlalchemy import update

from cardservice.domain import second_factors
from cardservice.domain.actor import CONSOLE
from cardservice.storage.models import StaffSession
from cardservice.web.app import utc_now
from web.browser.conftest import Desk
from web.hall import PASSWORD

NARROW = 320


# The virtual device answers what waits for a choice among what may be typed as a name at once, and nobody has chosen.
UNOFFERED = "if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false"


def with_authenticator(page: Page, *, verifies: bool = True, offered: bool = False) -> Page:
    """Put a passkey device into the page's machine; its owner always touches it, and chooses it where it is offered."""
    if not offered:
        page.add_init_script(UNOFFERED)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def sign_in(desk: Desk, page: Page, name: str = "clara") -> None:
    page.goto(f"{at(desk)}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{at(desk)}/")


def at(desk: Desk) -> str:
    """The desk by its name: a passkey is bound to a name, and an address of numbers is none."""
    return f"http://localhost:{desk.port}"


def add_passkey(desk: Desk, page: Page, label: str = "this computer") -> None:
    page.goto(f"{at(desk)}/your-sign-in")
    page.get_by_role("link", name="Add a passkey").click()
    # Until its script has run, the form would go without a passkey.
    page.wait_for_load_state()
    page.fill("#label", label)
    page.press("#label", "Enter")
    page.wait_for_url("**/your-sign-in")
    expect(page.locator("main")).to_contain_text(label)


def forget_confirmations(desk: Desk) -> None:
    """As if an hour had passed since everybody last showed a factor."""
    with desk.hall.sessions.begin() as session:
        session.execute(update(StaffSession).values(confirmed_at=utc_now() - timedelta(hours=1)))


@pytest.fixture
def no_factors_before(desk: Desk) -> None:
    """The test begins with staff who have a password only. Whoever had a factor is signed out with it."""
    remove_factors(desk)


def remove_factors(desk: Desk) -> None:
    with desk.hall.sessions.begin() as session:
        for staff_id in (1, 3):
            second_factors.remove_all(session, staff_id, actor=CONSOLE, now=utc_now())


@pytest.mark.usefixtures("no_factors_before")
class TestAPasskey:
    def test_is_added_and_signs_in_without_a_name(self, desk: Desk) -> None:
        page = with_authenticator(desk.open())
        sign_in(desk, page)
        add_passkey(desk, page)
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in")

        page.click("text=Sign in with a passkey")

        page.wait_for_url(f"{at(desk)}/")
        expect(page.locator(".person")).to_contain_text("clara")
        assert [said for said in desk.complaints if "status of 4" not in said] == []

    def test_is_offered_where_the_name_is_typed(self, desk: Desk) -> None:
        page = with_authenticator(desk.open(), offered=True)
        sign_in(desk, page)
        add_passkey(desk, page)
        page.click("text=Sign out")

        # The device chose it as the page came: in a browser with eyes it stands in the list under the name.
        page.wait_for_url(f"{at(desk)}/")
        expect(page.locator(".person")).to_contain_text("clara")

    def test_is_asked_for_anew_where_the_page_was_left_open(self, desk: Desk) -> None:
        page = with_authenticator(desk.open())
        sign_in(desk, page)
        add_passkey(desk, page)
        page.click("text=Sign out")
        page.locator("form[data-passkey][data-ready]").wait_for()
        page.evaluate("(old) => { Date.now = () => old }", (utc_now() + timedelta(minutes=6)).timestamp() * 1000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url.removeprefix(at(desk))}"))

        page.click("text=Sign in with a passkey")

        page.wait_for_url(f"{at(desk)}/")
        assert [one for one in asked if "/sign-in" in one] == ["GET /sign-in/passkey", "POST /sign-in/passkey"]

    def test_that_is_not_there_leaves_name_and_password(self, desk: Desk) -> None:
        page = with_authenticator(desk.open())
        page.goto(f"{at(desk)}/sign-in")
        page.fill("#name", "clara")
        page.locator("form[data-passkey][data-ready]").wait_for()
        page.click("text=Sign in with a passkey")

        expect(page.locator("[data-stopped]")).to_be_visible()
        expect(page.locator("form[data-passkey] button")).to_be_focused()
        assert page.input_value("#name") == "clara"

    def test_confirms_a_step_that_is_then_done_as_it_was_typed(self, desk: Desk) -> None:
        page = with_authenticator(desk.open())
        sign_in(desk, page, "ada")
        add_passkey(desk, page)
        page.goto(f"{at(desk)}/staff/new")
        page.fill("#name", f"new at {utc_now():%H%M%S%f}")
        page.check("#role")
        forget_confirmations(desk)

        page.click("main form .button")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")
        page.click("text=Confirm with the passkey")

        # The first password was not carried along, so the page asks for it again; the name and the role were.
        page.wait_for_url("**/staff/new")
        expect(page.locator("#name")).to_have_value(re.compile("^new at "))
        page.fill("#password", "green lamps under rain")
        page.click("main form .button")
        page.wait_for_url("**/staff")

    def test_that_does_not_verify_its_owner_is_not_used(self, desk: Desk) -> None:
        page = with_authenticator(desk.open(), verifies=False)
        sign_in(desk, page)
        page.goto(f"{at(desk)}/your-sign-in/passkeys/new")
        page.fill("#label", "nobody there")
        page.press("#label", "Enter")

        expect(page.locator("[data-stopped]")).to_be_visible()

    def test_cannot_be_used_at_an_address_of_numbers_and_the_page_says_where(self, desk: Desk) -> None:
        page = with_authenticator(desk.open())
        page.goto(f"{desk.address}/sign-in/passkey")

        expect(page.locator("[data-elsewhere]")).to_contain_text(at(desk))
        expect(page.locator("main form button")).to_be_disabled()

        page.goto(f"{desk.address}/sign-in")
        page.click("text=Sign in with a passkey")
        page.wait_for_url("**/sign-in/passkey")

    def test_needs_javascript_and_the_page_says_so(self, desk: Desk) -> None:
        page = desk.open(java_script_enabled=False)
        page.goto(f"{at(desk)}/sign-in/passkey")

        said = page.locator("noscript .notice")
        expect(said).to_be_visible()
        assert "Passkeys need JavaScript" in said.inner_html()

        page.goto(f"{at(desk)}/sign-in")
        page.get_by_role("link", name="Sign in with a passkey").click()
        page.wait_for_url("**/sign-in/passkey")


@pytest.mark.usefixtures("no_factors_before")
class TestAConfirmation:
    def test_by_password_needs_no_javascript_and_the_step_is_repeated(self, desk: Desk) -> None:
        page = desk.open(java_script_enabled=False)
        sign_in(desk, page, "ada")
        page.goto(f"{at(desk)}/staff/2/role")
        page.check("input[value=supervisor]")
        forget_confirmations(desk)

        page.click("main form .button")
        page.fill("#confirm_password", PASSWORD)
        page.press("#confirm_password", "Enter")

        page.wait_for_url("**/staff")
        expect(page.locator("main")).to_contain_text("The role is changed")


@pytest.fixture(scope="module")
def narrow(desk: Desk) -> tuple[Page, Page]:
    """A narrow screen before the door, and one behind it."""
    remove_factors(desk)
    before, behind = desk.open(width=NARROW), desk.open(width=NARROW)
    sign_in(desk, behind)
    return before, behind


class TestThePages:
    @pytest.mark.parametrize(
        "path", ["/sign-in", "/sign-in/passkey", "/your-sign-in", "/your-sign-in/passkeys/new", "/confirm",
                 "/your-sign-in/code-app", "/your-sign-in/password"]
    )  # fmt: skip
    def test_fit_a_narrow_screen_and_have_no_barriers(self, desk: Desk, narrow: tuple[Page, Page], path: str) -> None:
        page = narrow[not path.startswith("/sign-in")]
        page.goto(f"{at(desk)}{path}")

        assert page.url == f"{at(desk)}{path}"
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert barriers(page) == []
