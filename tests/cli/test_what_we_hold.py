"""`what-we-hold` and `legal-answer` on a real town: counts and field names, and never a name."""

from demo_town import CANARY, Demo

from cardservice.domain import card_numbers
from cardservice.storage.models import Base


class TestWhatWeHold:
    def test_shows_every_table_every_field_and_every_kind_of_file(self, demo: Demo) -> None:
        told = demo.run("what-we-hold")

        assert told.exit_code == 0, told.output
        for table in Base.metadata.sorted_tables:
            assert f"{table.name}: " in told.output
            assert f"fields: {', '.join(table.columns.keys())}" in told.output
        assert "private keys: 4 files" in told.output
        assert "no known kind" not in told.output
        assert "Overdue: 0." in told.output

    def test_names_nobody(self, demo: Demo) -> None:
        told = demo.run("what-we-hold")

        assert CANARY not in told.output
        assert all(card["name"] not in told.output for card in demo.cards if "name" in card)


class TestLegalAnswer:
    def test_about_a_card_is_one_page(self, demo: Demo) -> None:
        number = demo.cards[0]["card_number"]

        told = demo.run("legal-answer", "--card", number)

        assert told.exit_code == 0, told.output
        assert "State:         active" in told.output
        assert "whose card it is" in told.output

    def test_about_a_card_of_another_town_says_so(self, demo: Demo) -> None:
        told = demo.run("legal-answer", "--card", card_numbers.draw(bytes))

        assert "knows no card" in told.output

    def test_about_a_person_takes_no_name(self, demo: Demo) -> None:
        told = demo.run("legal-answer", "--person")

        assert "No such record can be searched." in told.output
        assert "cards: So that every card" in told.output
        assert demo.run("legal-answer", "--person", "Karim").exit_code == 2

    def test_needs_one_of_the_two(self, demo: Demo) -> None:
        for arguments in ([], ["--person", "--card", "7K2MPX4Q9T0A"]):
            assert demo.run("legal-answer", *arguments).exit_code == 2
