"""The front of a card: whose it is, until when it is valid, and the small residence code that tells neither.

What is the same on every card of a town is drawn once in a file (`_ground`, `_words`); only the holder's own fields are
drawn for each card, and the fine lines that their number draws. The places are the same in every theme, and their order
is the order in which people look: face, name, dates, code, number.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cardservice.printing import card_ground, guilloche, layout, microtext, sample_plate, tactile, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.card_ground import HEADER
from cardservice.printing.crest import Crest
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, MARGIN, Side, round_corners
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.text_fit import MIN_SIZE, Block, fit
from cardservice.printing.themes import Theme
from cardservice.printing.wording import Wording

PORTRAIT_LEFT, PORTRAIT_TOP, PORTRAIT_WIDTH, PORTRAIT_HEIGHT = MARGIN, 13.6, 19.2, 24.0
FIELDS_LEFT, FIELDS_WIDTH, FIELD_TOPS = 25.8, 22.0, (PORTRAIT_TOP, PORTRAIT_TOP + 12.2)
NAME_TOP, NAME_WIDTH, NAME_BOTTOM = 39.7, 43.6, CARD_HEIGHT - 2.8
NUMBER_BOTTOM = CARD_HEIGHT - 2.9
MICROTEXT_TOP = 38.3
CREST_TOP, CREST_HEIGHT, CREST_WIDEST = 1.5, 8.0, 12.0
TITLE_WIDTH = 30.0

_TOWN_SIZE, _CARD_SIZE, _NAME_SIZE, _SECOND_SIZE, _VALUE_SIZE, _NUMBER_SIZE = 15, 7.5, 13.5, 11, 9.5, 10
_LABEL_SIZE, _BETWEEN_LABELS, _ABOVE_VALUE = 6.75, 0.35, 0.5
_BETWEEN_NAMES = 0.9
_GAP, _LEAST_GAP = 0.7, 0.15
_SECOND_SHARES = (0.45, 0.6, 0.36, 0.28)
_CONDENSED = 0.7
_PLATE_HEIGHT = 5.6


def draw(paper: Paper, face: CardFace) -> None:
    """Draw the front of a card whose lower left corner is the paper's origin, and its bleed. Raises MissingGlyph.

    Fine lines go on beyond the edge: whoever prints more than the card on a page clips.
    """
    side, theme = Side(paper), face.theme
    name = shared_name("front", face)
    side.described(f"{name}ground", lambda: card_ground.front(side, theme))
    guilloche.background(side, theme.pattern, face.card_number, theme.lines)
    side.described(name, lambda: _shared(side, face))
    microtext.line(side, face.card_number, theme.label, MARGIN, MICROTEXT_TOP, NAME_WIDTH)
    _portrait(side, face)
    _names(side, face)
    side.ink()
    _values(side, face)
    _code(side, face)
    if face.sample:
        # On the portrait's lower edge: the face stays one to compare, and nobody cuts the word off without the picture.
        top = PORTRAIT_TOP + PORTRAIT_HEIGHT - _PLATE_HEIGHT
        sample_plate.draw(side, face.wording.sample[0], PORTRAIT_LEFT, top, PORTRAIT_WIDTH, _PLATE_HEIGHT)
    if face.mark:
        tactile.draw(side, face.mark, back=False)


def shared_name(kind: str, face: CardFace) -> str:
    """One name for everything that is drawn once: the same town, words, theme and crest give the same drawing."""
    return _shared_name(kind, face.town, face.wording, face.theme, face.crest)


@lru_cache(maxsize=64)
def _shared_name(kind: str, town: str, words: Wording, theme: Theme, crest: Crest | None) -> str:
    told = repr((kind, town, words, theme, crest)).encode()
    return f"{kind}{hashlib.sha256(told).hexdigest()[:16]}"


def _shared(side: Side, face: CardFace) -> None:
    theme = face.theme
    card_ground.header(side, theme)
    left = _crest(side, face.crest, theme) if face.crest else MARGIN
    side.ink(theme.on_band)
    width = CARD_WIDTH - MARGIN - TITLE_WIDTH - 1.6 - left
    town = fit(face.town, mm(width), mm(7), largest=_TOWN_SIZE, weight=typefaces.SEMIBOLD)
    # Centred by its capitals: tails below the line weigh little.
    side.block(town, left, (HEADER - (town.height - town.descent) / POINTS_A_MM) / 2, width, align="left")
    _stack(side, face.wording.card, CARD_WIDTH - MARGIN - TITLE_WIDTH, TITLE_WIDTH, 2.7, HEADER - 1.6, _CARD_SIZE)
    side.ink(theme.label)
    for words, top in ((face.wording.birth_date, FIELD_TOPS[0]), (face.wording.valid_until, FIELD_TOPS[1])):
        _labels(side, words, top)


def _crest(side: Side, crest: Crest, theme: Theme) -> float:
    """The crest at the left of the header; returns where the town's name begins."""
    height = min(CREST_HEIGHT, CREST_WIDEST / crest.ratio)
    width = height * crest.ratio
    top = CREST_TOP + (CREST_HEIGHT - height) / 2
    picture = crest.on(theme.band, height)
    side.paper.jpeg(picture, side.x(MARGIN), side.y(top + height), mm(width), mm(height))
    return MARGIN + width + 1.8


def _stack(
    side: Side, words: Sequence[str], left: float, width: float, top: float, bottom: float, largest: float
) -> None:
    """The same words in several languages, one line each, centred between top and bottom, at the right."""
    row = (bottom - top) / len(words)
    blocks = [fit(word, mm(width), mm(row), largest=largest) for word in words]
    height = sum(block.height / POINTS_A_MM for block in blocks)
    gap = max(_LEAST_GAP, min(_GAP, (bottom - top - height) / max(1, len(blocks) - 1)))
    place = (top + bottom - height - gap * (len(blocks) - 1)) / 2
    for block in blocks:
        place = side.block(block, left, place, width, align="end") + gap


def _labels(side: Side, words: tuple[str, ...], top: float) -> None:
    """A label in each language of the town, one below the other; the value stands below them (`_values`)."""
    for block in _label_blocks(words):
        top = side.block(block, FIELDS_LEFT, top, FIELDS_WIDTH, align="left") + _BETWEEN_LABELS


@lru_cache(maxsize=64)
def _label_blocks(words: tuple[str, ...]) -> tuple[Block, ...]:
    # Kept, because every card of a town needs to know how high they are; they are words of the town, not of a person.
    largest = _LABEL_SIZE if len(words) == 1 else MIN_SIZE
    return tuple(fit(word, mm(FIELDS_WIDTH), mm(2.8), largest=largest) for word in words)


def _values(side: Side, face: CardFace) -> None:
    for value, labels, top in (
        (face.birth_date_words, face.wording.birth_date, FIELD_TOPS[0]),
        (face.valid_until_words, face.wording.valid_until, FIELD_TOPS[1]),
    ):
        below = sum(block.height / POINTS_A_MM + _BETWEEN_LABELS for block in _label_blocks(labels))
        block = fit(value, mm(FIELDS_WIDTH), mm(5), largest=_VALUE_SIZE, weight=typefaces.SEMIBOLD)
        side.block(block, FIELDS_LEFT, top + below + _ABOVE_VALUE, FIELDS_WIDTH)


def _portrait(side: Side, face: CardFace) -> None:
    """The portrait in its frame; who declined one has the rosette of the card's own number, not a faceless head."""
    canvas, theme = side.canvas, face.theme
    box = (side.x(PORTRAIT_LEFT), side.y(PORTRAIT_TOP + PORTRAIT_HEIGHT), mm(PORTRAIT_WIDTH), mm(PORTRAIT_HEIGHT))
    frame = round_corners(box[2], box[3], mm(theme.frame))
    canvas.write(f"q 1 0 0 1 {box[0]:.3f} {box[1]:.3f} cm {frame} W n 1 0 0 1 {-box[0]:.3f} {-box[1]:.3f} cm")
    if face.portrait is not None:
        side.paper.jpeg(face.portrait, *box)
    else:
        side.panel(PORTRAIT_LEFT, PORTRAIT_TOP, PORTRAIT_WIDTH, PORTRAIT_HEIGHT, theme.tint)
        middle = (PORTRAIT_LEFT + PORTRAIT_WIDTH / 2, PORTRAIT_TOP + PORTRAIT_HEIGHT / 2)
        guilloche.rosette(side, face.card_number, theme.label, *middle)
    canvas.write("Q")


def _names(side: Side, face: CardFace) -> None:
    """The name, and under it the name in the second script: the first as large as the second lets it be."""
    name, second = _name_blocks(face)
    side.ink()
    end = side.block(name, MARGIN, NAME_TOP, NAME_WIDTH)
    if second:
        side.block(second, MARGIN, end + _BETWEEN_NAMES, NAME_WIDTH)


def _name_blocks(face: CardFace) -> tuple[Block, Block | None]:
    """Both names, set; two very long ones share the room so that the worse of them is condensed least."""
    best = _shared_out(face, _SECOND_SHARES[0])
    if best[1] is not None and min(block.squeeze for block in best if block) < _CONDENSED:
        tried = [best, *(_shared_out(face, share) for share in _SECOND_SHARES[1:])]
        best = max(tried, key=lambda blocks: min(block.squeeze for block in blocks if block))
    return best


def _shared_out(face: CardFace, share: float) -> tuple[Block, Block | None]:
    room, width, second = NAME_BOTTOM - NAME_TOP, mm(NAME_WIDTH), None
    if face.name_second:
        second = fit(face.name_second, width, mm(room * share), largest=_SECOND_SIZE, language=face.language_second)
        room -= second.height / POINTS_A_MM + _BETWEEN_NAMES
    name = fit(face.name, width, mm(room), largest=_NAME_SIZE, language=face.language, weight=typefaces.SEMIBOLD)
    return name, second


def _code(side: Side, face: CardFace) -> None:
    """The residence code, and below its quiet zone the number, as wide as the code."""
    if face.residence_code is not None:
        place = layout.front_code(face.residence_code)
        side.code(place)
        left, width = place.left / layout.DOTS_A_MM, place.side_mm
        _, panel_top, panel_side = place.panel
        bottom = panel_top + panel_side
    else:
        width = 29.0
        left, bottom = CARD_WIDTH - MARGIN - width, layout.FRONT_CODE_TOP + width
        unissued(side, face, left, layout.FRONT_CODE_TOP, width)
    number = fit(face.card_number, mm(width), mm(5), largest=_NUMBER_SIZE, weight=typefaces.SEMIBOLD)
    side.ink()
    middle = (bottom + NUMBER_BOTTOM) / 2
    side.block(number, left, middle - number.ascent / POINTS_A_MM / 2, width, align="centre")


def unissued(side: Side, face: CardFace, left: float, top: float, width: float) -> None:
    """Where the code of an issued card will stand: words on a plain panel, which nobody takes for a code."""
    side.panel(left, top, width, width, face.theme.tint, radius=2)
    side.ink(face.theme.label)
    blocks = [fit(word, mm(width - 4), mm(6), largest=9) for word in face.wording.not_yet_issued]
    place = top + width / 2 - sum(block.height / POINTS_A_MM + 1.4 for block in blocks) / 2
    for block in blocks:
        place = side.block(block, left + 2, place, width - 4, align="centre") + 1.4
