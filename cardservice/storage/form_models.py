"""The tables of forms of the desk: half-typed ones that wait for their person, and those that were sent.

models.py names every table of this file.
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cardservice.storage.base import Base
from cardservice.storage.types import UtcDateTime


class ParkedForm(Base):
    """What a staff member typed and did not send: ciphertext, theirs only, and gone within the hour.

    `key_day` as in `Draft`; `draft_id`: the registration that its page is about, with which it ends.
    """

    __tablename__ = "parked_forms"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_day: Mapped[date] = mapped_column(Date)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class SentForm(Base):
    """A form that was sent, by the random id that its page drew: so that one sent twice is one thing.

    Neither who sent it nor what was in it; `made`: the waiting number that it made, if it made one. Without row ids,
    so that on SQLite nothing tells which came first; PostgreSQL lays rows one behind the other until they are vacuumed.
    """

    __tablename__ = "sent_forms"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made: Mapped[int | None] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
