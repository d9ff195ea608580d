"""Which state of a card may follow which: one table, and the one function that moves a card.

The rule here: a move changes the state, the card's place in the status list and the audit together, and a list whose
place was set or cleared is marked as changed until it is published. Nobody else writes `Card.state` or
`StatusIndex.invalid`.
"""

from datetime import datetime

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


class MoveRefused(Conflict):
    """The card is in a state from which it cannot go there."""

    def __init__(self, card: Card, to: CardState) -> None:
        super().__init__(f"Card {grouped(card.number)} is {card.state}, so it cannot become {to}. Look at it again.")
        self.card_number, self.state, self.to = card.number, card.state, to


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
    audit.record(session, actor, action, f"card:{card.number}", now=now)
    statistics.add(session, str(action), now=now)
    return card
