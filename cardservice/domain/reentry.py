"""A card that a restored register does not know, entered again from what it says itself.

The rule here: only a card that our own verifier finds valid, signed by this town, on a place that no other card has.
Its name is read by the verifier and by nobody else; what is kept is what is kept of every card. Its slip code is lost:
it is revoked by its number from here on.
"""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.credential.errors import Reason
from cardservice.credential.qr_text import open_text
from cardservice.domain import audit, trust
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import month_of
from cardservice.domain.errors import Conflict, Refused
from cardservice.storage.models import Card, StatusIndex, StatusList
from cardservice.terms import CardState
from cardservice.verify import Kit, verify


class NotToBeEntered(Refused):
    """The code is not of a valid card of this town."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This is no valid card of this town ({reason}), so it is not entered. Scan it again; if it stays so, "
            "register the resident anew."
        )
        self.reason = reason


class CardKnown(Conflict):
    """The register has this card, or another one on its place."""

    def __init__(self) -> None:
        super().__init__("The register knows this card, or another one on its place. Nothing was changed.")


def enter(session: Session, qr_text: str, kit: Path, *, town: trust.Town, actor: Actor, now: datetime) -> Card:
    """Enter a card that was issued after the backup, from either of its codes. `kit` is the one published since.

    Raises `NotToBeEntered`, `CardKnown`, KitNotFound.
    """
    text = qr_text.strip("\t\r\n")
    verdict = verify(text, Kit.load(kit), now=now)
    claims = verdict.claims
    if claims is None or claims.status is None or verdict.as_card is not Reason.VALID:
        raise NotToBeEntered(verdict.as_card)
    numbers = session.scalars(select(StatusList.number))
    number = next((one for one in numbers if town.status_uri(one) == claims.status.uri), None)
    if number is None:
        raise NotToBeEntered(Reason.UNKNOWN_ISSUER)
    taken = select(Card).where(Card.list_number == number, Card.position == claims.status.index)
    if session.get(Card, claims.card_number) is not None or session.scalars(taken).first() is not None:
        raise CardKnown
    place = session.get(StatusIndex, (number, claims.status.index))
    card = Card(
        number=claims.card_number,
        state=CardState.ACTIVE,
        place=place or StatusIndex(list_number=number, position=claims.status.index),
        key_id=(open_text(text).key_id or b"").hex(),
        issue_month=month_of(datetime.fromtimestamp(claims.issued_at, UTC).date()),
        expiry_month=month_of(claims.valid_until),
    )
    session.add(card)
    session.flush()
    audit.record(session, actor, Action.CARD_ENTERED, f"card:{card.number}", now=now)
    return card
