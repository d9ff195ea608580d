"""What is to be done at the desk, as counts: one question to the register, for one person or for the whole desk.

The rule here: a person's own work is what drafts.py lets them see, counted without opening anything; the whole desk's
is counts alone. Nothing here is a statistic: it is what lies on the tables now, and is gone when it is done.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of, midnight
from cardservice.storage.models import Card, Draft, PrintedCard
from cardservice.terms import CardState, DraftState, PrintState, StaffRole


class Step(StrEnum):
    """What has to be done next with a registration."""

    FILL_IN = "to fill in"
    LOOK = "to look at a second time"
    APPROVE = "to approve"
    ISSUE = "to issue"
    PRINT = "to print"
    HAND_OVER = "to hand over"


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How many registrations stand before each step, and how many of the cards that are kept end today or tomorrow."""

    counts: Counter[Step]
    late: int


_PRINTED = (PrintState.SENDING, PrintState.SENT, PrintState.CAME_OUT)
_IS_SIGNED = Card.state == CardState.SIGNED
_STEP = case(
    (and_(_IS_SIGNED, PrintedCard.state.in_(_PRINTED)), Step.HAND_OVER.value),
    (_IS_SIGNED, Step.PRINT.value),
    (Draft.state == DraftState.SECOND_LOOK, Step.LOOK.value),
    (Draft.state == DraftState.WAITING, Step.APPROVE.value),
    (Draft.state == DraftState.APPROVED, Step.ISSUE.value),
    else_=Step.FILL_IN.value,
).label("step")


def of_desk(session: Session, *, now: datetime) -> OpenWork:
    """Count what everybody has to do together."""
    return _count(session, None, now)


def of_person(session: Session, *, actor: Actor, now: datetime) -> OpenWork:
    """Count what one person has to do: their own, and as a supervisor what others wait for.

    Of the cards that are kept only their own are counted: whoever registered a resident is who they come back to.
    """
    return _count(session, actor, now)


def printed(session: Session) -> frozenset[str]:
    """Return the ids of the registrations whose card is printed and waits to be handed over."""
    drafts = select(Card.draft_id).join(PrintedCard, PrintedCard.card_number == Card.number)
    return frozenset(session.scalars(drafts.where(_IS_SIGNED, PrintedCard.state.in_(_PRINTED))))


def _count(session: Session, actor: Actor | None, now: datetime) -> OpenWork:
    today = day_of(now)
    # Of an earlier day and still here: it is kept for its holder.
    is_late = and_(_IS_SIGNED, Draft.created_at < midnight(today), Draft.key_day <= today + timedelta(days=1))
    if actor is not None:
        is_late = and_(is_late, Draft.creator_id == actor.staff_id)
    question = (
        select(_STEP, func.count(), func.sum(case((is_late, 1), else_=0)))
        .select_from(Draft)
        .outerjoin(Card, Card.draft_id == Draft.id)
        .outerjoin(PrintedCard, PrintedCard.card_number == Card.number)
        .where(Draft.key_day >= today)
        .group_by(_STEP)
    )
    if actor is not None:
        question = question.where(_is_theirs(actor))
    rows = session.execute(question).all()
    counts = Counter({Step(step): number for step, number, _ in rows})
    return OpenWork(counts, sum(late for _, _, late in rows))


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    own = Draft.creator_id == actor.staff_id
    if actor.role is not StaffRole.SUPERVISOR:
        return own
    # Somebody else's approved registration is theirs to issue; its card is seen, and printed, by both.
    asked = Draft.state.in_([DraftState.SECOND_LOOK, DraftState.WAITING])
    return or_(own, asked, and_(Draft.state == DraftState.APPROVED, _IS_SIGNED))
