"""The queue of cards to print: who may print which, in which jobs, and what somebody saw come out of the printer.

A card to print is one that is signed and not handed over, of a draft that the actor may see (drafts.seen): the queue is
a question. The rule here: a card is in one job at a time, and leaves it for another print only when a person said what
became of it. Sending is print_parts.py's; how rows end is printed.py; docs/decisions/0059-the-print-queue.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.domain import audit, blank_stock, drafts, printed
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Conflict, NotFound
from cardservice.storage.models import PrintedCard, PrintJob
from cardservice.terms import BlankUse, CameOut, CardState, JobState, PrintState

LEASE = timedelta(minutes=2)
"""How long sending a part may take; after it, whoever sent it is gone and only a person knows what came out."""
SINGLES_A_PART = 20
"""How many cards a printer of single cards is given at a time."""
_ID_BYTES = 16
ASKED_ABOUT = frozenset({PrintState.SENT, PrintState.TAKEN_BACK, PrintState.CAME_OUT})


class JobNotFound(NotFound):
    """There is no such print job, or it is a colleague's."""

    def __init__(self) -> None:
        super().__init__("There is no such print job: all its cards are handed over, or it is a colleague's.")


class NothingToPrint(Conflict):
    """None of the chosen cards waits to be printed: handed over, ended, or in another job."""

    def __init__(self) -> None:
        super().__init__("None of these cards waits to be printed any more. Look at the queue again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """Where cards are to go: a printer by its name, how many places its sheets have, and the first one that is free."""

    printer: str
    blank: str = ""
    """The kind of blank it takes; "" where none is counted."""
    places: int = 1
    first_position: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPrint:
    """A card of the queue."""

    card_number: str
    draft_id: str
    state: PrintState | None
    times: int
    job_id: str | None
    waiting: bool
    """Whether it may be put into a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A print job with its cards, in the order in which they are printed."""

    row: PrintJob
    cards: tuple[PrintedCard, ...]
    now: datetime

    def of(self, *states: PrintState) -> list[PrintedCard]:
        """Its cards in these states."""
        return [card for card in self.cards if card.state in states]

    @property
    def unsure(self) -> list[PrintedCard]:
        """Cards that may or may not have been given to the printer: whoever was at it is gone."""
        return [card for card in self.cards if is_unsure(card, now=self.now)]

    @property
    def queued_parts(self) -> list[int]:
        """The parts that nobody has begun to send."""
        return sorted({card.part for card in self.of(PrintState.QUEUED)})

    @property
    def goes_on(self) -> bool:
        """Whether something is still to be sent or just being sent."""
        sending = [card for card in self.of(PrintState.SENDING) if card not in self.unsure]
        return self.row.state is JobState.RUNNING and bool(self.of(PrintState.QUEUED) or sending)


def is_unsure(card: PrintedCard, *, now: datetime) -> bool:
    """Tell whether nobody but a person at the printer can say what became of a card."""
    return card.state is PrintState.SENDING and card.claimed_at is not None and abs(now - card.claimed_at) >= LEASE


def is_in_a_job(card: PrintedCard, *, now: datetime) -> bool:
    """Tell whether a job still has to come to a card, or is just sending it."""
    return (
        card.job_id is not None and card.state not in {*ASKED_ABOUT, PrintState.AGAIN} and not is_unsure(card, now=now)
    )


def row_of(session: Session, card_number: str) -> PrintedCard | None:
    """Return how a card stands in the print run; None for one that was never printed."""
    return session.get(PrintedCard, card_number)


def to_print(session: Session, *, actor: Actor, now: datetime) -> list[ToPrint]:
    """Return the finished cards at the desk that the actor may print, in the order of their registrations."""
    known = {row.card_number: row for row in session.scalars(select(PrintedCard))}
    found = []
    for draft in drafts.waiting(session, actor=actor, now=now):
        if draft.card is None or draft.card.state is not CardState.SIGNED:
            continue
        row = known.get(draft.card.number)
        found.append(
            ToPrint(
                card_number=draft.card.number,
                draft_id=draft.id,
                state=row.state if row else None,
                times=row.times if row else 0,
                job_id=row.job_id if row else None,
                waiting=row is None or row.state is PrintState.AGAIN,
            )
        )
    return found


def begin(
    session: Session,
    card_numbers: Iterable[str],
    paper: OnPaper,
    *,
    actor: Actor,
    now: datetime,
    token_bytes: Callable[[int], bytes],
) -> PrintJob:
    """Put those of the chosen cards into a job that wait to be printed, in the order of the queue.

    Raises `NothingToPrint` where that is none, ValueError for a position that the sheet has not.
    """
    chosen = set(card_numbers)
    waiting = [one for one in to_print(session, actor=actor, now=now) if one.waiting and one.card_number in chosen]
    if not waiting or actor.staff_id is None:
        raise NothingToPrint
    job = PrintJob(
        id=token_bytes(_ID_BYTES).hex(), staff_id=actor.staff_id, printer=paper.printer, state=JobState.RUNNING
    )
    session.add(job)
    session.flush()
    rows = [session.get(PrintedCard, one.card_number) or PrintedCard(card_number=one.card_number) for one in waiting]
    _lay_out(rows, job, paper, first_part=1)
    session.add_all(rows)
    session.flush()
    return job


def job(session: Session, job_id: str, *, actor: Actor, now: datetime) -> Job:
    """Return a job of the actor's. Raises `JobNotFound`."""
    row = session.get(PrintJob, job_id)
    if row is None or row.staff_id != actor.staff_id:
        raise JobNotFound
    return Job(row=row, cards=cards_of(session, row.id), now=now)


def jobs(session: Session, *, actor: Actor, now: datetime) -> list[Job]:
    """Return the actor's jobs that still have cards."""
    rows = session.scalars(select(PrintJob).where(PrintJob.staff_id == actor.staff_id).order_by(PrintJob.id))
    return [Job(row=row, cards=cards_of(session, row.id), now=now) for row in rows]


def for_printers(session: Session, names: Iterable[str]) -> list[str]:
    """Return the ids of everybody's jobs that wait for one of these printers: for a worker, which shows nothing."""
    chosen = select(PrintJob.id).where(PrintJob.printer.in_(list(names)), PrintJob.state == JobState.RUNNING)
    return list(session.scalars(chosen.order_by(PrintJob.id)))


def cards_of(session: Session, job_id: str) -> tuple[PrintedCard, ...]:
    """Return the cards of a job in the order in which they are printed."""
    chosen = select(PrintedCard).where(PrintedCard.job_id == job_id)
    return tuple(session.scalars(chosen.order_by(PrintedCard.part, PrintedCard.position)))


def stop(session: Session, job_id: str, *, actor: Actor, now: datetime) -> None:
    """Send no more of a job; what is being sent just now still comes out. Raises `JobNotFound`."""
    job(session, job_id, actor=actor, now=now).row.state = JobState.STOPPED
    session.flush()


def go_on(session: Session, job_id: str, *, actor: Actor, now: datetime) -> None:
    """Let a job that stopped go on with what was never sent. Raises `JobNotFound`."""
    job(session, job_id, actor=actor, now=now).row.state = JobState.RUNNING
    session.flush()


def move(session: Session, job_id: str, paper: OnPaper, *, actor: Actor, now: datetime) -> int:
    """Send what was never sent of a job to another printer; return how many cards that are. Raises `JobNotFound`."""
    found = job(session, job_id, actor=actor, now=now)
    queued = found.of(PrintState.QUEUED)
    found.row.printer, found.row.state = paper.printer, JobState.RUNNING
    _lay_out(queued, found.row, paper, first_part=max((card.part for card in found.cards), default=0) + 1)
    session.flush()
    return len(queued)


def put_back(session: Session, job_id: str, *, actor: Actor, now: datetime) -> int:
    """Put what was never sent of a job back into the queue; return how many cards that are. Raises `JobNotFound`."""
    queued = job(session, job_id, actor=actor, now=now).of(PrintState.QUEUED)
    for card in queued:
        release(session, card)
    printed.forget_if_empty(session, job_id)
    return len(queued)


def answer(session: Session, job_id: str, seen: Mapping[str, CameOut], *, actor: Actor, now: datetime) -> set[str]:
    """Keep what somebody saw come out, by card number; other cards of the job are left alone.

    Returns what the spooler should take back, by its own names: what did not come out must not come out later.
    Raises `JobNotFound`.
    """
    take_back = set()
    for card in job(session, job_id, actor=actor, now=now).cards:
        if card.card_number in seen and (card.state in ASKED_ABOUT or is_unsure(card, now=now)):
            take_back.add(tell(session, card, seen[card.card_number], actor=actor, now=now))
    printed.forget_if_empty(session, job_id)
    return take_back - {""}


def tell(session: Session, card: PrintedCard, seen: CameOut, *, actor: Actor, now: datetime) -> str:
    """Keep what became of a card that was sent: it is good, or to be printed again, and its blank is spoilt or not.

    Returns what the spooler should take back, by its own name, or "": what did not come out must not come out later.
    """
    if seen is CameOut.WELL:
        card.state = PrintState.CAME_OUT
        session.flush()
        return ""
    take_back = card.spooled if seen is CameOut.NOT else ""
    if seen is CameOut.BADLY:
        blank_stock.add(session, card.blank, BlankUse.SPOILT, now=now)
    release(session, card)
    action = Action.CARD_CAME_OUT_BADLY if seen is CameOut.BADLY else Action.CARD_DID_NOT_COME_OUT
    audit.record(session, actor, action, f"card:{card.card_number}", now=now)
    return take_back


def taken_back(session: Session, spooled: str) -> int:
    """Keep that the spooler ended a job of its own: nothing more of it comes out. Returns how many cards are in it.

    Those are the cards of which nobody has said yet what became of them: some may have come out before.
    """
    left = session.scalars(
        select(PrintedCard).where(PrintedCard.spooled == spooled, PrintedCard.state == PrintState.SENT)
    ).all()
    for card in left:
        card.state, card.spooled = PrintState.TAKEN_BACK, ""
    session.flush()
    return len(left)


def release(session: Session, card: PrintedCard) -> None:
    """Take a card out of its job: to be printed again, or as if it never had been in one."""
    card.job_id, card.state, card.spooled, card.claimed_at = None, PrintState.AGAIN, "", None
    session.flush()


def _lay_out(rows: Iterable[PrintedCard], job: PrintJob, paper: OnPaper, *, first_part: int) -> None:
    """Give each card its part and its place: a part is a sheet, or a handful of single cards."""
    if not 1 <= paper.first_position <= paper.places:
        raise ValueError(f"A sheet of {paper.printer} has places 1 to {paper.places}, not {paper.first_position}.")
    of_a_part = paper.places if paper.places > 1 else SINGLES_A_PART
    for place, row in enumerate(rows, start=paper.first_position - 1):
        row.job_id, row.state, row.blank = job.id, PrintState.QUEUED, paper.blank
        row.part, row.position = first_part + place // of_a_part, place % of_a_part + 1
        row.times = row.times or 0
