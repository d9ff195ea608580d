"""Handing over by scanning: the code is the proof that the print is good, and a scan alone erases nothing."""

from io import BytesIO

import pytest
from PIL import Image
from qr_codes import qr_codes
from sqlalchemy import select

from cardservice.domain import drafts
from cardservice.storage.models import Card, Draft
from cardservice.terms import CardState, StaffRole
from web.hall import TownHall
from web.pages import Client


def codes_of(hall: TownHall, draft_id: str) -> tuple[str, str]:
    """Identity and residence code of a signed card, as on paper."""
    with hall.sessions() as session:
        issued = drafts.contents(session.get_one(Draft, draft_id), day_keys=hall.day_keys).issued
    assert issued is not None
    return issued.identity_code, issued.residence_code


def state_of(hall: TownHall, number: str) -> CardState:
    with hall.sessions() as session:
        return session.scalars(select(Card.state).where(Card.number == number)).one()


class TestScanning:
    @pytest.mark.parametrize("which", [0, 1])
    def test_reads_either_code_and_offers_the_hand_over(self, hall: TownHall, clerk: Client, which: int) -> None:
        draft_id, number = hall.issue(clerk)

        page = clerk.submit("/hand-over", {"code": codes_of(hall, draft_id)[which] + "\r\n"}).main

        assert "The card can be read" in page.text
        assert any(form.attributes["action"] == f"/cards/{number}/hand-over" for form in page.all("form"))
        assert state_of(hall, number) is CardState.SIGNED

    def test_goes_on_with_the_next_card_after_a_hand_over(self, hall: TownHall, clerk: Client) -> None:
        _, number = hall.issue(clerk)

        answer = clerk.submit(f"/cards/{number}/hand-over", {"next": "scan"})

        assert answer.location == "/hand-over"
        assert state_of(hall, number) is CardState.ACTIVE

    def test_never_shows_a_code_again(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        code, _ = codes_of(hall, draft_id)

        for sent in (code, code[:-5]):
            assert code[:40] not in clerk.submit("/hand-over", {"code": sent}).text

    @pytest.mark.parametrize(
        ("code", "words"), [("", "Scan a code"), ("hello", "not a card"), ("HTTPS://SHOP.EXAMPLE", "not a card")]
    )
    def test_refuses_in_words_what_is_no_card(self, clerk: Client, code: str, words: str) -> None:
        assert words in clerk.submit("/hand-over", {"code": code}).main.text

    def test_refuses_in_words_a_card_that_was_handed_over(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        code, _ = codes_of(hall, draft_id)
        clerk.submit(f"/cards/{number}/hand-over")

        assert "handed over before" in clerk.submit("/hand-over", {"code": code}).main.text

    def test_is_for_a_colleague_too(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        code, _ = codes_of(hall, draft_id)

        page = hall.browser(StaffRole.SUPERVISOR).submit("/hand-over", {"code": code})
        assert "The card can be read" in page.main.text


class TestOnThePageOfARegistration:
    @pytest.mark.parametrize("which", [0, 1])
    def test_its_own_card_is_read_and_the_hand_over_is_next(self, hall: TownHall, clerk: Client, which: int) -> None:
        draft_id, number = hall.issue(clerk)

        page = clerk.submit(f"/registrations/{draft_id}/print", {"code": codes_of(hall, draft_id)[which] + "\n"}).main

        assert "The card can be read" in page.text
        (form,) = (form for form in page.all("form") if form.attributes["action"] == f"/cards/{number}/hand-over")
        assert [node.attributes.get("accesskey") for node in form.all("button")] == ["n"]
        assert len([node for node in page.all("button") if node.attributes.get("accesskey") == "n"]) == 1
        assert state_of(hall, number) is CardState.SIGNED

    def test_another_card_is_said_to_be_another(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        other_id, _ = hall.issue(clerk, name="Ana Duarte")
        code, _ = codes_of(hall, other_id)

        answer = clerk.submit(f"/registrations/{draft_id}/print", {"code": code})

        assert answer.page.all("title")[0].text.startswith("Error: ")
        assert "This is another card, not the one of this registration" in answer.main.text
        assert "The card can be read" not in answer.main.text
        assert code[:40] not in answer.text
        assert "Ana Duarte" not in answer.text

    def test_a_card_that_was_handed_over_is_another_one_too(self, hall: TownHall, clerk: Client) -> None:
        old_id, old = hall.issue(clerk)
        code, _ = codes_of(hall, old_id)
        clerk.submit(f"/cards/{old}/hand-over")
        draft_id, _ = hall.issue(clerk)

        assert "another card" in clerk.submit(f"/registrations/{draft_id}/print", {"code": code}).main.text

    @pytest.mark.parametrize(("code", "words"), [("", "Scan a code"), ("hello", "not a card")])
    def test_what_is_no_card_is_refused_in_words(self, hall: TownHall, clerk: Client, code: str, words: str) -> None:
        draft_id, _ = hall.issue(clerk)

        assert words in clerk.submit(f"/registrations/{draft_id}/print", {"code": code}).main.text

    def test_is_for_whoever_may_see_the_registration(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        code, _ = codes_of(hall, draft_id)

        assert (
            hall.browser(StaffRole.ADMINISTRATOR).submit(f"/registrations/{draft_id}/print", {"code": code}).status_code
            == 403
        )
        assert clerk.submit(f"/registrations/{'0' * 32}/print", {"code": code}).status_code == 404


class TestTheTelephone:
    def test_is_shown_both_codes_as_they_are_on_the_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        read = []
        for name in ("identity", "residence"):
            answer = clerk.get(f"/registrations/{draft_id}/telephone/{name}.png")
            with Image.open(BytesIO(answer.data)) as picture:
                read += [code.text for code in qr_codes(picture.convert("L"))]

        assert tuple(read) == codes_of(hall, draft_id)

    def test_may_take_a_picture_or_a_pdf_along_under_a_name_that_says_nothing(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id, _ = hall.issue(clerk)

        for name, kind in (("card.png", "image/png"), ("card.pdf", "application/pdf")):
            answer = clerk.get(f"/registrations/{draft_id}/telephone/{name}")
            assert answer.mimetype == kind
            assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'

    def test_is_told_that_nobody_needs_it_and_what_it_shows(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        page = clerk.get(f"/registrations/{draft_id}/telephone").main.text

        assert "Nobody needs a copy" in page
        assert "Karim" not in page
