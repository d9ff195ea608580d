"""What is kept about residents, for how long, and how it leaves.

The rule here: a draft has one way to end, `end_draft`, whoever ends it and why. Destroying the day key is the
erasure; deleting the row is hygiene. A purge leaves counts in the ledger, never copies. The schedule a council can
adopt is docs/retention.md; who may read a draft is in drafts.py; clean-up after a crash is in issuance.py.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import (
    audit,
    booking_pace,
    lifecycle,
    organisations,
    passkeys,
    printed,
    recovery,
    sent_forms,
    sessions,
    statistics,
    visits,
    waiting,
)
from cardservice.domain.actor import SERVICE, Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, first_day_after, minute_of, month_of
from cardservice.storage.models import Card, Draft, LedgerEntry, ParkedForm
from cardservice.terms import CardState, RevocationReason

Transaction = Callable[[], AbstractContextManager[Session]]

DAYS_AFTER_EXPIRY = 30
LONGEST_PICK_UP_DAYS = 14
NIGHT = "rows rewritten"
"""The ledger's word for what is done once a day, whatever is due."""
GRACE = timedelta(minutes=10)
"""How late housekeeping may be before somebody should look."""
_CARDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a draft may live. A draft in work ends when nobody touches it, and with its day in any case.

    `staff_sessions` says when a session of the staff is over.
    """

    idle: timedelta = timedelta(minutes=60)
    staff_sessions: sessions.Limits = sessions.DEFAULT_LIMITS


DEFAULT_LIMITS = Limits()


class Ending(StrEnum):
    """Why a draft ended: the rule named in the ledger."""

    HANDED_OVER = "handed over"
    DISCARDED = "discarded"
    REFUSED = "refused"
    SPOILT = "spoilt"
    IDLE = "idle"
    DUE = "its day over"
    KEY_GONE = "its key gone"
    TOWN_CLOSED = "the town closed"


class ParkedEnding(StrEnum):
    """Why a parked form ended: the rule named in the ledger."""

    USED = "used"
    DROPPED = "dropped"
    DRAFT_OVER = "its draft over"
    IDLE = "idle"
    DUE = "its day over"
    KEY_GONE = "its key gone"


_ACTION = {
    Ending.HANDED_OVER: Action.DRAFT_HANDED_OVER,
    Ending.DISCARDED: Action.DRAFT_DISCARDED,
    Ending.REFUSED: Action.DRAFT_REFUSED,
    Ending.SPOILT: Action.DRAFT_SPOILT,
    Ending.IDLE: Action.DRAFT_IDLE,
    Ending.DUE: Action.DRAFT_DUE,
    Ending.KEY_GONE: Action.DRAFT_KEY_GONE,
    Ending.TOWN_CLOSED: Action.DRAFT_TOWN_CLOSED,
}


def ending_due(draft: Draft, *, now: datetime, limits: Limits) -> Ending | None:
    """Return why the draft may not live any longer, or None. A signed card waits for its holder, so is never idle.

    A draft that lies in the future was made while the clock was ahead; it must not live until then.
    """
    today = day_of(now)
    if not today <= draft.key_day <= today + timedelta(days=LONGEST_PICK_UP_DAYS):
        return Ending.DUE
    if draft.card is None and abs(now - draft.touched_at) >= limits.idle:
        return Ending.IDLE
    return None


def end_draft(
    session: Session,
    draft: Draft,
    ending: Ending,
    *,
    actor: Actor,
    now: datetime,
    reason: RevocationReason = RevocationReason.NOT_HANDED_OVER,
) -> None:
    """End a draft: the only function that does. A card of it that was not handed over is revoked with it."""
    card = draft.card
    if card is not None:
        printed.settle(session, card.number, handed_over=ending is Ending.HANDED_OVER, now=now)
        if card.state in {CardState.INTENT, CardState.SIGNED}:
            lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)
            statistics.add(session, f"card.revoked: {reason}", now=now)
        draft.card = None
        session.flush()
    end_parked_forms_of(session, draft.id, now=now)
    session.delete(draft)
    session.flush()
    audit.record(session, actor, _ACTION[ending], f"draft:{draft.id}", now=now)
    _count(session, f"draft {ending}", 1, now)


def end_parked_forms_of(session: Session, draft_id: str, *, now: datetime) -> None:
    """What was half typed for a draft ends with it, and when its card is made."""
    ended = session.execute(delete(ParkedForm).where(ParkedForm.draft_id == draft_id))
    if count := ended.rowcount:  # type: ignore[attr-defined]
        _count(session, f"parked form {ParkedEnding.DRAFT_OVER}", count, now)


def end_parked_form(session: Session, form: ParkedForm, ending: ParkedEnding, *, now: datetime) -> None:
    """End one parked form. Nothing was done with it, so the audit has nothing to say."""
    session.delete(form)
    session.flush()
    _count(session, f"parked form {ending}", 1, now)


def parked_ending_due(
    form: ParkedForm, *, now: datetime, day_keys: DayKeys | None, limits: Limits
) -> ParkedEnding | None:
    """Return why a parked form may not be kept any longer, or None. Its day is the one on which it was parked."""
    if form.key_day != day_of(now):
        return ParkedEnding.DUE
    if abs(now - form.created_at) >= limits.idle:
        return ParkedEnding.IDLE
    return ParkedEnding.KEY_GONE if day_keys is not None and not day_keys.has(form.key_day) else None


def housekeeping(
    transaction: Transaction, *, now: datetime, day_keys: DayKeys | None, limits: Limits = DEFAULT_LIMITS
) -> dict[str, int]:
    """Destroy the keys that are due, then end drafts, and forget cards and sessions past their time.

    Returns how many of each.

    May run at any time and as often as one likes; every draft is a transaction of its own, so that a crash in
    between loses nothing and the next run goes on. `day_keys` is None where another process holds them in its memory:
    then only what the clock says is due ends here.
    """
    counts: Counter[str] = Counter()
    # Keys first: from here on nothing of the days that are over can be read, whatever happens to the rows.
    if day_keys is not None:
        counts["day keys destroyed"] = day_keys.destroy_before(day_of(now))
        counts["day keys destroyed"] += day_keys.destroy_after(day_of(now) + timedelta(days=LONGEST_PICK_UP_DAYS))
    with transaction() as session:
        drafts = session.scalars(select(Draft)).all()
        due = [draft.id for draft in drafts if _ending(draft, now=now, day_keys=day_keys, limits=limits)]
    for draft_id in due:
        with transaction() as session:
            counts.update(_end_if_due(session, draft_id, now=now, day_keys=day_keys, limits=limits))
    with transaction() as session:
        for form in session.scalars(select(ParkedForm)).all():
            if over := parked_ending_due(form, now=now, day_keys=day_keys, limits=limits):
                end_parked_form(session, form, over, now=now)
                counts[f"parked form {over}"] += 1
    while _forget_cards(transaction, counts, now=now):
        pass
    with transaction() as session:
        counts["session forgotten"] = sessions.forget_ended(session, now=now, limits=limits.staff_sessions)
        counts["recovery forgotten"] = recovery.forget_ended(session, now=now)
        counts["letter counts forgotten"] = organisations.forget_letters(session, now=now)
        counts["visit forgotten"] = visits.forget_over(session, now=now)
        counts["sent form forgotten"] = sent_forms.forget_over(session, now=now)
        counts["booking hour forgotten"] = booking_pace.forget_over(session, now=now)
        counts["waiting number forgotten"] = waiting.forget_over(session, now=now)
        passkeys.forget_spent(session, now=now)
    return {kind: count for kind, count in counts.items() if count}


def begin_night(session: Session, *, now: datetime) -> bool:
    """Tell whether what is done once a day is still to be done on this one, and count it as begun."""
    if session.get(LedgerEntry, (day_of(now), NIGHT)) is not None:
        return False
    _count(session, NIGHT, 1, now)
    return True


def overdue(session: Session, *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> int:
    """Return how many drafts, forms and cards should be gone and are not. Above 0 means that housekeeping stopped."""
    return (
        overdue_drafts(session, now=now, limits=limits)
        + overdue_parked_forms(session, now=now, limits=limits)
        + overdue_cards(session, now=now)
    )


def overdue_drafts(session: Session, *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> int:
    """Return how many drafts should be gone and are not."""
    grace = now - GRACE
    past = or_(
        Draft.key_day < day_of(grace),
        and_(Draft.touched_at <= minute_of(grace - limits.idle), ~Draft.card.has()),
    )
    return session.scalar(select(func.count()).where(past)) or 0


def overdue_parked_forms(session: Session, *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> int:
    """Return how many parked forms should be gone and are not."""
    grace = now - GRACE
    past = or_(ParkedForm.key_day < day_of(grace), ParkedForm.created_at <= minute_of(grace - limits.idle))
    return session.scalar(select(func.count()).where(past)) or 0


def overdue_cards(session: Session, *, now: datetime) -> int:
    """Return how many cards' rows should be gone and are not."""
    past = Card.expiry_month <= _last_forgotten_month(day_of(now - GRACE))
    return session.scalar(select(func.count()).where(past)) or 0


def _ending(draft: Draft, *, now: datetime, day_keys: DayKeys | None, limits: Limits) -> Ending | None:
    key_is_gone = day_keys is not None and not day_keys.has(draft.key_day)
    return ending_due(draft, now=now, limits=limits) or (Ending.KEY_GONE if key_is_gone else None)


def _end_if_due(
    session: Session, draft_id: str, *, now: datetime, day_keys: DayKeys | None, limits: Limits
) -> list[str]:
    """Look again inside the transaction that ends it: somebody may have touched or ended the draft meanwhile."""
    draft = session.get(Draft, draft_id)
    ending = None if draft is None else _ending(draft, now=now, day_keys=day_keys, limits=limits)
    if draft is None or ending is None:
        return []
    end_draft(session, draft, ending, actor=SERVICE, now=now)
    return [f"draft {ending}"]


def _forget_cards(transaction: Transaction, counts: Counter[str], *, now: datetime) -> bool:
    """Mark a handful of cards expired, and delete a handful of rows 30 days later. Their places stay burnt."""
    today = day_of(now)
    with transaction() as session:
        in_use = Card.state.in_([CardState.ACTIVE, CardState.SUSPENDED])
        ended = select(Card).where(Card.expiry_month < month_of(today), in_use)
        expired = session.scalars(ended.limit(_CARDS_AT_ONCE)).all()
        for card in expired:
            lifecycle.move(session, card, CardState.EXPIRED, actor=SERVICE, now=now)
        gone = select(Card).where(Card.expiry_month <= _last_forgotten_month(today), ~in_use)
        forgotten = session.scalars(gone.limit(_CARDS_AT_ONCE)).all()
        for card in forgotten:
            session.delete(card)
        if forgotten:
            _count(session, "card forgotten", len(forgotten), now)
    counts["card expired"] += len(expired)
    counts["card forgotten"] += len(forgotten)
    return bool(expired or forgotten)


def _last_forgotten_month(today: date) -> str:
    """Return the latest expiry month of which no row may be left: it ended at least 30 days ago."""
    month = today.replace(day=1)
    while first_day_after(month_of(month)) + timedelta(days=DAYS_AFTER_EXPIRY) > today:
        month = (month - timedelta(days=1)).replace(day=1)
    return month_of(month)


def _count(session: Session, rule: str, by: int, now: datetime) -> None:
    entry = session.get(LedgerEntry, (day_of(now), rule))
    if entry is None:
        session.add(LedgerEntry(day=day_of(now), rule=rule, count=by))
    else:
        entry.count += by
    session.flush()
