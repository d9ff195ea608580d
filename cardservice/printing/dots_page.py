"""Codes at three to six dots a module, as small and as full as those of a card: which can this printer do?

Each code says its own dots, so that a telephone tells as much as a scan of the page does. Two sizes: the residence code
of about version 10 and the identity code of version 23 (docs/decisions/0014). Sizes are dots of 300 dpi.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cardservice.medium import TRUE_TO_SIZE, Medium, Profile
from cardservice.printing import qr_image, typefaces
from cardservice.printing.layout import DOTS_A_MM, Side
from cardservice.printing.media import Sheets
from cardservice.printing.paper import mm
from cardservice.printing.qr_encoder import ALPHABET
from cardservice.printing.qr_image import QUIET_MODULES, Symbol
from cardservice.printing.text_fit import fit

DOTS = (3, 4, 5, 6)
NEEDED = {10: 6, 23: 5}
"""The dots a module that cards have, by the version of the code."""

_LENGTHS = {10: 300, 23: 1158}
_SAYS = re.compile(r"PRINTER TEST: ([0-9]) DOTS A MODULE\. VERSION ([0-9]{2})\. ")
_SIDE = {10: "front", 23: "back"}
_LABEL, _HEAD = 2.6, 14.0
_CARD = 90.0
_HEAD_SAYS = (
    "Each code says how many dots its modules have: read it with a telephone. "
    "Cards need 6 dots on the front and 5 on the back. Printed for {printer}, on {medium}."
)


class Code(NamedTuple):
    """One code of the page: the version of its symbol, and its dots a module."""

    version: int
    dots: int


@dataclass(frozen=True, slots=True)
class _Placed:
    code: Code
    symbol: Symbol
    page: int
    left: float
    top: float


def text(code: Code) -> str:
    """What a code says: its dots in words, and as many other characters as a card's code has."""
    said = f"PRINTER TEST: {code.dots} DOTS A MODULE. VERSION {code.version}. "
    rest = hashlib.shake_256(said.encode()).digest(_LENGTHS[code.version] - len(said))
    return said + "".join(ALPHABET[byte % len(ALPHABET)] for byte in rest)


def named(code: Code) -> str:
    """A code as it is labelled: its dots, and the side of a card that such a code is on."""
    return f"{code.dots} dots, {_SIDE[code.version]}"


def codes(medium: Medium) -> tuple[Code, ...]:
    """The codes on the pages of a medium, the largest left out where they are larger than it."""
    return tuple(placed.code for placed in _placed(medium))


def pdf(medium: Medium, printer: str, *, profile: Profile = TRUE_TO_SIZE) -> bytes:
    """The pages to print and to read, drawn through the printer's profile as its cards are."""
    paper = Sheets(medium, profile, "Printer test")
    side = Side(paper, medium.height)
    for page, group in groupby(_placed(medium), key=lambda placed: placed.page):
        paper.begin_side(back=page % 2 == 1)
        side.ink()
        if medium.width > _CARD and page == 0:
            _head(side, medium, printer)
        for placed in group:
            _draw(side, placed)
        paper.next_page()
    return paper.finish()


def read(texts: Iterable[str]) -> frozenset[Code]:
    """The codes of the page among texts that were read off a picture."""
    found = (_SAYS.match(one) for one in texts)
    return frozenset(Code(int(match[2]), int(match[1])) for match in found if match)


def smallest(medium: Medium, found: Iterable[Code]) -> int | None:
    """The fewest dots at which every code of at least so many was read; None if not even the largest were."""
    missed = [code.dots for code in set(codes(medium)) - set(found)]
    best = max(missed, default=DOTS[0] - 1) + 1
    return best if best <= DOTS[-1] else None


def good_enough(medium: Medium, found: Iterable[Code]) -> bool:
    """Whether what cards have was read, and everything larger."""
    missed = set(codes(medium)) - set(found)
    return not any(code.dots >= NEEDED[code.version] for code in missed)


def _placed(medium: Medium) -> Iterator[_Placed]:
    """Row by row, and page by page, in the order of size."""
    # A card has no room to spare: what is drawn brings its own quiet zone.
    margin = 10.0 if medium.width > _CARD else 0.5 + medium.bleed
    left, top = margin, margin + (_HEAD if medium.width > _CARD else 0)
    page, high = 0, 0.0
    for version in _LENGTHS:
        for dots in DOTS:
            code = Code(version, dots)
            symbol = qr_image.symbol(text(code))
            width = (symbol.side + 2 * QUIET_MODULES) * dots / DOTS_A_MM
            height = width + _LABEL
            if height > medium.height - 2 * margin or width > medium.width - 2 * margin:
                continue
            if left + width > medium.width - margin:
                left, top, high = margin, top + high, 0.0
            if top + height > medium.height - margin:
                page, left, top, high = page + 1, margin, margin, 0.0
            yield _Placed(code, symbol, page, left, top)
            left, high = left + width, max(high, height)


def _head(side: Side, medium: Medium, printer: str) -> None:
    words, width = _HEAD_SAYS.format(printer=printer, medium=medium.name), medium.width - 20
    side.block(fit(words, mm(width), mm(_HEAD - 2), largest=10), 10, 10, width, align="left")


def _draw(side: Side, placed: _Placed) -> None:
    """A code on whole dots, and above its quiet zone how many they are."""
    quiet = QUIET_MODULES * placed.code.dots / DOTS_A_MM
    words = fit(
        f"{placed.code.dots} dots, {_SIDE[placed.code.version]}",
        mm(20),
        mm(_LABEL),
        largest=7,
        weight=typefaces.SEMIBOLD,
    )
    side.block(words, placed.left + quiet, placed.top, 20, align="left")
    x, y = (round((place + quiet) * DOTS_A_MM) / DOTS_A_MM for place in (placed.left, placed.top + _LABEL))
    side.paper.code(placed.symbol, side.x(x), side.y(y), placed.code.dots)
