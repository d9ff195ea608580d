"""A new card in the place of an old one: which cards may be replaced, and the end of the old card.

The rule here: the old card ends in the transaction that hands over the new one (THREATS I11), so that a holder never
has two good cards, nor none.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cardservice.domain import cards, lifecycle
from cardservice.domain.actor import Actor
from cardservice.domain.card_numbers import grouped
from cardservice.domain.errors import Conflict
from cardservice.storage.models import Card
from cardservice.terms import CardState


class NotHandedOver(Conflict):
    """The card to be replaced has never been anybody's."""

    def __init__(self, card_number: str) -> None:
        super().__init__(
            f"Card {grouped(card_number)} was not handed over. Finish or spoil it instead of replacing it."
        )
        self.card_number = card_number


def check_replaceable(session: Session, card_number: str) -> Card:
    """Return the card that a new one may replace. A revoked or expired one may be: its holder still needs a card.

    Raises `CardNotFound` or `NotHandedOver`.
    """
    card = cards.get(session, card_number)
    if card.state in {CardState.INTENT, CardState.SIGNED}:
        raise NotHandedOver(card_number)
    return card


def replace(session: Session, card_number: str, *, actor: Actor, now: datetime) -> None:
    """End the old card. It may have been revoked, have expired or have left the register since; then it stays so."""
    card = session.get(Card, card_number)
    if card is not None and CardState.REPLACED in lifecycle.MAY_FOLLOW[card.state]:
        lifecycle.move(session, card, CardState.REPLACED, actor=actor, now=now)
