"""Cards to print and to scan: signed with a key, for people who are nowhere, the same for the same seed.

Every card has its own number, portrait in the code, signatures, and photograph of 21 kB.
"""

import io
import random
from collections.abc import Iterator
from datetime import date
from functools import cache

from PIL import Image

from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims, StatusReference
from cardservice.printing import sample_portraits
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording
from tests.verify.town import Town

SEED = 1000
PHOTOGRAPH_BYTES = 21_000
CODE_PORTRAIT_BYTES = 490

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NAMES = (
    ("Amina Benali", "fra", "أمينة بن علي", "ara"),
    ("João da Silva Pereira", "por", None, None),
    ("Ngozi Okonkwo-Adeyemi", "eng", None, None),
    ("Nguyễn Thị Hương", "vie", None, None),
    ("Mehmet Öztürk", "tur", None, None),
    ("María José Fernández García", "spa", None, None),
    ("Oleksandra Kovalenko", "fra", "Олександра Коваленко", "ukr"),
    ("Fatoumata Diallo", "fra", None, None),
)
_TOWN = Town()
_VALID_UNTIL = date(2028, 11, 21)


def cards(count: int, seed: int = SEED) -> list[CardFace]:
    """So many different cards, signed."""
    return list(stream(count, seed))


def stream(count: int, seed: int = SEED) -> Iterator[CardFace]:
    """The same, signed as they are asked for."""
    chance, key, words = random.Random(seed), _TOWN.card_key, wording(["en", "fr"])
    for number in range(count):
        claims = _claims(chance, _NAMES[number % len(_NAMES)])
        yield CardFace(
            town="Vila Aberta",
            name=claims.name or "",
            name_second=claims.name_second,
            language=claims.language,
            language_second=claims.language_second,
            birth_date=claims.birth_date or "",
            card_number="-".join(claims.card_number[i : i + 4] for i in (0, 4, 8)),
            valid_until=_VALID_UNTIL,
            wording=words,
            portrait=_own(photograph(number % len(_NAMES)), number),
            identity_code=qr_text.seal(claims, key),
            residence_code=qr_text.seal(claims.residence(), key),
        )


@cache
def photograph(number: int) -> bytes:
    """A JPEG of 240 × 300 and PHOTOGRAPH_BYTES: a drawn face under as much grain as that takes."""
    face = Image.open(io.BytesIO(sample_portraits.draw(number))).convert("RGB").resize((240, 300))
    return min((_jpeg(face, grain) for grain in range(0, 40, 2)), key=lambda data: abs(len(data) - PHOTOGRAPH_BYTES))


def _own(photograph: bytes, number: int) -> bytes:
    """With a comment, so that no two are alike: whoever finds the same picture twice would print it once."""
    return photograph[:2] + b"\xff\xfe\x00\x06" + number.to_bytes(4, "big") + photograph[2:]


def _jpeg(face: Image.Image, grain: int) -> bytes:
    noise = Image.frombytes("L", face.size, random.Random(SEED).randbytes(face.width * face.height)).convert("RGB")
    out = io.BytesIO()
    Image.blend(face, noise, grain / 100).save(out, "JPEG", quality=88)
    return out.getvalue()


def _claims(chance: random.Random, name: tuple[str, str, str | None, str | None]) -> CardClaims:
    return _TOWN.claims(
        card_number="".join(chance.choices(_SYMBOLS, k=12)),
        status=StatusReference(uri=_TOWN.uri, index=chance.randrange(2**17)),
        name=name[0],
        language=name[1],
        birth_date=f"{chance.randint(1940, 2010)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
        name_second=name[2],
        language_second=name[3],
        # As many bytes as a portrait in a code has, and as hard to compress.
        portrait=b"RIFF\xec\x01\x00\x00WEBPVP8 " + chance.randbytes(CODE_PORTRAIT_BYTES - 16),
    )
