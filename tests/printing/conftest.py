"""A card to vary, for the tests of printing."""

import io
import random
from collections.abc import Callable
from datetime import date

import pytest
from PIL import Image
from printed import IDENTITY_LENGTH, RESIDENCE_LENGTH, qr_text

from cardservice.printing import portrait, sample_portraits
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording


@pytest.fixture(scope="session")
def portrait_jpeg() -> bytes:
    return portrait.prepare(sample_portraits.draw(5)).print_jpeg


@pytest.fixture(scope="session")
def heavy_jpeg() -> bytes:
    """A photograph of 21,000 bytes: a drawn face under grain, and as many bytes of nothing as are missing."""
    face = Image.open(io.BytesIO(sample_portraits.draw(5))).convert("RGB").resize(portrait.PRINT_SIZE)
    grain = Image.frombytes("L", face.size, random.Random(5).randbytes(face.width * face.height)).convert("RGB")
    out = io.BytesIO()
    Image.blend(face, grain, 0.075).save(out, "JPEG", quality=88)
    made = out.getvalue()
    missing = 21_000 - len(made) - 4
    return made[:2] + b"\xff\xfe" + (missing + 2).to_bytes(2, "big") + bytes(missing) + made[2:]


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
