"""Finding a card by its number, and all that is known of it."""

import pytest

from web.hall import TownHall
from web.pages import Client


class TestFinding:
    def test_takes_a_number_as_people_type_it(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        ways = [number, f" {number} ", f"{number[:4]}-{number[4:8]}-{number[8:]}", f"{number[:6]} {number[6:]}".lower()]

        answers = [clerk.submit("/cards/find", {"number": typed}) for typed in ways]

        assert {answer.location for answer in answers} == {f"/cards/{number}"}

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "not a card number"),
            ("7K2M", "not a card number"),
            ("<script>", "not a card number"),
            ("0" * 500, "not a card number"),
            ("000000000000", "No card of this town"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, clerk: Client, typed: str, words: str) -> None:
        answer = clerk.submit("/cards/find", {"number": typed})

        assert answer.status_code == 200
        assert words in answer.main.text
        field = next(node for node in answer.page.all("input") if node.attributes["name"] == "number")
        assert field.attributes["value"] == typed

    def test_sees_a_slip_of_the_finger(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        slip = number[:3] + ("2" if number[3] != "2" else "3") + number[4:]

        assert "mistyped" in clerk.submit("/cards/find", {"number": slip}).main.text

    def test_has_no_search_by_name(self, hall: TownHall, clerk: Client) -> None:
        hall.hand_out(clerk)

        answer = clerk.submit("/cards/find", {"number": "Karim al-Haddad"})

        assert "not a card number" in answer.main.text


class TestTheCardPage:
    def test_shows_state_months_and_key_and_nothing_else(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)

        page = clerk.get(f"/cards/{number}").main

        assert [term.text for term in page.all("dt")] == ["State", "Issued in", "Expires in", "Signed with key"]
        assert [value.text for value in page.all("dd")][1:3] == ["November 2026", "November 2028"]

    def test_says_so_when_there_is_none(self, clerk: Client) -> None:
        assert clerk.get("/cards/000000000000").status_code == 404
        assert clerk.get("/cards/7K2M").status_code == 404
