"""What a form takes: the fields it shows, from the body of the request, each once."""

from cardservice.domain import cards
from cardservice.terms import CardState
from web.hall import ANSWERS, TownHall
from web.pages import Client


class TestAForm:
    def test_takes_nothing_from_the_address(self, clerk: Client, details: str) -> None:
        without = {name: value for name, value in ANSWERS.items() if name != "name"}

        answer = clerk.submit(f"{details}?name=Ana+Silva", without)

        assert answer.status_code == 200
        assert "Ana Silva" not in answer.text

    def test_takes_the_first_of_two_values_for_a_field(self, clerk: Client, details: str) -> None:
        answer = clerk.submit(details, ANSWERS | {"name": ["Ana Silva", "Eva Costa"]})

        shown = clerk.get(answer.location.replace("photo", "check")).main.text
        assert "Ana Silva" in shown
        assert "Eva Costa" not in shown

    def test_takes_no_field_that_it_does_not_show(self, hall: TownHall, clerk: Client) -> None:
        """`replaces` is a part of every registration, and set by the page of the card alone."""
        number = hall.hand_out(clerk)

        hall.hand_out(clerk, replaces=number, state="approved", approver_id="2", portrait_print="x", role="auditor")

        with hall.sessions.begin() as session:
            assert cards.get(session, number).state is CardState.ACTIVE
