"""Cards on paper: CR80 for card printers, and A4 sheets of ten for everybody else.

PDFs are built in memory and returned as bytes. A big run is written in parts, because a PDF under construction holds
all its pages: in_parts cuts it. What a card looks like is card_front.py's and card_back.py's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from cardservice.printing import card_back, card_front
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.paper import DOT, Paper, mm

CARDS_A_SHEET = 10
CARDS_A_PART = 500
A4_WIDTH, A4_HEIGHT = 210.0, 297.0

_COLUMNS, _ROWS = 2, 5
_MARK, _MARK_GAP = 3.0, 1.0

Draw = Callable[[Paper, CardFace], None]


def cr80(faces: Iterable[CardFace]) -> bytes:
    """Two pages a card, front then back, each exactly the size of a card. Raises MissingGlyph, UnreadableColour."""
    paper = Paper(mm(CARD_WIDTH), mm(CARD_HEIGHT), "Cards")
    for face in faces:
        for draw in (card_front.draw, card_back.draw):
            draw(paper, face)
            paper.next_page()
    return paper.finish()


def a4(faces: Sequence[CardFace], *, first_position: int = 1) -> bytes:
    """Ten cards a sheet with crop marks, each page of fronts followed by its backs, for duplex by the long edge.

    first_position: from 1 (upper left) to 10 (lower right, row by row), to go on with a sheet that has been begun.
    Raises ValueError for a position that is not on the sheet, MissingGlyph, UnreadableColour.
    """
    if not 1 <= first_position <= CARDS_A_SHEET:
        raise ValueError(f"A sheet has positions 1 to {CARDS_A_SHEET}, not {first_position}.")
    paper = Paper(mm(A4_WIDTH), mm(A4_HEIGHT), "Cards")
    places: list[CardFace | None] = [None] * (first_position - 1) + list(faces)
    for start in range(0, len(places), CARDS_A_SHEET):
        sheet = places[start : start + CARDS_A_SHEET]
        _page(paper, sheet, card_front.draw, mirrored=False)
        _page(paper, sheet, card_back.draw, mirrored=True)
    return paper.finish()


def in_parts(
    draw: Callable[[Sequence[CardFace]], bytes], faces: Iterable[CardFace], *, cards: int = CARDS_A_PART
) -> Iterator[bytes]:
    """A big run as several PDFs, drawn one after the other as they are asked for; memory stays that of one part."""
    rest = iter(faces)
    while part := list(islice(rest, cards)):
        yield draw(part)


def corner(position: int, *, mirrored: bool) -> tuple[float, float]:
    """Where a position (from 0) begins: points from the upper left corner of the sheet, on whole dots."""
    row, column = divmod(position, _COLUMNS)
    column = _COLUMNS - 1 - column if mirrored else column
    # Both columns keep their place when the sheet is turned over, so the grid stands exactly in the middle.
    left = mm((A4_WIDTH - _COLUMNS * CARD_WIDTH) / 2 + column * CARD_WIDTH)
    top = mm((A4_HEIGHT - _ROWS * CARD_HEIGHT) / 2 + row * CARD_HEIGHT)
    return round(left / DOT) * DOT, round(top / DOT) * DOT


def _page(paper: Paper, sheet: Sequence[CardFace | None], draw: Draw, *, mirrored: bool) -> None:
    for position, face in enumerate(sheet):
        if face is not None:
            left, top = corner(position, mirrored=mirrored)
            paper.canvas.saveState()
            paper.canvas.translate(left, mm(A4_HEIGHT) - top - mm(CARD_HEIGHT))
            Side(paper).clip()
            draw(paper, face)
            paper.canvas.restoreState()
    paper.once("marks", lambda: _crop_marks(paper))
    paper.next_page()


def _crop_marks(paper: Paper) -> None:
    """Where to cut, outside the cards: the same marks on both sides of the sheet."""
    canvas = paper.canvas
    canvas.setStrokeColorCMYK(0, 0, 0, 1)
    canvas.setLineWidth(0.25)
    left, top = corner(0, mirrored=False)
    right, bottom = left + _COLUMNS * mm(CARD_WIDTH), top + _ROWS * mm(CARD_HEIGHT)
    height, gap, mark = mm(A4_HEIGHT), mm(_MARK_GAP), mm(_MARK)
    for column in range(_COLUMNS + 1):
        x = left + column * mm(CARD_WIDTH)
        canvas.line(x, height - top + gap, x, height - top + gap + mark)
        canvas.line(x, height - bottom - gap, x, height - bottom - gap - mark)
    for row in range(_ROWS + 1):
        y = height - top - row * mm(CARD_HEIGHT)
        canvas.line(left - gap, y, left - gap - mark, y)
        canvas.line(right + gap, y, right + gap + mark, y)
