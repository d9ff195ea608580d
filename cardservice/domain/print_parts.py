"""Cards on their way to a printer, part by part: claimed in a transaction of its own, then sent, then recorded as sent.

The rule here: the claim is committed before anything reaches a printer, and no part is claimed twice. Whoever dies
between claim and record leaves cards "being sent", about which a person is asked; what was never claimed goes on. So a
kill at any moment loses nothing and prints nothing twice unsaid. The queue itself is print_queue.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import audit, drafts, print_queue, printed, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.draft_contents import IssuedCard
from cardservice.domain.drafts import DraftGone, DraftNotFound
from cardservice.domain.errors import Conflict
from cardservice.domain.issuance import NotIssued
from cardservice.domain.print_queue import OnPaper
from cardservice.storage.models import Card, PrintedCard, PrintJob, Staff
from cardservice.terms import CameOut, CardState, JobState, PrintState


class PartAlreadySent(Conflict):
    """This part was sent before; a person says what came out before any card of it is printed again."""

    def __init__(self) -> None:
        super().__init__("This part was printed already. Say on its page what came out; then print again what did not.")


class InAJob(Conflict):
    """The card is in a print job that has not come to it yet."""

    def __init__(self) -> None:
        super().__init__("This card is in a print job. Let the job go on, or put its cards back into the queue.")


class WhatCameOut(Conflict):
    """The card was printed before, and nobody has said why it has to be printed again."""

    def __init__(self) -> None:
        super().__init__("This card was printed before. Say what became of that print, then print it again.")


@dataclass(frozen=True, slots=True)
class Before:
    """What somebody saw of a card that had been printed so many times."""

    seen: CameOut
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes to the printer at once: the signed cards, by their places on the sheet."""

    job_id: str
    number: int
    printer: str
    first_position: int
    cards: tuple[IssuedCard, ...]
    reprints: int
    """How many of them were printed before."""


def claim(
    session: Session,
    job_id: str,
    *,
    now: datetime,
    day_keys: DayKeys,
    part: int | None = None,
    only_for: Collection[str] | None = None,
) -> Part | None:
    """Write down that the next part of a job, or the one named, is about to be sent; None where there is none.

    only_for: the printers that whoever asks can print on; a job that was moved to another one is not theirs any more.
    To be committed before the part is sent. It acts as the job's owner, who may see its drafts; a card whose draft has
    ended or whose day is over is left out. Raises `PartAlreadySent` for a named part that was claimed before.
    """
    job = session.get(PrintJob, job_id)
    if job is None or (part is None and job.state is not JobState.RUNNING):
        return None
    if only_for is not None and job.printer not in only_for:
        return None
    owner = _owner(session, job)
    while owner is not None and (rows := _next(session, job_id, part)):
        again = sum(row.times > 0 for row in rows)
        ready = [(row, issued) for row in rows if (issued := _opened(session, row, owner, now, day_keys))]
        for row, _ in ready:
            _claim(session, row, actor=owner, now=now)
        if ready:
            return Part(
                job_id=job_id,
                number=rows[0].part,
                printer=job.printer,
                first_position=min(row.position for row, _ in ready),
                cards=tuple(issued for _, issued in ready),
                reprints=again,
            )
    if part is not None:
        raise PartAlreadySent
    return None


def sent(session: Session, part: Part, *, spooled: str = "") -> None:
    """Write down that a claimed part was given to the printer, and what the spooler calls it."""
    for row in _being_sent(session, part):
        row.state, row.spooled = PrintState.SENT, spooled
    session.flush()


def not_sent(session: Session, part: Part, *, now: datetime, state: JobState = JobState.PRINTER_GONE) -> None:
    """The printer took nothing of a claimed part, and said so: it is queued again, and the job waits for a person."""
    job = session.get(PrintJob, part.job_id)
    owner = _owner(session, job) if job else None
    for row in _being_sent(session, part):
        _was_not_printed(session, row, now=now)
        row.state, row.claimed_at = PrintState.QUEUED, None
        session.flush()
        if owner is not None:
            audit.record(session, owner, Action.CARD_DID_NOT_COME_OUT, f"card:{row.card_number}", now=now)
    if job is not None:
        job.state = state
    session.flush()


def claim_one(
    session: Session,
    draft_id: str,
    paper: OnPaper,
    before: Before | None,
    *,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> str:
    """Write down that one card is about to be printed while its holder waits; `before`: what came of the last print.

    Returns what the spooler should take back of that print, by its own name, or "".
    Raises `NotIssued`, `DraftNotFound`, `DraftGone`, `InAJob`, `WhatCameOut`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    issued = drafts.contents(draft, day_keys=day_keys).issued
    if issued is None or draft.card is None or draft.card.state is not CardState.SIGNED:
        raise NotIssued
    row, take_back = session.get(PrintedCard, issued.card_number), ""
    if row is None:
        row = PrintedCard(card_number=issued.card_number, state=PrintState.QUEUED, times=0)
        session.add(row)
    elif row.state is not PrintState.AGAIN:
        take_back = _say_what_came_out(session, row, before, actor=actor, now=now)
    row.blank, row.part, row.position = paper.blank, 0, paper.first_position
    _claim(session, row, actor=actor, now=now)
    return take_back


def sent_one(session: Session, card_number: str, *, spooled: str = "") -> None:
    """Write down that the card of `claim_one` was given to the printer."""
    row = session.get(PrintedCard, card_number)
    if row is not None and row.state is PrintState.SENDING:
        row.state, row.spooled = PrintState.SENT, spooled
        session.flush()


def not_sent_one(session: Session, card_number: str, *, actor: Actor, now: datetime) -> None:
    """The printer took nothing of the card of `claim_one`, and said so: it was not printed."""
    row = session.get(PrintedCard, card_number)
    if row is not None and row.state is PrintState.SENDING:
        _was_not_printed(session, row, now=now)
        print_queue.release(session, row)
        audit.record(session, actor, Action.CARD_DID_NOT_COME_OUT, f"card:{card_number}", now=now)


def _say_what_came_out(
    session: Session, row: PrintedCard, before: Before | None, *, actor: Actor, now: datetime
) -> str:
    if print_queue.is_in_a_job(row, now=now):
        raise InAJob
    # What was said of an earlier print says nothing of this one: a form that is sent twice prints once.
    if before is None or before.seen is CameOut.WELL or before.times != row.times:
        raise WhatCameOut
    job_id = row.job_id
    take_back = print_queue.tell(session, row, before.seen, actor=actor, now=now)
    printed.forget_if_empty(session, job_id)
    return take_back


def _next(session: Session, job_id: str, part: int | None) -> list[PrintedCard]:
    queued = select(PrintedCard).where(PrintedCard.job_id == job_id, PrintedCard.state == PrintState.QUEUED)
    if part is not None:
        queued = queued.where(PrintedCard.part == part)
    rows = list(session.scalars(queued.order_by(PrintedCard.part, PrintedCard.position)))
    return [row for row in rows if row.part == rows[0].part]


def _being_sent(session: Session, part: Part) -> list[PrintedCard]:
    numbers = [card.card_number for card in part.cards]
    chosen = select(PrintedCard).where(PrintedCard.card_number.in_(numbers), PrintedCard.state == PrintState.SENDING)
    # A card that was handed over in between has no row; one that was answered about is in another state or job.
    return list(session.scalars(chosen.where(PrintedCard.job_id == part.job_id)))


def _owner(session: Session, job: PrintJob) -> Actor | None:
    member = session.get(Staff, job.staff_id)
    return None if member is None or member.disabled else Actor(member.name, member.role, member.id)


def _opened(session: Session, row: PrintedCard, owner: Actor, now: datetime, day_keys: DayKeys) -> IssuedCard | None:
    """Return what is to be printed; a card that its owner may no longer print leaves the job."""
    card = session.get(Card, row.card_number)
    if card is not None and card.draft_id is not None and card.state is CardState.SIGNED:
        try:
            draft = drafts.get(session, card.draft_id, actor=owner, now=now, to_open=True)
            return drafts.contents(draft, day_keys=day_keys).issued
        except (DraftNotFound, DraftGone):
            pass
    print_queue.release(session, row)
    return None


def _claim(session: Session, row: PrintedCard, *, actor: Actor, now: datetime) -> None:
    action = _next_print(row)
    row.state, row.times, row.claimed_at, row.spooled = PrintState.SENDING, row.times + 1, now, ""
    session.flush()
    audit.record(session, actor, action, f"card:{row.card_number}", now=now)
    statistics.add(session, str(action), now=now)


def _was_not_printed(session: Session, row: PrintedCard, *, now: datetime) -> None:
    """Take a print that was claimed out of what is counted, in the month in which it was counted."""
    row.times -= 1
    statistics.add(session, str(_next_print(row)), now=row.claimed_at or now, by=-1)


def _next_print(row: PrintedCard) -> Action:
    return Action.CARD_REPRINTED if row.times else Action.CARD_PRINTED
