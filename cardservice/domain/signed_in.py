"""Who is in a session: all that a request must know of its staff member, by one question to the register.

It is asked before every request, so it names columns and brings no objects. When a session is over is sessions.py's
business; how factors are added, second_factors.py's.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cardservice.domain import recovery, second_factors, sessions
from cardservice.domain.actor import Actor
from cardservice.domain.second_factors import Factors
from cardservice.domain.sessions import Limits, SessionOver
from cardservice.storage.models import Staff, StaffSession
from cardservice.storage.types import UtcDateTime

_ASKED = (
    select(
        StaffSession.began_at,
        StaffSession.seen_at,
        StaffSession.confirmed_at,
        Staff.id,
        Staff.name,
        Staff.role,
        Staff.password_is_first,
        second_factors.HOW_MANY_PASSKEYS.label("passkeys"),
        Staff.code_secret.is_not(None).label("code_app"),
        recovery.is_begun(bindparam("now", type_=UtcDateTime)).label("is_being_recovered"),
    )
    .join(Staff, Staff.id == StaffSession.staff_id)
    .where(StaffSession.digest == bindparam("digest"), Staff.disabled.is_(False))
)


class SignedIn(NamedTuple):
    """A staff member in a session that is not over."""

    actor: Actor
    factors: Factors
    has_first_password: bool
    """Whether somebody else chose the password."""
    is_being_recovered: bool
    """Whether somebody vouched for them because they are said to have lost their sign-in."""
    seen_at: datetime
    confirmed_at: datetime


def find(session: Session, session_id: bytes, *, now: datetime, limits: Limits) -> SignedIn:
    """Return whose session it is, or raise `SessionOver`."""
    session.flush()
    found = session.connection().execute(_ASKED, {"digest": sessions.digest_of(session_id), "now": now}).one_or_none()
    if found is None:
        raise SessionOver("ended")
    if over := sessions.why_over(found.began_at, found.seen_at, now=now, limits=limits):
        raise SessionOver(over)
    return SignedIn(
        Actor(name=found.name, role=found.role, staff_id=found.id),
        Factors(found.passkeys, found.code_app),
        found.password_is_first,
        found.is_being_recovered,
        found.seen_at,
        found.confirmed_at,
    )
