"""What a theme looks like under the words: ground, header and edge of the front, and the column of the back.

Drawn once in a file, beyond the card's edge by the bleed; the caller clips. Where the words stand is card_front's and
card_back's business and the same in every theme.
"""

from functools import lru_cache
from math import ceil, pi, sin

from cardservice.printing import ornament
from cardservice.printing.colour_vision import Colour
from cardservice.printing.curves import Curve, curved, repeated
from cardservice.printing.layout import BLEED, CARD_HEIGHT, CARD_WIDTH, MARGIN, Side
from cardservice.printing.paper import mm
from cardservice.printing.themes import Header, Theme

HEADER = 11.0
"""Millimetres from the top in which the town's name stands; in no theme does the header reach further than 11.7."""
COLUMN = 31.6
"""The words' column at the left of the back; the widest code that fits keeps its quiet zone clear of it."""

_EDGE, _RULE, _SPINE = 1.1, 0.7, 2.2
_ALL = (-BLEED, -BLEED, CARD_WIDTH + 2 * BLEED, CARD_HEIGHT + 2 * BLEED)


def front(side: Side, theme: Theme) -> None:
    """The ground of the front; fine lines come over it, `header` over them."""
    side.panel(*_ALL, theme.ground)


def header(side: Side, theme: Theme) -> None:
    """What the town's name stands on, and the edge of the card that goes with it."""
    match theme.header:
        case Header.BAND:
            side.panel(-BLEED, -BLEED, _ALL[2], HEADER + BLEED, theme.band)
            _rings(side, theme.band_lines, HEADER)
            side.panel(-BLEED, CARD_HEIGHT - _EDGE, _ALL[2], _EDGE + BLEED, theme.town)
        case Header.RULE:
            side.panel(-BLEED, -BLEED, _ALL[2], HEADER - _RULE + BLEED, theme.band)
            side.panel(-BLEED, HEADER - _RULE, _ALL[2], _RULE, theme.town)
            side.panel(-BLEED, -BLEED, _ALL[2], 0.9 + BLEED, theme.town)
        case Header.HILL:
            _hill(side, theme.band)
        case Header.SPINE:
            _spine(side, theme)
            side.panel(MARGIN, HEADER - 0.5, CARD_WIDTH - 2 * MARGIN, 0.25, theme.town)


def back(side: Side, theme: Theme) -> None:
    """The ground of the back and the column that the words stand on."""
    ground = theme.column if theme.header in (Header.HILL, Header.RULE) else theme.ground
    side.panel(*_ALL, ground)
    match theme.header:
        case Header.BAND:
            side.panel(-BLEED, -BLEED, COLUMN + BLEED, _ALL[3], theme.column)
            _foot_rings(side, theme.column_lines)
        case Header.RULE:
            _foot_rings(side, theme.column_lines)
            side.panel(-BLEED, -BLEED, _ALL[2], 0.9 + BLEED, theme.town)
            side.panel(-BLEED, CARD_HEIGHT - 0.9, _ALL[2], 0.9 + BLEED, theme.town)
            side.panel(COLUMN - 0.1, 4.2, 0.2, CARD_HEIGHT - 8.4, theme.town)
        case Header.HILL:
            _foot_rings(side, theme.column_lines)
            side.panel(-BLEED, CARD_HEIGHT - _EDGE, _ALL[2], _EDGE + BLEED, theme.town)
        case Header.SPINE:
            side.panel(-BLEED, -BLEED, COLUMN + BLEED, _ALL[3], theme.column)
            _spine(side, theme)


def _rings(side: Side, colour: Colour, bottom: float) -> None:
    canvas = side.canvas
    canvas.saveState()
    canvas.write(f"{side.x(-BLEED):.2f} {side.y(bottom):.2f} {mm(_ALL[2]):.2f} {mm(bottom + BLEED):.2f} re W n")
    ornament.rings(side, CARD_WIDTH - 8, bottom + 5, colour, first=6, step=2.2, count=16)
    canvas.restoreState()


def _foot_rings(side: Side, colour: Colour) -> None:
    canvas = side.canvas
    canvas.saveState()
    canvas.write(
        f"{side.x(-BLEED):.2f} {side.y(_ALL[3]):.2f} {mm(COLUMN + BLEED):.2f} {mm(_ALL[3] + BLEED):.2f} re W n"
    )
    ornament.rings(side, -2, CARD_HEIGHT + 2, colour, first=4, step=2.2, count=9)
    canvas.restoreState()


def _hill(side: Side, colour: Colour) -> None:
    """A header whose lower edge rises and falls once."""
    side.canvas.setFillColorRGB(*colour)
    path = side.canvas.beginPath()
    path.moveTo(side.x(-BLEED), side.y(-BLEED))
    path.lineTo(side.x(-BLEED), side.y(10.2))
    path.curveTo(side.x(18), side.y(14.4), side.x(42), side.y(10.6), side.x(CARD_WIDTH + BLEED), side.y(10.2))
    path.lineTo(side.x(CARD_WIDTH + BLEED), side.y(-BLEED))
    path.close()
    side.canvas.drawPath(path, stroke=0, fill=1)


def _spine(side: Side, theme: Theme) -> None:
    """An edge of the colour with two threads wound around each other in it."""
    side.panel(-BLEED, -BLEED, _SPINE + BLEED, _ALL[3], theme.town)
    red, green, blue = theme.ground
    side.canvas.write(
        f"q {red:.4f} {green:.4f} {blue:.4f} RG 0.4 w 1 0 0 1 {side.x(_SPINE / 2):.2f} {side.y(_ALL[3]):.2f} cm"
    )
    side.canvas.write(f"{_threads()} Q")


@lru_cache(maxsize=1)
def _threads() -> str:
    turn = 3.6
    units = [curved(_winding(wide, turn), 0, turn, 4) for wide in (0.62, -0.62)]
    return repeated(" ".join(units), ceil(_ALL[3] / turn) + 1, f"1 0 0 1 0 {mm(turn):.3f} cm")


def _winding(wide: float, turn: float) -> Curve:
    return lambda up: (wide * sin(2 * pi * up / turn), up)
