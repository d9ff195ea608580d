"""Who did what: one entry for every state change, written in the same transaction as the change itself.

The rule here: an entry holds codes and ids only, and the day; never a name, a value or a time. Each entry's digest
covers the one before it, so that an edit, a gap or a swap shows in `verify_chain`. If an entry cannot be written,
neither is the change: the transaction fails as a whole. What shows a cut-off end is checkpoints.py; how the entries
leave for an auditor's machine is audit_export.py.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Conflict, Unavailable
from cardservice.storage.models import AuditEntry

BEFORE_THE_FIRST = bytes(32)
_SUBJECT = re.compile(r"[a-z-]{1,16}:[A-Za-z0-9/.-]{1,47}")
_ROWS_AT_ONCE = 1_000
_END = select(AuditEntry.sequence, AuditEntry.digest).order_by(AuditEntry.sequence.desc()).limit(1)
_APPEND = insert(AuditEntry)


class Action(StrEnum):
    """What may stand in an entry. A member may be added and never renamed: old entries are compared as they are."""

    DRAFT_OPENED = "draft.opened"
    DRAFT_REOPENED = "draft.reopened"
    DRAFT_SUBMITTED = "draft.submitted"
    DRAFT_APPROVED = "draft.approved"
    SECOND_LOOK_ASKED = "draft.second look asked for"
    SECOND_LOOK_ACCEPTED = "draft.second look accepted"
    SECOND_LOOK_DECLINED = "draft.second look declined"
    DRAFT_KEPT = "draft.kept for pick-up"
    DRAFT_HANDED_OVER = "draft.ended by hand-over"
    DRAFT_DISCARDED = "draft.ended by discard"
    DRAFT_REFUSED = "draft.ended by refusal"
    DRAFT_SPOILT = "draft.ended by spoiling"
    DRAFT_IDLE = "draft.ended by idleness"
    DRAFT_DUE = "draft.ended by its day"
    DRAFT_KEY_GONE = "draft.ended without its key"
    DRAFT_TOWN_CLOSED = "draft.ended with the town"
    CARD_INTENT = "card.intent"
    CARD_SIGNED = "card.signed"
    CARD_HANDED_OVER = "card.handed over"
    CARD_SUSPENDED = "card.suspended"
    CARD_REINSTATED = "card.reinstated"
    CARD_REVOKED = "card.revoked"
    CARD_REPLACED = "card.replaced"
    CARD_EXPIRED = "card.expired"
    CARD_ENTERED = "card.entered again"
    CARD_PRINTED = "card.printed"
    CARD_REPRINTED = "card.printed again"
    CARD_CAME_OUT_BADLY = "card.came out badly"
    CARD_DID_NOT_COME_OUT = "card.did not come out"
    BLANKS_RECEIVED = "blanks.received"
    BLANKS_SPOILT = "blanks.spoilt"
    BLANKS_COUNTED = "blanks.counted, as many as there should be"
    BLANKS_DIFFER = "blanks.counted, a difference"
    STAFF_ADDED = "staff.added"
    STAFF_ROLE = "staff.role changed"
    STAFF_PASSWORD = "staff.password changed"  # noqa: S105 - the name of an action
    STAFF_DISABLED = "staff.disabled"
    STAFF_VOUCHED = "staff.vouched for"
    STAFF_RECOVERED = "staff.recovered"
    STAFF_RECOVERY_CANCELLED = "staff.recovery cancelled"
    SESSIONS_ENDED = "staff.sessions ended"
    PASSKEY_ADDED = "staff.passkey added"
    PASSKEY_REMOVED = "staff.passkey removed"
    CODE_APP_ADDED = "staff.code app added"
    CODE_APP_REMOVED = "staff.code app removed"
    FACTORS_REMOVED = "staff.factors removed"
    KEY_ANNOUNCED = "key.announced"
    KEY_ACTIVATED = "key.activated"
    KEY_RETIRED = "key.retired"
    KEY_COMPROMISED = "key.compromised"
    LIST_PUBLISHED = "list.published"
    ORGANISATION_ADDED = "organisation.added"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_REMOVED = "organisation.removed"
    PARTNER_ADDED = "partner.added"
    PARTNER_CHANGED = "partner.changed"
    PARTNER_REMOVED = "partner.removed"
    CITY_RECOGNISED = "city.recognised"
    CITY_FOLLOWED = "city.followed to its next anchor"
    CITY_FORGOTTEN = "city.forgotten"
    REGISTER_RESTORED = "register.restored"
    LEGAL_ANSWER = "legal.answer given"
    TOWN_CLOSED = "town.closed"


class ChainBroken(Conflict):
    """The audit entries are not as they were written: somebody or something changed the database underneath."""

    def __init__(self, sequence: int, what: str) -> None:
        super().__init__(
            f"The audit is not as it was written: entry {sequence} {what}. Stop issuing, keep a copy of the "
            "database as it is, and compare it with the last checkpoint kept outside."
        )
        self.sequence, self.what = sequence, what


class AuditNotWritten(Unavailable):
    """The database takes no entry, so what was to be done is not done either."""

    def __init__(self) -> None:
        super().__init__(
            "The audit cannot be written, so nothing was done. Stop issuing, and tell whoever runs the server that "
            "the register refuses audit entries."
        )


class Link(NamedTuple):
    """An entry as the chain sees it, wherever it was read."""

    sequence: int
    day: date
    actor: str
    action: str
    subject: str
    previous: bytes
    digest: bytes


def record(session: Session, actor: Actor, action: Action, subject: str, *, now: datetime) -> None:
    """Append an entry. `subject` is a kind and an id: "card:7K2M…", "draft:…", "staff:3", "key:…", "list:…".

    Raises `AuditNotWritten`; a database that is gone or full passes through (see errors.py).
    """
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("an audit subject is a kind and an id")
    # What is still to be written comes first: if that fails, it is not the audit's doing.
    session.flush()
    database = session.connection()
    last = database.execute(_END).first()
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, BEFORE_THE_FIRST)
    entry = Link(sequence, day_of(now), actor.code, str(action), subject, previous, b"")
    try:
        database.execute(_APPEND, entry._replace(digest=digest_of(entry))._asdict())
    except OperationalError:
        raise
    except DBAPIError:
        # Whoever catches this must not be able to keep the change without its entry.
        session.rollback()
        raise AuditNotWritten from None


def newest(session: Session) -> AuditEntry | None:
    """Return the last entry of the chain."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).first()


def entries(session: Session, *, before: int | None = None, limit: int) -> list[AuditEntry]:
    """Return at most `limit` entries, newest first, from before a sequence number where one is given."""
    chosen = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(AuditEntry.sequence < before)
    return list(session.scalars(chosen))


def count_of_day(session: Session, actor: Actor, action: Action, *, now: datetime) -> int:
    """Return how often somebody did something on the day of `now`."""
    day = day_of(now)
    # Only the end of the audit is read: sequences rise, and what is not of today ends the search.
    before = select(AuditEntry.sequence).where(AuditEntry.day < day).order_by(AuditEntry.sequence.desc()).limit(1)
    today = AuditEntry.sequence > func.coalesce(before.scalar_subquery(), 0)
    chosen = select(func.count()).where(
        today, AuditEntry.day == day, AuditEntry.actor == actor.code, AuditEntry.action == str(action)
    )
    return session.scalar(chosen) or 0


def count_by_day(session: Session, actions: Iterable[Action], *, since: date) -> dict[tuple[date, str], int]:
    """Return how often each of the actions was done on each day from `since` on; days without one are left out."""
    # As above, only the end of the audit is read: no index is as short as that.
    before = select(AuditEntry.sequence).where(AuditEntry.day < since).order_by(AuditEntry.sequence.desc()).limit(1)
    question = (
        select(AuditEntry.day, AuditEntry.action, func.count())
        .where(
            AuditEntry.sequence > func.coalesce(before.scalar_subquery(), 0),
            AuditEntry.day >= since,
            AuditEntry.action.in_([str(action) for action in actions]),
        )
        .group_by(AuditEntry.day, AuditEntry.action)
    )
    return {(day, action): number for day, action, number in session.execute(question)}


def history(session: Session, subject: str) -> list[AuditEntry]:
    """Return the entries about one card, registration or key, oldest first."""
    return list(session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.sequence)))


def digest_of(entry: Link) -> bytes:
    """Return SHA-256 over the digest before it and the entry's own fields, in one unambiguous writing."""
    fields = [entry.sequence, entry.day.isoformat(), entry.actor, entry.action, entry.subject]
    return hashlib.sha256(entry.previous + json.dumps(fields, ensure_ascii=True).encode()).digest()


def links(session: Session) -> Iterator[Link]:
    """Return every entry from the first on, from the database itself, whatever this session has seen before.

    Page by page and without an open cursor: whoever stops in the middle leaves nothing behind that PostgreSQL would
    have to be told to close, at a moment that the garbage collector chooses and in the middle of another question.
    """
    chosen = select(*(getattr(AuditEntry, name) for name in Link._fields)).order_by(AuditEntry.sequence)
    page = chosen.limit(_ROWS_AT_ONCE)
    while rows := session.execute(page).all():
        yield from (Link(*row) for row in rows)
        page = chosen.where(AuditEntry.sequence > rows[-1].sequence).limit(_ROWS_AT_ONCE)


def check(entries: Iterable[Link]) -> Iterator[Link]:
    """Pass every entry on that follows the one before it. Raises `ChainBroken` at the first that does not."""
    expected, previous = 1, BEFORE_THE_FIRST
    for entry in entries:
        if entry.sequence != expected:
            raise ChainBroken(expected, "is missing")
        if entry.previous != previous:
            raise ChainBroken(expected, "does not follow the one before it")
        if entry.digest != digest_of(entry):
            raise ChainBroken(expected, "was edited")
        expected, previous = expected + 1, entry.digest
        yield entry


def verify_chain(session: Session) -> Link | None:
    """Read every entry from the first on and return the last one, or raise `ChainBroken` at the first wrong one."""
    last: Link | None = None
    for entry in check(links(session)):
        last = entry
    return last
