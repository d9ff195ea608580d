"""Bringing back a staff member who has lost what they sign in with: two other people vouch, each with half of a code.

The rule here: nobody is asked a question, and neither of the two can come in as the third, because each of them knows
one half and hands it over face to face. With both halves the staff member chooses a new password; every old factor is
gone. Who is slowed down when they guess is web/guessing.py's business.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from cardservice.domain import audit, second_factors, staff
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.check_symbols import ALPHABET, grouped
from cardservice.domain.errors import Conflict, Refused
from cardservice.storage.models import Recovery, Staff
from cardservice.terms import StaffRole

WAITS_FOR_THE_SECOND = timedelta(hours=24)
GOOD_FOR = timedelta(hours=1)
MAY_VOUCH = frozenset({StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR})
# 120 bits in each half: the register keeps plain digests, and whoever reads one must not be able to try them all. Under
# 112 bits ASVS 5.0 (6.5.2) asks for a slow hash with a salt instead.
_HALF = 24


class OwnRecovery(Refused):
    """Somebody vouches for themselves."""

    def __init__(self) -> None:
        super().__init__("Nobody vouches for themselves. Two other supervisors or administrators have to do it.")


class MayNotVouch(Refused):
    """Only supervisors and administrators vouch."""

    def __init__(self) -> None:
        super().__init__("Only supervisors and administrators may vouch for somebody. Ask one of them.")


class AlreadyVouched(Conflict):
    """This person has given their half of the code, or both halves are given."""

    def __init__(self) -> None:
        super().__init__("This half of the code was given already. Another person has to give the other one.")


class RecoveryRefused(Refused):
    """The same for an unknown name, a wrong half, a recovery that is over and one that nobody vouched for."""

    def __init__(self) -> None:
        super().__init__("Name and codes do not belong together, or their time is over. Ask both people again.")


def vouch(session: Session, staff_id: int, *, actor: Actor, now: datetime, token_bytes: Callable[[int], bytes]) -> str:
    """Vouch for a staff member and return one half of the code, in groups; it is shown once and kept as a digest.

    Raises `MayNotVouch`, `OwnRecovery`, `AlreadyVouched`, `StaffNotFound`.
    """
    if actor.staff_id is None or actor.role not in MAY_VOUCH:
        raise MayNotVouch
    if actor.staff_id == staff_id:
        raise OwnRecovery
    member = staff.by_id(session, staff_id)
    if member is None or member.disabled:
        raise staff.StaffNotFound
    half = _draw(token_bytes)
    begun = find(session, staff_id, now=now)
    if begun is None:
        _forget(session, staff_id)
        session.add(
            Recovery(
                staff_id=staff_id,
                first_id=actor.staff_id,
                first_digest=_digest(half),
                expires_at=now + WAITS_FOR_THE_SECOND,
            )
        )
    elif begun.second_id is not None or begun.first_id == actor.staff_id:
        raise AlreadyVouched
    else:
        begun.second_id, begun.second_digest, begun.expires_at = actor.staff_id, _digest(half), now + GOOD_FOR
    session.flush()
    audit.record(session, actor, Action.STAFF_VOUCHED, f"staff:{staff_id}", now=now)
    return grouped(half)


def find(session: Session, staff_id: int, *, now: datetime) -> Recovery | None:
    """Return the recovery of a staff member that may still be finished."""
    return session.scalars(select(Recovery).where(Recovery.staff_id == staff_id, Recovery.expires_at > now)).first()


def is_begun(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """In a question about staff members: whether there is a recovery of each that may still be finished."""
    return exists().where(Recovery.staff_id == Staff.id, Recovery.expires_at > now)


def waiting(session: Session, *, now: datetime) -> list[Staff]:
    """Return the staff members for whom one person has vouched and a second one has not."""
    begun = select(Recovery.staff_id).where(Recovery.second_id.is_(None), Recovery.expires_at > now)
    return list(session.scalars(select(Staff).where(Staff.id.in_(begun)).order_by(Staff.name_key)))


def finish(session: Session, name: str, halves: tuple[str, str], password: str, *, now: datetime) -> Staff:
    """Give the staff member of that name a new password and take away every factor; live sessions end.

    The halves may come in any order and writing. Raises `RecoveryRefused`, `PasswordRefused`.
    """
    try:
        member = staff.by_name(session, name)
    except staff.StaffNotFound:
        raise RecoveryRefused from None
    begun = find(session, member.id, now=now)
    if member.disabled or begun is None or begun.second_digest is None or not _belong(begun, halves):
        raise RecoveryRefused
    themselves = Actor(name=member.name, role=member.role, staff_id=member.id)
    staff.set_password(session, member.id, password, actor=themselves, now=now)
    second_factors.remove_all(session, member.id, actor=themselves, now=now)
    _forget(session, member.id)
    audit.record(session, themselves, Action.STAFF_RECOVERED, f"staff:{member.id}", now=now)
    return member


def cancel(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """End a recovery that nobody asked for, by its owner or whoever may vouch. Raises `MayNotVouch`."""
    if actor.staff_id != staff_id and actor.role not in MAY_VOUCH:
        raise MayNotVouch
    if _forget(session, staff_id):
        audit.record(session, actor, Action.STAFF_RECOVERY_CANCELLED, f"staff:{staff_id}", now=now)


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete the recoveries whose time is over, and return how many there were."""
    over = session.scalars(delete(Recovery).where(Recovery.expires_at <= now).returning(Recovery.staff_id))
    return len(over.all())


def _draw(token_bytes: Callable[[int], bytes]) -> str:
    drawn = int.from_bytes(token_bytes(_HALF * 5 // 8), "big")
    return "".join(ALPHABET[drawn >> 5 * place & 31] for place in range(_HALF))


def _belong(begun: Recovery, halves: tuple[str, str]) -> bool:
    """Compare both halves, in either order, whatever the first comparison says."""
    given = [_digest(half) for half in halves]
    kept = [begun.first_digest, begun.second_digest or b""]
    straight = [hmac.compare_digest(one, other) for one, other in zip(given, kept, strict=True)]
    crossed = [hmac.compare_digest(one, other) for one, other in zip(given, reversed(kept), strict=True)]
    return all(straight) or all(crossed)


def _digest(half: str) -> bytes:
    plain = "".join(half.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode()).digest()


def _forget(session: Session, staff_id: int) -> bool:
    gone = session.scalars(delete(Recovery).where(Recovery.staff_id == staff_id).returning(Recovery.staff_id))
    found = gone.first() is not None
    session.expire_all()
    return found
