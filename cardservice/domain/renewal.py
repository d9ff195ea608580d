"""A new card in the place of an old one: which cards may be replaced, what the old one says, and its end.

The rule here: the old card ends in the transaction that hands over the new one (THREATS I11), so that a holder never
has two good cards, nor none. The town holds no name, so the old card says it: it is read as a partner reads it, and
compared with the register. docs/decisions/0027-renewal-reads-the-card.md.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential.claims import CardClaims, CodeKind
from cardservice.credential.errors import Reason
from cardservice.credential.qr_text import open_text
from cardservice.domain import cards, lifecycle
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import month_of
from cardservice.domain.card_numbers import grouped
from cardservice.domain.errors import Conflict, Refused
from cardservice.domain.registration import Registration
from cardservice.storage.models import Card
from cardservice.terms import CardState
from cardservice.verify import Kit, KitNotFound, verify


class NotHandedOver(Conflict):
    """The card to be replaced has never been anybody's."""

    def __init__(self, card_number: str) -> None:
        super().__init__(
            f"Card {grouped(card_number)} was not handed over. Finish or spoil it instead of replacing it."
        )
        self.card_number = card_number


class ReplacedAlready(Conflict):
    """Another card has taken the old one's place, and is in somebody's hand."""

    def __init__(self, card_number: str) -> None:
        super().__init__(f"Card {grouped(card_number)} was replaced by another one meanwhile. Only that one counts.")
        self.card_number = card_number


class WhyNot(StrEnum):
    """Why a code that was scanned begins no renewal. The words are the desk's."""

    NOT_A_CARD = "not a card"
    MALFORMED = "malformed"
    RESIDENCE_CODE = "residence code"
    OTHER_TOWN = "another town's"
    FORGED = "not signed by this town"
    COMPROMISED = "signed by a key that others may have"
    REVOKED = "revoked or replaced"
    SUSPENDED = "suspended"
    NOT_HANDED_OVER = "not handed over"
    NOT_KNOWN = "not in the register"
    CANNOT_TELL = "cannot tell"


class OldCardRefused(Refused):
    """The code is not of a card that can be renewed; nothing of it is kept."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(f"This card cannot be renewed from its code: {why}. Register the resident anew.")
        self.why = why


_WHY = {
    Reason.NOT_A_CARD: WhyNot.NOT_A_CARD,
    Reason.MALFORMED: WhyNot.MALFORMED,
    Reason.UNKNOWN_ISSUER: WhyNot.OTHER_TOWN,
    Reason.UNKNOWN_KEY: WhyNot.FORGED,
    Reason.BAD_SIGNATURE: WhyNot.FORGED,
    Reason.KEY_NOT_VALID_THEN: WhyNot.FORGED,
    Reason.KEY_COMPROMISED: WhyNot.COMPROMISED,
    Reason.NOT_YET_VALID: WhyNot.CANNOT_TELL,
    Reason.CLOCK_WRONG: WhyNot.CANNOT_TELL,
    Reason.STATUS_STALE: WhyNot.CANNOT_TELL,
    Reason.STATUS_MISSING: WhyNot.CANNOT_TELL,
}
_BY_STATE = {
    CardState.INTENT: WhyNot.NOT_HANDED_OVER,
    CardState.SIGNED: WhyNot.NOT_HANDED_OVER,
    CardState.SUSPENDED: WhyNot.SUSPENDED,
    CardState.REVOKED: WhyNot.REVOKED,
    CardState.REPLACED: WhyNot.REVOKED,
}


def from_signed_card(session: Session, qr_text: str, kit: Path, *, issuer: str, now: datetime) -> Registration:
    """Return the answers for a new card as the old one says them, without a portrait: a new photo is taken.

    `kit` is the folder that the town published. An expired card is as good as a valid one while the register knows it.
    Raises `OldCardRefused`.
    """
    text = qr_text.strip("\t\r\n")
    try:
        verdict = verify(text, Kit.load(kit), now=now)
    except KitNotFound:
        raise OldCardRefused(WhyNot.CANNOT_TELL) from None
    claims = verdict.claims
    if claims is not None and claims.issuer != issuer:
        raise OldCardRefused(WhyNot.OTHER_TOWN)
    if claims is None or verdict.as_card in _WHY:
        raise OldCardRefused(_WHY[verdict.as_card])
    _check_against_register(session, claims, open_text(text).key_id)
    if verdict.as_card is Reason.REVOKED:
        # Good in the register, and not yet in the lists: it came back a moment ago.
        raise OldCardRefused(WhyNot.CANNOT_TELL)
    if claims.code is CodeKind.RESIDENCE:
        raise OldCardRefused(WhyNot.RESIDENCE_CODE)
    return Registration(
        name=claims.name or "",
        birth_date=claims.birth_date or "",
        language=claims.language or "",
        name_second=claims.name_second,
        language_second=claims.language_second,
        replaces=claims.card_number,
    )


def _check_against_register(session: Session, claims: CardClaims, key_id: bytes | None) -> None:
    """Raise `OldCardRefused` unless the register made this very card, and it has not ended early.

    The lists are looked at by the verifier before; for a card past its period, which it stops at, this is all there is.
    """
    card = session.get(Card, claims.card_number)
    if card is None:
        raise OldCardRefused(WhyNot.NOT_KNOWN)
    said = (claims.status.index if claims.status else None, month_of(claims.valid_until), (key_id or b"").hex())
    if said != (card.position, card.expiry_month, card.key_id):
        raise OldCardRefused(WhyNot.FORGED)
    if card.state in _BY_STATE:
        raise OldCardRefused(_BY_STATE[card.state])


def check_replaceable(session: Session, card_number: str) -> Card:
    """Return the card that a new one may replace. A revoked or expired one may be: its holder still needs a card.

    Raises `CardNotFound`, `NotHandedOver` or `ReplacedAlready`.
    """
    card = cards.get(session, card_number)
    if card.state in {CardState.INTENT, CardState.SIGNED}:
        raise NotHandedOver(card_number)
    check_not_replaced(session, card_number)
    return card


def check_not_replaced(session: Session, card_number: str | None) -> None:
    """Raise `ReplacedAlready` where one old card would have two in its place."""
    card = session.get(Card, card_number) if card_number is not None else None
    if card is not None and card.state is CardState.REPLACED:
        raise ReplacedAlready(card.number)


def replace(session: Session, card_number: str, *, actor: Actor, now: datetime) -> None:
    """End the old card. It may have been revoked, have expired or have left the register since; then it stays so."""
    card = session.get(Card, card_number)
    if card is not None and CardState.REPLACED in lifecycle.MAY_FOLLOW[card.state]:
        lifecycle.move(session, card, CardState.REPLACED, actor=actor, now=now)
