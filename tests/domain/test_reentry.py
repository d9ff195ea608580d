"""A card issued after the backup is entered again from its own code, and from then on is a card like any other."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, select
from town_hall import DAY, NOON, TownHall

from cardservice.domain import reentry, revocation
from cardservice.domain.actor import CONSOLE
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.reentry import CardKnown, NotToBeEntered
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, Card, StatusIndex
from cardservice.terms import CardState, RevocationReason


@pytest.fixture
def forgotten(town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> IssuedCard:
    """A card in a pocket that an older register knows nothing of, nor its place."""
    card = make_card()
    forget(town_hall, card)
    return card


def forget(town_hall: TownHall, card: IssuedCard) -> None:
    with town_hall.transaction() as session:
        row = session.get_one(Card, card.card_number)
        place = (row.list_number, row.position)
        session.execute(delete(Card).where(Card.number == card.card_number))
        session.execute(
            delete(StatusIndex).where(StatusIndex.list_number == place[0], StatusIndex.position == place[1])
        )


def enter(town_hall: TownHall, text: str) -> None:
    with town_hall.transaction() as session:
        reentry.enter(session, text, town_hall.kit, town=town_hall.town, actor=CONSOLE, now=NOON)


class TestEnter:
    @pytest.mark.parametrize("code", ["identity_code", "residence_code"])
    def test_makes_it_known_from_either_code_as_it_was_issued(
        self, town_hall: TownHall, forgotten: IssuedCard, code: str
    ) -> None:
        enter(town_hall, getattr(forgotten, code) + "\r\n")

        card = town_hall.card(forgotten.card_number)
        assert (card.state, card.issue_month, card.expiry_month) == (CardState.ACTIVE, "2026-11", "2028-11")
        assert card.key_id == town_hall.keys[Purpose.CARD].key_id.hex()
        with town_hall.reading() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
            assert last is not None
            assert (last.action, last.subject) == ("card.entered again", f"card:{card.number}")

    def test_lets_it_be_revoked(self, town_hall: TownHall, forgotten: IssuedCard) -> None:
        enter(town_hall, forgotten.identity_code)

        with town_hall.transaction() as session:
            revocation.revoke(session, forgotten.card_number, RevocationReason.LOST, actor=CONSOLE, now=NOON)
        town_hall.publish(now=NOON + DAY)

        assert town_hall.verdict(forgotten.identity_code, now=NOON + DAY).reason == "revoked"

    def test_takes_the_place_where_the_register_kept_it(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        card = make_card()
        with town_hall.transaction() as session:
            session.execute(delete(Card).where(Card.number == card.card_number))

        enter(town_hall, card.identity_code)

        assert town_hall.card(card.card_number).state is CardState.ACTIVE

    def test_refuses_a_card_that_is_known(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        with pytest.raises(CardKnown):
            enter(town_hall, make_card().identity_code)

    def test_refuses_a_place_that_is_another_cards(
        self, town_hall: TownHall, forgotten: IssuedCard, make_card: Callable[..., IssuedCard]
    ) -> None:
        enter(town_hall, forgotten.identity_code)
        with town_hall.transaction() as session:
            session.get_one(Card, forgotten.card_number).number = "0" * 12

        with pytest.raises(CardKnown):
            enter(town_hall, forgotten.identity_code)

    def test_refuses_what_is_not_valid(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        revoked = make_card(CardState.REVOKED)
        town_hall.publish(now=NOON)
        forget(town_hall, revoked)

        for text in ("a shop's code", revoked.identity_code):
            with pytest.raises(NotToBeEntered):
                enter(town_hall, text)

    def test_refuses_a_valid_card_of_a_recognised_city(self, town_hall: TownHall, forgotten: IssuedCard) -> None:
        """Its list is none of ours."""
        elsewhere = replace(town_hall.town, status_uri=lambda number: f"https://other.example/status/{number}")

        with town_hall.transaction() as session, pytest.raises(NotToBeEntered):
            reentry.enter(session, forgotten.identity_code, town_hall.kit, town=elsewhere, actor=CONSOLE, now=NOON)
