"""Why something signed is not accepted: one vocabulary for every front, and the errors that carry it.

A reason is sent, stored and compared as it stands here: members may be added and never renamed.
A message names no person and no value out of a card. Which verdict follows from a reason is in verify/verdict.py.
"""

from enum import StrEnum


class Reason(StrEnum):
    """What a verification found. The same codes on the command line, in the browser and in Python."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_ISSUER = "unknown-issuer"
    UNKNOWN_KEY = "unknown-key"
    KEY_COMPROMISED = "key-compromised"
    KEY_NOT_VALID_THEN = "key-not-valid-then"
    NOT_A_CARD = "not-a-card"
    MALFORMED = "malformed"
    STATUS_STALE = "status-stale"
    STATUS_MISSING = "status-missing"
    CLOCK_WRONG = "clock-wrong"
    NOT_RECOGNISED = "not-recognised"
    SAMPLE = "sample"


class CredentialError(Exception):
    """Something is not accepted; `reason` is the code to act on, the message says more to an engineer."""

    reason: Reason


class NotACard(CredentialError):
    """The bytes are something else: a shop's code, a link, another kind of certificate."""

    reason = Reason.NOT_A_CARD


class Malformed(CredentialError):
    """The bytes are of our kind and break a rule of the format (docs/card-format.md)."""

    reason = Reason.MALFORMED


class BadSignature(CredentialError):
    """The signature was not made by this key over these bytes."""

    reason = Reason.BAD_SIGNATURE
