"""A new card in the place of an old one, at the desk."""

from web.hall import ANSWERS, TownHall
from web.pages import Client


class TestReplace:
    def test_ends_the_old_card_with_the_hand_over_of_the_new(self, hall: TownHall, clerk: Client) -> None:
        old = hall.hand_out(clerk)
        assert "replaces card" in clerk.get(f"/cards/{old}/replace").main.text

        draft_id = hall.replace(clerk, old)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        assert "Replaces the card" in clerk.get(f"/registrations/{draft_id}/check").main.text
        clerk.submit(f"/registrations/{draft_id}/issue")
        assert "Active" in clerk.get(f"/cards/{old}").main.text
        page = clerk.get(f"/registrations/{draft_id}/print").main
        hand_over = next(
            form.attributes["action"] for form in page.all("form") if "hand-over" in form.attributes["action"]
        )
        clerk.submit(hand_over)

        assert "Replaced by a new card" in clerk.get(f"/cards/{old}").main.text

    def test_goes_on_replacing_it_when_answers_are_changed(self, hall: TownHall, clerk: Client) -> None:
        old = hall.hand_out(clerk)
        draft_id = hall.replace(clerk, old)

        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS | {"name": "Karima"})
        clerk.submit(f"/registrations/{draft_id}/no-photo")

        assert "Replaces the card" in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_is_not_for_a_card_that_was_never_handed_over(self, hall: TownHall, clerk: Client) -> None:
        _, number = hall.issue(clerk)

        assert clerk.get(f"/cards/{number}/replace").status_code == 409
