"""What is sealed inside a draft, as bytes: the registration, and from signing to hand-over the codes of card and slip.

Only drafts.py and issuance.py look inside, through a day key. The form may change: no draft outlives fourteen days.
"""

import base64
import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

from cardservice.domain.registration import Registration

_PICTURES = ("portrait_print", "portrait_code")


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
        """Return the same contents with the signed card in them."""
        return replace(self, signed=signed)

    @property
    def issued(self) -> IssuedCard | None:
        """The signed card with what was registered for it, once there is one."""
        if self.signed is None:
            return None
        codes = {part.name: getattr(self.signed, part.name) for part in fields(self.signed)}
        return IssuedCard(**codes, registration=self.registration)

    def to_bytes(self) -> bytes:
        """Return the plaintext to seal."""
        registration: dict[str, Any] = asdict(self.registration)
        for field in _PICTURES:
            if registration[field] is not None:
                registration[field] = base64.b64encode(registration[field]).decode()
        signed: dict[str, Any] | None = asdict(self.signed) if self.signed else None
        return json.dumps({"registration": registration, "signed": signed}, default=date.isoformat).encode()

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        read = json.loads(plaintext)
        registration, signed = read["registration"], read["signed"]
        for field in _PICTURES:
            if registration[field] is not None:
                registration[field] = base64.b64decode(registration[field])
        if signed is not None:
            signed = SignedCodes(
                **signed
                | {
                    "issued_on": date.fromisoformat(signed["issued_on"]),
                    "valid_until": date.fromisoformat(signed["valid_until"]),
                }
            )
        return cls(Registration(**registration), signed)
