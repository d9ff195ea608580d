"""How a card leaves the print run: handed over or ended, its row goes with its draft, and its blank is counted.

What a row means while it is there is print_queue.py; this is apart from it because every draft ends through
retention.py, which knows nothing of queues.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cardservice.domain import blank_stock
from cardservice.storage.models import PrintedCard, PrintJob
from cardservice.terms import BlankUse, PrintState


def settle(session: Session, card_number: str, *, handed_over: bool, now: datetime) -> None:
    """Forget where a card was in the queue. Harmless for one that never was."""
    row = session.get(PrintedCard, card_number)
    if row is None:
        return
    in_a_hand = handed_over and row.state in {*blank_stock.ON_PAPER, PrintState.SENDING}
    if in_a_hand or row.state in blank_stock.ON_PAPER:
        # A blank that came out badly was counted when somebody said so.
        blank_stock.add(session, row.blank, BlankUse.ISSUED if in_a_hand else BlankUse.SPOILT, now=now)
    job_id = row.job_id
    session.delete(row)
    session.flush()
    forget_if_empty(session, job_id)


def forget_if_empty(session: Session, job_id: str | None) -> None:
    """Forget a job that no card is in any more."""
    if job_id is None or session.scalar(select(exists().where(PrintedCard.job_id == job_id))):
        return
    if (job := session.get(PrintJob, job_id)) is not None:
        session.delete(job)
        session.flush()
