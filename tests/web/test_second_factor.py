"""Signing in with a passkey, and with the code after a password: what is refused, and how often one may try."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from authenticator import Passkey as Device

from cardservice.domain import second_factors, staff
from cardservice.domain.actor import CONSOLE
from cardservice.terms import StaffRole
from web.factors import ORIGIN, CodeApp, Key, options_in, show_code
from web.hall import PASSWORD, Builder, TownHall
from web.pages import Client


def is_signed_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


@pytest.fixture
def app(hall: TownHall, clerk: Client) -> CodeApp:
    """The clerk's code app."""
    return CodeApp.set_up(hall, clerk)


@pytest.fixture
def key(clerk: Client) -> Key:
    """The clerk's security key."""
    made = Key()
    made.add(clerk)
    return made


class TestAPasskey:
    def test_signs_in_without_a_name_or_a_password(self, hall: TownHall, key: Key) -> None:
        browser = hall.browser()

        assert key.sign_in(browser).location == "/"
        assert "clara" in browser.get("/").text

    def test_can_be_shown_on_the_page_with_name_and_password(self, hall: TownHall, key: Key) -> None:
        browser = hall.browser()
        told = key.answer(browser, "/sign-in")

        assert browser.submit("/sign-in/passkey", {"passkey": told}).location == "/"
        assert is_signed_in(browser)

    def test_is_asked_for_there_in_the_same_words_whoever_has_one(self, hall: TownHall, key: Key) -> None:
        """Before and after a name was typed: no page tells of an account, nor what it has."""
        asked = []
        for name in ("", "clara", "sofia", "nobody"):
            browser = hall.browser()
            page = browser.sign_in(name, "wrong words entirely").page if name else browser.get("/sign-in").page
            asked.append(json.loads(options_in(page)))

        assert len({one.pop("challenge") for one in asked}) == 4
        assert all(one == asked[0] for one in asked)
        assert asked[0]["allowCredentials"] == []
        assert asked[0]["userVerification"] == "required"

    def test_comes_back_to_the_page_that_was_wanted(self, hall: TownHall, key: Key) -> None:
        browser = hall.browser()
        browser.get("/registrations/new")

        assert key.sign_in(browser).location == "/registrations/new"

    def test_is_asked_for_at_the_desks_own_address_whatever_the_request_says(self, hall: TownHall) -> None:
        page = hall.browser().get("/sign-in/passkey", headers={"Host": "evil.example"}).page

        form = next(node for node in page.all("form") if "data-passkey" in node.attributes)
        assert json.loads(options_in(page))["rpId"] == "localhost"
        assert form.attributes["data-origin"] == ORIGIN

    @pytest.mark.parametrize(
        "wrong",
        [{"origin": "http://localhost:9000"}, {"rp_id": "127.0.0.1"}, {"verified": False}, {"key": Device(ORIGIN).key}],
        ids=["origin", "relying party", "nobody verified", "signature"],
    )
    def test_is_refused_in_the_same_words_whatever_is_wrong(
        self, hall: TownHall, key: Key, wrong: dict[str, Any]
    ) -> None:
        browser = hall.browser()
        key.device = replace(key.device, **wrong)

        answer = key.sign_in(browser)

        assert answer.status_code == 200
        assert "The passkey was not accepted" in answer.main.text
        assert not is_signed_in(browser)

    def test_answers_each_challenge_once(self, hall: TownHall, key: Key) -> None:
        key.device = replace(key.device, count=None)
        browser, told = hall.browser(), ""
        told = key.answer(browser)
        cookie = browser.get_cookie("desk")
        assert cookie
        browser.submit("/sign-in/passkey", {"passkey": told})
        copy = hall.browser()
        copy.set_cookie("desk", cookie.value)

        answer = copy.submit("/sign-in/passkey", {"passkey": told})

        assert answer.status_code == 200
        assert not is_signed_in(copy)

    def test_answers_within_five_minutes(self, hall: TownHall, key: Key) -> None:
        browser = hall.browser()
        told = key.answer(browser)
        hall.clock.passes(minutes=5, seconds=1)

        assert browser.submit("/sign-in/passkey", {"passkey": told}).status_code == 200
        assert not is_signed_in(browser)

    def test_answers_no_challenge_that_was_for_something_else(self, hall: TownHall, clerk: Client, key: Key) -> None:
        hall.clock.passes(minutes=6)
        clerk.get("/staff/new")
        told = key.device.get(options_in(clerk.get("/confirm").page))
        clerk.submit("/sign-out")

        assert clerk.submit("/sign-in/passkey", {"passkey": told}).status_code == 200
        assert not is_signed_in(clerk)

    def test_is_still_asked_for_after_the_password(self, hall: TownHall, key: Key) -> None:
        browser = hall.browser()

        answer = browser.sign_in("clara", PASSWORD)

        assert answer.location == "/sign-in/passkey"
        assert not is_signed_in(browser)

    def test_that_was_removed_signs_nobody_in(self, hall: TownHall, key: Key) -> None:
        with hall.sessions.begin() as session:
            second_factors.remove_all(session, 1, actor=CONSOLE, now=hall.clock())

        assert key.sign_in(hall.browser()).status_code == 200

    def test_cannot_be_tried_without_end(self, hall: TownHall) -> None:
        browser = hall.browser()
        csrf = browser.csrf()

        statuses = [
            browser.post("/sign-in/passkey", data={"csrf_token": csrf, "passkey": "{}"}).status_code for _ in range(101)
        ]

        assert statuses[-2:] == [200, 429]


class TestACode:
    def test_is_asked_for_after_the_password(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()

        assert browser.sign_in("clara", PASSWORD).location == "/sign-in/code"
        assert not is_signed_in(browser)
        assert browser.submit("/sign-in/code", {"code": app.fresh_code()}).location == "/"
        assert is_signed_in(browser)

    def test_is_good_once(self, hall: TownHall, app: CodeApp) -> None:
        code = app.fresh_code()

        assert is_signed_in(show_code(hall, "clara", code))
        assert not is_signed_in(show_code(hall, "clara", code))

    def test_that_is_wrong_says_so_beside_the_field(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()
        browser.sign_in("clara", PASSWORD)

        answer = browser.submit("/sign-in/code", {"code": "000000"})

        assert "not right, or it was used before" in answer.main.text
        assert not is_signed_in(browser)

    def test_is_waited_for_five_minutes(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()
        browser.sign_in("clara", PASSWORD)
        hall.clock.passes(minutes=5, seconds=1)

        assert browser.submit("/sign-in/code", {"code": app.fresh_code()}).location == "/sign-in"
        assert not is_signed_in(browser)

    def test_is_not_asked_of_strangers(self, hall: TownHall) -> None:
        assert hall.browser().get("/sign-in/code").location == "/sign-in"

    def test_does_not_go_with_a_password_that_was_changed_meanwhile(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()
        browser.sign_in("clara", PASSWORD)
        with hall.sessions.begin() as session:
            staff.set_password(session, 1, "another unlikely horse", actor=CONSOLE, now=hall.clock())

        assert browser.submit("/sign-in/code", {"code": app.fresh_code()}).location == "/sign-in"

    def test_is_not_asked_after_a_wrong_password(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()
        browser.sign_in("clara", "wrong words entirely")

        assert browser.get("/sign-in/code").location == "/sign-in"

    def test_cannot_be_guessed_faster_than_ten_a_minute(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()
        browser.sign_in("clara", PASSWORD)
        csrf = browser.csrf()

        statuses = [
            browser.post("/sign-in/code", data={"csrf_token": csrf, "code": "000000"}).status_code for _ in range(15)
        ]

        assert statuses == [200] * 10 + [429] * 5

    def test_cannot_be_guessed_from_many_places_at_once(self, hall: TownHall, app: CodeApp) -> None:
        statuses = []
        for n in range(40):
            browser = hall.browser()
            place = {"environ_base": {"REMOTE_ADDR": f"192.0.2.{n}"}}
            csrf = browser.get("/sign-in", **place).page.all("input")[0].attributes["value"]
            browser.post("/sign-in", data={"csrf_token": csrf, "name": "clara", "password": PASSWORD}, **place)
            statuses.append(browser.post("/sign-in/code", data={"csrf_token": csrf, "code": "000000"}, **place))

        assert [answer.status_code for answer in statuses] == [200] * 30 + [429] * 10

    def test_guessed_elsewhere_locks_out_nobody_at_a_known_desk(self, hall: TownHall, app: CodeApp) -> None:
        desk = show_code(hall, "clara", app.fresh_code())
        desk.submit("/sign-out")
        for _ in range(4):
            guesser = hall.browser()
            guesser.sign_in("clara", PASSWORD)
            csrf = guesser.csrf()
            for _ in range(10):
                guesser.post("/sign-in/code", data={"csrf_token": csrf, "code": "000000"})

        desk.sign_in("clara", PASSWORD)
        assert desk.submit("/sign-in/code", {"code": app.fresh_code()}).location == "/"

    def test_says_what_is_wrong_when_the_servers_key_is_another_one(self, hall: TownHall, app: CodeApp) -> None:
        (hall.settings.keys_folder / "second-factors.key").write_bytes(bytes(32))
        restarted = TownHall(hall.folder, hall.settings, hall.sessions, hall.keys, hall.day_keys, hall.clock)
        browser = restarted.browser()
        browser.sign_in("clara", PASSWORD)

        answer = browser.submit("/sign-in/code", {"code": app.fresh_code()})

        assert answer.status_code == 503
        assert "second-factors.key" in answer.main.text


class TestACodeTypedAlong:
    """In the field beside the password: it goes on with the same request to where codes are looked at."""

    def test_signs_in_without_a_second_page(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()

        answer = send_all(browser, app.fresh_code())

        assert answer.location == "/"
        assert is_signed_in(browser)

    def test_that_is_wrong_is_asked_for_on_the_second_page(self, hall: TownHall, app: CodeApp) -> None:
        browser = hall.browser()

        answer = send_all(browser, "000000")

        assert answer.status_code == 200
        assert "not right, or it was used before" in answer.main.text
        assert browser.submit("/sign-in/code", {"code": app.fresh_code()}).location == "/"

    def test_tells_nothing_beside_a_wrong_password(self, hall: TownHall, app: CodeApp) -> None:
        told = []
        for name, code in (("clara", app.fresh_code()), ("clara", "000000"), ("sofia", "000000"), ("nobody", "000000")):
            answer = hall.browser().submit("/sign-in", {"name": name, "password": "wrong words", "code": code})
            told.append((answer.status_code, answer.main.text, code in answer.text))

        assert set(told) == {(200, told[0][1], False)}
        assert is_signed_in(show_code(hall, "clara", app.code)), "no code was spent"

    def test_is_not_looked_at_where_there_is_no_app(self, hall: TownHall, key: Key) -> None:
        assert send_all(hall.browser(), "000000").location == "/sign-in/passkey"

    def test_cannot_be_guessed_faster_than_on_the_second_page(self, hall: TownHall, app: CodeApp) -> None:
        statuses = []
        for n in range(40):
            browser, place = hall.browser(), {"REMOTE_ADDR": f"192.0.2.{n}"}
            statuses.append(send_all(browser, "000000", environ_base=place).status_code)

        assert statuses == [200] * 30 + [429] * 10


def send_all(browser: Client, code: str, **place: Any) -> Any:
    """Name, password and code in one form; as a browser does, the form is sent again to where a 307 leads."""
    csrf = browser.get("/sign-in", **place).page.all("input")[0].attributes["value"]
    fields = {"csrf_token": csrf, "name": "clara", "password": PASSWORD, "code": code}
    answer = browser.post("/sign-in", data=fields, **place)
    return browser.post(answer.location, data=fields, **place) if answer.status_code == 307 else answer


class TestADeskWithSecondFactors:
    @pytest.fixture
    def strict(self, make_hall: Builder) -> TownHall:
        return make_hall(second_factor=True)

    def test_lets_somebody_without_one_reach_nothing_but_adding_one(self, strict: TownHall) -> None:
        browser = strict.browser(StaffRole.CLERK)

        for path in ("/", "/registrations/new", "/cards", "/your-sign-in/nothing"):
            assert browser.get(path).status_code in (302, 404, 405), path
        assert browser.get("/").location == "/your-sign-in"
        assert "Before you can work here" in browser.get("/your-sign-in").main.text
        assert browser.submit("/registrations/new", {"name": "x"}).location == "/your-sign-in"

    def test_offers_the_field_for_a_code_to_everybody(self, strict: TownHall) -> None:
        names = [field.attributes.get("name") for field in strict.browser().get("/sign-in").main.all("input")]

        assert names == ["csrf_token", "name", "password", "code", "csrf_token", "passkey"]

    @pytest.mark.parametrize("way", ["passkey", "code app"])
    def test_is_open_once_one_is_added(self, strict: TownHall, way: str) -> None:
        browser = strict.browser(StaffRole.CLERK)
        if way == "passkey":
            Key().add(browser)
        else:
            CodeApp.set_up(strict, browser)

        assert is_signed_in(browser)

    def test_takes_the_password_alone_for_adding_one_and_for_nothing_more(self, strict: TownHall) -> None:
        browser = strict.browser(StaffRole.CLERK)
        strict.clock.passes(minutes=6)
        assert browser.get("/your-sign-in/passkeys/new").location == "/confirm"

        answer = browser.submit("/confirm", {"confirm_password": PASSWORD})

        assert answer.location == "/your-sign-in/passkeys/new"
        assert browser.get("/").location == "/your-sign-in"

    def test_can_be_left_by_signing_out(self, strict: TownHall) -> None:
        browser = strict.browser(StaffRole.CLERK)

        assert browser.submit("/sign-out").location == "/sign-in"

    def test_does_not_shut_out_somebody_whose_factors_were_removed(self, strict: TownHall) -> None:
        browser = strict.browser(StaffRole.CLERK)
        Key().add(browser)
        with strict.sessions.begin() as session:
            second_factors.remove_all(session, 1, actor=CONSOLE, now=strict.clock() + timedelta(seconds=1))

        assert browser.get("/").location == "/sign-in"
        assert strict.browser(StaffRole.CLERK).get("/").location == "/your-sign-in"
