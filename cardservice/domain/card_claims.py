"""What a card says: the claims of its identity code, out of what was registered. Their bytes: credential/claims.py."""

from datetime import date

from cardservice.credential.claims import CardClaims, StatusReference, start_of_day
from cardservice.domain.registration import Registration


def of(
    registration: Registration,
    *,
    issuer: str,
    number: str,
    status: StatusReference,
    issued_on: date,
    expires_on: date,
) -> CardClaims:
    """Return the claims of the identity code of a card; `expires_on` is the first day on which it is not valid."""
    return CardClaims(
        issuer=issuer,
        card_number=number,
        issued_at=start_of_day(issued_on),
        expires_at=start_of_day(expires_on),
        status=status,
        name=registration.name,
        language=registration.language,
        birth_date=registration.birth_date,
        name_second=registration.name_second,
        language_second=registration.language_second,
        portrait=registration.portrait_code,
    )
