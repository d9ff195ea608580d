"""A card's two codes as one picture for a telephone: nine by sixteen, so that it fills a screen.

It says nothing in words but what every card of the town says, its number and its last day: who holds it is in the code
alone, and in the code of the residence not even there (docs/decisions/0060). Built in memory. The words are those of
the card (wording.py).
"""

from cardservice.printing import preview, qr_image, sample_plate, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import Side
from cardservice.printing.palette import INK, WHITE, Colour
from cardservice.printing.paper import DOT, POINTS_A_MM, Paper, mm
from cardservice.printing.text_fit import fit

WIDTH, HEIGHT = 108.0, 192.0
DPI = 300
_MARGIN, _BAND, _GAP = 8.0, 22.0, 1.0
_IDENTITY, _RESIDENCE = 90.0, 52.0
_QUIET = 4
_PLATE, _PLATE_LEFT = (22.0, 9.0), 4.5


class NothingToCopy(ValueError):
    """The card has no codes yet."""


def pdf(face: CardFace) -> bytes:
    """One page with both codes. Raises NothingToCopy, MissingGlyph, UnreadableColour."""
    if face.identity_code is None or face.residence_code is None:
        raise NothingToCopy
    paper = Paper(mm(WIDTH), mm(HEIGHT), "Card")
    side = Side(paper, HEIGHT)
    side.panel(0, 0, WIDTH, HEIGHT, WHITE)
    side.panel(0, 0, WIDTH, _BAND, face.theme.band)
    top = _words(side, face.town, 4.0, 9.0, 20, face.theme.on_band, weight=typefaces.SEMIBOLD)
    _words(side, " · ".join(face.wording.card), top + 1.0, 6.0, 11, face.theme.on_band)
    top = _code(side, face.identity_code, _BAND + _GAP, _IDENTITY)
    for sentence in face.wording.valid_when_scanned:
        # Each on its own line: a sentence in another direction would take the other's end along.
        top = _words(side, sentence, top, 5.0, 9, INK) + 0.5
    middle = top + (_RESIDENCE - _PLATE[1]) / 2
    top = _code(side, face.residence_code, top, _RESIDENCE)
    if face.sample:
        for left in (_PLATE_LEFT, WIDTH - _PLATE_LEFT - _PLATE[0]):
            sample_plate.draw(side, face.wording.sample[0], left, middle, *_PLATE)
    top = _words(side, face.card_number, top, 8.0, 16, INK, weight=typefaces.SEMIBOLD) + 1.5
    top = _words(side, " · ".join(face.wording.valid_until), top, 5.0, 9, INK) + 0.5
    _words(side, face.valid_until_words, top, 6.0, 13, INK, weight=typefaces.SEMIBOLD)
    paper.next_page()
    return paper.finish()


def png(face: CardFace) -> bytes:
    """The same as a picture, a pixel a printer dot. Raises as `pdf` does."""
    (picture,) = preview.pages(pdf(face), dpi=DPI)
    return picture


def _words(
    side: Side, text: str, top: float, height: float, largest: float, colour: Colour, *, weight: int = typefaces.REGULAR
) -> float:
    """A text in the middle, as large as it can be; returns where it ends, in millimetres."""
    width = WIDTH - 2 * _MARGIN
    side.ink(colour)
    block = fit(text, mm(width), mm(height), largest=largest, smallest=6.0, weight=weight)
    side.block(block, _MARGIN, top, width, align="centre")
    return top + block.height / POINTS_A_MM


def _code(side: Side, text: str, top: float, room: float) -> float:
    """A code in the middle on whole dots, with its quiet zone; returns where that ends, in millimetres."""
    symbol = qr_image.symbol(text)
    count = symbol.side
    dots = int(mm(room) / DOT) // (count + 2 * _QUIET)
    quiet, width = _QUIET * dots * DOT, count * dots * DOT
    left = round((mm(WIDTH) - width) / 2 / DOT) * DOT
    upper = round((mm(HEIGHT - top) - quiet) / DOT) * DOT
    side.paper.code(symbol, left, upper, dots)
    return HEIGHT - (upper - width - quiet) / POINTS_A_MM
