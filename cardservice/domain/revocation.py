"""Ending or interrupting a card that is out in the world; the next published status list says so.

The rule here: revoked is for ever, suspended is not, and neither needs to know whose card it is. Staff say the card's
number; its holder says the slip code, and is asked nothing else. Publishing is publication.py; a card that is replaced
ends in renewal.py.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.domain import card_numbers, cards, lifecycle, retention, slip_codes, statistics
from cardservice.domain.actor import HOLDER, Actor
from cardservice.domain.errors import Conflict, NotFound
from cardservice.domain.retention import Ending
from cardservice.storage.models import Card
from cardservice.terms import CardState, RevocationReason


class CardAlreadyRevoked(Conflict):
    """Revocation is final: a revoked card cannot change its state again."""

    def __init__(self, card_number: str, revoke_month: str | None) -> None:
        super().__init__(f"Card {card_numbers.grouped(card_number)} was revoked in {revoke_month}. It stays revoked.")
        self.card_number, self.revoke_month = card_number, revoke_month


class SlipCodeUnknown(NotFound):
    """The code could be a slip's, and no card of this town goes with it."""

    def __init__(self) -> None:
        super().__init__(
            "No card goes with this slip code. The card may have left the register since it expired, or the slip is of "
            "another town."
        )


def revoke(session: Session, card_number: str, reason: RevocationReason, *, actor: Actor, now: datetime) -> Card:
    """Revoke a card for good. One that was never handed over loses its draft with it.

    Raises `CardNumberMistyped`, `CardNotFound`, `CardAlreadyRevoked`, `MoveRefused`.
    """
    card = cards.get(session, card_numbers.normalise(card_number))
    if card.state is CardState.REVOKED:
        raise CardAlreadyRevoked(card.number, card.revoke_month)
    if card.draft is not None:
        retention.end_draft(session, card.draft, Ending.SPOILT, actor=actor, now=now, reason=reason)
        return card
    lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)
    statistics.add(session, f"card.revoked: {reason}", now=now)
    return card


def find_by_slip(session: Session, slip_code: str) -> Card:
    """Return the card that a slip belongs to. Raises `SlipCodeUnknown`; `SlipCodeMistyped` without asking the register.

    The look-up is by digest, so that its time tells nothing about how near a guess was.
    """
    digest = slip_codes.digest(slip_codes.normalise(slip_code))
    card = session.scalars(select(Card).where(Card.slip_digest == digest)).one_or_none()
    if card is None:
        raise SlipCodeUnknown
    return card


def revoke_by_slip(session: Session, slip_code: str, *, now: datetime) -> Card:
    """Revoke the card whose slip its holder has, as lost. Harmless for a card that has ended already.

    Raises `SlipCodeMistyped`, `SlipCodeUnknown`.
    """
    card = find_by_slip(session, slip_code)
    if lifecycle.MAY_FOLLOW[card.state]:
        revoke(session, card.number, RevocationReason.LOST, actor=HOLDER, now=now)
    return card


def suspend(session: Session, card_number: str, *, actor: Actor, now: datetime) -> Card:
    """Make a card not valid until it is reinstated. Raises `CardNumberMistyped`, `CardNotFound`, `MoveRefused`."""
    card = cards.get(session, card_numbers.normalise(card_number))
    return lifecycle.move(session, card, CardState.SUSPENDED, actor=actor, now=now)


def reinstate(session: Session, card_number: str, *, actor: Actor, now: datetime) -> Card:
    """Make a suspended card valid again. Raises `CardNumberMistyped`, `CardNotFound`, `MoveRefused`."""
    card = cards.get(session, card_numbers.normalise(card_number))
    if card.state is not CardState.SUSPENDED:
        # A signed card becomes active by hand-over, not here.
        raise lifecycle.MoveRefused(card, CardState.ACTIVE)
    return lifecycle.move(session, card, CardState.ACTIVE, actor=actor, now=now)
