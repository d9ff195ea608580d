"""What was typed survives signing in again: for the same person, on the same page, and nothing was done with it."""

import pytest
from sqlalchemy import func, select

from cardservice.domain import retention, staff
from cardservice.domain.actor import CONSOLE
from cardservice.storage.models import Card, Draft, LedgerEntry, ParkedForm
from cardservice.terms import CardState, StaffRole
from cardservice.web import parked, step_up
from web.hall import ANSWERS, PAPERS, PASSWORD, TownHall, picture
from web.pages import Client, mark_of

HERE_AGAIN = "What you had typed is here again. Nothing was done with it yet."


def sent_too_late(hall: TownHall, browser: Client, path: str, data: dict[str, object], **time: float) -> None:
    """The form of a page is sent when the session is over."""
    form = {"csrf_token": browser.csrf_from(path)} | mark_of(hall.app, path)
    hall.clock.passes(**(time or {"minutes": 11}))
    assert browser.post(path, data=form | data).location == "/sign-in"


def shown(browser: Client, path: str) -> dict[str, str]:
    """The fields of a page's own form, as they are filled in."""
    main = browser.get(path).main
    values = {
        node.attributes["name"]: node.attributes.get("value", "")
        for node in main.all("input")
        if node.attributes.get("type") not in {"radio", "checkbox"} or "checked" in node.attributes
    }
    for choice in main.all("select"):
        chosen = [one.attributes["value"] for one in choice.all("option") if "selected" in one.attributes]
        values[choice.attributes["name"]] = chosen[0] if chosen else ""
    return {name: value for name, value in values.items() if name not in {"csrf_token", "as_shown", "page"}}


def rows(hall: TownHall, table: type) -> int:
    with hall.sessions.begin() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ledger(hall: TownHall) -> dict[str, int]:
    with hall.sessions.begin() as session:
        return {entry.rule: entry.count for entry in session.scalars(select(LedgerEntry)) if "form" in entry.rule}


class TestANewRegistration:
    def test_is_there_again_with_every_answer(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)

        answer = clerk.sign_in("clara", PASSWORD)

        assert answer.location == details
        assert HERE_AGAIN in clerk.get(details).main.text
        assert shown(clerk, details) == ANSWERS
        assert rows(hall, Draft) == 1

    def test_is_there_as_long_as_it_was_not_sent_and_then_no_more(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)
        clerk.sign_in("clara", PASSWORD)
        assert shown(clerk, details) == shown(clerk, details) == ANSWERS

        sent = clerk.submit(details, ANSWERS)

        assert sent.status_code == 302
        assert HERE_AGAIN not in clerk.get(details).main.text
        assert (rows(hall, ParkedForm), rows(hall, Draft), ledger(hall)) == (0, 1, {"parked form used": 1})

    def test_is_told_what_is_wrong_with_it_only_when_it_is_sent(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        sent_too_late(hall, clerk, details, ANSWERS | {"name": "", "birth_day": "99"})
        clerk.sign_in("clara", PASSWORD)

        page = clerk.get(details).main.text

        assert "There is a problem" not in page
        assert "problems" not in page

    def test_survives_a_second_session_that_ended(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)
        clerk.sign_in("clara", PASSWORD)
        sent_too_late(hall, clerk, details, ANSWERS | {"name": "Another"})
        clerk.sign_in("clara", PASSWORD)

        assert shown(clerk, details)["name"] == "Another"

    def test_ends_with_the_hours_of_a_session_too(self, hall: TownHall, clerk: Client, details: str) -> None:
        for _ in range(66):
            hall.clock.passes(minutes=9)
            clerk.get("/")
        sent_too_late(hall, clerk, details, ANSWERS, minutes=9)

        clerk.sign_in("clara", PASSWORD)

        assert shown(clerk, details) == ANSWERS


class TestOtherForms:
    def test_of_a_registration_are_shown_as_typed_and_not_as_saved(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        sent_too_late(hall, clerk, path, ANSWERS | {"name": "Karim the Second"})

        assert clerk.sign_in("clara", PASSWORD).location == path
        assert shown(clerk, path)["name"] == "Karim the Second"

    def test_of_a_replacement_are_there_again(self, hall: TownHall, clerk: Client) -> None:
        path = f"/cards/{hall.hand_out(clerk)}/replace"
        sent_too_late(hall, clerk, path, PAPERS | {"dated-bill": "16 11"})

        assert clerk.sign_in("clara", PASSWORD).location == path
        page = clerk.get(path).main
        assert [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes] == list(PAPERS)
        assert shown(clerk, path)["dated-bill"] == "16 11"

    def test_of_a_revocation_keep_the_reason_and_revoke_nothing(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        path = f"/cards/{number}/revoke"
        sent_too_late(hall, clerk, path, {"reason": "stolen"})
        clerk.sign_in("clara", PASSWORD)

        assert shown(clerk, path) == {"reason": "stolen"}
        with hall.sessions.begin() as session:
            assert session.get_one(Card, number).state is CardState.ACTIVE


class TestAPageLeftOpen:
    def test_is_kept_when_its_session_is_over_and_acted_on_by_nobody(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        csrf = clerk.csrf_from(details)
        hall.clock.passes(minutes=11)

        answer = clerk.post("/keep", data={"csrf_token": csrf, "page": details} | ANSWERS)

        assert answer.location == "/sign-in"
        assert clerk.sign_in("clara", PASSWORD).location == details
        assert shown(clerk, details) == ANSWERS
        assert rows(hall, Draft) == 1

    def test_is_kept_and_off_the_screen_when_another_window_keeps_the_session_alive(
        self, hall: TownHall, clerk: Client
    ) -> None:
        path = f"/cards/{hall.hand_out(clerk)}/revoke"

        answer = clerk.submit("/keep", {"page": path, "reason": "stolen"})

        assert answer.location == "/"
        assert "A page was left open and is closed" in clerk.get("/").main.text
        assert shown(clerk, path) == {"reason": "stolen"}

    @pytest.mark.parametrize("page", ["", "/sign-in", "/lost", "//elsewhere.example", "/nothing", "/keep"])
    def test_is_kept_for_no_page_that_could_not_show_it(
        self, hall: TownHall, clerk: Client, page: str, details: str
    ) -> None:
        csrf = clerk.csrf_from(details)
        alive = clerk.post("/keep", data={"csrf_token": csrf, "page": page} | ANSWERS)
        hall.clock.passes(minutes=11)
        over = clerk.post("/keep", data={"csrf_token": csrf, "page": page} | ANSWERS)

        assert (alive.location, over.location) == ("/", "/sign-in")
        assert rows(hall, ParkedForm) == 0
        assert clerk.sign_in("clara", PASSWORD).location == "/"


class TestNobodyElse:
    def test_sees_it_and_it_waits_for_who_typed_it(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)
        clerk.sign_in("sofia", PASSWORD)

        page = clerk.get(details)

        assert "Karim" not in page.text
        assert HERE_AGAIN not in page.text
        clerk.submit("/sign-out")
        clerk.sign_in("clara", PASSWORD)
        assert shown(clerk, details) == ANSWERS

    def test_gets_it_with_the_cookie_of_another_browser(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)
        cookie = clerk.get_cookie("desk")
        assert cookie
        thief = hall.browser()
        thief.set_cookie("desk", cookie.value)

        thief.sign_in("sofia", PASSWORD)

        assert "Karim" not in thief.get(details).text

    def test_finds_anything_that_was_typed_in_the_cookies(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)

        payload = hall.app.session_interface.get_signing_serializer(hall.app).loads(  # type: ignore[attr-defined]
            (clerk.get_cookie("desk") or pytest.fail("no cookie")).value
        )

        assert payload["return_to"] == details
        assert payload["parked"] == {"id": payload["parked"]["id"], "path": details}
        assert "Karim" not in str(payload)


class TestNothingIsParked:
    def test_without_the_anti_forgery_value_of_that_session(self, hall: TownHall, clerk: Client, details: str) -> None:
        hall.clock.passes(minutes=11)

        clerk.post(details, data={"csrf_token": "made up"} | ANSWERS)

        assert rows(hall, ParkedForm) == 0

    def test_for_a_browser_that_never_signed_in(self, hall: TownHall, details: str) -> None:
        stranger = hall.browser()

        stranger.post(details, data={"csrf_token": stranger.csrf()} | ANSWERS)

        assert rows(hall, ParkedForm) == 0

    def test_for_somebody_whose_account_is_closed(self, hall: TownHall, clerk: Client, details: str) -> None:
        csrf = clerk.csrf_from(details)
        with hall.sessions.begin() as session:
            member = staff.by_name(session, "clara")
            staff.disable(session, member.id, actor=CONSOLE, now=hall.clock())

        clerk.post(details, data={"csrf_token": csrf} | ANSWERS)

        assert rows(hall, ParkedForm) == 0

    @pytest.mark.parametrize("path", ["/language", "/sign-out"])
    def test_of_pages_that_need_no_sign_in(self, hall: TownHall, clerk: Client, path: str, details: str) -> None:
        csrf = clerk.csrf_from(details)
        hall.clock.passes(minutes=11)

        clerk.post(path, data={"csrf_token": csrf, "back": "/", "language": "fr"})

        assert rows(hall, ParkedForm) == 0

    def test_of_a_photo(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/photo"
        sent_too_late(hall, clerk, path, {"photo": (picture(), "face.jpg")})

        assert rows(hall, ParkedForm) == 0
        assert clerk.sign_in("clara", PASSWORD).location == path

    def test_that_is_longer_than_any_form(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS | {"name": "x" * 66_000})

        assert rows(hall, ParkedForm) == 0

    def test_of_passwords_and_codes(self, hall: TownHall) -> None:
        browser = hall.browser(StaffRole.ADMINISTRATOR)
        sent_too_late(
            hall,
            browser,
            "/staff/new",
            {
                "name": "nour",
                "role": "clerk",
                "password": "a secret of nour",
                "code": "123456",
                "confirm_code": "654321",
            },
        )
        browser.sign_in("ada", PASSWORD)

        page = browser.get("/staff/new")

        assert shown(browser, "/staff/new") == {"name": "nour", "role": "clerk", "password": ""}
        assert "a secret of nour" not in page.text
        assert "123456" not in page.text
        assert step_up.PREFIX == parked._NEVER_WITH


class TestHousekeeping:
    def test_ends_what_nobody_came_back_for(self, hall: TownHall, clerk: Client, details: str) -> None:
        sent_too_late(hall, clerk, details, ANSWERS)
        hall.clock.passes(minutes=60)

        retention.housekeeping(hall.sessions.begin, now=hall.clock(), day_keys=hall.day_keys)
        clerk.sign_in("clara", PASSWORD)

        assert (rows(hall, ParkedForm), ledger(hall)) == (0, {"parked form its draft over": 1})
        assert clerk.get(details).status_code == 404
