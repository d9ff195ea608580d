"""Finding a card by its number, however it was typed; every look-up is counted, none is kept."""

from collections.abc import Callable

import pytest
from town_hall import DAY, NOON, TownHall

from cardservice.domain import cards, legal_answer, revocation, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.card_numbers import grouped
from cardservice.domain.cards import Befell, CardNotFound, CardNumberMistyped
from cardservice.domain.issuance import IssuedCard
from cardservice.terms import CardState

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


class TestHistory:
    def history(self, hall: TownHall, number: str) -> list[Befell]:
        with hall.reading() as session:
            return cards.history(session, cards.get(session, number))

    def test_says_what_happened_in_which_month_and_of_no_other_card(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card(CardState.SUSPENDED).card_number
        make_card()
        with town_hall.transaction() as session:
            revocation.reinstate(session, number, actor=clerk, now=NOON + 20 * DAY)

        assert self.history(town_hall, number) == [
            Befell(Action.CARD_INTENT, "2026-11", by_holder=False),
            Befell(Action.CARD_SIGNED, "2026-11", by_holder=False),
            Befell(Action.CARD_HANDED_OVER, "2026-11", by_holder=False),
            Befell(Action.CARD_SUSPENDED, "2026-11", by_holder=False),
            Befell(Action.CARD_REINSTATED, "2026-12", by_holder=False),
        ]

    def test_says_that_its_holder_ended_it(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        card = make_card()
        with town_hall.transaction() as session:
            revocation.revoke_by_slip(session, card.slip_code, now=NOON)

        assert self.history(town_hall, card.card_number)[-1] == Befell(Action.CARD_REVOKED, "2026-11", by_holder=True)

    def test_does_not_tell_the_desk_that_somebody_demanded_an_answer(
        self, town_hall: TownHall, supervisor: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number
        before = self.history(town_hall, number)
        with town_hall.transaction() as session:
            legal_answer.about_card(session, number, actor=supervisor, now=NOON)

        assert self.history(town_hall, number) == before
