"""The tables of the register: what the town remembers, and nothing that names a cardholder.

The rule here: the only personal data is the ciphertext of drafts and parked forms, whose key never touches a disk. A
card's row knows months, never days; random primary keys without row ids keep the order of issue out of the file. Who
may change what is the business of the domain; how tables change over time is in migrations/. What the town tells and
knows of the outside world is outside_models.py, the print run printing_models.py, visits visit_models.py, forms of the
desk form_models.py; every table has its name here.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cardservice.storage.base import Base as Base
from cardservice.storage.form_models import ParkedForm as ParkedForm
from cardservice.storage.form_models import SentForm as SentForm
from cardservice.storage.outside_models import LetterCount as LetterCount
from cardservice.storage.outside_models import Organisation as Organisation
from cardservice.storage.outside_models import Partner as Partner
from cardservice.storage.outside_models import Publication as Publication
from cardservice.storage.outside_models import RecognisedCity as RecognisedCity
from cardservice.storage.outside_models import RecognisedList as RecognisedList
from cardservice.storage.printing_models import BlankCount as BlankCount
from cardservice.storage.printing_models import PrintedCard as PrintedCard
from cardservice.storage.printing_models import PrintJob as PrintJob
from cardservice.storage.types import UtcDateTime
from cardservice.storage.visit_models import Booking as Booking
from cardservice.storage.visit_models import BookingHour as BookingHour
from cardservice.storage.visit_models import WaitingNumber as WaitingNumber
from cardservice.terms import CardState, DraftState, StaffRole

CITY_DECISIONS = "action IN ('city.recognised', 'city.followed to its next anchor', 'city.forgotten')"
"""Which audit entries decide what counts of a recognised city: few among many, and asked for at every publication."""


def _words(enum: type[CardState] | type[DraftState] | type[StaffRole]) -> Enum:
    """Stored as the word that stands in terms.py, without a constraint: a new member needs no migration."""
    return Enum(
        enum, native_enum=False, create_constraint=False, length=32, values_callable=lambda e: [m.value for m in e]
    )


class Staff(Base):
    """A staff member who may sign in. `password_is_first`: somebody else chose the password, so it must be changed.

    `code_secret` is the secret of their code app, sealed (factor_key.py); `code_step` the time step of the last code
    that was accepted, so that none is accepted twice.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[StaffRole] = mapped_column(_words(StaffRole))
    password_hash: Mapped[str] = mapped_column(String(255))
    password_is_first: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    code_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_step: Mapped[int | None] = mapped_column(Integer)


class Passkey(Base):
    """The public half of a staff member's passkey; `label` is what they call it."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(40))
    added_on: Mapped[date] = mapped_column(Date)


class SpentChallenge(Base):
    """A challenge that a passkey answered rightly, by its SHA-256, for as long as it could be tried again."""

    __tablename__ = "spent_challenges"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A staff member who is signed in somewhere: the SHA-256 of the random id in their cookie, and three moments.

    `refused` counts the wrong confirmations since the last right one. There is no address and no browser here.
    """

    __tablename__ = "sessions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused: Mapped[int] = mapped_column(Integer, default=0)


class Recovery(Base):
    """A staff member who has lost their sign-in, and who vouched for them. Each half of the code by its SHA-256."""

    __tablename__ = "recoveries"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    first_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    second_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Base):
    """A registration in flight, until hand-over: ciphertext, and the little that must be known to end it in time.

    `key_day` is the last day on which it may live; the day key of that day opens it and is destroyed after it.
    """

    __tablename__ = "drafts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[DraftState] = mapped_column(_words(DraftState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_day: Mapped[date] = mapped_column(Date)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    card: Mapped["Card | None"] = relationship(back_populates="draft", uselist=False, lazy="joined")

    @property
    def card_number(self) -> str | None:
        """The number of the card made from this draft, once its intent is recorded."""
        return self.card.number if self.card else None


class StatusList(Base):
    """A status list of the town. `used` counts its places taken; a place is never given back.

    `changed` is set when a place of it was set or cleared, or another city's lists came, since it was last published.
    """

    __tablename__ = "status_lists"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class StatusIndex(Base):
    """A place in a status list that is or was a card's, or a decoy. It stays for ever, also without the card's row."""

    __tablename__ = "status_indices"
    __table_args__ = (
        Index(
            "ix_status_indices_invalid",
            "list_number",
            "position",
            sqlite_where=text("invalid"),
            postgresql_where=text("invalid"),
        ),
        Index(
            "ix_status_indices_reinstated",
            "list_number",
            "position",
            sqlite_where=text("reinstated"),
            postgresql_where=text("reinstated"),
        ),
        {"sqlite_with_rowid": False},
    )

    list_number: Mapped[int] = mapped_column(ForeignKey("status_lists.number"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    invalid: Mapped[bool] = mapped_column(Boolean, default=False)
    reinstated: Mapped[bool] = mapped_column(Boolean, default=False)


class IssuerKey(Base):
    """The public half of one of the town's keys, and where it stands in its rotation. Private halves are in keys/.

    `published_at` is the date of the first trust list that held it: what verifiers have had time to learn.
    """

    __tablename__ = "issuer_keys"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[date] = mapped_column(Date)
    not_after: Mapped[date] = mapped_column(Date)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Card(Base):
    """A card that exists, or was about to. From hand-over on these fields are all that the town holds of it."""

    __tablename__ = "cards"
    __table_args__ = (
        ForeignKeyConstraint(["list_number", "position"], ["status_indices.list_number", "status_indices.position"]),
        UniqueConstraint("list_number", "position"),
        Index("ix_cards_expiry_month", "expiry_month"),
        Index("ix_cards_slip_digest", "slip_digest", unique=True),
        {"sqlite_with_rowid": False},
    )

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    list_number: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[CardState] = mapped_column(_words(CardState))
    key_id: Mapped[str] = mapped_column(ForeignKey("issuer_keys.key_id"))
    issue_month: Mapped[str] = mapped_column(String(7))
    expiry_month: Mapped[str] = mapped_column(String(7))
    revoke_month: Mapped[str | None] = mapped_column(String(7))
    slip_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id", ondelete="SET NULL"), unique=True)

    draft: Mapped[Draft | None] = relationship(back_populates="card")
    place: Mapped[StatusIndex] = relationship(lazy="joined")


class AuditEntry(Base):
    """One state change: who did what to which id on which day, chained to the entry before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(
            "ix_audit_entries_cities",
            "sequence",
            sqlite_where=text(CITY_DECISIONS),
            postgresql_where=text(CITY_DECISIONS),
        ),
        Index("ix_audit_entries_subject", "subject"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(64))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class Counter(Base):
    """How often something happened in a month: the only statistics there are."""

    __tablename__ = "counters"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class LedgerEntry(Base):
    """How many drafts or rows a retention rule ended on a day. Counts, never copies."""

    __tablename__ = "ledger_entries"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    rule: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
