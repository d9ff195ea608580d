"""The answer to "is this card good?": one of three outcomes, why, what the card says, and how old the lists are.

A verdict's `repr` shows no claim, so that a log that shows a verdict names nobody.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from cardservice.credential.claims import CardClaims, CodeKind
from cardservice.credential.errors import Reason
from cardservice.credential.trust_list import TrustedIssuer


class Outcome(StrEnum):
    """Valid, not valid, or not to be told from here (docs/decisions/0007-three-outcomes.md)."""

    VALID = "valid"
    NOT_VALID = "not-valid"
    CANNOT_TELL = "cannot-tell"


# Every other reason says something about the card. These say something about the one who checks it.
_OUTCOMES = dict.fromkeys(Reason, Outcome.NOT_VALID) | {
    Reason.VALID: Outcome.VALID,
    Reason.STATUS_STALE: Outcome.CANNOT_TELL,
    Reason.STATUS_MISSING: Outcome.CANNOT_TELL,
    Reason.CLOCK_WRONG: Outcome.CANNOT_TELL,
}
_FIELDS = (
    "verdict",
    "reason",
    "would_be",
    "code",
    "card_number",
    "issuer",
    "issuer_name",
    "recognised_for",
    "name",
    "language",
    "name_second",
    "language_second",
    "birth_date",
    "expires",
    "trust_list_age_s",
    "status_list_age_s",
    "fresh",
)
FRESH_FOR = 48 * 3600  # seconds after which an answer must say of which day it is


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found. What the card says is None wherever its signature was not found good."""

    reason: Reason
    trust_list_age_s: int | None
    """Seconds since the trust list was signed; None where there is none to use."""
    status_list_age_s: int | None
    """The same of the card's own status list; of the oldest in the kit where the card's own is not known."""
    claims: CardClaims | None = field(default=None, repr=False)
    trusted_issuer: TrustedIssuer | None = field(default=None, repr=False)
    would_be: Reason | None = None
    """Of a sample what a card would be; None for everything else."""

    @property
    def verdict(self) -> Outcome:
        """What to do: let in, not let in, or find out otherwise."""
        return _OUTCOMES[self.reason]

    @property
    def as_card(self) -> Reason:
        """What training goes on with: of a sample what a card would be, else the reason. It lets nobody in."""
        return self.reason if self.would_be is None else self.would_be

    @property
    def fresh(self) -> bool:
        """Whether the status list is at most 48 hours old. Older ones may miss a revocation: then say of which day."""
        return self.status_list_age_s is not None and self.status_list_age_s <= FRESH_FOR

    @property
    def code(self) -> CodeKind | None:
        """Which of the card's two codes was read."""
        return None if self.claims is None else self.claims.code

    @property
    def card_number(self) -> str | None:
        """The card's number, without the dashes with which it is printed."""
        return None if self.claims is None else self.claims.card_number

    @property
    def issuer(self) -> str | None:
        """The issuer's URI."""
        return None if self.claims is None else self.claims.issuer

    @property
    def issuer_name(self) -> str | None:
        """The issuer's name in its own language."""
        return None if self.trusted_issuer is None else self.trusted_issuer.name

    @property
    def recognised_for(self) -> tuple[str, ...]:
        """What another city's cards are good for here."""
        return () if self.trusted_issuer is None else self.trusted_issuer.recognised_for

    @property
    def name(self) -> str | None:
        """The holder's name."""
        return None if self.claims is None else self.claims.name

    @property
    def language(self) -> str | None:
        """The language of `name` (ISO 639-3)."""
        return None if self.claims is None else self.claims.language

    @property
    def name_second(self) -> str | None:
        """The holder's name in a second script."""
        return None if self.claims is None else self.claims.name_second

    @property
    def language_second(self) -> str | None:
        """The language of `name_second` (ISO 639-3)."""
        return None if self.claims is None else self.claims.language_second

    @property
    def birth_date(self) -> str | None:
        """As much of the birth date as is known, in ISO 8601: 1990-04-05, 1990-04 or 1990."""
        return None if self.claims is None else _partial_date(self.claims.birth_date)

    @property
    def portrait(self) -> bytes | None:
        """The holder's picture, to compare with the face."""
        return None if self.claims is None else self.claims.portrait

    @property
    def expires(self) -> str | None:
        """The date (ISO 8601, UTC) from which on the card is not accepted."""
        return None if self.claims is None else datetime.fromtimestamp(self.claims.expires_at, UTC).date().isoformat()

    def as_dict(self) -> dict[str, object]:
        """Return the fields by name for JSON, without the portrait."""
        return {name: getattr(self, name) for name in _FIELDS}


def _partial_date(digits: str | None) -> str | None:
    """YYYYMMDD, where 00 is not known, in ISO 8601. Another issuer's way to write a date stays as it is."""
    if digits is None or len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return digits
    year, month, day = digits[:4], digits[4:6], digits[6:]
    if month == "00":
        return year
    return f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}"
