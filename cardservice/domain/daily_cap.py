"""How many cards one person may issue on a day, where the town sets a number (THREATS T1).

The rule here: what counts are the intents in the audit, so that neither a card that was spoilt nor a row that was
removed gives the chance back. Part of the journey of issuance.py.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cardservice.domain import audit
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Refused


class EnoughForToday(Refused):
    """This person has issued as many cards today as the town lets one person issue."""

    def __init__(self, cards_a_day: int) -> None:
        super().__init__(
            f"You have issued {cards_a_day} cards today, as many as one person may. "
            "Ask a colleague to issue this one, or register the person again tomorrow."
        )
        self.cards_a_day = cards_a_day


def check(session: Session, cards_a_day: int, *, actor: Actor, now: datetime) -> None:
    """Return if the actor may issue one more card today. 0 means that the town sets no number.

    Raises `EnoughForToday`.
    """
    if cards_a_day and audit.count_of_day(session, actor, Action.CARD_INTENT, now=now) >= cards_a_day:
        raise EnoughForToday(cards_a_day)
