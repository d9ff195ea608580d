"""Signing in and out: how a session begins, how it ends, and what guessing comes to."""

import time
from threading import BoundedSemaphore
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cardservice.domain import sessions, staff
from cardservice.domain.actor import CONSOLE
from cardservice.storage.models import Staff
from cardservice.terms import StaffRole
from cardservice.web import guessing
from web.hall import PASSWORD, Builder, TownHall
from web.pages import Client


def is_signed_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def id_of(session: Session, name: str) -> int:
    return staff.by_name(session, name).id


class TestSigningIn:
    @pytest.mark.parametrize(("name", "password"), [("clara", "wrong words entirely"), ("nobody", PASSWORD), ("", "")])
    def test_says_the_same_whatever_is_wrong(self, hall: TownHall, name: str, password: str) -> None:
        browser = hall.browser()

        answer = browser.sign_in(name, password)

        assert answer.status_code == 200
        assert "This name and password do not match" in answer.main.text
        assert password == "" or password not in answer.text
        assert not is_signed_in(browser)

    def test_begins_a_new_session(self, hall: TownHall) -> None:
        browser = hall.browser()
        browser.get("/sign-in")
        before, csrf = browser.get_cookie("desk"), browser.csrf()

        browser.sign_in("clara", PASSWORD)

        after = browser.get_cookie("desk")
        assert before
        assert after
        assert before.value != after.value
        assert browser.post("/registrations/new", data={"csrf_token": csrf}).status_code == 400

    def test_sets_a_cookie_that_never_travels_in_clear(self, make_hall: Builder) -> None:
        hall = make_hall(https=True)
        browser = hall.browser()
        csrf = browser.get("/sign-in", base_url="https://desk.example").page.all("input")[0].attributes["value"]

        answer = browser.post(
            "/sign-in",
            base_url="https://desk.example",
            data={"csrf_token": csrf, "name": "clara", "password": PASSWORD},
        )

        cookies = answer.headers.getlist("Set-Cookie")
        assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-desk", "__Host-known-desk"}
        assert all("Secure" in cookie and "Domain" not in cookie for cookie in cookies)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")

    def test_shows_signed_in_people_the_start_page(self, clerk: Client) -> None:
        assert clerk.get("/sign-in").location == "/"

    def test_of_an_account_that_is_closed_in_between_is_refused_like_any_other(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = sessions.begin

        def closed(db: Session, staff_id: int, *args: Any, **keywords: Any) -> object:
            db.get_one(Staff, staff_id).disabled = True
            return real(db, staff_id, *args, **keywords)

        monkeypatch.setattr(sessions, "begin", closed)
        answer = hall.browser().sign_in("clara", PASSWORD)

        assert "do not match" in answer.main.text


class TestASession:
    def test_ends_after_ten_idle_minutes(self, hall: TownHall, clerk: Client) -> None:
        hall.clock.passes(minutes=10)
        assert is_signed_in(clerk)

        hall.clock.passes(minutes=10, seconds=1)

        assert not is_signed_in(clerk)
        assert "nothing happened for a while" in clerk.get("/sign-in").main.text

    def test_ends_after_ten_hours_however_busy_it_is(self, hall: TownHall, clerk: Client) -> None:
        for _ in range(66):
            hall.clock.passes(minutes=9)
            assert is_signed_in(clerk)

        hall.clock.passes(minutes=9)

        assert not is_signed_in(clerk)
        assert "the day was long" in clerk.get("/sign-in").main.text

    def test_is_not_made_longer_by_a_clock_that_goes_back(self, hall: TownHall, clerk: Client) -> None:
        hall.clock.passes(hours=-5)

        assert not is_signed_in(clerk)

    def test_ends_with_the_next_click_when_the_account_is_closed(self, hall: TownHall, clerk: Client) -> None:
        with hall.sessions.begin() as session:
            staff.disable(session, id_of(session, "clara"), actor=CONSOLE, now=hall.clock())

        assert not is_signed_in(clerk)
        assert "your account changed" in clerk.get("/sign-in").main.text

    def test_ends_when_the_account_is_closed_behind_the_desks_back(self, hall: TownHall, clerk: Client) -> None:
        with hall.sessions.begin() as session:
            staff.by_name(session, "clara").disabled = True

        assert not is_signed_in(clerk)

    def test_has_no_more_rights_than_its_role_has_now(self, hall: TownHall, clerk: Client) -> None:
        with hall.sessions.begin() as session:
            staff.set_role(session, id_of(session, "clara"), StaffRole.AUDITOR, actor=CONSOLE, now=hall.clock())

        assert clerk.get("/registrations/new").location == "/sign-in"

    def test_keeps_what_was_saved_for_the_next_one(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        hall.clock.passes(minutes=30)
        assert clerk.get(f"/registrations/{draft_id}/check").location == "/sign-in"

        answer = clerk.sign_in("clara", PASSWORD)

        assert answer.location == f"/registrations/{draft_id}/check"
        assert "Karim al-Haddad" in clerk.get(answer.location).main.text

    def test_is_not_good_in_another_browser(self, hall: TownHall, clerk: Client) -> None:
        cookie = clerk.get_cookie("desk")
        assert cookie
        thief = hall.browser()
        thief.set_cookie("desk", cookie.value)

        assert thief.get("/", headers={"User-Agent": "Another/1.0"}).location == "/sign-in"


class TestSigningOut:
    def test_ends_the_session_and_clears_the_browser(self, clerk: Client) -> None:
        answer = clerk.submit("/sign-out")

        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert not is_signed_in(clerk)

    def test_ends_every_copy_of_the_session(self, hall: TownHall, clerk: Client) -> None:
        cookie = clerk.get_cookie("desk")
        assert cookie
        copy = hall.browser()
        copy.set_cookie("desk", cookie.value)
        assert is_signed_in(copy)
        copy.set_cookie("desk", cookie.value)

        clerk.submit("/sign-out")

        assert not is_signed_in(copy)


class TestGuessing:
    def test_is_slowed_down(self, hall: TownHall) -> None:
        guesser = hall.browser()
        csrf = guesser.csrf()

        statuses = [
            guesser.post("/sign-in", data={"csrf_token": csrf, "name": "clara", "password": f"guess {n}"}).status_code
            for n in range(30)
        ]

        assert statuses[:10] == [200] * 10
        assert set(statuses[10:]) == {429}

    def test_locks_nobody_out_who_works_at_a_desk_that_is_known(self, hall: TownHall) -> None:
        desk = hall.browser(StaffRole.CLERK)
        desk.submit("/sign-out")
        guesser = hall.browser()
        csrf = guesser.csrf()
        for n in range(1_000):
            guesser.post("/sign-in", data={"csrf_token": csrf, "name": "clara", "password": f"guess {n}"})

        begun = time.perf_counter()
        answer = desk.sign_in("clara", PASSWORD)

        assert answer.location == "/"
        assert time.perf_counter() - begun < 1

    def test_of_one_name_does_not_keep_another_from_signing_in(self, hall: TownHall) -> None:
        browser = hall.browser()
        csrf = browser.csrf()
        for n in range(20):
            browser.post("/sign-in", data={"csrf_token": csrf, "name": "clara", "password": f"guess {n}"})

        assert browser.sign_in("sofia", PASSWORD).location == "/"

    def test_believes_no_forged_claim_to_be_a_known_desk(self, hall: TownHall) -> None:
        guesser = hall.browser()
        csrf = guesser.csrf()
        statuses = []
        for n in range(15):
            guesser.set_cookie("known-desk", f"{n:032x}.{'0' * 64}")
            data = {"csrf_token": csrf, "name": "clara", "password": "guess"}
            statuses.append(guesser.post("/sign-in", data=data).status_code)

        assert statuses[-1] == 429


class TestAThousandGuesses:
    def test_from_many_places_at_one_account_lock_nobody_out(self, hall: TownHall) -> None:
        desk = hall.browser(StaffRole.CLERK)
        desk.submit("/sign-out")
        guesser = hall.browser()
        csrf = guesser.csrf()
        for number in range(1_000):
            guess = {"csrf_token": csrf, "name": "clara", "password": f"guess {number}"}
            elsewhere = {"REMOTE_ADDR": f"10.0.{number % 50}.{number % 7}"}
            FlaskClient.open(guesser, "/sign-in", method="POST", data=guess, environ_overrides=elsewhere).close()

        assert desk.sign_in("clara", PASSWORD).location == "/"
        assert hall.browser().sign_in("clara", PASSWORD).location == "/"

    def test_at_once_keep_strangers_waiting_and_nobody_at_the_desk(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = hall.browser(StaffRole.CLERK)
        desk.submit("/sign-out")
        monkeypatch.setattr(guessing, "_IN_LINE", BoundedSemaphore(2))
        for _ in range(2):
            guessing._IN_LINE.acquire()

        refused = [hall.browser().sign_in("clara", PASSWORD) for _ in range(15)]

        assert {answer.status_code for answer in refused} == {503}
        assert "Many passwords are being tried" in refused[0].main.text
        assert desk.sign_in("clara", PASSWORD).location == "/"
        guessing._IN_LINE.release()
        assert hall.browser().sign_in("clara", PASSWORD).location == "/"
