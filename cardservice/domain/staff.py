"""Staff members and their passwords: who may sign in, with which role, and until when.

The rule here: a change of role or password and the end of an account end the sessions of the staff member in the same
transaction (sessions.py). A failed sign-in says the same words after the same work whatever its cause. Which role may
use which page is declared on the routes in web/; second factors are in second_factors.py.
"""

import unicodedata
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.domain import audit, passwords, sessions
from cardservice.domain.actor import Actor as Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.storage.models import Staff as Staff
from cardservice.terms import StaffRole

NAME_LIMIT = 64
# RFC 9106 §4, the second recommended choice (64 MiB): argon2-cffi's default, stated here so that it cannot drift.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A hash that no password has, which takes as long to be compared as one that somebody has.

    Written and not computed: every command would begin by waiting for it.
    """
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${'A' * 22}${'A' * 43}"


# Verified against when there is no such name, so that its absence takes as long as a wrong password.
_NOBODY = _hash_of_nobody(_HASHER)


class SignInRefused(Refused):
    """The same for an unknown name, a wrong password and a disabled account."""

    def __init__(self) -> None:
        super().__init__("Name or password is not right, or the account is closed. Try again or ask an administrator.")


class WrongPassword(Refused):
    """The present password was asked for and another one was typed."""

    def __init__(self) -> None:
        super().__init__("This is not the present password. Type it again, or ask an administrator.")


class StaffNameRefused(Refused):
    """A staff name that cannot be used to sign in."""

    def __init__(self) -> None:
        super().__init__(f"A staff name has 1 to {NAME_LIMIT} visible characters. Choose another one.")


class StaffNameTaken(Conflict):
    """Names differ in more than capitals and accents' encoding."""

    def __init__(self) -> None:
        super().__init__("A staff member of this name exists already. Choose another name.")


class StaffNotFound(NotFound):
    """There is no staff member of that name or number."""

    def __init__(self) -> None:
        super().__init__("There is no such staff member. Look the name up in the list of staff.")


class LastAdministrator(Conflict):
    """Nobody could add, change or disable staff any more."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make somebody else administrator first.")


def add(session: Session, name: str, role: StaffRole, password: str, *, actor: Actor, now: datetime) -> Staff:
    """Add a staff member. Raises `StaffNameRefused`, `StaffNameTaken` or `PasswordRefused`."""
    name = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(_key(name)) <= NAME_LIMIT or len(name) > NAME_LIMIT or not name.isprintable():
        raise StaffNameRefused
    if _by_name(session, name) is not None:
        raise StaffNameTaken
    passwords.check(password, name=name)
    member = Staff(
        name=name, name_key=_key(name), role=role, password_hash=_HASHER.hash(password), password_is_first=True
    )
    session.add(member)
    session.flush()
    audit.record(session, actor, Action.STAFF_ADDED, f"staff:{member.id}", now=now)
    return member


def authenticate(session: Session, name: str, password: str, *, now: datetime) -> Staff:  # noqa: ARG001 - as every service
    """Return the staff member of this name and password, or raise `SignInRefused`. Writes nothing."""
    member = _by_name(session, name)
    right = _matches(member.password_hash if member else _NOBODY, password[: passwords.LONGEST + 1])
    if member is None or not right or member.disabled:
        raise SignInRefused
    return member


def check_password(session: Session, staff_id: int, password: str) -> None:
    """Raise `WrongPassword` unless this is the present password of the staff member."""
    if not _matches(get(session, staff_id).password_hash, password[: passwords.LONGEST + 1]):
        raise WrongPassword


def by_id(session: Session, staff_id: int) -> Staff | None:
    """Return the staff member of that id, disabled or not."""
    return session.get(Staff, staff_id)


def get(session: Session, staff_id: int) -> Staff:
    """Return the staff member of that id, disabled or not, or raise `StaffNotFound`."""
    member = by_id(session, staff_id)
    if member is None:
        raise StaffNotFound
    return member


def by_name(session: Session, name: str) -> Staff:
    """Return the staff member who signs in with this name, or raise `StaffNotFound`."""
    member = _by_name(session, name)
    if member is None:
        raise StaffNotFound
    return member


def everybody(session: Session) -> list[Staff]:
    """Return all staff members, in the order of their names."""
    return list(session.scalars(select(Staff).order_by(Staff.name_key)))


def set_role(session: Session, staff_id: int, role: StaffRole, *, actor: Actor, now: datetime) -> Staff:
    """Give a staff member another role; live sessions end."""
    member = get(session, staff_id)
    if role is not StaffRole.ADMINISTRATOR:
        _keep_an_administrator(session, member)
    member.role = role
    return _changed(session, member, Action.STAFF_ROLE, actor, now)


def set_password(session: Session, staff_id: int, password: str, *, actor: Actor, now: datetime) -> Staff:
    """Give a staff member another password; live sessions end. Raises `PasswordRefused`.

    One that somebody else chose is a first password: its owner has to change it.
    """
    member = get(session, staff_id)
    passwords.check(password, name=member.name)
    member.password_hash, member.password_is_first = _HASHER.hash(password), actor.staff_id != staff_id
    return _changed(session, member, Action.STAFF_PASSWORD, actor, now)


def change_own_password(
    session: Session, staff_id: int, current: str, password: str, *, actor: Actor, now: datetime
) -> Staff:
    """Change a password for somebody who knows the present one. Raises `WrongPassword`, `PasswordRefused`."""
    check_password(session, staff_id, current)
    return set_password(session, staff_id, password, actor=actor, now=now)


def disable(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> Staff:
    """Close an account for good; live sessions end. The row stays: audit entries name its id."""
    member = get(session, staff_id)
    _keep_an_administrator(session, member)
    member.disabled = True
    return _changed(session, member, Action.STAFF_DISABLED, actor, now)


def close_every_account(session: Session, *, actor: Actor, now: datetime) -> None:
    """Close every account that is open, the last administrator's too: for the end of a town and nothing else."""
    for member in session.scalars(select(Staff).where(Staff.disabled.is_(False)).order_by(Staff.id)).all():
        member.disabled = True
        _changed(session, member, Action.STAFF_DISABLED, actor, now)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _by_name(session: Session, name: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.name_key == _key(name))).first()


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _keep_an_administrator(session: Session, member: Staff) -> None:
    others = select(Staff.id).where(
        Staff.role == StaffRole.ADMINISTRATOR, Staff.disabled.is_(False), Staff.id != member.id
    )
    if member.role is StaffRole.ADMINISTRATOR and not member.disabled and session.scalars(others).first() is None:
        raise LastAdministrator


def _changed(session: Session, member: Staff, action: Action, actor: Actor, now: datetime) -> Staff:
    sessions.end_all_of(session, member.id)
    session.flush()
    audit.record(session, actor, action, f"staff:{member.id}", now=now)
    return member
