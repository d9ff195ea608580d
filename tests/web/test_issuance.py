"""From checked answers to a card in the hand, as a browser sees it."""

from web.hall import TownHall
from web.pages import Client


class TestTheWholeJourney:
    def test_leads_from_the_answers_to_an_active_card(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        page = clerk.get(f"/cards/{number}").main

        assert "Active" in page.text
