"""Finding a card by its number, and all that is known of it."""

import pytest

from cardservice.domain.audit import Action
from cardservice.domain.finding import WhyNotFound
from cardservice.terms import CardState, StaffRole
from cardservice.web import card_words
from web.hall import TownHall
from web.pages import Client
from web.test_slip import issued


class TestFinding:
    def test_takes_a_number_as_people_type_it(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        ways = [number, f" {number} ", f"{number[:4]}-{number[4:8]}-{number[8:]}", f"{number[:6]} {number[6:]}".lower()]

        answers = [clerk.submit("/cards/find", {"code": typed}) for typed in ways]

        assert {answer.location for answer in answers} == {f"/cards/{number}"}

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "Type it, or scan the card or the slip"),
            ("   ", "Type it, or scan the card or the slip"),
            ("7K2M", "not a card number"),
            ("Saba", "By name nothing can be found"),
            ("<script>", "not a card number"),
            ("0" * 28, "No card goes with this code"),
            ("0123456789ABCDEFGHJKMNPQRSTV", "not a slip code"),
            ("0" * 500, "neither a card number"),
            ("000000000000", "No card of this town"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, clerk: Client, typed: str, words: str) -> None:
        answer = clerk.submit("/cards/find", {"code": typed})

        assert answer.status_code == 200
        assert words in answer.main.text
        field = next(node for node in answer.page.all("input") if node.attributes["name"] == "code")
        assert field.attributes["value"] == ("" if len(typed) > 48 else typed)

    def test_sees_a_slip_of_the_finger(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        slip = number[:3] + ("2" if number[3] != "2" else "3") + number[4:]

        assert "digits is missing or wrong" in clerk.submit("/cards/find", {"code": slip}).main.text

    def test_takes_the_code_of_a_slip_and_the_card_itself(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        card = issued(hall, draft_id)
        clerk.submit(f"/cards/{number}/hand-over")

        for shown in (card.slip_code, card.residence_code, card.identity_code):
            assert clerk.submit("/cards/find", {"code": shown}).location == f"/cards/{number}"

    def test_takes_a_card_that_waits_for_its_holder_to_the_hand_over(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        card = issued(hall, draft_id)

        assert clerk.submit("/cards/find", {"code": number}).location == f"/cards/{number}"
        assert clerk.submit("/cards/find", {"code": card.slip_code}).location == f"/cards/{number}"
        scanned = clerk.submit("/cards/find", {"code": card.residence_code})
        assert (scanned.status_code, scanned.location) == (307, "/hand-over")

    def test_shows_no_scanned_card_again(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        code = issued(hall, draft_id).identity_code

        assert code[:40] not in clerk.submit("/cards/find", {"code": code[:-9]}).text

    def test_has_no_search_by_name(self, hall: TownHall, clerk: Client) -> None:
        hall.hand_out(clerk)

        answer = clerk.submit("/cards/find", {"code": "Karim al-Haddad"})

        assert "not a card number" in answer.main.text


class TestTheCardPage:
    def test_shows_state_months_and_key_and_nothing_else(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        page = clerk.get(f"/cards/{number}").main

        said = dict(zip([one.text for one in page.all("dt")], [one.text for one in page.all("dd")], strict=True))
        assert list(said) == ["State", "Issued in", "Expires in", "Signed with key", "Policy of that month"]
        assert (said["Issued in"], said["Expires in"]) == ("November 2026", "November 2028")
        assert said["Policy of that month"] == hall.settings.evidence.version

    def test_says_what_happened_and_what_can_be_done_next(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        hall.clock.passes(days=10)
        clerk = hall.browser(StaffRole.CLERK)
        clerk.submit(f"/cards/{number}/suspend")

        page = clerk.get(f"/cards/{number}").main

        befell = [" ".join(item.text.split()) for item in page.all("ol")[0].all("li")]
        assert befell == [
            "Issuing begun November 2026",
            "Signed November 2026",
            "Handed over November 2026",
            "Suspended December 2026",
        ]
        assert "reinstate it" in page.text

    def test_says_so_when_there_is_none(self, clerk: Client) -> None:
        assert clerk.get("/cards/000000000000").status_code == 404
        assert clerk.get("/cards/7K2M").status_code == 404

    def test_has_words_for_everything(self) -> None:
        assert set(card_words.BEFELL) == {action for action in Action if action.startswith("card.")}
        assert set(card_words.NEXT_STEPS) == set(CardState)
        assert set(card_words.NOT_FOUND) == set(WhyNotFound)
