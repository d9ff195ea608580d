"""A fresh confirmation: which routes ask for one, that a step is repeated as it was, and that none is laundered."""

import pytest
from flask import Flask

from cardservice.terms import StaffRole
from cardservice.web import step_up
from cardservice.web.forms import secret_names
from web.factors import CodeApp, Key, options_in
from web.hall import PASSWORD, Builder, TownHall
from web.pages import Client, Node

# The second statement of what needs a fresh confirmation: code and test have to agree.
CONFIRMED = {
    "issuance.issue",
    "issuance.spoil",
    "issuance.correct",
    "revocation.revoke",
    "revocation.suspend",
    "revocation.reinstate",
    "publication.publish",
    "key_rotation.announce",
    "key_rotation.activate",
    "key_rotation.retire",
    "staff.new",
    "staff.role",
    "staff.disable",
    "staff.sign_out",
    "recovery.vouch",
    "your_sign_in.add_passkey",
    "your_sign_in.remove_passkey",
    "your_sign_in.set_up_code_app",
    "your_sign_in.code_app_picture",
    "your_sign_in.remove_code_app",
    "your_sign_in.change_password",
    "your_sign_in.end_others",
}


def asking(app: Flask) -> set[str]:
    with app.app_context():
        return {name for name in app.view_functions if step_up.needs_confirmation(name)}


def later(hall: TownHall) -> None:
    hall.clock.passes(minutes=5, seconds=1)


def carried(page: Node) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = next(form for form in page.all("form") if form.attributes["action"] == "/confirm")
    return {node.attributes["name"]: node.attributes.get("value", "") for node in form.all("input")}


class TestWhatAsksForAConfirmation:
    def test_is_in_this_table_and_nothing_else_is(self, hall: TownHall) -> None:
        assert asking(hall.app) == CONFIRMED


class TestAFreshSession:
    def test_is_not_asked(self, hall: TownHall, administrator: Client) -> None:
        hall.clock.passes(minutes=5)

        assert administrator.get("/staff/new").status_code == 200

    def test_lasts_as_long_as_the_town_decided(self, make_hall: Builder) -> None:
        hall = make_hall(step_up_minutes=15)
        administrator = hall.browser(StaffRole.ADMINISTRATOR)
        hall.clock.passes(minutes=9)
        administrator.get("/")
        hall.clock.passes(minutes=6)

        assert administrator.get("/staff/new").status_code == 200
        hall.clock.passes(seconds=1)
        assert administrator.get("/staff/new").location == "/confirm"

    def test_is_not_made_by_a_clock_that_goes_back(self, hall: TownHall, administrator: Client) -> None:
        hall.clock.passes(minutes=-1)
        assert administrator.get("/staff/new").status_code == 200

        hall.clock.passes(minutes=-1)

        assert administrator.get("/staff/new").location == "/sign-in"


class TestAPageThatIsLookedAt:
    def test_is_reached_by_way_of_the_confirmation(self, hall: TownHall, administrator: Client) -> None:
        later(hall)

        assert administrator.get("/staff/new").location == "/confirm"
        assert administrator.submit("/confirm", {"confirm_password": PASSWORD}).location == "/staff/new"
        assert administrator.get("/staff/new").status_code == 200


class TestAStep:
    def test_is_repeated_as_it_was(self, hall: TownHall, administrator: Client) -> None:
        later(hall)
        asked = administrator.submit("/staff/1/role", {"role": "auditor"})
        assert asked.status_code == 403
        assert "Nothing was done yet" in asked.main.text

        fields = carried(asked.page) | {"confirm_password": PASSWORD}
        answer = administrator.post("/confirm", data=fields)

        assert (answer.status_code, answer.location) == (307, "/staff/1/role")
        # As a browser does it; the client of Werkzeug would repeat the step without its fields.
        assert administrator.post(answer.location, data=fields).location == "/staff"

    def test_makes_one_card_of_a_registration(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        later(hall)
        asked = clerk.submit(f"/registrations/{draft_id}/issue")

        fields = carried(asked.page) | {"confirm_password": PASSWORD}
        repeated = clerk.post("/confirm", data=fields).location

        assert repeated == f"/registrations/{draft_id}/issue"
        assert clerk.post(repeated, data=fields).location == f"/registrations/{draft_id}/print"

    def test_is_not_done_before_it_is_confirmed(self, hall: TownHall, administrator: Client, clerk: Client) -> None:
        later(hall)
        asked = administrator.submit("/staff/1/disable")
        administrator.post("/confirm", data=carried(asked.page) | {"confirm_password": "wrong words entirely"})

        assert clerk.get("/").status_code == 200

    def test_keeps_its_fields_when_the_confirmation_was_wrong(self, hall: TownHall, administrator: Client) -> None:
        later(hall)
        asked = administrator.submit("/staff/1/role", {"role": "auditor"})

        wrong = administrator.post("/confirm", data=carried(asked.page) | {"confirm_password": "wrong words"})

        assert carried(wrong.page)["role"] == "auditor"
        assert carried(wrong.page)["confirm_path"] == "/staff/1/role"
        assert "This is not your password" in wrong.main.text

    def test_carries_no_password_and_no_passphrase(self, hall: TownHall, administrator: Client) -> None:
        later(hall)
        typed = {"name": "marta", "role": "clerk", "password": "green lamps under rain"}

        asked = administrator.submit("/staff/new", typed)

        assert "green lamps" not in asked.text
        assert carried(asked.page)["name"] == "marta"
        assert {"password", "passphrase", "again", "current_password", "new_password", "confirm_password"} <= set(
            secret_names()
        )

    def test_that_is_forged_is_not_made_good_by_a_confirmation(self, hall: TownHall, administrator: Client) -> None:
        later(hall)

        asked = administrator.post("/staff/1/disable", data={"csrf_token": "forged"})

        assert asked.status_code == 400
        assert "Confirm that it is you" not in asked.text

    @pytest.mark.parametrize(
        "path", ["https://evil.example/staff/new", "//evil.example", "/sign-out", "/registrations/new", "/nowhere", ""]
    )
    def test_is_one_of_ours_that_asks_for_it(self, administrator: Client, path: str) -> None:
        answer = administrator.submit("/confirm", {"confirm_path": path, "confirm_password": PASSWORD})

        assert (answer.status_code, answer.location) == (302, "/")

    def test_is_repeated_only_for_its_own_roles(self, hall: TownHall, clerk: Client) -> None:
        later(hall)

        answer = clerk.submit(
            "/confirm", {"confirm_path": "/staff/2/disable", "confirm_password": PASSWORD}, follow_redirects=True
        )

        assert answer.status_code == 403
        assert "not part of your role" in answer.text


class TestConfirming:
    def test_gives_the_session_another_id(self, hall: TownHall, administrator: Client) -> None:
        """ASVS 7.2.4: a cookie that was copied before opens nothing afterwards."""
        app = CodeApp.set_up(hall, administrator)
        later(hall)
        before = administrator.get_cookie("desk")
        administrator.submit("/confirm", {"confirm_code": app.fresh_code()})

        thief = hall.browser()
        assert before
        thief.set_cookie("desk", before.value)

        assert thief.get("/").location == "/sign-in"
        assert administrator.get("/").status_code == 200

    def test_with_a_code(self, hall: TownHall, administrator: Client) -> None:
        app = CodeApp.set_up(hall, administrator)
        later(hall)
        administrator.get("/staff/new")

        page = administrator.get("/confirm")
        assert "confirm_password" not in page.text
        assert administrator.submit("/confirm", {"confirm_password": PASSWORD}).status_code == 200
        assert administrator.submit("/confirm", {"confirm_code": app.code}).location == "/staff/new"

    def test_with_a_passkey(self, hall: TownHall, administrator: Client) -> None:
        key = Key()
        key.add(administrator)
        later(hall)
        asked = administrator.submit("/staff/1/role", {"role": "auditor"})

        told = key.device.get(options_in(asked.page))
        fields = carried(asked.page) | {"confirm_passkey": told}

        assert administrator.post("/confirm", data=fields).location == "/staff/1/role"

    def test_with_somebody_elses_passkey_is_refused(self, hall: TownHall, administrator: Client, clerk: Client) -> None:
        mine, hers = Key(), Key()
        mine.add(administrator)
        hers.add(clerk)
        later(hall)
        administrator.get("/staff/new")
        told = hers.device.get(options_in(administrator.get("/confirm").page))

        assert administrator.submit("/confirm", {"confirm_passkey": told}).status_code == 200
        assert administrator.get("/staff/new").location == "/confirm"

    def test_with_a_challenge_that_was_for_signing_in_is_refused(self, hall: TownHall, administrator: Client) -> None:
        key = Key()
        key.add(administrator)
        told = key.answer(hall.browser())
        later(hall)
        administrator.get("/staff/new")
        administrator.get("/confirm")

        assert administrator.submit("/confirm", {"confirm_passkey": told}).status_code == 200

    def test_wrongly_five_times_in_a_row_ends_the_session(self, hall: TownHall, administrator: Client) -> None:
        later(hall)
        administrator.get("/staff/new")

        answers = [administrator.submit("/confirm", {"confirm_password": f"wrong {n}"}) for n in range(5)]

        assert [answer.status_code for answer in answers] == [200] * 4 + [302]
        assert answers[-1].location == "/sign-in"
        assert "too many wrong confirmations" in administrator.get("/sign-in").main.text
        assert administrator.get("/").location == "/sign-in"
