"""The drawings of the posters: a card with one of its codes marked, and the three signs of an answer. Vector only.

The signs are those of the verifier (web/static/verifier/icon.svg). The drawn codes are no codes: coloured, with round
corners and without a quiet zone, so that no camera reads anything but the one real code of the page.
"""

import hashlib

from cardservice.printing import ornament
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH
from cardservice.printing.palette import WHITE, Colour, mix
from cardservice.printing.paper import mm
from cardservice.printing.poster_page import Box, Page
from cardservice.terms import CardCode

GOOD: Colour = (0.04, 0.42, 0.23)
BAD: Colour = (0.64, 0.07, 0.16)
UNSURE: Colour = (0.24, 0.17, 0.55)
"""As on the verifier's page (web/static/verifier/verifier.css)."""

_MARK = 5  # cells of the mark in a drawn code's corner


def card_height(width: float) -> float:
    """How high a card is that is so wide."""
    return width * CARD_HEIGHT / CARD_WIDTH


def card(page: Page, side: CardCode, left: float, top: float, width: float) -> None:
    """The side of a card that this code stands on, with rings that spread from the code."""
    box = Box(left, top, width, card_height(width))
    code = _code_place(side, box)
    middle = (code.left + code.width / 2, code.top + code.height / 2)
    shade = mix(WHITE, page.palette.town, 0.3)
    page.side.panel(left + 0.9, top + 1.3, box.width, box.height, shade, radius=width * 0.037)
    with page.clipped(box, width * 0.037):
        page.side.panel(left, top, box.width, box.height, WHITE)
        ornament.rings(
            page.side, *middle, mix(WHITE, page.palette.town, 0.45), first=code.width * 0.8, step=width * 0.03, count=40
        )
        (_front if side is CardCode.RESIDENCE else _back)(page, box)
    _outline(page, box, width * 0.037)
    frame = box.width * 0.022
    page.side.panel(
        code.left - frame, code.top - frame, code.width + 2 * frame, code.height + 2 * frame, page.palette.accent, 2
    )
    page.side.panel(
        code.left - frame / 2, code.top - frame / 2, code.width + frame, code.height + frame, WHITE, radius=1.4
    )
    _drawn_code(page, code, 17 if side is CardCode.RESIDENCE else 25)


def _code_place(side: CardCode, box: Box) -> Box:
    if side is CardCode.RESIDENCE:
        size = box.width * 0.32
        return Box(box.left + box.width * 0.94 - size, box.top + box.height * 0.31, size, size)
    size = box.height * 0.74
    return Box(box.left + box.width - box.height * 0.13 - size, box.top + box.height * 0.13, size, size)


def _outline(page: Page, box: Box, radius: float) -> None:
    canvas = page.side.canvas
    canvas.setStrokeColorRGB(*mix(WHITE, page.palette.accent, 0.55))
    canvas.setLineWidth(0.6)
    canvas.roundRect(mm(box.left), page.side.y(box.bottom), mm(box.width), mm(box.height), mm(radius), stroke=1, fill=0)


def _front(page: Page, box: Box) -> None:
    """Band, portrait and lines of a card's front."""
    grey, width, height = mix(WHITE, page.palette.accent, 0.28), box.width, box.height
    page.side.panel(box.left, box.top, width, height * 0.2, page.palette.town)
    page.side.panel(
        box.left + width * 0.05, box.top + height * 0.065, width * 0.34, height * 0.07, page.palette.on_town, radius=0.8
    )
    portrait = Box(box.left + width * 0.05, box.top + height * 0.27, width * 0.22, height * 0.42)
    page.side.panel(portrait.left, portrait.top, portrait.width, portrait.height, grey, radius=1)
    with page.clipped(portrait, 1):
        _person(page, portrait, page.palette.accent)
    for top, share in ((0.3, 0.2), (0.39, 0.14), (0.53, 0.2), (0.62, 0.16)):
        page.side.panel(box.left + width * 0.31, box.top + height * top, width * share, height * 0.04, grey, radius=0.6)
    for top, share in ((0.77, 0.42), (0.87, 0.3)):
        page.side.panel(box.left + width * 0.05, box.top + height * top, width * share, height * 0.05, grey, radius=0.7)


def _back(page: Page, box: Box) -> None:
    """The lines of a card's back."""
    grey, width, height = mix(WHITE, page.palette.accent, 0.28), box.width, box.height
    page.side.panel(box.left, box.bottom - height * 0.03, width, height * 0.03, page.palette.town)
    for top, share in ((0.12, 0.32), (0.23, 0.27), (0.42, 0.32), (0.51, 0.24), (0.66, 0.3), (0.75, 0.26), (0.86, 0.18)):
        page.side.panel(
            box.left + width * 0.05, box.top + height * top, width * share, height * 0.045, grey, radius=0.6
        )


def _person(page: Page, box: Box, colour: Colour) -> None:
    canvas, middle = page.side.canvas, mm(box.left + box.width / 2)
    canvas.setFillColorRGB(*colour)
    canvas.circle(middle, page.side.y(box.top + box.height * 0.4), mm(box.width * 0.21), stroke=0, fill=1)
    canvas.circle(middle, page.side.y(box.top + box.height * 1.12), mm(box.width * 0.42), stroke=0, fill=1)


def _drawn_code(page: Page, box: Box, cells: int) -> None:
    """Dots and three round marks that everybody takes for a code and no reader does."""
    cell, canvas = box.width / cells, page.side.canvas
    canvas.setFillColorRGB(*page.palette.accent)
    corners = ((0, 0), (cells - _MARK, 0), (0, cells - _MARK))
    for row in range(cells):
        scattered = hashlib.sha256(bytes((cells, row))).digest()
        for column in range(cells):
            in_a_mark = any(0 <= column - x < _MARK + 1 and 0 <= row - y < _MARK + 1 for x, y in corners)
            if scattered[column] & 1 and not in_a_mark:
                canvas.circle(
                    mm(box.left + (column + 0.5) * cell), page.side.y(box.top + (row + 0.5) * cell), mm(cell * 0.44),
                    stroke=0, fill=1,
                )  # fmt: skip
    for x, y in corners:
        for inset, colour in ((0.0, page.palette.accent), (1.0, WHITE), (1.7, page.palette.accent)):
            side = (_MARK - 2 * inset) * cell
            place = (box.left + (x + inset) * cell, box.top + (y + inset) * cell)
            page.side.panel(*place, side, side, colour, radius=side * 0.32)


def good_sign(page: Page, left: float, top: float, size: float) -> None:
    """A tick in a circle."""
    _disc(page, left, top, size, GOOD)
    _stroke(page, left, top, size, [[(0.27, 0.52), (0.44, 0.69), (0.75, 0.34)]])


def bad_sign(page: Page, left: float, top: float, size: float) -> None:
    """A cross in an octagon."""
    cut = 0.29
    corners = [(cut, 0), (1 - cut, 0), (1, cut), (1, 1 - cut), (1 - cut, 1), (cut, 1), (0, 1 - cut), (0, cut)]
    _polygon(page, left, top, size, BAD, corners)
    _stroke(page, left, top, size, [[(0.32, 0.32), (0.68, 0.68)], [(0.68, 0.32), (0.32, 0.68)]])


def unsure_sign(page: Page, left: float, top: float, size: float) -> None:
    """An exclamation mark in a triangle: the question mark of one script is not that of another."""
    _polygon(page, left, top, size, UNSURE, [(0.5, 0.02), (1.02, 0.96), (-0.02, 0.96)])
    _stroke(page, left, top, size, [[(0.5, 0.36), (0.5, 0.64)], [(0.5, 0.8), (0.5, 0.805)]])


def _disc(page: Page, left: float, top: float, size: float, colour: Colour) -> None:
    page.side.canvas.setFillColorRGB(*colour)
    page.side.canvas.circle(mm(left + size / 2), page.side.y(top + size / 2), mm(size / 2), stroke=0, fill=1)


def _polygon(
    page: Page, left: float, top: float, size: float, colour: Colour, corners: list[tuple[float, float]]
) -> None:
    canvas = page.side.canvas
    canvas.setFillColorRGB(*colour)
    path = canvas.beginPath()
    for place, (x, y) in enumerate(corners):
        (path.lineTo if place else path.moveTo)(mm(left + x * size), page.side.y(top + y * size))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _stroke(page: Page, left: float, top: float, size: float, lines: list[list[tuple[float, float]]]) -> None:
    canvas = page.side.canvas
    canvas.saveState()
    canvas.setStrokeColorRGB(*WHITE)
    canvas.setLineWidth(mm(size * 0.11))
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for line in lines:
        path = canvas.beginPath()
        for place, (x, y) in enumerate(line):
            (path.lineTo if place else path.moveTo)(mm(left + x * size), page.side.y(top + y * size))
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
