"""Headings and lists below each other at one size: measured first, drawn when it is known that they fit.

For papers whose words differ in length from language to language (leaflet.py, desk_sheet.py). Lengths are millimetres.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from cardservice.printing import typefaces
from cardservice.printing.palette import INK, Colour
from cardservice.printing.paper import POINTS_A_MM
from cardservice.printing.poster_page import Page, height_of, in_lines
from cardservice.printing.text_fit import Block

_Columns = TypeVar("_Columns")
_Way = TypeVar("_Way")

_HEADING = 1.3
_INDENT, _AFTER_LINE, _AFTER_HEADING = 0.55, 0.16, 0.19
"""For each point of the size, in millimetres."""


class DoesNotFit(ValueError):
    """A text is too long for its paper at the smallest size that may be read."""


@dataclass(frozen=True)
class _Placed:
    block: Block
    colour: Colour
    start: float
    top: float
    width: float


class Column:
    """Texts of one width, filled from the top down. `title`: for whoever draws one above it."""

    def __init__(self, width: float, size: float, title: str = "") -> None:
        self.width, self.size, self.title, self.height = width, size, title, 0.0
        self._placed: list[_Placed] = []

    def heading(self, words: str, colour: Colour) -> None:
        self._put(in_lines(words, self.width, self.size * _HEADING, typefaces.SEMIBOLD), colour, _AFTER_HEADING)

    def text(self, words: str, *, colour: Colour = INK, weight: int = typefaces.REGULAR) -> None:
        self._put(in_lines(words, self.width, self.size, weight), colour, _AFTER_LINE)

    def listed(self, lines: Iterable[str], colour: Colour, mark: str = "") -> None:
        """Lines with a mark, or their number, where reading begins."""
        indent = self.size * _INDENT
        for number, line in enumerate(lines, start=1):
            before = in_lines(mark or str(number), indent, self.size, typefaces.SEMIBOLD)
            block = in_lines(line, self.width - indent, self.size)
            # On one line, whatever stands on the letters.
            lower = (block.ascent - before.ascent) / POINTS_A_MM
            self._placed.append(_Placed(before, colour, 0.0, self.height + lower, indent))
            self._put(block, INK, _AFTER_LINE, start=indent)

    def skip(self, height: float) -> None:
        self.height += height

    def draw(self, page: Page, start: float, top: float) -> None:
        """`start`: how far from the side where reading begins."""
        for one in self._placed:
            page.put(one.block, page.mirrored(start + one.start, one.width), top + one.top, one.width, one.colour)

    def _put(self, block: Block, colour: Colour, after: float, *, start: float = 0.0) -> None:
        self._placed.append(_Placed(block, colour, start, self.height, self.width - start))
        self.height += height_of(block) + after * self.size


def fitted(make: Callable[[_Way], _Columns], fits: Callable[[_Columns], bool], ways: Iterable[_Way]) -> _Columns:
    """Columns made in the first way, a size for example, in which they fit. Raises DoesNotFit."""
    for way in ways:
        if fits(columns := make(way)):
            return columns
    raise DoesNotFit("The text does not fit the paper, also not in the smallest letters that may be read.")
