"""A printed card is scanned before it is handed over: it reads, and it is the very card that was signed.

The rule here: the code goes through our own verifier with the town's published kit, as a partner's would, and must then
be one of the two that were signed for its number, to the byte. Nothing of the code is kept, and reading hands nothing
over: that is issuance.hand_over, which erases.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential.errors import Reason
from cardservice.day_keys import DayKeys
from cardservice.domain import drafts
from cardservice.domain.drafts import DraftGone
from cardservice.domain.errors import Refused
from cardservice.storage.models import Card
from cardservice.terms import CardState
from cardservice.verify import Kit, KitNotFound, verify


class WhyNotRead(StrEnum):
    """Why a code that was scanned is not of a card that can be handed over. The words are the desk's."""

    NOT_A_CARD = "not a card"
    MALFORMED = "malformed"
    OTHER_TOWN = "another town's"
    FORGED = "not signed by this town"
    OTHER_CARD = "another card than the one asked for"
    NOT_KNOWN = "not in the register"
    HANDED_OVER = "handed over before"
    ENDED = "revoked or replaced"
    NOT_AS_SIGNED = "not as it was signed"
    CANNOT_TELL = "cannot tell"


class CardNotRead(Refused):
    """The code is not of a card that can be handed over."""

    def __init__(self, why: WhyNotRead) -> None:
        super().__init__(f"This card cannot be handed over from its code: {why}. Look for it by its number.")
        self.why = why


_WHY = {
    Reason.NOT_A_CARD: WhyNotRead.NOT_A_CARD,
    Reason.MALFORMED: WhyNotRead.MALFORMED,
    Reason.UNKNOWN_ISSUER: WhyNotRead.OTHER_TOWN,
    Reason.REVOKED: WhyNotRead.ENDED,
    Reason.STATUS_STALE: WhyNotRead.CANNOT_TELL,
    Reason.STATUS_MISSING: WhyNotRead.CANNOT_TELL,
    Reason.NOT_YET_VALID: WhyNotRead.CANNOT_TELL,
    Reason.CLOCK_WRONG: WhyNotRead.CANNOT_TELL,
    Reason.EXPIRED: WhyNotRead.HANDED_OVER,
}
_BY_STATE = {
    CardState.ACTIVE: WhyNotRead.HANDED_OVER,
    CardState.SUSPENDED: WhyNotRead.HANDED_OVER,
    CardState.EXPIRED: WhyNotRead.HANDED_OVER,
    CardState.INTENT: WhyNotRead.NOT_AS_SIGNED,
    CardState.REVOKED: WhyNotRead.ENDED,
    CardState.REPLACED: WhyNotRead.ENDED,
}


def read(
    session: Session,
    qr_text: str,
    kit: Path,
    *,
    issuer: str,
    now: datetime,
    day_keys: DayKeys,
    expected: str | None = None,
) -> Card:
    """Return the card that was scanned, ready to be handed over. `kit` is the folder that the town published.

    `expected`: the number of the one card that it should be, where somebody is about to be given that one.

    Raises `CardNotRead`.
    """
    text = qr_text.strip("\t\r\n")
    try:
        verdict = verify(text, Kit.load(kit), now=now)
    except KitNotFound:
        raise CardNotRead(WhyNotRead.CANNOT_TELL) from None
    claims = verdict.claims
    if claims is not None and claims.issuer != issuer:
        raise CardNotRead(WhyNotRead.OTHER_TOWN)
    # What a card says of itself is there only where its signature is good, so a forged one is not called another card.
    if claims is not None and expected is not None and claims.card_number != expected:
        raise CardNotRead(WhyNotRead.OTHER_CARD)
    card = None if claims is None else session.get(Card, claims.card_number)
    # The register is asked first: of a card that ended it knows more than the lists, which may be of this morning.
    if card is not None and card.state in _BY_STATE:
        raise CardNotRead(_BY_STATE[card.state])
    if claims is None or verdict.as_card is not Reason.VALID:
        raise CardNotRead(_WHY.get(verdict.as_card, WhyNotRead.FORGED))
    if card is None:
        raise CardNotRead(WhyNotRead.NOT_KNOWN)
    _check_as_signed(card, text, day_keys)
    return card


def _check_as_signed(card: Card, text: str, day_keys: DayKeys) -> None:
    try:
        issued = None if card.draft is None else drafts.contents(card.draft, day_keys=day_keys).issued
    except DraftGone:
        issued = None
    if issued is None or text not in (issued.identity_code, issued.residence_code):
        raise CardNotRead(WhyNotRead.NOT_AS_SIGNED)
