"""The answer to "is this card good?": one of three outcomes, why, what the card says, and how old the lists are."""

from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found. What the card says is None wherever its signature was not found good."""

    verdict: Outcome
    reason: Reason
    code: CodeKind | None = None
    card_number: str | None = None
    issuer: str | None = None
    issuer_name: str | None = None
    recognised_for: tuple[str, ...] = ()
    name: str | None = None
    language: str | None = None
    name_second: str | None = None
    language_second: str | None = None
    birth_date: str | None = None
    """ISO 8601, and only as much of it as is known: 1990-04-05, 1990-04 or 1990."""
    portrait: bytes | None = None
    expires: str | None = None
    """The date (ISO 8601, UTC) from which the card is no longer accepted."""
    trust_list_age_s: int | None = None
    status_list_age_s: int | None = None
    """Of the card's own list; of the oldest list in the kit where the card's own is not known."""

    @classmethod
    def of(
        cls,
        reason: Reason,
        claims: CardClaims | None,
        issuer: TrustedIssuer | None,
        *,
        trust_list_age_s: int | None,
        status_list_age_s: int | None,
    ) -> "Verdict":
        """Return the verdict for a reason; `claims` and `issuer` only where the signature was found good."""
        if claims is None or issuer is None:
            return cls(
                verdict=_OUTCOMES[reason],
                reason=reason,
                trust_list_age_s=trust_list_age_s,
                status_list_age_s=status_list_age_s,
            )
        return cls(
            verdict=_OUTCOMES[reason],
            reason=reason,
            code=claims.code,
            card_number=claims.card_number,
            issuer=claims.issuer,
            issuer_name=issuer.name,
            recognised_for=issuer.recognised_for,
            name=claims.name,
            language=claims.language,
            name_second=claims.name_second,
            language_second=claims.language_second,
            birth_date=_partial_date(claims.birth_date),
            portrait=claims.portrait,
            expires=datetime.fromtimestamp(claims.expires_at, UTC).date().isoformat(),
            trust_list_age_s=trust_list_age_s,
            status_list_age_s=status_list_age_s,
        )

    def as_dict(self) -> dict[str, object]:
        """Return the fields by name, without the portrait's bytes, for JSON."""
        fields = asdict(self)
        fields["portrait"] = self.portrait is not None
        return fields


def _partial_date(digits: str | None) -> str | None:
    """YYYYMMDD, where 00 is not known, in ISO 8601. Another issuer's way to write a date stays as it is."""
    if digits is None or len(digits) != 8 or not digits.isdigit():
        return digits
    parts = (digits[:4], digits[4:6], digits[6:])
    return "-".join(part for part in parts if part != "00")
