"""A draft and its card as the statements of issuing see them: rows, no objects.

The resident stands at the desk while a card is issued, and objects cost more of that time than the database does
(docs/decisions/0043). Who may see a draft is drafts.py's business; everything that does not wait uses the models.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cardservice.storage.models import Card, Draft
from cardservice.terms import CardState, DraftState

_ROW = (
    select(
        Card.number,
        Card.state.label("card_state"),
        Card.list_number,
        Card.position,
        Draft.id,
        Draft.creator_id,
        Draft.approver_id,
        Draft.state,
        Draft.touched_at,
        Draft.key_day,
        Draft.ciphertext,
    )
    .select_from(Draft)
    .outerjoin(Card, Card.draft_id == Draft.id)
    .where(Draft.id == bindparam("draft_id"))
)
_KEEP = (
    update(Draft)
    .where(Draft.id == bindparam("draft_id"))
    .values(ciphertext=bindparam("sealed"), touched_at=bindparam("touched"))
)


class CardInFlight(NamedTuple):
    """The card of a draft, from its intent on."""

    number: str
    state: CardState
    list_number: int
    position: int


class InFlight(NamedTuple):
    """A draft, and its card once there is one."""

    card: CardInFlight | None
    id: str
    creator_id: int
    approver_id: int | None
    state: DraftState
    touched_at: datetime
    key_day: date
    ciphertext: bytes


def read(session: Session, draft_id: str) -> InFlight | None:
    """Return the row of a draft, with what is sealed in it."""
    session.flush()
    row = session.connection().execute(_ROW, {"draft_id": draft_id}).one_or_none()
    if row is None:
        return None
    number, state, list_number, position, *draft = row
    card = CardInFlight(number, state, list_number, position) if number else None
    return InFlight(card, *draft)


def keep(session: Session, draft_id: str, sealed: bytes, touched_at: datetime) -> None:
    """Put new contents into a draft that `read` has found in this transaction; no object of the session knows of it."""
    session.flush()
    changed = {"draft_id": draft_id, "sealed": sealed, "touched": touched_at}
    session.connection().execute(_KEEP, changed)
