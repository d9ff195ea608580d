"""Who is signed in at the desk: rows that a session's random id leads to, and everything that ends them.

The rule here: a session without its row is over, so deleting the row ends it everywhere with the next request. A row
keeps the id's digest and moments, no address and no browser. A moment in the future was written by a clock that was
ahead; it ends the session and never lengthens it (THREATS I16, I17, I19; docs/decisions/0023). How somebody proves who
they are is in staff.py, passkeys.py and code_app.py; who is in a session, signed_in.py; the cookie, web/sessions.py.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cardservice.domain import audit
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Refused
from cardservice.storage.models import StaffSession

ID_BYTES = 32
MOST_REFUSALS = 5
"""Wrong confirmations in a row that end a session."""
MOST_AT_ONCE = 5
"""Sessions of one staff member at a time; one more ends the one that was used longest ago."""
CLOCK_SLACK = timedelta(seconds=60)
"""What the clocks of a machine may differ between two readings."""
SEEN_EVERY = timedelta(seconds=60)
KEPT_AFTER = timedelta(hours=1)
"""How long a row outlives its session, so that the sign-in page can say why it ended."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends by itself."""

    idle: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=10)


DEFAULT_LIMITS = Limits()


class SessionOver(Refused):
    """`code` is one of idle, long, ended."""

    def __init__(self, code: str) -> None:
        super().__init__("This session is over. Sign in again: what was saved is still there.")
        self.code = code


def begin(session: Session, staff_id: int, session_id: bytes, *, now: datetime) -> StaffSession:
    """Begin a session of somebody who has just proved who they are. `session_id` is 32 random bytes."""
    _make_room(session, staff_id)
    begun = StaffSession(
        digest=digest_of(session_id), staff_id=staff_id, began_at=now, seen_at=now, confirmed_at=now, refused=0
    )
    session.add(begun)
    session.flush()
    return begun


def touch(session: Session, session_id: bytes, *, now: datetime) -> None:
    """Note that a session is in use; `is_unnoted` says when that is worth a write."""
    if (row := session.get(StaffSession, digest_of(session_id))) is not None:
        row.seen_at = max(now, row.seen_at)


def why_over(began_at: datetime, seen_at: datetime, *, now: datetime, limits: Limits) -> str | None:
    """Return why a session with these moments is over, as in `SessionOver.code`, or None while it goes on."""
    if seen_at > now + CLOCK_SLACK or now - seen_at > limits.idle:
        return "idle"
    return "long" if now - began_at > limits.longest else None


def is_unnoted(seen_at: datetime, *, now: datetime) -> bool:
    """Whether a session was last noted as used a minute ago or longer."""
    return now - seen_at >= SEEN_EVERY


def is_recent(confirmed_at: datetime, *, now: datetime, within: timedelta) -> bool:
    """Whether a factor was shown in this session within that time, by a clock that did not go back."""
    return -CLOCK_SLACK <= now - confirmed_at <= within


def confirm(session: Session, session_id: bytes, next_id: bytes, *, now: datetime) -> None:
    """Note that a factor was shown again: the session goes on under another random id, and no longer than before."""
    if (row := session.get(StaffSession, digest_of(session_id))) is not None:
        row.digest, row.confirmed_at, row.refused = digest_of(next_id), now, 0


def refuse(session: Session, session_id: bytes) -> bool:
    """Note a wrong confirmation, and return whether the session is over: the fifth in a row ends it."""
    row = session.get(StaffSession, digest_of(session_id))
    if row is None:
        return True
    row.refused += 1
    if row.refused >= MOST_REFUSALS:
        session.delete(row)
    return row.refused >= MOST_REFUSALS


def live(session: Session, staff_id: int, *, now: datetime, limits: Limits) -> list[StaffSession]:
    """Return a staff member's sessions that are not over, the last used first."""
    rows = session.scalars(
        select(StaffSession).where(StaffSession.staff_id == staff_id).order_by(StaffSession.seen_at.desc())
    )
    return [row for row in rows if why_over(row.began_at, row.seen_at, now=now, limits=limits) is None]


def end(session: Session, session_id: bytes) -> None:
    """End one session: its owner signs out."""
    session.execute(delete(StaffSession).where(StaffSession.digest == digest_of(session_id)))


def end_others(session: Session, staff_id: int, session_id: bytes, *, actor: Actor, now: datetime) -> None:
    """End a staff member's sessions but the one that this id leads to."""
    others = StaffSession.digest != digest_of(session_id)
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id, others))
    audit.record(session, actor, Action.SESSIONS_ENDED, f"staff:{staff_id}", now=now)


def end_all_of(session: Session, staff_id: int) -> None:
    """End every session of a staff member. The change that asks for it is what the audit tells."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def sign_out(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """End every session of a staff member because somebody asked for just that."""
    end_all_of(session, staff_id)
    audit.record(session, actor, Action.SESSIONS_ENDED, f"staff:{staff_id}", now=now)


def end_everybodys(session: Session) -> None:
    """End all sessions there are: at a start of the service after which none of their cookies can be read any more."""
    session.execute(delete(StaffSession))


def forget_ended(session: Session, *, now: datetime, limits: Limits) -> int:
    """Delete the rows of sessions that ended an hour ago or lie in the future; return how many."""
    over = or_(
        StaffSession.seen_at < now - limits.idle - KEPT_AFTER,
        StaffSession.began_at < now - limits.longest - KEPT_AFTER,
        StaffSession.seen_at > now + CLOCK_SLACK,
    )
    gone = session.scalars(select(StaffSession).where(over)).all()
    for row in gone:
        session.delete(row)
    session.flush()
    return len(gone)


def digest_of(session_id: bytes) -> bytes:
    """Return the SHA-256 by which the register knows a session."""
    return hashlib.sha256(session_id).digest()


def _make_room(session: Session, staff_id: int) -> None:
    begun = select(StaffSession).where(StaffSession.staff_id == staff_id).order_by(StaffSession.seen_at.desc())
    for row in session.scalars(begun.offset(MOST_AT_ONCE - 1)):
        session.delete(row)
