"""A new card in the place of an old one: both change in the transaction of the hand-over, or neither does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from town_hall import NOON, REGISTRATION, TownHall

from cardservice.domain import lifecycle, retention
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.storage.models import Card
from cardservice.terms import CardState

HOUR = timedelta(hours=1)


def renew(town_hall: TownHall, clerk: Actor, old: IssuedCard) -> IssuedCard:
    """Issue the card that replaces another, without handing it over."""
    return town_hall.issue(town_hall.register(clerk, replace(REGISTRATION, replaces=old.card_number)), clerk)


class TestHandOver:
    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.SUSPENDED])
    def test_ends_the_old_card_with_it(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        old = make_card(state)
        new = renew(town_hall, clerk, old)
        assert town_hall.card(old.card_number).state is state

        town_hall.hand_over(new.card_number, clerk)
        town_hall.publish(now=NOON + HOUR)

        assert town_hall.card(old.card_number).state is CardState.REPLACED
        assert town_hall.card(old.card_number).revoke_month == "2026-11"
        assert town_hall.verdict(old.identity_code, now=NOON + HOUR).reason == "revoked"
        assert town_hall.verdict(new.identity_code, now=NOON + HOUR).reason == "valid"

    def test_leaves_a_card_that_ended_by_itself(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        old = make_card(CardState.REVOKED)

        town_hall.hand_over(renew(town_hall, clerk, old).card_number, clerk)

        assert town_hall.card(old.card_number).state is CardState.REVOKED

    def test_goes_on_when_the_old_card_has_left_the_register(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        old = make_card()
        new = renew(town_hall, clerk, old)
        with town_hall.transaction() as session:
            session.delete(session.get_one(Card, old.card_number))

        town_hall.hand_over(new.card_number, clerk)

        assert town_hall.card(new.card_number).state is CardState.ACTIVE

    @pytest.mark.parametrize("room", [lifecycle, retention])
    def test_changes_neither_card_when_it_fails_half_way(
        self,
        town_hall: TownHall,
        clerk: Actor,
        make_card: Callable[..., IssuedCard],
        monkeypatch: pytest.MonkeyPatch,
        room: object,
    ) -> None:
        old = make_card()
        new = renew(town_hall, clerk, old)

        def fail(*_args: object, **_keywords: object) -> None:
            raise RuntimeError("the disk is full")

        name = "move" if room is lifecycle else "end_draft"
        monkeypatch.setattr(room, name, fail)
        with pytest.raises(RuntimeError):
            town_hall.hand_over(new.card_number, clerk)

        states = [town_hall.card(card.card_number).state for card in (old, new)]
        assert states == [CardState.ACTIVE, CardState.SIGNED]
