"""Challenges for passkeys: one for each page that asks for one, in the signed session, for at most five minutes.

A challenge is for one purpose and is taken out of the session with the first answer. That a copy of the cookie does
not make it good again is the register's doing (domain/passkeys.py).
"""

from enum import StrEnum

from flask import session

from cardservice.domain.passkeys import CHALLENGE_BYTES, CHALLENGE_LIVES, PasskeyRefused
from cardservice.web import desk


class Purpose(StrEnum):
    """What an answer is for."""

    SIGN_IN = "sign in"
    CONFIRM = "confirm"
    ADD = "add"


def ask(purpose: Purpose) -> bytes:
    """A new challenge; the one before it is forgotten."""
    challenge = desk.token_bytes(CHALLENGE_BYTES)
    session["challenge"] = {"for": purpose, "at": int(desk.now().timestamp()), "value": challenge.hex()}
    return challenge


def take(purpose: Purpose) -> bytes:
    """The challenge that this browser was asked, which is used up with it.

    Raises:
        PasskeyRefused: there is none for this purpose, or it is too old.
    """
    kept = session.pop("challenge", None)
    if kept is None or kept["for"] != purpose:
        raise PasskeyRefused
    if not 0 <= desk.now().timestamp() - kept["at"] <= CHALLENGE_LIVES.total_seconds():
        raise PasskeyRefused
    return bytes.fromhex(kept["value"])
