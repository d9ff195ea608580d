"""What is sealed inside a draft, as bytes: the registration, and from signing to hand-over the codes of card and slip.

Only drafts.py and issuance.py look inside, through a day key. The form may change: no draft outlives fourteen days.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from cardservice.credential import cbor
from cardservice.credential.errors import Malformed
from cardservice.domain.registration import Registration

_DAYS = ("issued_on", "valid_until")


class ContentsUnreadable(Exception):
    """What was sealed was written by another version of the program, in another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCodes:
    """The card as it was signed: what goes on paper, and is kept nowhere else."""

    card_number: str
    identity_code: str
    residence_code: str
    slip_code: str
    issued_on: date
    valid_until: date
    """The last day on which it is valid."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IssuedCard(SignedCodes):
    """A signed card, as long as it has not been handed over: everything that goes on paper."""

    registration: Registration


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a draft holds about a resident."""

    registration: Registration
    signed: SignedCodes | None = None

    def with_codes(self, signed: SignedCodes) -> Self:
        """Return the same contents with the signed card in them, and without what could still be cropped."""
        return replace(self, registration=replace(self.registration, photograph=None), signed=signed)

    @property
    def issued(self) -> IssuedCard | None:
        """The signed card with what was registered for it, once there is one."""
        if self.signed is None:
            return None
        return IssuedCard(**_entries(self.signed), registration=self.registration)

    def to_bytes(self) -> bytes:
        """Return the plaintext to seal."""
        signed = _entries(self.signed) if self.signed else None
        if signed is not None:
            signed |= {day: signed[day].isoformat() for day in _DAYS}
        return cbor.encode({"registration": _entries(self.registration), "signed": signed})

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises `ContentsUnreadable` for what another version of it did."""
        try:
            read = cbor.decode(plaintext)
            registration, signed = read["registration"], read["signed"]
            if signed is not None:
                signed = SignedCodes(**signed | {day: date.fromisoformat(signed[day]) for day in _DAYS})
            return cls(Registration(**registration), signed)
        except (Malformed, KeyError, TypeError, ValueError):
            # The cause is left out: it may hold what was typed.
            raise ContentsUnreadable from None


def _entries(of: Registration | SignedCodes) -> dict[str, Any]:
    return {part.name: getattr(of, part.name) for part in fields(of)}
