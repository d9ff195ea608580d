"""From checked answers to a card in the hand, as a browser sees it."""

from threading import Thread

import pytest

from cardservice.terms import StaffRole
from cardservice.web.desk import Keys
from web.hall import ANSWERS, Builder, TownHall
from web.pages import Client, mark_of


def cards_in(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        from sqlalchemy import text

        return int(session.scalar(text("SELECT count(*) FROM cards")) or 0)


class TestTheWholeJourney:
    def test_leads_from_the_answers_to_an_active_card(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        page = clerk.get(f"/cards/{number}").main

        assert "Active" in page.text
        assert "Karim" not in page.text

    def test_shows_both_sides_of_the_card_before_it_is_issued(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        for side in ("front", "back"):
            answer = clerk.get(f"/registrations/{draft_id}/{side}.jpg")
            assert answer.mimetype == "image/jpeg"
            assert answer.data.startswith(b"\xff\xd8\xff")

    def test_erases_the_registration_at_hand_over(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)

        clerk.submit(f"/cards/{number}/hand-over")

        for page in ("check", "print", "details", "photo", "telephone", "telephone/card.png", "front.jpg"):
            answer = clerk.get(f"/registrations/{draft_id}/{page}")
            assert answer.status_code == 404
            assert "nothing here" in answer.main.text


class TestIssuingTwice:
    def test_makes_one_card_for_a_repeated_request(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/issue", follow_redirects=True)

        assert number in answer.text
        assert cards_in(hall) == 1

    def test_makes_one_card_for_a_double_click(self, hall: TownHall, clerk: Client) -> None:
        path, csrf = f"/registrations/{hall.register(clerk)}/issue", clerk.csrf()
        form = {"csrf_token": csrf} | mark_of(hall.app, path)
        cookie = clerk.get_cookie("desk")
        assert cookie
        statuses: list[int] = []

        def click() -> None:
            browser = hall.app.test_client()
            browser.set_cookie("desk", cookie.value)
            statuses.append(browser.post(path, data=form).status_code)

        clicks = [Thread(target=click) for _ in range(4)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()

        assert set(statuses) <= {302, 409}
        assert 302 in statuses
        assert cards_in(hall) == 1

    def test_is_said_on_the_page_that_the_back_button_shows(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)

        answer = clerk.get(f"/registrations/{draft_id}/check", follow_redirects=True)

        assert "already issued" in answer.main.text
        assert number[:4] in answer.main.text
        assert cards_in(hall) == 1

    def test_makes_none_after_the_hand_over(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        clerk.submit(f"/cards/{number}/hand-over")

        answer = clerk.submit(f"/registrations/{draft_id}/issue")

        assert answer.status_code == 404
        assert cards_in(hall) == 1

    def test_lets_no_answer_be_changed_any_more(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/details", ANSWERS | {"name": "Somebody Else"})

        assert answer.status_code == 409


class TestPrinting:
    def test_offers_its_pdfs_under_names_that_say_nothing_of_the_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        card = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"})
        slip = clerk.get(f"/registrations/{draft_id}/slip.pdf")

        assert card.headers["Content-Disposition"] == 'inline; filename="card.pdf"'
        assert slip.headers["Content-Disposition"] == 'inline; filename="slip.pdf"'

    @pytest.mark.parametrize("position", ["1", "10", "0", "11", "x", ""])
    def test_offers_an_a4_sheet_from_any_place_on(self, hall: TownHall, clerk: Client, position: str) -> None:
        draft_id, _ = hall.issue(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.a4", "position": position})

        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")

    def test_says_what_to_do_before_there_is_a_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        assert clerk.get(f"/registrations/{draft_id}/print").status_code == 409


class TestHandingOverWhatWasNotPrinted:
    def test_is_behind_words_until_the_card_is_printed(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)

        def is_behind_words() -> bool:
            page = clerk.get(f"/registrations/{draft_id}/print").main
            behind = [form.attributes["action"] for part in page.all("details") for form in part.all("form")]
            return f"/cards/{number}/hand-over" in behind

        before = is_behind_words()
        assert clerk.submit(f"/registrations/{draft_id}/card.pdf").status_code == 200

        assert (before, is_behind_words()) == (True, False)


class TestCancelling:
    def test_revokes_the_card_and_erases_the_answers(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        assert "Choose why" in clerk.submit(f"/cards/{number}/cancel").main.text

        clerk.submit(f"/cards/{number}/cancel", {"reason": "not handed over"})

        assert "Revoked" in clerk.get(f"/cards/{number}").main.text
        assert clerk.get(f"/registrations/{draft_id}/print").status_code == 404

    def test_is_not_for_a_card_in_somebodys_hand(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        assert clerk.submit(f"/cards/{number}/cancel", {"reason": "damaged"}).status_code == 409
        assert "Active" in clerk.get(f"/cards/{number}").main.text


class TestFourEyes:
    def test_needs_a_supervisor_who_is_somebody_else(self, make_hall: Builder) -> None:
        hall = make_hall(four_eyes=True)
        clerk, supervisor = hall.browser(StaffRole.CLERK), hall.browser(StaffRole.SUPERVISOR)
        draft_id = hall.register(clerk)
        assert "Ask for approval" in clerk.get(f"/registrations/{draft_id}/check").main.text
        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 409

        clerk.submit(f"/registrations/{draft_id}/submit")
        assert f"/registrations/{draft_id}/check" in supervisor.get("/").text
        assert "Approve" in supervisor.get(f"/registrations/{draft_id}/check").main.text
        supervisor.submit(f"/registrations/{draft_id}/approve")

        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 302
        assert cards_in(hall) == 1

    def test_is_not_given_to_oneself(self, make_hall: Builder) -> None:
        hall = make_hall(four_eyes=True)
        supervisor = hall.browser(StaffRole.SUPERVISOR)
        draft_id = hall.register(supervisor)
        supervisor.submit(f"/registrations/{draft_id}/submit")

        assert supervisor.submit(f"/registrations/{draft_id}/approve").status_code == 403


class TestACapOfTheDay:
    def test_is_said_in_words_and_the_answers_stay(self, make_hall: Builder) -> None:
        hall = make_hall(cards_a_day=1)
        clerk = hall.browser(StaffRole.CLERK)
        hall.issue(clerk)
        draft_id = hall.register(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/issue")

        assert answer.status_code == 403
        assert "enough for today" in answer.main.text
        assert "Ask a colleague to issue it" in answer.main.text
        assert clerk.get(f"/registrations/{draft_id}/check").status_code == 200
        assert cards_in(hall) == 1


class TestALockedKey:
    def test_is_said_and_nothing_is_half_done(self, make_hall: Builder) -> None:
        hall = make_hall(keys=Keys())
        clerk = hall.browser(StaffRole.CLERK)
        draft_id = hall.register(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/issue")

        assert answer.status_code == 503
        assert "A key is locked" in answer.main.text
        assert cards_in(hall) == 0
        assert ANSWERS["name"] in clerk.get(f"/registrations/{draft_id}/check").main.text
