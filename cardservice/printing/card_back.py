"""The back of a card: the identity code, what the card is and is not, and where to bring one that is found.

The text column and its colour are the same on every card of a town and drawn once in a file; the code alone differs.
"""

from functools import lru_cache

from cardservice.printing import layout, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.card_front import shared_name, unissued
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.ornament import rings
from cardservice.printing.palette import WHITE, Palette
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.text_fit import MIN_SIZE, Block, Setter
from cardservice.printing.wording import Wording

COLUMN = 31.6
"""The coloured column at the left; the widest code that fits keeps its quiet zone clear of it."""

_LEFT = 3.8
_TEXT_WIDTH = COLUMN - _LEFT - 1.4
_TEXT_TOP = 4.2
_ROOM = CARD_HEIGHT - 4.0 - _TEXT_TOP
_TITLE_LARGER = 1.0
_BETWEEN_TEXTS, _BETWEEN_LANGUAGES, _WIDEST_GAP = 1.0, 2.0, 8.0
_ALWAYS = ("what_it_is_not", "loss")
_MORE = ("two_codes", *_ALWAYS)
_ALL = ("what_it_is", *_MORE)
# Size, squeeze and what is said, the best first; the last are for towns of many languages and long names.
_SETTINGS = (
    *((size, 1.0, _ALL) for size in (7.5, 7.25, 7.0, 6.75, 6.5)),
    *((size, 1.0, _MORE) for size in (7.5, 7.25, 7.0, 6.75, 6.5)),
    *((size, 1.0, _ALWAYS) for size in (7.5, 7.25, 7.0, 6.75, 6.5, 6.25, MIN_SIZE)),
    *((MIN_SIZE, squeeze, _ALWAYS) for squeeze in (0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4)),
)


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
    """What every holder and every reader should know, in each language of the town: as much, and as large, as fits."""
    blocks = _fitting(face.town, face.wording)
    height = sum(_height(language) for language in blocks)
    # What is left over goes between the languages.
    gap = min((_ROOM - height) / max(1, len(blocks) - 1), _WIDEST_GAP)
    top = _TEXT_TOP
    for language in blocks:
        for block in language:
            top = side.block(block, _LEFT, top, _TEXT_WIDTH) + _BETWEEN_TEXTS
        top += gap - _BETWEEN_TEXTS


@lru_cache(maxsize=16)
def _fitting(town: str, wording: Wording) -> list[list[Block]]:
    # Kept, because finding out what fits takes longer than drawing a card; it depends on the town alone.
    setters = [_setters(town, wording, number) for number in range(len(wording.languages))]
    for size, squeeze, sentences in _SETTINGS:
        blocks = [_language(setter, sentences, size, squeeze) for setter in setters]
        if sum(_height(language) for language in blocks) + _BETWEEN_LANGUAGES * (len(blocks) - 1) <= _ROOM:
            break
    return blocks


def _setters(town: str, wording: Wording, number: int) -> dict[str, Setter]:
    """Every text of one language, ready to be tried at any size."""
    found = {"title": Setter(wording.valid_when_scanned[number], mm(_TEXT_WIDTH), weight=typefaces.SEMIBOLD)}
    for sentence in _ALL:
        words = getattr(wording, sentence)[number].format(town=town)
        found[sentence] = Setter(words, mm(_TEXT_WIDTH))
    return found


def _language(setters: dict[str, Setter], sentences: tuple[str, ...], size: float, squeeze: float) -> list[Block]:
    """The title and these sentences in one language."""
    title = setters["title"].at(size + _TITLE_LARGER, squeeze)
    return [title, *(setters[sentence].at(size, squeeze) for sentence in sentences)]


def _height(blocks: list[Block]) -> float:
    return sum(block.height / POINTS_A_MM for block in blocks) + _BETWEEN_TEXTS * (len(blocks) - 1)
