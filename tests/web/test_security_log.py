"""Refusals are in the log: which page, which code, and the number of who was signed in; nothing that was typed."""

import re

import pytest

from cardservice.terms import StaffRole
from web.factors import CodeApp, Key, show_code
from web.hall import TownHall
from web.pages import Client
from web.test_problems import CANARY, quiet
from web.test_recovery import recover, vouch

# The form that docs/security.md promises to whoever reads the log by machine.
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) [a-z_.]+: \S.*")


def events(written: str) -> list[str]:
    return [
        line.partition("cardservice.security: ")[2] for line in written.splitlines() if "cardservice.security" in line
    ]


class TestARefusal:
    def test_of_a_role_is_logged_with_the_number_of_who_asked(self, hall: TownHall, clerk: Client) -> None:
        with quiet() as log:
            clerk.get("/audit")

        assert events(log.getvalue()) == ["refused audit.show with 403: NotYourRole by staff:1"]

    def test_of_a_form_without_its_value_is_logged(self, clerk: Client) -> None:
        with quiet() as log:
            clerk.post("/registrations/new", data={"name": CANARY})

        assert events(log.getvalue()) == ["refused evidence.new with 400: CSRFError by staff:1"]
        assert CANARY not in log.getvalue()

    def test_of_another_site_is_logged_before_anybody_is_known(self, hall: TownHall) -> None:
        with quiet() as log:
            hall.browser().submit("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})

        assert events(log.getvalue()) == ["refused sign_in.sign_in with 400: CSRFError by nobody known"]

    def test_of_somebody_elses_registration_is_logged(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(hall.browser(StaffRole.SUPERVISOR))

        with quiet() as log:
            clerk.get(f"/registrations/{draft_id}/check")

        assert events(log.getvalue()) == ["refused issuance.check with 404: DraftNotFound by staff:1"]
        assert draft_id not in log.getvalue()

    def test_of_too_many_guesses_is_logged(self, hall: TownHall) -> None:
        guesser = hall.browser()
        csrf = guesser.csrf()

        with quiet() as log:
            for n in range(12):
                guesser.post("/sign-in", data={"csrf_token": csrf, "name": CANARY, "password": f"guess {n}"})

        refused = [line for line in events(log.getvalue()) if "RateLimitExceeded" in line]
        assert refused == ["refused sign_in.sign_in with 429: RateLimitExceeded by nobody known"] * 2
        assert CANARY not in log.getvalue()

    def test_of_what_is_too_fast_is_logged(self, clerk: Client) -> None:
        with quiet() as log:
            for _ in range(61):
                clerk.get("/cards/find")

        assert events(log.getvalue()) == ["refused cards.find with 429: TooFast by staff:1"]

    @pytest.mark.parametrize(("method", "address"), [("GET", "/"), ("GET", "/static/desk.css"), ("GET", "/nothing")])
    def test_is_not_what_an_ordinary_page_is(self, clerk: Client, method: str, address: str) -> None:
        with quiet() as log:
            clerk.open(address, method=method)

        assert events(log.getvalue()) == []


class TestASignIn:
    def test_is_logged_with_its_way_and_the_number_of_who_it_is(self, hall: TownHall) -> None:
        with quiet() as log:
            hall.browser(StaffRole.CLERK)

        assert events(log.getvalue()) == ["proved by password: staff:1"]

    def test_with_a_code_is_logged_once_the_code_is_right(self, hall: TownHall, clerk: Client) -> None:
        app = CodeApp.set_up(hall, clerk)

        with quiet() as log:
            show_code(hall, "clara", "000000")
            show_code(hall, "clara", app.fresh_code())

        assert events(log.getvalue()) == ["not proved by code: staff:1", "proved by password and code: staff:1"]

    def test_with_a_passkey_is_logged(self, hall: TownHall, clerk: Client) -> None:
        key = Key()
        key.add(clerk)

        with quiet() as log:
            hall.browser().submit("/sign-in/passkey", {"passkey": "nothing"})
            key.sign_in(hall.browser())

        assert events(log.getvalue()) == ["not proved by passkey: nobody known", "proved by passkey: staff:1"]

    @pytest.mark.parametrize(("name", "whose"), [("clara", "staff:1"), (CANARY, "nobody known")])
    def test_that_is_refused_is_logged_without_what_was_typed(self, hall: TownHall, name: str, whose: str) -> None:
        with quiet() as log:
            hall.browser().sign_in(name, f"{CANARY} wrong")

        assert events(log.getvalue()) == [f"not proved by password: {whose}"]
        assert CANARY not in log.getvalue()

    def test_that_is_confirmed_is_logged(self, hall: TownHall, clerk: Client) -> None:
        app = CodeApp.set_up(hall, clerk)

        with quiet() as log:
            clerk.submit("/confirm", {"confirm_code": "000000"})
            clerk.submit("/confirm", {"confirm_code": app.fresh_code()})

        assert events(log.getvalue()) == ["not proved by confirmation: staff:1", "proved by confirmation: staff:1"]

    def test_by_recovery_is_logged(self, hall: TownHall) -> None:
        halves = [vouch(hall.browser(role), "clara") for role in (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR)]

        with quiet() as log:
            recover(hall, (halves[0], halves[0]))
            recover(hall, (halves[0], halves[1]))

        assert events(log.getvalue()) == ["not proved by recovery: staff:1", "proved by recovery: staff:1"]
        assert halves[0] not in log.getvalue()


class TestEveryLine:
    def test_says_when_in_universal_time_how_bad_and_from_where(self, hall: TownHall, clerk: Client) -> None:
        with quiet() as log:
            clerk.get("/")
            clerk.get("/audit")

        lines = log.getvalue().splitlines()
        assert len(lines) >= 3
        assert [line for line in lines if not LINE.fullmatch(line)] == []
