"""The colours of slips, posters and other papers of a town, all made from the one it chose; a card's are themes.py's.

Words must be readable whatever the choice (WCAG 2.2, 1.4.3: at least 4.5 to 1): text on the band is white or dark,
whichever stands out more, and a colour of a middle lightness, on which neither does, is darkened here. On a card such
a colour is refused, or the theme is one that does without: no paper fails at the counter whose card passed the start.
"""

import re
from dataclasses import dataclass

from cardservice.printing.colour_vision import Colour as Colour
from cardservice.printing.colour_vision import contrast as contrast

MIN_CONTRAST = 4.5
INK = (0.13, 0.15, 0.17)
WHITE = (1.0, 1.0, 1.0)


class UnreadableColour(ValueError):
    """Text cannot be read on this colour in this theme, or it is not a colour."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Red, green and blue from 0 to 1. town: the band; on_town: text on it; the tints lie under dark text."""

    town: Colour
    on_town: Colour
    lines: Colour
    tint: Colour
    accent: Colour

    @classmethod
    def of(cls, colour: str) -> "Palette":
        """From "#rrggbb". Raises UnreadableColour for what is no colour."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            raise UnreadableColour(f"A colour is written #rrggbb, like #0f5c63, not {colour!r}.")
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        town = (red, green, blue)
        while max(contrast(text, town) for text in (WHITE, INK)) < MIN_CONTRAST:
            town = mix(town, INK, 0.05)
        on_town = max((WHITE, INK), key=lambda text: contrast(text, town))
        accent = town
        while contrast(accent, WHITE) < MIN_CONTRAST:
            accent = mix(accent, INK, 0.15)
        return cls(
            town=town,
            on_town=on_town,
            lines=mix(town, on_town, 0.22),
            tint=mix(WHITE, town, 0.10),
            accent=accent,
        )


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with so much of the second in it."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue
