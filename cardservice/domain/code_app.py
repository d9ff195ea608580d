"""Codes from an app, the second factor beside a password: RFC 6238 with SHA-1, six digits, thirty seconds.

The rule here: a code is good once. The step of the last accepted code is written in the transaction that accepts it,
and a step that is not later is refused. The secret is in the register sealed (factor_key.py); one step of grace on
each side is all that a wrong clock gets.
"""

import base64
import hmac
from datetime import datetime

from pyotp import TOTP
from sqlalchemy.orm import Session

from cardservice.domain import second_factors, staff
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Refused, Unavailable
from cardservice.factor_key import FactorKey, WrongFactorKey
from cardservice.storage.models import Staff

SECRET_BYTES = 20
"""RFC 4226 §4 recommends 160 bits."""
DIGITS, STEP_SECONDS = 6, 30
_GRACE = (-1, 0, 1)


class CodeRefused(Refused):
    """The same for a wrong code, one that was used before, and an account that has no code app or is closed."""

    def __init__(self) -> None:
        super().__init__("This code is not right, or it was used before. Wait for the next one and type that.")


class CodeAppUnreadable(Unavailable):
    """The file that opens the secrets of code apps is not the one they were sealed with."""

    def __init__(self) -> None:
        super().__init__("The key file of the code apps is not the right one. Restore it, or sign in with a passkey.")


def words_of(secret: bytes) -> str:
    """Return the secret as people type it into an app: base32 in groups of four."""
    text = _base32(secret)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(secret: bytes, *, name: str, town: str) -> str:
    """Return the otpauth address that an app reads from a QR code."""
    return TOTP(_base32(secret)).provisioning_uri(name=name, issuer_name=town)


def set_up(
    session: Session, staff_id: int, secret: bytes, code: str, *, key: FactorKey, actor: Actor, now: datetime
) -> None:
    """Give a staff member a code app, or another one, once it has shown a right code.

    Raises:
        CodeRefused: the app does not have this secret, or its clock is wrong.
    """
    member = staff.get(session, staff_id)
    step = _step_of(secret, code, now)
    if step is None:
        raise CodeRefused
    member.code_secret, member.code_step = key.seal(secret, staff_id=staff_id), step
    second_factors.changed(session, member, Action.CODE_APP_ADDED, actor=actor, now=now)


def accept(session: Session, staff_id: int, code: str, *, key: FactorKey, now: datetime) -> Staff:
    """Return the staff member who showed this code, which is spent with it.

    Raises:
        CodeRefused: it is wrong, was used, or there is no such app.
        CodeAppUnreadable: the secret cannot be opened.
    """
    member = session.get(Staff, staff_id)
    if member is None or member.disabled or member.code_secret is None:
        raise CodeRefused
    try:
        secret = key.open(member.code_secret, staff_id=staff_id)
    except WrongFactorKey:
        raise CodeAppUnreadable from None
    step = _step_of(secret, code, now)
    if step is None or step <= (member.code_step or 0):
        raise CodeRefused
    member.code_step = step
    session.flush()
    return member


def _step_of(secret: bytes, typed: str, now: datetime) -> int | None:
    """Return the step whose code was typed, looking at all of them in the same time whichever it is."""
    digits = _digits(typed).encode()
    present = int(now.timestamp()) // STEP_SECONDS
    generator, found = TOTP(_base32(secret), digits=DIGITS, interval=STEP_SECONDS), None
    for step in (present + grace for grace in _GRACE):
        if hmac.compare_digest(generator.generate_otp(step).encode(), digits):
            found = step
    return found


def _digits(typed: str) -> str:
    """Six ASCII digits out of what was typed: with spaces, or in the digits of another script; else nothing."""
    kept = "".join(typed.split())
    return f"{int(kept):0{DIGITS}}" if len(kept) == DIGITS and kept.isdecimal() else ""


def _base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode()
