"""Recovery at the desk: two colleagues see half a code each, and a first password has to be changed."""

import pytest

from cardservice.domain import staff
from cardservice.terms import StaffRole
from web.factors import CodeApp
from web.hall import NAMES, PASSWORD, Builder, TownHall
from web.pages import Client, Response

NEW = "eleven boats without oars"


def vouch(browser: Client, name: str) -> str:
    """Vouch for somebody and read the half of the code off the page."""
    page = browser.submit("/recovery/vouch", {"name": name}).main
    return next(node.text for node in page.all("bdi") if "number" in node.attributes.get("class", "").split())


def recover(hall: TownHall, halves: tuple[str, str], **changed: str) -> Response:
    """Type both halves at the public page, in a browser of one's own."""
    typed = {"name": "clara", "first_half": halves[0], "second_half": halves[1], "password": NEW}
    return hall.browser().submit("/recovery", typed | changed)


@pytest.fixture
def halves(hall: TownHall) -> tuple[str, str]:
    supervisor, administrator = hall.browser(StaffRole.SUPERVISOR), hall.browser(StaffRole.ADMINISTRATOR)
    return vouch(supervisor, "clara"), vouch(administrator, "clara")


class TestVouching:
    def test_shows_half_a_code_and_who_waits_for_the_other(self, hall: TownHall) -> None:
        half = vouch(hall.browser(StaffRole.SUPERVISOR), "clara")

        page = hall.browser(StaffRole.ADMINISTRATOR).get("/recovery/vouch").main
        assert [len(part) for part in half.split("-")] == [4] * 6
        assert "clara" in page.text
        assert half not in page.text

    @pytest.mark.parametrize(
        ("name", "words"),
        [("nobody", "Nobody signs in here"), (NAMES[StaffRole.SUPERVISOR], "This is you"), ("", "Nobody signs in")],
    )
    def test_says_why_not(self, hall: TownHall, name: str, words: str) -> None:
        answer = hall.browser(StaffRole.SUPERVISOR).submit("/recovery/vouch", {"name": name})

        assert words in answer.main.text

    def test_is_done_by_two_different_people(self, hall: TownHall) -> None:
        browser = hall.browser(StaffRole.SUPERVISOR)
        vouch(browser, "clara")

        answer = browser.submit("/recovery/vouch", {"name": "clara"})

        assert "You have vouched already" in answer.main.text


class TestRecovering:
    def test_sets_a_new_password_that_signs_in(self, hall: TownHall, halves: tuple[str, str]) -> None:
        answer = recover(hall, halves)

        assert answer.location == "/sign-in"
        assert hall.browser().sign_in("clara", NEW).status_code == 302
        assert hall.browser().sign_in("clara", PASSWORD).status_code == 200

    def test_takes_the_old_code_app_away(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        CodeApp.set_up(hall, clerk)
        halves = tuple(vouch(hall.browser(role), "clara") for role in (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR))

        recover(hall, (halves[0], halves[1]))

        assert hall.browser().sign_in("clara", NEW).location == "/"
        assert clerk.get("/").location == "/sign-in"

    @pytest.mark.parametrize("wrong", [{"name": "sofia"}, {"name": "nobody"}, {"first_half": "0" * 16}])
    def test_says_the_same_whatever_is_wrong(
        self, hall: TownHall, halves: tuple[str, str], wrong: dict[str, str]
    ) -> None:
        answer = recover(hall, halves, **wrong)

        assert "do not belong together" in answer.main.text

    def test_refuses_a_weak_password_beside_its_field(self, hall: TownHall, halves: tuple[str, str]) -> None:
        answer = recover(hall, halves, password="short")

        assert "at least 12" in answer.main.text

    def test_slows_whoever_guesses(self, hall: TownHall) -> None:
        answers = [recover(hall, ("0" * 16, "1" * 16)).status_code for _ in range(11)]

        assert answers == [200] * 10 + [429]


class TestWhoeverCanStillSignIn:
    def test_sees_that_a_recovery_was_begun_and_cancels_it(self, hall: TownHall, halves: tuple[str, str]) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        seen = clerk.get("/").main.text

        clerk.submit("/recovery/cancel")

        assert "Somebody says that you have lost your sign-in" in seen
        assert "Somebody says" not in clerk.get("/").main.text
        assert "do not belong together" in recover(hall, halves).main.text


class TestAFirstPassword:
    def test_has_to_be_changed_before_any_work(self, make_hall: Builder) -> None:
        hall = make_hall(second_factor=True, https=True)
        with hall.sessions.begin() as session:
            staff.by_name(session, "clara").password_is_first = True
        clerk = hall.browser(StaffRole.CLERK)
        CodeApp.set_up(hall, clerk)

        assert clerk.get("/registrations/new").location == "/your-sign-in"
        assert "Somebody else chose your password" in clerk.get("/your-sign-in").main.text
        clerk.submit("/your-sign-in/password", {"current_password": PASSWORD, "new_password": NEW})
        assert clerk.get("/registrations/new").status_code == 200
