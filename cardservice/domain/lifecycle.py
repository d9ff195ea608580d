"""Which state of a card may follow which: one table, and the one function that moves a card.

The rule here: a move changes the state, the card's place in the status list and the audit together, and a list whose
place was set or cleared is marked as changed until it is published. Nobody else writes `Card.state` or
`StatusIndex.invalid`.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from cardservice.domain import audit, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, month_of
from cardservice.domain.card_numbers import grouped
from cardservice.domain.errors import Conflict
from cardservice.storage.models import Card, StatusList
from cardservice.terms import CardState

MAY_FOLLOW: dict[CardState, dict[CardState, Action]] = {
    CardState.INTENT: {CardState.SIGNED: Action.CARD_SIGNED, CardState.REVOKED: Action.CARD_REVOKED},
    CardState.SIGNED: {CardState.ACTIVE: Action.CARD_HANDED_OVER, CardState.REVOKED: Action.CARD_REVOKED},
    CardState.ACTIVE: {
        CardState.SUSPENDED: Action.CARD_SUSPENDED,
        CardState.REVOKED: Action.CARD_REVOKED,
        CardState.REPLACED: Action.CARD_REPLACED,
        CardState.EXPIRED: Action.CARD_EXPIRED,
    },
    CardState.SUSPENDED: {
        CardState.ACTIVE: Action.CARD_REINSTATED,
        CardState.REVOKED: Action.CARD_REVOKED,
        CardState.REPLACED: Action.CARD_REPLACED,
        CardState.EXPIRED: Action.CARD_EXPIRED,
    },
    CardState.REVOKED: {},
    CardState.REPLACED: {},
    CardState.EXPIRED: {},
}
ENDED_EARLY = frozenset({CardState.REVOKED, CardState.REPLACED})
LISTED_INVALID = ENDED_EARLY | {CardState.SUSPENDED}


_SIGN = (
    update(Card)
    .where(Card.number == bindparam("card_number"), Card.state == CardState.INTENT)
    .values(
        state=CardState.SIGNED,
        key_id=bindparam("signed_by"),
        issue_month=bindparam("issued_in"),
        expiry_month=bindparam("expires_in"),
        slip_digest=bindparam("slip"),
    )
)


class SignedRow(NamedTuple):
    """What a card's row learns when it is signed; an intent may be of another day or another key."""

    signed_by: str
    """The id of the key."""
    issued_in: str
    """A month, as 2026-11; so is the next."""
    expires_in: str
    slip: bytes
    """The digest of the slip's code."""


class MoveRefused(Conflict):
    """The card is in a state from which it cannot go there."""

    def __init__(self, card: Card, to: CardState) -> None:
        super().__init__(f"Card {grouped(card.number)} is {card.state}, so it cannot become {to}. Look at it again.")
        self.card_number, self.state, self.to = card.number, card.state, to


class NoIntent(Conflict):
    """What was to be signed is no intent, or is gone."""

    def __init__(self) -> None:
        super().__init__("The register changed underneath while the card was signed. Nothing was kept. Start again.")


def move(session: Session, card: Card, to: CardState, *, actor: Actor, now: datetime) -> Card:
    """Move a card to another state. Raises `MoveRefused`."""
    action = MAY_FOLLOW[card.state].get(to)
    if action is None:
        raise MoveRefused(card, to)
    if to in LISTED_INVALID or to is CardState.ACTIVE:
        if card.place.invalid != (to in LISTED_INVALID):
            session.get_one(StatusList, card.list_number).changed = True
        card.place.invalid = to in LISTED_INVALID
        # Only while it is so: a revocation after a reinstatement must not be able to vanish.
        card.place.reinstated = action is Action.CARD_REINSTATED
    if to in ENDED_EARLY:
        card.revoke_month = month_of(day_of(now))
    card.state = to
    session.flush()
    _tell(session, action, card.number, actor=actor, now=now)
    return card


def sign(session: Session, card_number: str, known: SignedRow, *, actor: Actor, now: datetime) -> None:
    """Move a card that is an intent to signed, by one statement: no object of this session knows of it.

    Raises `NoIntent` where it is none (any more): whatever was signed for it must not leave.
    """
    session.flush()
    if session.connection().execute(_SIGN, {"card_number": card_number, **known._asdict()}).rowcount != 1:
        raise NoIntent
    _tell(session, MAY_FOLLOW[CardState.INTENT][CardState.SIGNED], card_number, actor=actor, now=now)


def _tell(session: Session, action: Action, card_number: str, *, actor: Actor, now: datetime) -> None:
    audit.record(session, actor, action, f"card:{card_number}", now=now)
    statistics.add(session, str(action), now=now)
