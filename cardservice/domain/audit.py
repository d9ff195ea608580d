"""Who did what: one entry for every state change, written in the same transaction as the change itself.

The rule here: an entry holds codes and ids only, and the day; never a name, a value or a time. Each entry's digest
covers the one before it, so that an edit, a gap or a swap shows in `verify_chain`. A cut-off end
shows against a `checkpoint`, signed with the audit key and kept by somebody outside. If an entry cannot be written,
neither is the change: the transaction fails as a whole.
"""

import hashlib
import json
import re
from contextlib import closing
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.credential.cose import parse_sign1, sign1
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey, Signer
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Conflict, Refused
from cardservice.storage.models import AuditEntry

BEFORE_THE_FIRST = bytes(32)
CHECKPOINT_TYPE = "application/vnd.cardservice.audit-checkpoint+json"
_SUBJECT = re.compile(r"[a-z-]{1,16}:[A-Za-z0-9/.-]{1,47}")
_ROWS_AT_ONCE = 1_000


class Action(StrEnum):
    """What may stand in an entry. A member may be added and never renamed: old entries are compared as they are."""

    DRAFT_OPENED = "draft.opened"
    DRAFT_REOPENED = "draft.reopened"
    DRAFT_SUBMITTED = "draft.submitted"
    DRAFT_APPROVED = "draft.approved"
    DRAFT_KEPT = "draft.kept for pick-up"
    DRAFT_HANDED_OVER = "draft.ended by hand-over"
    DRAFT_DISCARDED = "draft.ended by discard"
    DRAFT_SPOILT = "draft.ended by spoiling"
    DRAFT_IDLE = "draft.ended by idleness"
    DRAFT_DUE = "draft.ended by its day"
    DRAFT_KEY_GONE = "draft.ended without its key"
    CARD_INTENT = "card.intent"
    CARD_SIGNED = "card.signed"
    CARD_HANDED_OVER = "card.handed over"
    CARD_SUSPENDED = "card.suspended"
    CARD_REINSTATED = "card.reinstated"
    CARD_REVOKED = "card.revoked"
    CARD_REPLACED = "card.replaced"
    CARD_EXPIRED = "card.expired"
    STAFF_ADDED = "staff.added"
    STAFF_ROLE = "staff.role changed"
    STAFF_PASSWORD = "staff.password changed"  # noqa: S105 - the name of an action
    STAFF_DISABLED = "staff.disabled"
    KEY_ANNOUNCED = "key.announced"
    KEY_ACTIVATED = "key.activated"
    KEY_RETIRED = "key.retired"
    KEY_COMPROMISED = "key.compromised"
    LIST_PUBLISHED = "list.published"


class ChainBroken(Conflict):
    """The audit entries are not as they were written: somebody or something changed the database underneath."""

    def __init__(self, sequence: int, what: str) -> None:
        super().__init__(
            f"The audit is not as it was written: entry {sequence} {what}. Stop issuing, keep a copy of the "
            "database as it is, and compare it with the last checkpoint kept outside."
        )
        self.sequence, self.what = sequence, what


class NotACheckpoint(Refused):
    """The file is something else, or the audit key did not sign it."""

    def __init__(self) -> None:
        super().__init__("This is not a checkpoint that the audit key signed. Choose the file that was kept outside.")


def record(session: Session, actor: Actor, action: Action, subject: str, *, now: datetime) -> AuditEntry:
    """Append an entry. `subject` is a kind and an id: "card:7K2M…", "draft:…", "staff:3", "key:…", "list:…"."""
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("an audit subject is a kind and an id")
    last = newest(session)
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, BEFORE_THE_FIRST)
    entry = AuditEntry(
        sequence=sequence, day=day_of(now), actor=actor.code, action=str(action), subject=subject, previous=previous
    )
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()
    return entry


def newest(session: Session) -> AuditEntry | None:
    """Return the last entry of the chain."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).first()


def entries(session: Session, *, before: int | None = None, limit: int) -> list[AuditEntry]:
    """Return at most `limit` entries, newest first, from before a sequence number where one is given."""
    chosen = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(AuditEntry.sequence < before)
    return list(session.scalars(chosen))


def digest_of(entry: AuditEntry) -> bytes:
    """Return SHA-256 over the digest before it and the entry's own fields, in one unambiguous writing."""
    fields = [entry.sequence, entry.day.isoformat(), entry.actor, entry.action, entry.subject]
    return hashlib.sha256(entry.previous + json.dumps(fields, ensure_ascii=True).encode()).digest()


def verify_chain(session: Session) -> AuditEntry | None:
    """Read every entry from the first on and return the last one, or raise `ChainBroken` at the first wrong one."""
    expected, previous, entry = 1, BEFORE_THE_FIRST, None
    # From the database itself, whatever this session has seen before.
    fresh = {"yield_per": _ROWS_AT_ONCE, "populate_existing": True}
    with closing(session.scalars(select(AuditEntry).order_by(AuditEntry.sequence), execution_options=fresh)) as entries:
        for entry in entries:
            if entry.sequence != expected:
                raise ChainBroken(expected, "is missing")
            if entry.previous != previous:
                raise ChainBroken(expected, "does not follow the one before it")
            if entry.digest != digest_of(entry):
                raise ChainBroken(expected, "was edited")
            expected, previous = expected + 1, entry.digest
    return entry


def checkpoint(session: Session, audit_key: Signer, *, now: datetime) -> bytes:
    """Return the chain's end as signed JSON in a COSE_Sign1, after reading the whole chain. Raises `ChainBroken`."""
    last = verify_chain(session)
    sequence, digest = (last.sequence, last.digest) if last else (0, BEFORE_THE_FIRST)
    said = {"sequence": sequence, "digest": digest.hex(), "day": day_of(now).isoformat()}
    return sign1(json.dumps(said).encode(), audit_key, content_type=CHECKPOINT_TYPE)


def verify_checkpoint(session: Session, signed: bytes, audit_key: PublicKey) -> int:
    """Compare the chain with a checkpoint that was kept outside, and return the sequence up to which they agree.

    Raises `NotACheckpoint`, or `ChainBroken` where entries that the checkpoint covers were changed or cut off.
    """
    try:
        message = parse_sign1(signed)
        if message.content_type != CHECKPOINT_TYPE:
            raise NotACheckpoint
        said = json.loads(message.open(audit_key))
    except CredentialError:
        raise NotACheckpoint from None
    verify_chain(session)
    sequence = int(said["sequence"])
    covered = session.get(AuditEntry, sequence)
    digest = covered.digest if covered else BEFORE_THE_FIRST if sequence == 0 else None
    if digest is None or digest.hex() != said["digest"]:
        raise ChainBroken(sequence, "is missing" if digest is None else "is not the one that was signed")
    return sequence
