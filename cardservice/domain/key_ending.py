"""The last day on which a card key can sign, and whether it is time for its successor.

The rule here: no card may outlive what its key is believed for, so a key stops signing a card's whole life before it
ends; and a successor signs only when every verifier knows it (key_rotation.py). Who learns of it on the last day learns
of it too late.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cardservice.domain import key_rotation
from cardservice.domain.age import Validity
from cardservice.domain.calendar import day_of, years_later
from cardservice.domain.key_rotation import Stage
from cardservice.keystore import Purpose

SOON = timedelta(days=35)
"""How long before the last day it is said: a successor waits for a list period, and somebody has to find the time."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """That the card key signs until a day that is near or over, and whether its successor is announced."""

    signs_until: date
    is_over: bool
    has_successor: bool


def signs_until(not_after: date, validity: Validity) -> date:
    """Return the last day on which a key that is believed until the given one can sign a card of the longest life."""
    day = years_later(not_after, -validity.years)
    while validity.longest(day) > not_after:
        day -= _ONE_DAY
    return day


def near(session: Session, validity: Validity, *, now: datetime) -> Ending | None:
    """Return what is to be said of the card key that signs; None while there is time, or where none signs."""
    key = key_rotation.active(session, Purpose.CARD)
    last = signs_until(key.not_after, validity) if key is not None else date.max
    if last - SOON > day_of(now):
        return None
    stages = {other.state for other in key_rotation.of_purpose(session, Purpose.CARD)}
    return Ending(signs_until=last, is_over=last < day_of(now), has_successor=Stage.ANNOUNCED in stages)
