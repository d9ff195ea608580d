"""The four looks a card can have, each made out of the one colour that a town chose.

A theme says how things look and never where they stand: the places are layout's, card_front's and card_back's, and are
the same in all themes. Every text of a card has one of three colours here, and `check` counts the contrast of each with
everything it may lie on, fine lines included, for everybody's eyes (docs/decisions/0055).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cardservice.printing.colour_vision import Colour, lowest_contrast
from cardservice.printing.palette import INK, MIN_CONTRAST, WHITE, UnreadableColour, mix

BLACK_INK = (0.0, 0.0, 0.0)
DEFAULT_COLOUR = "#0f5c63"
_STEP = 0.08


class ThemeName(StrEnum):
    """What a town writes into config.toml."""

    TIDE = "tide"
    LANTERN = "lantern"
    GARDEN = "garden"
    LOOM = "loom"


class Header(StrEnum):
    """What the town's name stands on."""

    BAND = "band"
    RULE = "rule"
    HILL = "hill"
    SPINE = "spine"


class Pattern(StrEnum):
    """The family of fine lines behind everything (guilloche.py)."""

    WAVES = "waves"
    RINGS = "rings"
    PETALS = "petals"
    LATTICE = "lattice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours from 0 to 1; lines lie under text, `on_…` is text on what it names, label is the small words in front.

    town: the colour that the town chose; frame: radius of the portrait's corners in millimetres.
    """

    name: ThemeName
    header: Header
    pattern: Pattern
    frame: float
    town: Colour
    ground: Colour
    lines: Colour
    label: Colour
    band: Colour
    band_lines: Colour
    on_band: Colour
    column: Colour
    column_lines: Colour
    on_column: Colour
    tint: Colour

    @property
    def filled(self) -> bool:
        """Whether the town's name stands on its colour."""
        return self.header in (Header.BAND, Header.HILL)


def theme(name: str, colour: str) -> Theme:
    """A theme in a town's colour, "#rrggbb". Raises UnreadableColour, and ValueError for a name that is no theme's."""
    return _made(ThemeName(name), colour)


@lru_cache(maxsize=64)
def _made(name: ThemeName, colour: str) -> Theme:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise UnreadableColour(f"A colour is written #rrggbb, like {DEFAULT_COLOUR}, not {colour!r}.")
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    made = _MAKERS[name]((red, green, blue))
    check(made, colour)
    return made


def check(made: Theme, colour: str) -> None:
    """Raise UnreadableColour, with the figure and for whom, where a text does not stand out from what it lies on."""
    figure, sight, text, ground = min(
        (*lowest_contrast(text, ground), said, lies_on) for said, text, lies_on, ground in grounds(made)
    )
    if figure < MIN_CONTRAST:
        raise UnreadableColour(
            f"With {colour} in the theme {made.name}, {text} on {ground} have a contrast of {figure:.1f} to 1 {sight}; "
            f"they need {MIN_CONTRAST} to 1. Choose a darker or a lighter colour, or another theme."
        )


def lowest(made: Theme) -> float:
    """The least contrast of any text of a card with what it lies on, for whoever sees it least."""
    return min(lowest_contrast(text, ground)[0] for _, text, _, ground in grounds(made))


def grounds(made: Theme) -> Iterator[tuple[str, Colour, str, Colour]]:
    """Every text with everything it lies on: what the text is, its colour, what the ground is, its colour."""
    for said, text in (("names and dates", BLACK_INK), ("the small words", made.label)):
        yield said, text, "the card", made.ground
        yield said, text, "the fine lines", made.lines
        yield said, text, "the panels", made.tint
    for ground, colour in (("the header", made.band), ("the lines of the header", made.band_lines)):
        yield "the town's name and the card's", made.on_band, ground, colour
    for ground, colour in (("the back", made.column), ("the lines of the back", made.column_lines)):
        yield "the words", made.on_column, ground, colour


def _tide(town: Colour) -> Theme:
    """A band of the colour, and waves below it."""
    on_town = _standing_out(town)
    band_lines = _lines_under(town, on_town, 0.22)
    lines = mix(WHITE, town, 0.26)
    tint = mix(WHITE, town, 0.10)
    return Theme(
        name=ThemeName.TIDE,
        header=Header.BAND,
        pattern=Pattern.WAVES,
        frame=1.4,
        town=town,
        ground=WHITE,
        lines=lines,
        label=_dark_enough(town, (WHITE, lines, tint)),
        band=town,
        band_lines=band_lines,
        on_band=on_town,
        column=town,
        column_lines=band_lines,
        on_column=on_town,
        tint=tint,
    )


def _lantern(town: Colour) -> Theme:
    """White, a rule of the colour, and light going out in rings."""
    lines, tint = mix(WHITE, town, 0.24), mix(WHITE, town, 0.08)
    label = _dark_enough(town, (WHITE, lines, tint))
    return Theme(
        name=ThemeName.LANTERN,
        header=Header.RULE,
        pattern=Pattern.RINGS,
        frame=0.6,
        town=town,
        ground=WHITE,
        lines=lines,
        label=label,
        band=WHITE,
        band_lines=lines,
        on_band=label,
        column=WHITE,
        column_lines=lines,
        on_column=label,
        tint=tint,
    )


def _garden(town: Colour) -> Theme:
    """A tinted card under a hill of the colour, and petals that open from a corner."""
    ground = mix(WHITE, town, 0.07)
    lines, tint = mix(WHITE, town, 0.30), mix(WHITE, town, 0.16)
    on_town = _standing_out(town)
    label = _dark_enough(town, (ground, lines, tint))
    return Theme(
        name=ThemeName.GARDEN,
        header=Header.HILL,
        pattern=Pattern.PETALS,
        frame=4.5,
        town=town,
        ground=ground,
        lines=lines,
        label=label,
        band=town,
        band_lines=_lines_under(town, on_town, 0.18),
        on_band=on_town,
        column=mix(WHITE, town, 0.12),
        column_lines=lines,
        on_column=_dark_enough(town, (mix(WHITE, town, 0.12), lines)),
        tint=tint,
    )


def _loom(town: Colour) -> Theme:
    """A woven edge of the colour, threads across a warm white."""
    ground = mix(WHITE, (0.96, 0.90, 0.78), 0.30)
    lines, tint = mix(ground, town, 0.24), mix(WHITE, town, 0.12)
    label = _dark_enough(town, (ground, lines, tint))
    return Theme(
        name=ThemeName.LOOM,
        header=Header.SPINE,
        pattern=Pattern.LATTICE,
        frame=0.0,
        town=town,
        ground=ground,
        lines=lines,
        label=label,
        band=ground,
        band_lines=lines,
        on_band=label,
        column=tint,
        column_lines=lines,
        on_column=_dark_enough(town, (tint, lines)),
        tint=tint,
    )


_MAKERS = {
    ThemeName.TIDE: _tide,
    ThemeName.LANTERN: _lantern,
    ThemeName.GARDEN: _garden,
    ThemeName.LOOM: _loom,
}


def _standing_out(ground: Colour) -> Colour:
    """White or dark letters, whichever more people read; the check says where that is not enough."""
    return max((WHITE, INK), key=lambda text: lowest_contrast(text, ground)[0])


def _dark_enough(colour: Colour, lies_on: tuple[Colour, ...]) -> Colour:
    """The colour, darkened until everybody reads it on all of these."""
    while min(lowest_contrast(colour, ground)[0] for ground in lies_on) < MIN_CONTRAST and colour != INK:
        darker = mix(colour, INK, _STEP)
        colour = INK if lowest_contrast(darker, INK)[0] < 1.02 else darker
    return colour


def _lines_under(ground: Colour, text: Colour, share: float) -> Colour:
    """Lines on a ground, as strong as the text over them bears: at most so much of the text's colour."""
    while share > 0 and lowest_contrast(text, mix(ground, text, share))[0] < MIN_CONTRAST + 0.3:
        share -= 0.02
    return mix(ground, text, max(share, 0.0))


DEFAULT = theme(ThemeName.TIDE, DEFAULT_COLOUR)
