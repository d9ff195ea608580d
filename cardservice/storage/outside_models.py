"""The tables of the town's dealings with the outside world: what it publishes, who checks cards, other cities.

The rule here: nothing is about a cardholder, and a relying party is the name of an organisation, never of a person.
models.py names every table of this file, so that whoever imports it has the whole register.
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cardservice.storage.base import Base
from cardservice.storage.types import UtcDateTime


class Publication(Base):
    """A list that was signed and published. The newest of each name keeps its bytes, to be compared with the next."""

    __tablename__ = "publications"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Partner(Base):
    """A relying party by name: which services it checks cards for, and which of the two codes it asks for.

    `id`: the sequence of the audit entry that lists it, so that no other partner ever has it, also after a restore.
    `services`: words of terms.Service with spaces between them.
    """

    __tablename__ = "partners"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(180), unique=True)
    services: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))


class Organisation(Base):
    """An organisation whose letters count as evidence: from when to when, and how many a month (0: as many as come).

    `id` as in `Partner`. `ends_on`: the last day of it, where that is known.
    """

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(180), unique=True)
    begins_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    letters_a_month: Mapped[int] = mapped_column(Integer)


class LetterCount(Base):
    """How many letters of an organisation counted in the present month. Months before it are deleted."""

    __tablename__ = "letter_counts"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class RecognisedCity(Base):
    """Another city whose cards are accepted here: its anchor as two people compared it, and its newest trust list.

    `services`: words with spaces between them. The audit says what was decided, so that a change in this row alone
    shows. `asked_at` is the last attempt to fetch its lists, `refreshed_at` the last success.
    """

    __tablename__ = "recognised_cities"

    issuer: Mapped[str] = mapped_column(String(100), primary_key=True)
    anchor: Mapped[bytes] = mapped_column(LargeBinary)
    services: Mapped[str] = mapped_column(String(600))
    address: Mapped[str | None] = mapped_column(String(200))
    trust_list: Mapped[bytes] = mapped_column(LargeBinary)
    recognised_on: Mapped[date] = mapped_column(Date)
    refreshed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecognisedList(Base):
    """The newest status list of a recognised city under one address, as the city signed it."""

    __tablename__ = "recognised_lists"

    issuer: Mapped[str] = mapped_column(ForeignKey("recognised_cities.issuer"), primary_key=True)
    uri: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
