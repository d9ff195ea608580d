"""The back of a card: the identity code, what the card is and is not, and where to bring one that is found.

The text column and its colour are the same on every card of a town and drawn once in a file; the code alone differs.
"""

from cardservice.printing import layout, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.card_front import shared_name, unissued
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, MARGIN, Side
from cardservice.printing.ornament import rings
from cardservice.printing.palette import WHITE, Palette
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.text_fit import MIN_SIZE, Block, fit

COLUMN = 31.6
"""The coloured column at the left; the widest code that fits keeps its quiet zone clear of it."""

_TEXT_WIDTH = COLUMN - MARGIN - 1.6
_TEXT_TOP, _TEXT_BOTTOM = 4.0, CARD_HEIGHT - 4.0
_TITLE_SIZE, _TEXT_SIZE = 8.0, 6.75


def draw(paper: Paper, face: CardFace) -> None:
    """Draw the back of a card whose lower left corner is the paper's origin."""
    palette = Palette.of(face.colour)
    side = Side(paper)
    paper.once(shared_name("back", face), lambda: _shared(side, face, palette))
    if face.identity_code is not None:
        side.code(layout.back_code(face.identity_code))
    else:
        width = 44.0
        middle = CARD_WIDTH - CARD_HEIGHT / 2
        unissued(side, face, palette, middle - width / 2, (CARD_HEIGHT - width) / 2, width)


def _shared(side: Side, face: CardFace, palette: Palette) -> None:
    side.panel(0, 0, CARD_WIDTH, CARD_HEIGHT, WHITE)
    side.panel(0, 0, COLUMN, CARD_HEIGHT, palette.town)
    canvas = side.canvas
    canvas.saveState()
    column = canvas.beginPath()
    column.rect(0, 0, mm(COLUMN), mm(CARD_HEIGHT))
    canvas.clipPath(column, stroke=0, fill=0)
    rings(side, -2, CARD_HEIGHT + 2, palette.lines, first=4, step=2.2, count=8)
    canvas.restoreState()
    side.ink(palette.on_town)
    _words(side, face)


def _words(side: Side, face: CardFace) -> None:
    """What every holder and every reader should know, in each language of the town, sharing the column evenly."""
    wording = face.wording
    count = len(wording.languages)
    room = (_TEXT_BOTTOM - _TEXT_TOP) / count
    top = _TEXT_TOP
    for number in range(count):
        title = wording.valid_when_scanned[number]
        rest = [wording.what_it_is_not[number], wording.loss[number]]
        if count == 1:
            rest.insert(0, wording.what_it_is[number])
        _paragraphs(side, title, [words.format(town=face.town) for words in rest], top, room - 1.6)
        top += room


def _paragraphs(side: Side, title: str, texts: list[str], top: float, room: float) -> None:
    gap = 0.9
    title_block = _set(title, 9.0, _TITLE_SIZE, typefaces.SEMIBOLD)
    left_over = room - title_block.height / POINTS_A_MM - gap * len(texts)
    letters = sum(len(text) for text in texts)
    for size in (_TEXT_SIZE, 6.5, 6.25, MIN_SIZE):
        blocks = [_set(text, left_over * len(text) / letters, size) for text in texts]
        if sum(block.height / POINTS_A_MM for block in blocks) <= left_over:
            break
    for block in [title_block, *blocks]:
        top = side.block(block, MARGIN, top, _TEXT_WIDTH) + gap


def _set(text: str, height: float, largest: float, weight: int = typefaces.REGULAR) -> Block:
    return fit(text, mm(_TEXT_WIDTH), mm(height), largest=largest, weight=weight)
