"""The card as a sheet of millimetres: its size, its grid, and the few things both sides are drawn with.

All places are millimetres from the upper left corner of the card, down and to the right, as one measures on paper with
a ruler; the PDF's points appear only here and in paper.py. Codes stand on whole printer dots. ISO/IEC 7810: ID-1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from cardservice.medium import BLEED as BLEED
from cardservice.medium import CARD_HEIGHT as CARD_HEIGHT
from cardservice.medium import CARD_WIDTH as CARD_WIDTH
from cardservice.printing import qr_image
from cardservice.printing.palette import Colour
from cardservice.printing.paper import DOT, POINTS_A_MM, Paper, mm
from cardservice.printing.plain_form import Box, PlainForm
from cardservice.printing.qr_image import QUIET_MODULES, Symbol
from cardservice.printing.text_fit import Block

MARGIN = 4.0
"""No text is nearer to the edge; 2.5 is what card printers need."""
CORNER = 3.18

DOTS_A_MM = 300 / 25.4
# Points, rounded outwards: what is beyond is clipped where the card is drawn.
_WITH_BLEED = (-6, -6, ceil(mm(CARD_WIDTH + BLEED)), ceil(mm(CARD_HEIGHT + BLEED)))


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A symbol with the dots a module it is printed in, and its upper left module corner in dots of the card."""

    symbol: Symbol
    dots: int
    left: int
    top: int

    @property
    def side_mm(self) -> float:
        return self.symbol.side * self.dots / DOTS_A_MM

    @property
    def panel(self) -> tuple[float, float, float]:
        """The quiet zone with the code in it: left, top and side, in millimetres."""
        quiet = QUIET_MODULES * self.dots
        return (self.left - quiet) / DOTS_A_MM, (self.top - quiet) / DOTS_A_MM, self.side_mm + 2 * quiet / DOTS_A_MM


class CodeDoesNotFit(ValueError):
    """The code is too large for its side of the card even at the smallest modules that scan."""

    def __init__(self, version: int) -> None:
        super().__init__(f"A code of version {version} does not fit on the card in modules that scan.")
        self.version = version


def front_code(text: str) -> CodePlace:
    """The residence code: as near below 31.5 mm as whole dots allow (29 to 31.4 mm for what we issue), on the right."""
    symbol = qr_image.symbol(text)
    count = symbol.side
    dots = _dots(symbol, lambda dots: count * dots <= FRONT_CODE_MOST * DOTS_A_MM, most=8)
    right, top = round((CARD_WIDTH - MARGIN) * DOTS_A_MM), round(FRONT_CODE_TOP * DOTS_A_MM)
    return CodePlace(symbol, dots, right - count * dots, top)


def back_code(text: str) -> CodePlace:
    """The identity code: five dots a module for versions 20 to 25, else six or four as fits; centred in its square."""
    symbol = qr_image.symbol(text)
    count = symbol.side
    room = CARD_HEIGHT * DOTS_A_MM - 2 * _BACK_EDGE_DOTS
    dots = _dots(symbol, lambda dots: (count + 2 * QUIET_MODULES) * dots <= room, most=6)
    half = count * dots / 2
    middle = CARD_HEIGHT / 2 * DOTS_A_MM
    return CodePlace(symbol, dots, round(CARD_WIDTH * DOTS_A_MM - middle - half), round(middle - half))


FRONT_CODE_MOST = 31.5
FRONT_CODE_TOP = 13.8
_BACK_EDGE_DOTS = 6
_FEWEST_DOTS = 4


def _dots(symbol: Symbol, fits: Callable[[int], bool], *, most: int) -> int:
    for dots in range(most, _FEWEST_DOTS - 1, -1):
        if fits(dots):
            return dots
    raise CodeDoesNotFit(symbol.version)


class Side:
    """One side of a card on a paper whose origin is the card's lower left corner; or of a sheet of another height."""

    def __init__(self, paper: Paper, height: float = CARD_HEIGHT) -> None:
        self.paper = paper
        self.canvas = paper.canvas
        self._height = height

    def x(self, left: float) -> float:
        return mm(left)

    def y(self, top: float) -> float:
        return mm(self._height - top)

    def described(self, name: str, draw: Callable[[], object]) -> None:
        """Draw what many cards share, described once in a file; it is seen with its bleed, whatever the page."""
        if self.paper.alone:
            left, bottom, right, top = _WITH_BLEED
            self.canvas.write(f"q {left} {bottom} {right - left} {top - bottom} re W n")
            draw()
            self.canvas.write("Q")
            return
        if not self.canvas.hasForm(name):
            self.canvas.beginForm(name, *_WITH_BLEED)
            draw()
            self.canvas.endForm()
        self.canvas.doForm(name)

    def path(self, name: str, operators: str, box: Box) -> str:
        """The operator that draws path operators which many cards share; described once in a file under this name."""
        return f"/{self.canvas.use(name) or self.canvas.add(name, PlainForm(operators, box))} Do"

    def clip(self, bleed: float = 0.0) -> None:
        """From now on nothing is drawn beyond the card and so much bleed (millimetres)."""
        x, y = self.x(-bleed), self.y(CARD_HEIGHT + bleed)
        self.canvas.write(f"{x:.3f} {y:.3f} {mm(CARD_WIDTH + 2 * bleed):.3f} {mm(CARD_HEIGHT + 2 * bleed):.3f} re W n")

    def panel(self, left: float, top: float, width: float, height: float, colour: Colour, radius: float = 0) -> None:
        """A filled rectangle, with round corners if a radius is given."""
        x, y = self.x(left), self.y(top + height)
        path = (
            round_corners(mm(width), mm(height), mm(radius)) if radius else f"0 0 {mm(width):.3f} {mm(height):.3f} re"
        )
        self.canvas.write(f"{_filling(colour)} q 1 0 0 1 {x:.3f} {y:.3f} cm {path} f Q")

    def block(self, block: Block, left: float, top: float, width: float, *, align: str = "start") -> float:
        """Draw a text in lines from `top` down; returns where it ends.

        align: "start" (the right for right-to-left), "left", "end" (the right) or "centre".
        """
        baseline = self.y(top) - block.ascent
        placed = []
        for line in block.lines:
            rest = mm(width) - line.width * block.size * block.squeeze
            at_end = line.right_to_left if align == "start" else align == "end"
            shift = rest / 2 if align == "centre" else rest if at_end else 0.0
            placed.append((line, self.x(left) + shift, baseline))
            baseline -= block.leading
        self.paper.block(placed, block.size, block.squeeze, block.text)
        return top + block.height / POINTS_A_MM

    def ink(self, colour: Colour | None = None) -> None:
        """Draw text in this colour from now on; None is black ink alone, which card printers print sharpest."""
        self.canvas.write("0 0 0 1 k" if colour is None else _filling(colour))

    def code(self, place: CodePlace) -> None:
        """A code on its white panel."""
        left, top, side = place.panel
        self.panel(left, top, side, side, (1, 1, 1), radius=1)
        self.paper.code(place.symbol, place.left * DOT, mm(CARD_HEIGHT) - place.top * DOT, place.dots)


@lru_cache(maxsize=64)
def round_corners(width: float, height: float, radius: float) -> str:
    """The path of a rectangle with round corners at the origin (points); kept, because every card has the same few."""
    w, h, r, k = width, height, radius, radius * 0.4477  # k: where a quarter circle's Bézier curve leans to
    return (
        f"{r:.3f} 0 m {w - r:.3f} 0 l {w - k:.3f} 0 {w:.3f} {k:.3f} {w:.3f} {r:.3f} c "
        f"{w:.3f} {h - r:.3f} l {w:.3f} {h - k:.3f} {w - k:.3f} {h:.3f} {w - r:.3f} {h:.3f} c "
        f"{r:.3f} {h:.3f} l {k:.3f} {h:.3f} 0 {h - k:.3f} 0 {h - r:.3f} c 0 {r:.3f} l 0 {k:.3f} {k:.3f} 0 {r:.3f} 0 c h"
    )


@lru_cache(maxsize=64)
def _filling(colour: Colour) -> str:
    red, green, blue = colour
    return f"{red:.4f} {green:.4f} {blue:.4f} rg"
