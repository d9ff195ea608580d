"""Finding a card by what somebody has in hand: its number, the code of its slip, or the card itself under a scanner.

The rule here: never by name, since there is nothing to find; and one field takes all three, told apart by their length.
A scanned card goes through our own verifier, so that a forged one leads to nobody's card; nothing that it says is kept.
Looking at the card that was found is counted by cards.py.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential.errors import Reason
from cardservice.domain import card_numbers, cards, check_symbols, revocation
from cardservice.domain.errors import Refused
from cardservice.storage.models import Card
from cardservice.verify import Kit, KitNotFound, verify

_BEFORE_A_SLIP_CODE = "#"
"""A scanned slip says an address, and its code after this; a card's code has no such character."""
_LONGEST_NUMBER = 20
"""Symbols, however they are separated: a number, or one with a few too many."""
_LONGEST_SLIP_CODE = 48
"""The same of a slip's code. The codes of a card are several times as long."""


class WhyNotFound(StrEnum):
    """Why a code that was scanned leads to no card. The words are the desk's."""

    NOT_A_CARD = "not a card"
    MALFORMED = "malformed"
    OTHER_TOWN = "another town's"
    FORGED = "not signed by this town"
    COMPROMISED = "signed by a key that others may have"
    CANNOT_TELL = "cannot tell"


class NotFoundByScan(Refused):
    """What was scanned leads to no card of this town."""

    def __init__(self, why: WhyNotFound) -> None:
        super().__init__(f"No card can be found from this code: {why}. Look for it by its number.")
        self.why = why


_WHY = {
    Reason.NOT_A_CARD: WhyNotFound.NOT_A_CARD,
    Reason.MALFORMED: WhyNotFound.MALFORMED,
    Reason.UNKNOWN_ISSUER: WhyNotFound.OTHER_TOWN,
    Reason.KEY_COMPROMISED: WhyNotFound.COMPROMISED,
    Reason.STATUS_MISSING: WhyNotFound.CANNOT_TELL,
}


def find(session: Session, text: str, kit: Path, *, issuer: str, now: datetime) -> Card:
    """Return the card that goes with what was typed or scanned. `kit` is the folder that the town published.

    Raises `CardNumberMistyped`, `CardNotFound`, `SlipCodeMistyped`, `SlipCodeUnknown`, `NotFoundByScan`.
    """
    if is_card(text):
        return cards.get(session, _scanned(text.strip("\t\r\n"), kit, issuer, now))
    _, sign, after = text.strip().rpartition(_BEFORE_A_SLIP_CODE)
    if not sign and check_symbols.symbols_in(after) <= _LONGEST_NUMBER:
        return cards.get(session, card_numbers.normalise(after))
    return revocation.find_by_slip(session, after)


def is_card(text: str) -> bool:
    """Whether it can only be a card's code: too long for what anybody types, and for the code of a slip."""
    return check_symbols.symbols_in(text.rpartition(_BEFORE_A_SLIP_CODE)[2]) > _LONGEST_SLIP_CODE


def _scanned(text: str, kit: Path, issuer: str, now: datetime) -> str:
    """The number that a card says of itself, whatever state it is in: the register knows that better than the lists."""
    try:
        claims = (verdict := verify(text, Kit.load(kit), now=now)).claims
    except KitNotFound:
        raise NotFoundByScan(WhyNotFound.CANNOT_TELL) from None
    if claims is None:
        raise NotFoundByScan(_WHY.get(verdict.reason, WhyNotFound.FORGED))
    if claims.issuer != issuer:
        raise NotFoundByScan(WhyNotFound.OTHER_TOWN)
    return claims.card_number
