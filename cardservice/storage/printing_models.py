"""The tables of the print run: where signed cards are between the queue and the hand, and how many blanks there are.

The rule here: numbers, states and counts. What is printed is nowhere but in the sealed draft; a row about a card goes
with its draft. What the states mean is domain/print_queue.py, what the counts mean domain/blank_stock.py.
"""

from datetime import date, datetime

from sqlalchemy import Date, Enum, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cardservice.storage.base import Base
from cardservice.storage.types import UtcDateTime
from cardservice.terms import BlankUse, JobState, PrintState


def _words(enum: type[PrintState] | type[JobState] | type[BlankUse]) -> Enum:
    return Enum(
        enum, native_enum=False, create_constraint=False, length=16, values_callable=lambda e: [m.value for m in e]
    )


class PrintJob(Base):
    """Cards that somebody sends to one printer, `printer` by its name in config.toml. Gone with the last card of it."""

    __tablename__ = "print_jobs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    printer: Mapped[str] = mapped_column(String(40))
    state: Mapped[JobState] = mapped_column(_words(JobState))


class PrintedCard(Base):
    """A signed card that was in a job. `part` is the sheet or handful it goes with, `position` its place on a sheet.

    `times` counts the prints of it, `blank` says on which kind of blank the newest is ("": none that is counted),
    `claimed_at` when it was last about to be sent, and `spooled` what the spooler calls that, so that it can be taken
    back there.
    """

    __tablename__ = "printed_cards"
    __table_args__ = ({"sqlite_with_rowid": False},)

    card_number: Mapped[str] = mapped_column(ForeignKey("cards.number"), primary_key=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("print_jobs.id"), index=True)
    state: Mapped[PrintState] = mapped_column(_words(PrintState))
    part: Mapped[int] = mapped_column(Integer, default=0)
    position: Mapped[int] = mapped_column(Integer, default=1)
    times: Mapped[int] = mapped_column(Integer, default=0)
    blank: Mapped[str] = mapped_column(String(40), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    spooled: Mapped[str] = mapped_column(String(160), default="")


class BlankCount(Base):
    """What happened to blanks of a kind on a day: counts, never which."""

    __tablename__ = "blank_counts"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    blank: Mapped[str] = mapped_column(String(40), primary_key=True)
    what: Mapped[BlankUse] = mapped_column(_words(BlankUse), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
