"""The page "Your sign-in": what may be added, changed and removed by whoever it belongs to."""

import io

import pytest
from PIL import Image
from qr_codes import qr_codes

from cardservice.domain import sessions
from cardservice.terms import StaffRole
from web.factors import CodeApp, Key, options_on
from web.hall import PASSWORD, TownHall
from web.pages import Client

NEW = "green lamps under rain"


def is_signed_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


class TestPasskeys:
    def test_are_listed_by_their_labels(self, hall: TownHall, clerk: Client) -> None:
        Key().add(clerk, label="blue key")
        Key().add(clerk, label="telephone")

        listed = clerk.get("/your-sign-in").main.text
        assert "blue key added on 23 November 2026" in listed
        assert "telephone" in listed

    def test_can_be_removed_but_for_the_last_factor(self, hall: TownHall, clerk: Client) -> None:
        first, second = Key(), Key()
        first.add(clerk)
        second.add(clerk)

        assert clerk.submit("/your-sign-in/passkeys/1/remove").location == "/your-sign-in"
        assert first.sign_in(hall.browser()).status_code == 200
        assert clerk.submit("/your-sign-in/passkeys/2/remove").status_code == 409
        assert second.sign_in(hall.browser()).location == "/"

    def test_of_somebody_else_are_not_there(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        Key().add(clerk)
        Key().add(supervisor)

        assert supervisor.submit("/your-sign-in/passkeys/1/remove").status_code == 404

    def test_need_a_name_that_is_said_beside_the_field(self, clerk: Client) -> None:
        key = Key()
        told = key.device.create(options_on(clerk, "/your-sign-in/passkeys/new"))

        answer = clerk.submit("/your-sign-in/passkeys/new", {"label": "  ", "passkey": told})

        assert "Give the passkey a short name" in answer.main.text

    def test_that_are_for_another_desk_are_refused(self, clerk: Client) -> None:
        key = Key()
        key.device.origin = "https://elsewhere.example"
        told = key.device.create(options_on(clerk, "/your-sign-in/passkeys/new"))

        answer = clerk.submit("/your-sign-in/passkeys/new", {"label": "key", "passkey": told})

        assert "The passkey was not accepted" in answer.main.text


class TestTheCodeApp:
    def test_is_shown_as_a_picture_of_the_same_secret(self, clerk: Client) -> None:
        page = clerk.get("/your-sign-in/code-app").main

        answer = clerk.get("/your-sign-in/code-app.png")

        (read,) = qr_codes(Image.open(io.BytesIO(answer.data)))
        secret = next(node.text for node in page.all("p") if "number" in node.attributes.get("class", ""))
        assert f"secret={secret.replace(' ', '')}" in read.text
        assert "clara" in read.text
        assert answer.headers["Cache-Control"] == "no-store"

    def test_is_not_set_up_by_a_wrong_code(self, clerk: Client) -> None:
        clerk.get("/your-sign-in/code-app")

        answer = clerk.submit("/your-sign-in/code-app", {"code": "000000"})

        assert "does not fit" in answer.main.text
        assert "Set up a code app" in clerk.get("/your-sign-in").main.text

    def test_shows_its_secret_in_no_cookie(self, clerk: Client) -> None:
        page = clerk.get("/your-sign-in/code-app").main
        secret = next(node.text for node in page.all("p") if "number" in node.attributes.get("class", ""))

        cookie = clerk.get_cookie("desk")
        assert cookie
        assert secret.replace(" ", "") not in cookie.decoded_value

    def test_can_be_removed_when_there_is_a_passkey(self, hall: TownHall, clerk: Client) -> None:
        CodeApp.set_up(hall, clerk)
        assert clerk.submit("/your-sign-in/code-app/remove").status_code == 409
        Key().add(clerk)

        assert clerk.submit("/your-sign-in/code-app/remove").location == "/your-sign-in"
        assert hall.browser().sign_in("clara", PASSWORD).location == "/sign-in/passkey"

    def test_set_up_again_makes_the_first_one_useless(self, hall: TownHall, clerk: Client) -> None:
        first = CodeApp.set_up(hall, clerk)
        hall.clock.passes(minutes=1)
        second = CodeApp.set_up(hall, clerk)

        browser = hall.browser()
        browser.sign_in("clara", PASSWORD)
        assert browser.submit("/sign-in/code", {"code": first.fresh_code()}).status_code == 200
        assert browser.submit("/sign-in/code", {"code": second.fresh_code()}).location == "/"


class TestThePassword:
    def test_is_changed_by_whoever_knows_it(self, hall: TownHall, clerk: Client) -> None:
        answer = clerk.submit("/your-sign-in/password", {"current_password": PASSWORD, "new_password": NEW})

        assert answer.location == "/your-sign-in"
        assert is_signed_in(clerk)
        assert hall.browser().sign_in("clara", PASSWORD).status_code == 200
        assert hall.browser().sign_in("clara", NEW).location == "/"

    @pytest.mark.parametrize(
        ("current", "new", "words"),
        [("wrong words entirely", NEW, "This is not your password"), (PASSWORD, "short", "at least 12 characters")],
    )
    def test_is_not_changed_otherwise(self, clerk: Client, current: str, new: str, words: str) -> None:
        answer = clerk.submit("/your-sign-in/password", {"current_password": current, "new_password": new})

        assert answer.status_code == 200
        assert words in answer.main.text
        assert current not in answer.text


class TestChanges:
    @pytest.mark.parametrize("what", ["passkey", "code app", "password"])
    def test_sign_out_everywhere_else(self, hall: TownHall, clerk: Client, what: str) -> None:
        elsewhere = hall.browser(StaffRole.CLERK)
        if what == "passkey":
            Key().add(clerk)
        elif what == "code app":
            CodeApp.set_up(hall, clerk)
        else:
            clerk.submit("/your-sign-in/password", {"current_password": PASSWORD, "new_password": NEW})

        assert not is_signed_in(elsewhere)
        assert is_signed_in(clerk)


class TestSessions:
    def test_are_listed_with_when_they_were_used(self, hall: TownHall, clerk: Client) -> None:
        hall.clock.passes(minutes=5)
        hall.browser(StaffRole.CLERK)

        listed = clerk.get("/your-sign-in").main.text

        assert "Since 23 November 2026 09:00 UTC, last used 23 November 2026 09:05 UTC Here" in listed
        assert "Since 23 November 2026 09:05 UTC" in listed

    def test_elsewhere_can_be_ended(self, hall: TownHall, clerk: Client) -> None:
        elsewhere = hall.browser(StaffRole.CLERK)

        clerk.submit("/your-sign-in/sessions/end-others")

        assert is_signed_in(clerk)
        assert not is_signed_in(elsewhere)
        assert "the session was ended" in elsewhere.get("/sign-in").main.text

    def test_of_somebody_can_be_ended_by_an_administrator(
        self, hall: TownHall, administrator: Client, clerk: Client, supervisor: Client
    ) -> None:
        administrator.submit("/staff/1/sign-out")

        assert not is_signed_in(clerk)
        assert is_signed_in(supervisor)

    def test_are_written_once_a_minute(self, hall: TownHall, clerk: Client) -> None:
        clerk.get("/")
        hall.clock.passes(seconds=59)
        clerk.get("/")
        with hall.sessions() as session:
            (row,) = sessions.live(session, 1, now=hall.clock(), limits=sessions.DEFAULT_LIMITS)
        assert row.seen_at == row.began_at

        hall.clock.passes(seconds=1)
        clerk.get("/")

        with hall.sessions() as session:
            (row,) = sessions.live(session, 1, now=hall.clock(), limits=sessions.DEFAULT_LIMITS)
        assert row.seen_at == hall.clock()
