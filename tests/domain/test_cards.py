"""Finding a card by its number, however it was typed; every look-up is counted, none is kept."""

from collections.abc import Callable

import pytest
from town_hall import NOON, TownHall

from cardservice.domain import cards, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.card_numbers import grouped
from cardservice.domain.cards import CardNotFound, CardNumberMistyped
from cardservice.domain.issuance import IssuedCard

NOBODYS = "000000000000"


class TestFind:
    def test_takes_what_is_printed(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number

        with town_hall.transaction() as session:
            for typed in (grouped(number), number.lower()):
                assert cards.find(session, typed, actor=clerk, now=NOON).number == number

    def test_tells_a_typing_mistake_from_a_card_that_is_not_there(self, town_hall: TownHall, clerk: Actor) -> None:
        with town_hall.transaction() as session:
            with pytest.raises(CardNumberMistyped):
                cards.find(session, "0000-0000-0001", actor=clerk, now=NOON)
            with pytest.raises(CardNotFound) as caught:
                cards.find(session, grouped(NOBODYS), actor=clerk, now=NOON)

        assert caught.value.card_number == NOBODYS

    def test_is_counted_by_role(self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]) -> None:
        number = make_card().card_number

        with town_hall.transaction() as session:
            for _ in range(10):
                cards.find(session, number, actor=clerk, now=NOON)

            assert statistics.month(session, "2026-11")["card.looked up by clerk"] == 10
