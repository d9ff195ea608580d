"""What is being typed is kept while it is typed: sealed, for the same person and page, and nothing is done with it."""

import pytest
from sqlalchemy import select

from cardservice.storage.models import ParkedForm
from cardservice.terms import StaffRole
from cardservice.web import parked
from cardservice.web.app import create_app
from web.hall import ANSWERS, PAPERS, PASSWORD, TownHall
from web.pages import Client
from web.test_parked import HERE_AGAIN, ledger, rows, shown
from web.typing_pages import HALF, NEW, started_anew, types


class TestWhatIsBeingTyped:
    def test_is_there_in_a_browser_that_was_started_anew(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)

        again = started_anew(hall)

        assert HERE_AGAIN in again.get(details).main.text
        assert {name: shown(again, details)[name] for name in HALF} == HALF

    def test_is_the_last_of_it(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)
        types(clerk, details, HALF | {"name": "Karim al-Haddad"})

        assert shown(clerk, details)["name"] == "Karim al-Haddad"
        assert rows(hall, ParkedForm) == 1

    def test_is_no_answer_yet(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, ANSWERS)

        draft_page = details.replace("details", "check")

        assert clerk.get(draft_page).location == details
        assert "There is a problem" not in clerk.get(details).main.text

    def test_is_done_with_when_it_is_sent(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)

        sent = clerk.submit(details, ANSWERS)

        assert sent.status_code == 302
        assert HERE_AGAIN not in clerk.get(details).main.text
        assert shown(clerk, details) == ANSWERS
        assert (rows(hall, ParkedForm), ledger(hall)) == (0, {"parked form used": 1})

    def test_is_kept_after_the_service_was_started_again_where_day_keys_outlive_it(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        csrf = clerk.csrf_from(details)
        again = create_app(
            hall.settings, sessions=hall.sessions, keys=hall.keys, day_keys=hall.day_keys, clock=hall.clock
        )
        clerk.application = again

        answer = clerk.post(parked.HALF_TYPED, data={"csrf_token": csrf, "page": details} | HALF)

        assert answer.status_code == 204

    def test_is_said_not_to_be_where_nobody_is_known_any_more(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        csrf = clerk.csrf_from(details)
        hall.app.config["SECRET_KEY"] = b"of another start"

        answers = [
            browser.post(parked.HALF_TYPED, data={"csrf_token": csrf, "page": details} | HALF)
            for browser in (clerk, hall.browser())
        ]

        assert [answer.status_code for answer in answers] == [401, 302]
        assert clerk.get(parked.STILL_HERE).status_code == 401
        assert rows(hall, ParkedForm) == 0

    def test_is_dropped_by_a_button(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)
        form = next(one for one in clerk.get(details).main.all("form") if one.attributes["action"].endswith("/drop"))

        answer = clerk.submit(form.attributes["action"], {"page": details})

        assert answer.location == details
        assert shown(clerk, details)["name"] == ""
        assert (rows(hall, ParkedForm), ledger(hall)) == (0, {"parked form dropped": 1})

    def test_is_there_after_the_session_was_over_in_between(self, hall: TownHall, clerk: Client, details: str) -> None:
        csrf = clerk.csrf_from(details)
        hall.clock.passes(minutes=11)

        answer = clerk.post("/half-typed", data={"csrf_token": csrf, "page": details} | HALF)

        assert answer.location == "/sign-in"
        assert clerk.sign_in("clara", PASSWORD).location == details
        assert shown(clerk, details)["name"] == HALF["name"]

    def test_is_kept_of_a_page_that_is_asked_for_the_other_papers(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        types(clerk, f"/cards/{number}/replace", PAPERS)

        page = clerk.get(f"/cards/{number}/replace").main

        assert HERE_AGAIN in page.text
        assert [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes] == list(PAPERS)

    def test_is_sent_by_the_pages_that_keep_it_and_no_other(self, hall: TownHall, clerk: Client, details: str) -> None:
        keeps = {name for name, view in hall.app.view_functions.items() if getattr(view, parked._KEEPS, None)}

        assert keeps == {f"evidence.{name}" for name in ("new", "another", "replace", "papers")} | {
            "registration.details"
        }
        for page in (NEW, details, *(details.replace("details", other) for other in ("papers", "another"))):
            assert "half-typed.js" in clerk.get(page).text
        assert "half-typed.js" not in clerk.get(details.replace("details", "check")).text

    def test_that_was_emptied_again_comes_back_empty(self, hall: TownHall, clerk: Client) -> None:
        papers = f"/registrations/{hall.begin(clerk)}/papers"
        types(clerk, papers, PAPERS | {"paper-pay-slip": "y"})
        types(clerk, papers, {})

        page = clerk.get(papers).main

        assert HERE_AGAIN in page.text
        assert [box for box in page.all("input") if "checked" in box.attributes] == []

    def test_that_is_only_offered_and_was_emptied_again_is_gone(self, hall: TownHall, clerk: Client) -> None:
        types(clerk, NEW, PAPERS)
        types(clerk, NEW, {})

        assert "You had begun this page" not in clerk.get(NEW).main.text
        types(clerk, "/cards/find", {}, expect=409)

    def test_is_still_offered_where_a_form_from_home_was_scanned_first(self, hall: TownHall, clerk: Client) -> None:
        types(clerk, NEW, PAPERS)

        scanned = clerk.submit(NEW, {"do": "bring-form", "form_code": "CARDFORM1:0"}).main

        assert "You had begun this page and not sent it." in scanned.text
        assert [box for box in scanned.all("input") if "checked" in box.attributes] == []

    def test_of_what_was_issued_meanwhile_leads_to_its_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        for page in ("details", "photo", "papers", "check"):
            assert clerk.get(f"/registrations/{draft_id}/{page}").location == f"/registrations/{draft_id}/print"
        types(clerk, f"/registrations/{draft_id}/details", HALF, expect=409)

    def test_of_the_next_of_a_family_is_offered_on_its_own_page(self, hall: TownHall, clerk: Client) -> None:
        another = f"/registrations/{hall.register(clerk)}/another"
        types(clerk, another, {"paper-birth-certificate": "y"})

        offered, elsewhere = clerk.get(another).main, clerk.get(NEW).main
        filled = clerk.get(f"{another}?typed=again").main

        assert "It may have been for somebody else" in offered.text
        assert "It may have been for somebody else" not in elsewhere.text
        assert [box.attributes["name"] for box in filled.all("input") if "checked" in box.attributes] == [
            "paper-birth-certificate"
        ]

    def test_of_the_next_of_a_family_is_offered_though_the_card_of_the_first_is_made(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        another = f"/registrations/{draft_id}/another"
        types(clerk, another, {"paper-birth-certificate": "y"})
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")

        assert "It may have been for somebody else" in clerk.get(another).main.text
        types(clerk, another, {"paper-passport": "y"})
        filled = clerk.get(f"{another}?typed=again").main
        assert [box.attributes["name"] for box in filled.all("input") if "checked" in box.attributes] == [
            "paper-passport"
        ]


class TestAtRest:
    def test_is_sealed(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, ANSWERS)

        with hall.sessions.begin() as session:
            row = session.scalars(select(ParkedForm)).one()
            assert row.draft_id == details.split("/")[2]
            for text in ("Karim", "كريم", "1985", "details"):
                assert text.encode() not in row.ciphertext
        hall.sessions.kw["bind"].dispose()
        for file in hall.folder.rglob("*"):
            assert not file.is_file() or b"Karim" not in file.read_bytes(), file

    def test_is_nothing_in_the_cookie(self, hall: TownHall, clerk: Client, details: str) -> None:
        before = clerk.get_cookie("desk")
        types(clerk, details, HALF)

        after = clerk.get_cookie("desk")

        assert before is not None
        assert after is not None
        assert before.value == after.value

    def test_takes_no_code_and_no_password(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF | {"form_code": "CODE FROM HOME", "code": "123456", "password": "secret"})

        with hall.sessions.begin() as session:
            row = session.scalars(select(ParkedForm)).one()
            opened = hall.day_keys.open(row.id, row.key_day, row.ciphertext)
        assert b"Karim" in opened
        for never in (b"CODE FROM HOME", b"123456", b"secret"):
            assert never not in opened


class TestNobodyElse:
    def test_finds_it(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)

        page = hall.browser(StaffRole.SUPERVISOR).get(details)

        assert page.status_code == 404
        assert "Karim" not in page.text

    def test_finds_it_on_the_page_that_everybody_has(self, hall: TownHall, clerk: Client) -> None:
        types(clerk, NEW, PAPERS)

        assert "not sent" not in hall.browser(StaffRole.SUPERVISOR).get(NEW).main.text

    def test_drops_it(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)

        hall.browser(StaffRole.SUPERVISOR).submit("/half-typed/drop", {"page": details})

        assert rows(hall, ParkedForm) == 1

    def test_ends_it_by_sitting_down_at_the_same_counter(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)
        clerk.submit("/sign-out")
        clerk.sign_in("sofia", PASSWORD)
        clerk.submit("/sign-out")

        clerk.sign_in("clara", PASSWORD)

        assert shown(clerk, details)["name"] == HALF["name"]


class TestNothingIsKept:
    @pytest.mark.parametrize("page", ["", "/sign-in", "/nothing", "//elsewhere.example", "/half-typed", "/cards/find"])
    def test_of_a_page_that_does_not_keep_it(self, hall: TownHall, clerk: Client, page: str) -> None:
        types(clerk, page, HALF, expect=409)

        assert rows(hall, ParkedForm) == 0

    def test_that_another_site_sends(self, hall: TownHall, clerk: Client, details: str) -> None:
        answer = clerk.post(
            "/half-typed",
            data={"csrf_token": clerk.csrf(), "page": details} | HALF,
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        without = clerk.post("/half-typed", data={"page": details} | HALF)

        assert (answer.status_code, without.status_code, rows(hall, ParkedForm)) == (400, 400, 0)

    def test_that_is_longer_than_any_form(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF | {"name": "x" * 66_000}, expect=409)

        assert rows(hall, ParkedForm) == 0

    def test_of_a_stranger(self, hall: TownHall, details: str) -> None:
        stranger = hall.browser()

        answer = stranger.submit("/half-typed", {"page": details} | HALF)

        assert (answer.location, rows(hall, ParkedForm)) == ("/sign-in", 0)


class TestDropping:
    @pytest.mark.parametrize("page", ["", "//elsewhere.example", "https://elsewhere.example/", "/nothing"])
    def test_leads_to_no_other_site(self, clerk: Client, page: str) -> None:
        assert clerk.submit("/half-typed/drop", {"page": page}).location == "/"
