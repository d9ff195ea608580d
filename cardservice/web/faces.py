"""A registration as the face of a card: what the town is called, its colour and words, and what the resident said.

How a face is drawn is printing's business.
"""

from datetime import date

from cardservice.domain.card_numbers import LENGTH, grouped
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.registration import Registration
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording
from cardservice.web import desk

NO_NUMBER_YET = grouped("•" * LENGTH)


def before_issuing(registration: Registration, *, valid_until: date) -> CardFace:
    """The face while the answers are checked: no number and no codes yet."""
    return _face(registration, card_number=NO_NUMBER_YET, valid_until=valid_until)


def of_issued(card: IssuedCard) -> CardFace:
    """The face as it is printed."""
    return _face(
        card.registration,
        card_number=grouped(card.card_number),
        valid_until=card.valid_until,
        identity_code=card.identity_code,
        residence_code=card.residence_code,
    )


def _face(
    registration: Registration,
    *,
    card_number: str,
    valid_until: date,
    identity_code: str | None = None,
    residence_code: str | None = None,
) -> CardFace:
    settings = desk.settings()
    return CardFace(
        town=settings.town.name,
        name=registration.name,
        name_second=registration.name_second,
        birth_date=registration.birth_date,
        language=registration.language,
        language_second=registration.language_second,
        portrait=registration.portrait_print,
        card_number=card_number,
        valid_until=valid_until,
        identity_code=identity_code,
        residence_code=residence_code,
        wording=wording(settings.town.languages),
        colour=settings.printing.colour,
    )
