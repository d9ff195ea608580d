"""What a staff member has beside a password: passkeys and a code app, and how these are taken away.

The rule here: whatever changes here ends the staff member's sessions in the same transaction and leaves one audit
entry. Nobody removes their own last factor; `remove_all` is for a recovery that other people decide. Adding and
checking is in passkeys.py and code_app.py.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cardservice.domain import audit, sessions, staff
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Conflict, NotFound
from cardservice.storage.models import Passkey, Staff

HOW_MANY_PASSKEYS = select(func.count()).where(Passkey.staff_id == Staff.id).correlate(Staff).scalar_subquery()
"""In a question about staff members: how many passkeys each has."""


class LastFactor(Conflict):
    """Without it the account would hang on a password alone."""

    def __init__(self) -> None:
        super().__init__("This is the last passkey or code app of this account. Add another one first.")


class FactorNotFound(NotFound):
    """There is no such passkey, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such passkey in this account.")


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody can show beside a password."""

    passkeys: int = 0
    code_app: bool = False

    @property
    def count(self) -> int:
        return self.passkeys + self.code_app


def of(session: Session, member: Staff) -> Factors:
    """Return which factors a staff member has."""
    passkeys = session.scalar(select(func.count()).select_from(Passkey).where(Passkey.staff_id == member.id))
    return Factors(passkeys or 0, member.code_secret is not None)


def passkeys_of(session: Session, staff_id: int) -> list[Passkey]:
    """Return a staff member's passkeys, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id)))


def remove_passkey(session: Session, staff_id: int, passkey_id: int, *, actor: Actor, now: datetime) -> None:
    """Remove one passkey. Raises `FactorNotFound`, `LastFactor`."""
    member = staff.get(session, staff_id)
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.staff_id != staff_id:
        raise FactorNotFound
    _keep_one(session, member)
    session.delete(passkey)
    changed(session, member, Action.PASSKEY_REMOVED, actor=actor, now=now)


def remove_code_app(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget the secret of a code app. Raises `FactorNotFound`, `LastFactor`."""
    member = staff.get(session, staff_id)
    if member.code_secret is None:
        raise FactorNotFound
    _keep_one(session, member)
    member.code_secret = None
    changed(session, member, Action.CODE_APP_REMOVED, actor=actor, now=now)


def remove_all(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Remove every passkey and the code app of a staff member, and end their sessions. Raises `StaffNotFound`."""
    member = staff.get(session, staff_id)
    session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))
    member.code_secret = None
    changed(session, member, Action.FACTORS_REMOVED, actor=actor, now=now)


def changed(session: Session, member: Staff, action: Action, *, actor: Actor, now: datetime) -> None:
    """End the sessions of a staff member whose factors changed, and write the audit entry."""
    sessions.end_all_of(session, member.id)
    session.flush()
    audit.record(session, actor, action, f"staff:{member.id}", now=now)


def _keep_one(session: Session, member: Staff) -> None:
    if of(session, member).count <= 1:
        raise LastFactor
