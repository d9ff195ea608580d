"""A card to vary, for the tests of printing."""

from collections.abc import Callable
from datetime import date

import pytest
from printed import IDENTITY_LENGTH, RESIDENCE_LENGTH, qr_text

from cardservice.printing import portrait, sample_portraits
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording


@pytest.fixture(scope="session")
def portrait_jpeg() -> bytes:
    return portrait.prepare(sample_portraits.draw(5)).print_jpeg


@pytest.fixture
def make_face(portrait_jpeg: bytes) -> Callable[..., CardFace]:
    def make(**changes: object) -> CardFace:
        face = {
            "town": "Vila Aberta",
            "name": "Karim al-Haddad",
            "name_second": "كريم الحدّاد",
            "language": "fra",
            "language_second": "ara",
            "birth_date": "19850312",
            "card_number": "7H3K-9Q2M-X4ND",
            "valid_until": date(2029, 11, 30),
            "wording": wording(["en", "fr"]),
            "portrait": portrait_jpeg,
            "identity_code": qr_text(IDENTITY_LENGTH),
            "residence_code": qr_text(RESIDENCE_LENGTH),
        }
        return CardFace(**(face | changes))

    return make


@pytest.fixture
def face(make_face: Callable[..., CardFace]) -> CardFace:
    return make_face()
