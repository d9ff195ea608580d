"""The back of a card: the identity code, what the card is and is not, where to report a loss, what a holder asked for.

The words and their ground are the same on every card of a town and drawn once in a file. Lines that a holder asked for
stand at the foot of the column, and the words give way to them.
"""

from functools import lru_cache
from math import ceil

from cardservice.printing import card_ground, layout, microtext, sample_plate, tactile, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.card_front import shared_name, unissued
from cardservice.printing.card_ground import COLUMN
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.palette import WHITE
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.text_fit import MIN_SIZE, Block, Setter, fit
from cardservice.printing.themes import Theme
from cardservice.printing.wording import Wording

_LEFT = 3.8
_TEXT_WIDTH = COLUMN - _LEFT - 1.4
_TEXT_TOP = 4.2
_ROOM = CARD_HEIGHT - 4.0 - _TEXT_TOP
_TITLE_LARGER = 1.0
_BETWEEN_TEXTS, _BETWEEN_LANGUAGES, _WIDEST_GAP = 1.0, 2.0, 8.0
_LINE_SIZE, _LINE_HIGHEST, _BETWEEN_LINES, _LINES_PADDING, _ABOVE_LINES = 7.0, 5.2, 0.7, 1.0, 1.6
_PLATE_HEIGHT, _BELOW_PLATE, _LINE_ON_A_SAMPLE = 5.5, 1.5, 2.7
_MICROTEXT_TOP = CARD_HEIGHT - 2.7
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
    """Draw the back of a card whose lower left corner is the paper's origin, and its bleed; whoever needs it clips."""
    side = Side(paper)
    lines = _line_blocks(face)
    # In half millimetres, so that few drawings serve all cards.
    taken = ceil(2 * (_lines_height(lines) + _ABOVE_LINES)) / 2 if lines else 0.0
    plate = _PLATE_HEIGHT + _BELOW_PLATE if face.sample else 0.0
    name = f"{shared_name('back', face)}-{taken}-{plate}"
    side.described(name, lambda: _shared(side, face, _TEXT_TOP + plate, _ROOM - taken - plate))
    if face.sample:
        sample_plate.draw(side, face.wording.sample[0], _LEFT, _TEXT_TOP, _TEXT_WIDTH, _PLATE_HEIGHT)
    if lines:
        _lines(side, lines, face.theme)
    microtext.line(side, face.card_number, face.theme.on_column, _LEFT, _MICROTEXT_TOP, _TEXT_WIDTH)
    _code(side, face)
    if face.mark:
        tactile.draw(side, face.mark, back=True)


def _code(side: Side, face: CardFace) -> None:
    if face.identity_code is not None:
        side.code(layout.back_code(face.identity_code))
    else:
        width = 44.0
        middle = CARD_WIDTH - CARD_HEIGHT / 2
        unissued(side, face, middle - width / 2, (CARD_HEIGHT - width) / 2, width)


def _shared(side: Side, face: CardFace, top: float, room: float) -> None:
    card_ground.back(side, face.theme)
    side.ink(face.theme.on_column)
    _words(side, face, top, room)


def _line_blocks(face: CardFace) -> list[Block]:
    """The lines that the holder asked for, each behind its label in the town's first language."""
    blocks = []
    # The plate of a sample leaves no room for lines that break.
    highest = _LINE_ON_A_SAMPLE if face.sample else _LINE_HIGHEST
    for line in face.optional_lines:
        label = getattr(face.wording, line.kind)[0]
        blocks.append(fit(f"{label}: {line.text}", mm(_TEXT_WIDTH), mm(highest), largest=_LINE_SIZE))
    return blocks


def _lines_height(blocks: list[Block]) -> float:
    inside = sum(block.height / POINTS_A_MM for block in blocks) + _BETWEEN_LINES * (len(blocks) - 1)
    return inside + 2 * _LINES_PADDING


def _lines(side: Side, blocks: list[Block], theme: Theme) -> None:
    """At the foot of the column on a panel, in black ink: whoever helps must find them at once."""
    height = _lines_height(blocks)
    top = _TEXT_TOP + _ROOM + 1.0 - height
    side.panel(_LEFT - 1.0, top, _TEXT_WIDTH + 2.0, height, theme.tint if theme.column == WHITE else WHITE, radius=0.9)
    side.ink()
    top += _LINES_PADDING
    for block in blocks:
        top = side.block(block, _LEFT, top, _TEXT_WIDTH) + _BETWEEN_LINES


def _words(side: Side, face: CardFace, top: float, room: float) -> None:
    """What every holder and every reader should know, in each language of the town: as much, and as large, as fits."""
    blocks = _fitting(face.town, face.wording, room)
    height = sum(_height(language) for language in blocks)
    # What is left over goes between the languages.
    gap = min((room - height) / max(1, len(blocks) - 1), _WIDEST_GAP)
    for language in blocks:
        for block in language:
            top = side.block(block, _LEFT, top, _TEXT_WIDTH) + _BETWEEN_TEXTS
        top += gap - _BETWEEN_TEXTS


@lru_cache(maxsize=64)
def _fitting(town: str, wording: Wording, room: float) -> list[list[Block]]:
    # Kept, because finding out what fits takes longer than drawing a card; it depends on the town alone.
    setters = [_setters(town, wording, number) for number in range(len(wording.languages))]
    for size, squeeze, sentences in _SETTINGS:
        blocks = [_language(setter, sentences, size, squeeze) for setter in setters]
        if sum(_height(language) for language in blocks) + _BETWEEN_LANGUAGES * (len(blocks) - 1) <= room:
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
