"""The lines that a holder may ask for on the back of the card. They are printed and never stored.

They come with the request that makes the PDF and are in nothing but that PDF: no table, no draft, no code, no log
(docs/decisions/0056). Their texts are never in an exception or a repr.
"""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from cardservice.printing.text import missing

LONGEST = 40
"""Characters: two lines of the back's column at 6 points."""

_JOINERS = "\u200c\u200d"  # Persian and Indic words are written with them.


class LineKind(StrEnum):
    """What a line is about; each at most once on a card."""

    EMERGENCY_CONTACT = "emergency_contact"
    ALLERGY = "allergy"
    INTERPRETER = "interpreter"
    GENDER = "gender"
    """In the holder's own word; it is in no code (docs/decisions/0070)."""


@dataclass(frozen=True, slots=True)
class OptionalLine:
    """One line, as it will be printed behind its label."""

    kind: LineKind
    text: str = field(repr=False)


class LineRefused(ValueError):
    """A line cannot be printed; `code` is too-long or bad-character, and `character` the one that is meant."""

    def __init__(self, kind: LineKind, code: str, character: str | None = None) -> None:
        super().__init__(f"The line {kind} cannot be printed: {code}.")
        self.kind, self.code, self.character = kind, code, character


def line(kind: LineKind, typed: str) -> OptionalLine | None:
    """What was typed as a line; None where nothing was. Raises LineRefused."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text:
        return None
    if len(text) > LONGEST:
        raise LineRefused(kind, "too-long")
    for char in text:
        # Controls, marks of direction, private and unassigned characters: nobody sees them, or everybody sees a box.
        if unicodedata.category(char)[0] == "C" and char not in _JOINERS:
            raise LineRefused(kind, "bad-character", f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}")
    if without := missing(text):
        raise LineRefused(kind, "bad-character", without[0])
    return OptionalLine(kind, text)
