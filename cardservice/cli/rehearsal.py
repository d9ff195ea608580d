"""A card of nobody, drawn with a town's own settings: what would fail at the counter fails before the desk opens.

The codes are made-up characters, and no reader takes them for a card.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from hashlib import sha256

from cardservice.domain.registration import Registration
from cardservice.printing import media, portrait, qr_encoder, sample_portraits, themes, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.optional_lines import LineKind, OptionalLine
from cardservice.printing.sample_names import SampleName
from cardservice.settings import Settings
from cardservice.web import decided

VALID_UNTIL = date(2030, 6, 30)
BORN = "19840229"

_IDENTITY, _RESIDENCE = 1158, 300
_LINES = (
    OptionalLine(LineKind.EMERGENCY_CONTACT, "+351 000 000 000"),
    OptionalLine(LineKind.ALLERGY, "penicillin"),
    OptionalLine(LineKind.INTERPRETER, "tigrinya"),
)


def rehearse(settings: Settings) -> CardFace:
    """Draw one card as this town would print it, and return its face.

    Raises:
        FontsMissing: typefaces are missing or damaged.
        UnreadableColour, CrestRefused: the colour in this theme, or the crest, cannot be used.
        MissingGlyph, UnknownLanguage: the town's name or the words in its languages cannot be printed.
    """
    typefaces.check()
    face = sample(settings, SampleName("Latin", "Y", "eng"), number=0)
    media.pdf([face], media.CR80)
    return face


def sample(
    settings: Settings, name: SampleName, *, second: SampleName | None = None, number: int, theme: str = ""
) -> CardFace:
    """The face of somebody who is nowhere; every other one declined a portrait, every third asked for lines."""
    registration = Registration(
        name=name.name,
        birth_date=BORN,
        language=name.language,
        name_second=second.name if second else None,
        language_second=second.language if second else None,
        portrait_print=_portrait(number) if number % 2 else None,
    )
    face = decided.face_before_issuing(settings, registration, valid_until=VALID_UNTIL)
    digits = _characters(f"number {number}", 12, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    return replace(
        face,
        theme=themes.theme(theme, settings.printing.colour) if theme else face.theme,
        card_number="-".join((digits[:4], digits[4:8], digits[8:])),
        identity_code=_characters(f"identity {number}", _IDENTITY, qr_encoder.ALPHABET),
        residence_code=_characters(f"residence {number}", _RESIDENCE, qr_encoder.ALPHABET),
        optional_lines=_LINES[: number % 4] if number % 3 == 0 else (),
    )


@lru_cache(maxsize=16)
def _portrait(number: int) -> bytes:
    # Kept for the next theme: these are drawings of nobody.
    return portrait.prepare(sample_portraits.draw(number)).print_jpeg


def _characters(seed: str, count: int, alphabet: str) -> str:
    digests = b"".join(sha256(f"{seed} {number}".encode()).digest() for number in range(count // 32 + 1))
    return "".join(alphabet[byte % len(alphabet)] for byte in digests[:count])
