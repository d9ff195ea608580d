"""Suspending, reinstating and revoking a card at the desk."""

import pytest

from web.hall import TownHall
from web.pages import Client


class TestRevoke:
    @pytest.mark.parametrize("reason", ["lost", "stolen", "damaged", "withdrawn", "issued in error"])
    def test_ends_a_card_for_good(self, hall: TownHall, clerk: Client, reason: str) -> None:
        number = hall.hand_out(clerk)

        page = clerk.submit(f"/cards/{number}/revoke", {"reason": reason}, follow_redirects=True).main

        assert "Revoked" in page.text
        assert "November 2026" in page.text
        assert "Suspend" not in page.text

    @pytest.mark.parametrize("reason", ["", "because", "not handed over"])
    def test_asks_for_a_reason_that_can_be_told_at_the_counter(
        self, hall: TownHall, clerk: Client, reason: str
    ) -> None:
        number = hall.hand_out(clerk)

        answer = clerk.submit(f"/cards/{number}/revoke", {"reason": reason})

        assert "Choose why" in answer.main.text
        assert "Active" in clerk.get(f"/cards/{number}").main.text

    def test_happens_once(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        clerk.submit(f"/cards/{number}/revoke", {"reason": "lost"})

        assert clerk.submit(f"/cards/{number}/revoke", {"reason": "lost"}).status_code == 409

    def test_is_not_done_by_opening_its_page(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        for step in ("revoke", "suspend"):
            assert clerk.get(f"/cards/{number}/{step}").status_code == 200

        assert "Active" in clerk.get(f"/cards/{number}").main.text


class TestSuspend:
    def test_can_be_taken_back(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        clerk.submit(f"/cards/{number}/suspend")
        assert "Suspended" in clerk.get(f"/cards/{number}").main.text
        clerk.submit(f"/cards/{number}/reinstate")

        assert "Active" in clerk.get(f"/cards/{number}").main.text

    def test_is_not_possible_for_a_revoked_card(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        clerk.submit(f"/cards/{number}/revoke", {"reason": "lost"})

        assert clerk.submit(f"/cards/{number}/suspend").status_code == 409
        assert clerk.submit(f"/cards/{number}/reinstate").status_code == 409
