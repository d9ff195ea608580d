"""The pages on what we hold and on what can be answered: counted, printable, and with no field for a name."""

import pytest

from cardservice.domain import card_numbers, schedule
from cardservice.terms import StaffRole
from web.hall import TownHall
from web.pages import Client


class TestWhatWeHold:
    @pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR, StaffRole.AUDITOR])
    def test_shows_every_table_with_its_fields_and_its_end(self, hall: TownHall, role: StaffRole) -> None:
        page = hall.browser(role).get("/what-we-hold").main

        for name, rule in schedule.TABLES.items():
            assert name in [code.text for code in page.all("code")]
            assert ", ".join(rule.columns) in page.text
            assert rule.ends in page.text
        assert "nobody can export persons" in page.text

    def test_counts_without_naming(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        hall.hand_out(clerk)
        hall.register(clerk)

        page = supervisor.get("/what-we-hold").main

        assert "Karim" not in page.text
        assert "1 day key" in page.text

    def test_says_when_housekeeping_has_stopped(self, hall: TownHall, clerk: Client) -> None:
        hall.register(clerk)
        hall.clock.passes(days=1)

        assert "Housekeeping has stopped" in hall.browser(StaffRole.AUDITOR).get("/what-we-hold").main.text


class TestTheAnswer:
    def test_about_a_card_is_what_the_register_says(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        number = hall.hand_out(clerk)

        page = supervisor.submit("/what-we-hold/answer/card", {"number": number}).main

        assert "November 2026" in page.text
        assert "November 2028" in page.text
        assert "The register does not hold whose card it is" in page.text

    def test_about_an_unknown_number_says_so(self, supervisor: Client) -> None:
        page = supervisor.submit("/what-we-hold/answer/card", {"number": card_numbers.draw(bytes)}).main

        assert "knows no card" in page.text

    def test_about_a_mistyped_number_asks_again(self, supervisor: Client) -> None:
        page = supervisor.submit("/what-we-hold/answer/card", {"number": "Karim"}).main

        assert "digits is missing or wrong" in page.text
        assert "Answer of the register" not in page.text

    def test_about_a_person_is_the_same_for_everybody_and_is_noted(
        self, administrator: Client, auditor: Client
    ) -> None:
        page = administrator.submit("/what-we-hold/answer/person").main

        assert "No such record can be searched." in page.text
        assert "answer:person" in auditor.get("/audit").main.text

    def test_has_no_field_but_that_of_a_card_number(self, supervisor: Client) -> None:
        page = supervisor.get("/what-we-hold/answer").main

        fields = [node for node in page.walk() if node.tag in ("input", "textarea", "select")]
        assert {node.attributes["name"] for node in fields if node.attributes.get("type") != "hidden"} == {"number"}
