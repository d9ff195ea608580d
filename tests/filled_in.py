"""The code of a form that was filled in at home: what the page in the browser makes, and what it never would."""

import zlib

from cardservice.credential import base45, cbor
from cardservice.domain.prefill import town_mark

ISSUER = "https://cards.vila-aberta.example"
TOWN, LANGUAGE, NAME, BIRTH_DATE, NAME_SECOND, LANGUAGE_SECOND = 0, 3, 4, 8, 19, 20
ANSWERS: dict[int | str, object] = {
    TOWN: town_mark(ISSUER),
    LANGUAGE: "eng",
    NAME: "Karim al-Haddad",
    BIRTH_DATE: "19850327",
    NAME_SECOND: "كريم الحدّاد",
    LANGUAGE_SECOND: "ara",
}


def sealed(content: bytes, *, beginning: str = "CARDFORM1:") -> str:
    """Any bytes with their checksum, as the text of a code."""
    return beginning + base45.encode(content + zlib.crc32(content).to_bytes(4))


def code(changes: dict[int | str, object] | None = None, *, without: tuple[int, ...] = ()) -> str:
    """The text of a code with these answers."""
    answers = ANSWERS | (changes or {})
    return sealed(cbor.encode({key: answer for key, answer in answers.items() if key not in without}))
