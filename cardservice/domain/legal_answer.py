"""What the town can answer when somebody demands to know: about a card by its number, about a person nothing.

The rule here: nothing about a person is taken, so that no demand leaves a name in the town's hands; and each answer
leaves an entry in the audit (THREATS §4.5).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.domain import audit, card_numbers
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.storage.models import AuditEntry, Card
from cardservice.terms import CardState

ABOUT_A_PERSON = "answer:person"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What is said of one card (THREATS §4.5); the last four are None where the register has no such card."""

    number: str
    on: date
    state: CardState | None = None
    issue_month: str | None = None
    expiry_month: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """That no such record can be searched, and since when the register has been kept like this."""

    on: date
    since: date


def about_card(session: Session, typed_number: str, *, actor: Actor, now: datetime) -> CardAnswer:
    """Return what there is to say about a card. A number that the register does not know is an answer too.

    Raises `CardNumberMistyped`.
    """
    number = card_numbers.normalise(typed_number)
    audit.record(session, actor, Action.LEGAL_ANSWER, f"card:{number}", now=now)
    card = session.get(Card, number)
    if card is None:
        return CardAnswer(number=number, on=day_of(now))
    return CardAnswer(
        number=number,
        on=day_of(now),
        state=card.state,
        issue_month=card.issue_month,
        expiry_month=card.expiry_month,
        key_id=card.key_id,
    )


def about_a_person(session: Session, *, actor: Actor, now: datetime) -> PersonAnswer:
    """Return the one answer there is about anybody, without asking about whom."""
    audit.record(session, actor, Action.LEGAL_ANSWER, ABOUT_A_PERSON, now=now)
    since = session.scalar(select(func.min(AuditEntry.day)))
    return PersonAnswer(on=day_of(now), since=since or day_of(now))
