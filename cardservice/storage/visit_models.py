"""The tables of visits: times that were booked, and the numbers of those who wait. Nobody is named in either.

models.py names every table of this file.
"""

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cardservice.storage.base import Base
from cardservice.storage.types import UtcDateTime


class Booking(Base):
    """A visit that was booked, by its random code. Without row ids, so that nothing tells which came first."""

    __tablename__ = "bookings"
    __table_args__ = (Index("ix_bookings_begins_at", "begins_at"), {"sqlite_with_rowid": False})

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    persons: Mapped[int] = mapped_column(Integer)


class WaitingNumber(Base):
    """A number that was given on a day of the town. `booked_for`: the time that was booked, if one was."""

    __tablename__ = "waiting_numbers"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    persons: Mapped[int] = mapped_column(Integer)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    booked_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counter: Mapped[int | None] = mapped_column(Integer)


class BookingHour(Base):
    """How many persons booked places of a day since `began_at`, an hour's beginning. Nothing tells which visits."""

    __tablename__ = "booking_hours"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    persons: Mapped[int] = mapped_column(Integer)
