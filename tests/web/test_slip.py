"""The slip at the desk: offered beside the card until hand-over, in the holder's language, and about nobody (I24)."""

from dataclasses import replace

import pypdfium2
import pytest

from cardservice.domain import issuance
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.printing import slip
from cardservice.printing.slip import SlipPaper
from cardservice.storage.models import Draft
from cardservice.terms import StaffRole
from cardservice.web import decided
from web.hall import TownHall
from web.pages import Client

SOMEBODY = {"name": "Karim al-Haddad", "name_second": "كريم الحدّاد", "birth_day": "27"}
SOMEBODY_ELSE = {"name": "Ana", "name_second": "Анна", "language_second": "rus", "birth_day": "3", "birth_year": "1950"}


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].get_textpage().get_text_range()
    finally:
        document.close()


def issued(hall: TownHall, draft_id: str) -> IssuedCard:
    with hall.sessions.begin() as session:
        creator = session.get_one(Draft, draft_id).creator_id
        actor = Actor("clara", StaffRole.CLERK, creator)
        return issuance.reprint(session, draft_id, actor=actor, now=hall.clock.now, day_keys=hall.day_keys)


class TestTheSlip:
    @pytest.mark.parametrize(("paper", "width"), [("a6", 105), ("receipt", 80), ("", 105), ("wall", 105)])
    def test_is_offered_beside_the_card(self, hall: TownHall, clerk: Client, paper: str, width: int) -> None:
        draft_id, _ = hall.issue(clerk)
        page = clerk.get(f"/registrations/{draft_id}/print").text
        assert f"/registrations/{draft_id}/slip.pdf" in page
        assert "Print the slip on" not in page

        answer = clerk.get(f"/registrations/{draft_id}/slip.pdf?paper={paper}")

        document = pypdfium2.PdfDocument(answer.data)
        assert (answer.mimetype, round(document[0].get_width() / 72 * 25.4)) == ("application/pdf", width)
        document.close()

    def test_is_the_same_to_the_last_byte_until_hand_over_and_then_gone(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        first, second = (clerk.get(f"/registrations/{draft_id}/slip.pdf") for _ in range(2))

        clerk.submit(f"/cards/{number}/hand-over")

        assert first.data == second.data
        assert clerk.get(f"/registrations/{draft_id}/slip.pdf").status_code == 404

    @pytest.mark.parametrize(
        ("asked", "said"),
        [("", "Slip for your card"), ("?language=fr", "Fiche de votre carte"), ("?language=tlh", "Slip for your card")],
    )
    def test_speaks_the_holders_language_or_the_one_that_is_chosen(
        self, hall: TownHall, clerk: Client, asked: str, said: str
    ) -> None:
        draft_id, _ = hall.issue(clerk, language="eng")

        assert said in words_of(clerk.get(f"/registrations/{draft_id}/slip.pdf{asked}").data)

    def test_speaks_the_towns_language_where_it_has_no_words_in_the_holders(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id, _ = hall.issue(clerk, name="தமிழ்", language="tam", name_second="", language_second="")

        assert "Fiche de votre carte" in words_of(clerk.get(f"/registrations/{draft_id}/slip.pdf").data)

    def test_differs_between_people_in_number_code_day_and_language_only(self, hall: TownHall, clerk: Client) -> None:
        first = issued(hall, hall.issue(clerk, **SOMEBODY)[0])
        hall.clock.passes(days=1)
        other = issued(hall, hall.issue(hall.browser(StaffRole.CLERK), **SOMEBODY_ELSE)[0])
        faces = [decided.slip(hall.settings, card) for card in (first, other)]

        made_equal = replace(
            faces[1],
            card_number=faces[0].card_number,
            slip_code=faces[0].slip_code,
            valid_until=faces[0].valid_until,
            language=faces[0].language,
        )

        assert first.card_number != other.card_number
        assert faces[0].slip_code != faces[1].slip_code
        assert faces[0].valid_until != faces[1].valid_until
        for paper in SlipPaper:
            assert slip.pdf(faces[0], paper) == slip.pdf(made_equal, paper)
            assert not any(name in words_of(slip.pdf(faces[0], paper)) for name in ("Karim", "Haddad", "1985"))

    def test_names_the_public_page_of_the_town(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        assert decided.slip(hall.settings, issued(hall, draft_id)).link.startswith(
            "https://cards.vila-aberta.example/lost#"
        )
