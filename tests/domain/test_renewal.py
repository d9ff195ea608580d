"""A new card in the place of an old one: both change in the transaction of the hand-over, or neither does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from town_hall import NOON, REGISTRATION, TownHall

from cardservice.credential.qr_text import open_text
from cardservice.domain import lifecycle, retention
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.renewal import ReplacedAlready
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, Base, Card
from cardservice.terms import CardState

HOUR = timedelta(hours=1)


def renew(town_hall: TownHall, clerk: Actor, old: IssuedCard, **changed: Any) -> IssuedCard:
    """Issue the card that replaces another, without handing it over."""
    said = replace(REGISTRATION, replaces=old.card_number, **changed)
    return town_hall.issue(town_hall.register(clerk, said), clerk)


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

    def test_of_a_second_card_for_one_old_card_is_refused(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        """Two counters began before either knew of the other: whoever comes second has a good card already."""
        old = make_card()
        first, second = renew(town_hall, clerk, old), renew(town_hall, clerk, old)
        town_hall.hand_over(first.card_number, clerk)

        with pytest.raises(ReplacedAlready):
            town_hall.hand_over(second.card_number, clerk)

        states = [town_hall.card(one.card_number).state for one in (old, first, second)]
        assert states == [CardState.REPLACED, CardState.ACTIVE, CardState.SIGNED]

    def test_is_never_come_to_where_the_old_card_was_replaced_before_it_was_issued(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        old = make_card()
        late = town_hall.register(clerk, replace(REGISTRATION, replaces=old.card_number))
        town_hall.hand_over(renew(town_hall, clerk, old).card_number, clerk)

        with pytest.raises(ReplacedAlready):
            town_hall.issue(late, clerk)
        with pytest.raises(ReplacedAlready):
            renew(town_hall, clerk, old)

        with town_hall.transaction() as session:
            assert session.scalars(select(Card.state).where(Card.state == CardState.INTENT)).all() == []

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


class TestAnotherName:
    def test_is_in_the_new_card_alone_and_leads_nowhere(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        old = make_card()
        new = renew(town_hall, clerk, old, name="Karima al-Haddad", name_second=None, language_second=None)
        town_hall.hand_over(new.card_number, clerk)

        claims = open_text(new.identity_code).open(town_hall.keys[Purpose.CARD].public)
        assert claims.name == "Karima al-Haddad"
        for said in (claims.encode(), claims.residence().encode()):
            assert old.card_number.encode() not in said
            assert b"Karim " not in said
        kept = _everything(town_hall)
        assert "Karim" not in kept
        assert not [row for row in kept.splitlines() if old.card_number in row and new.card_number in row]

    def test_leaves_what_a_renewal_leaves_in_which_nothing_was_changed(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        left = []
        for changed in ({}, {"name": "Karima al-Haddad", "birth_date": "19920000"}):
            old, before = make_card(), _what_is_told(town_hall)
            town_hall.hand_over(renew(town_hall, clerk, old, **changed).card_number, clerk)
            left.append(_what_is_told(town_hall)[len(before) :])

        assert left[0] == left[1]
        assert left[0][-3:] == ["card.handed over", "card.replaced", "draft.ended by hand-over"]


def _what_is_told(town_hall: TownHall) -> list[str]:
    """The audit without whose entries they are."""
    with town_hall.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))


def _everything(town_hall: TownHall) -> str:
    """Every row of the register, one a line."""
    with town_hall.engine.connect() as connection:
        rows = [repr(tuple(row)) for table in Base.metadata.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(rows)
