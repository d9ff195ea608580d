"""The slip that goes home with a card: its number, the code that ends it, and what the town keeps. It names nobody.

Two papers: A6 for an office printer, and the 80 mm roll of a receipt printer, as long as it takes and in black alone.
Built in memory, like every PDF here. The words are slip_wording.py's; no type is smaller than 9 points.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from cardservice import catalogues
from cardservice.printing import qr_image, sample_plate, slip_wording, typefaces
from cardservice.printing.layout import DOTS_A_MM, Side
from cardservice.printing.palette import Colour, Palette
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.slip_wording import SlipWording
from cardservice.printing.text_fit import Block, Setter, fit
from cardservice.printing.wording import wording

SMALLEST = 9.0
"""Points. People read this at a kitchen table, without their glasses."""
A6_WIDTH, A6_HEIGHT = 105.0, 148.0
RECEIPT_WIDTH = 80.0

# Points, and how much of the usual air between the parts: the best first, the last for long names and addresses.
_SETTINGS = (
    *((size, 1.0) for size in (10.5, 10.25, 10, 9.75, 9.5, 9.25, 9)),
    *((SMALLEST, a) for a in (0.8, 0.6, 0.4)),
)
_BAND, _CODE_SIDE = 15.0, 26.0
_GAP, _LINE_GAP = 2.8, 1.0
_PLATE_HEIGHT = 8.0
_A6_MARGIN, _RECEIPT_MARGIN = 7.5, 5.0


class SlipPaper(StrEnum):
    """What a slip is printed on."""

    A6 = "a6"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipFace:
    """Everything that one slip says: nothing in it is about its holder but the language.

    card_number and slip_code: grouped, as printed; address: of the page for lost cards; language: ISO 639-1; sample:
    whether the card is a training town's.
    """

    town: str
    card_number: str
    valid_until: date
    slip_code: str = field(repr=False)
    address: str
    language: str
    colour: str
    sample: bool = False

    @property
    def link(self) -> str:
        """What the QR code says. Browsers keep what follows # to themselves: it reaches no server and no log."""
        return f"{self.address}#{self.slip_code.replace('-', '')}"


def pdf(face: SlipFace, paper: SlipPaper) -> bytes:
    """One slip on one page. Raises UnknownLanguage, UnreadableColour, and MissingGlyph for the town's name."""
    if paper is SlipPaper.RECEIPT:
        height = _draw(_Sheet(face, RECEIPT_WIDTH, _RECEIPT_MARGIN))
        drawn = Paper(mm(RECEIPT_WIDTH), mm(height), "Slip")
        _draw(_Sheet(face, RECEIPT_WIDTH, _RECEIPT_MARGIN, side=Side(drawn, height)))
    else:
        size, air = _fitting_a6(face)
        drawn = Paper(mm(A6_WIDTH), mm(A6_HEIGHT), "Slip")
        side = Side(drawn, A6_HEIGHT)
        _draw(_Sheet(face, A6_WIDTH, _A6_MARGIN, size, air, coloured=True, side=side))
    drawn.canvas.setViewerPreference("PrintScaling", "None")
    drawn.next_page()
    return drawn.finish()


def _fitting_a6(face: SlipFace) -> tuple[float, float]:
    """The first setting that fits, else the last: each takes no more room than the one before."""

    def room_left(setting: tuple[float, float]) -> float:
        return A6_HEIGHT - _draw(_Sheet(face, A6_WIDTH, _A6_MARGIN, *setting, coloured=True))

    return _SETTINGS[bisect_left(_SETTINGS[:-1], 0.0, key=room_left)]


@dataclass
class _Sheet:
    """A slip while it is drawn, or only measured where there is no side: text after text, from the top down."""

    face: SlipFace
    width: float
    margin: float
    size: float = 10.5
    air: float = 1.0
    coloured: bool = False
    side: Side | None = None
    top: float = 0.0

    @property
    def words(self) -> SlipWording:
        return slip_wording.WORDS[self.face.language]

    @property
    def right_to_left(self) -> bool:
        return catalogues.is_right_to_left(self.face.language)

    @property
    def palette(self) -> Palette:
        return Palette.of(self.face.colour)

    @property
    def room(self) -> float:
        return self.width - 2 * self.margin

    def left(self, start: float, width: float) -> float:
        """The left edge of a box that begins so far after the margin in reading direction."""
        return self.width - self.margin - start - width if self.right_to_left else self.margin + start

    def put(self, block: Block, start: float = 0.0, width: float = 0.0, *, colour: Colour | None = None) -> None:
        """Draw a text in a box and go on below it."""
        width = width or self.room - start
        if self.side is not None:
            self.side.ink(colour if self.coloured else None)
            align = "end" if self.right_to_left else "left"
            self.side.block(block, self.left(start, width), self.top, width, align=align)
        self.top += block.height / POINTS_A_MM

    def text(self, words: str, start: float = 0.0, width: float = 0.0) -> None:
        """A sentence at the size of the slip, in as many lines as it takes."""
        self.put(_words(words, width or self.room - start, self.size), start, width)

    def skip(self, gap: float) -> None:
        """Leave some air, or what there is of it."""
        self.top += gap * self.air

    def heading(self, words: str) -> None:
        block = _words(words, self.room, self.size + 1.5, typefaces.SEMIBOLD)
        self.put(block, colour=self.palette.accent)
        self.skip(_LINE_GAP)

    def panel(self, top: float, height: float, colour: Colour, *, inset: float) -> None:
        if self.side is not None and self.coloured:
            radius = 2.0 if inset else 0.0
            self.side.panel(inset, top, self.width - 2 * inset, height, colour, radius)

    def rule(self) -> None:
        """A fine line from margin to margin."""
        if self.side is not None:
            canvas = self.side.canvas
            canvas.setStrokeColorCMYK(0, 0, 0, 0.45)
            canvas.setLineWidth(0.4)
            y = self.side.y(self.top)
            canvas.line(mm(self.margin), y, mm(self.width - self.margin), y)
        self.skip(_GAP)


@lru_cache(maxsize=1024)
def _words(words: str, width: float, size: float, weight: int = typefaces.REGULAR) -> Block:
    """Words of the town in a box of so many millimetres. Kept, because finding what fits asks for them often.

    What differs from card to card, number, day and code, is never handed to this.
    """
    return _setter(words, width, weight).at(size, 1.0)


@lru_cache(maxsize=256)
def _setter(words: str, width: float, weight: int) -> Setter:
    return Setter(words, mm(width), weight=weight)


def _draw(sheet: _Sheet) -> float:
    """Draw or measure a whole slip; returns where it ends, in millimetres."""
    _head(sheet)
    _card(sheet)
    _slip_code(sheet)
    _when_lost(sheet)
    sheet.rule()
    sheet.heading(sheet.words.what_is_kept)
    _list(sheet, sheet.words.kept, sheet.room, "•")
    return sheet.top + sheet.margin * 0.75


def _head(sheet: _Sheet) -> None:
    town = fit(sheet.face.town, mm(sheet.room), mm(7), largest=15, smallest=SMALLEST, weight=typefaces.SEMIBOLD)
    title = _words(sheet.words.title, sheet.room, sheet.size)
    if not sheet.coloured:
        sheet.top = sheet.margin
    else:
        sheet.panel(0, _BAND, sheet.palette.town, inset=0)
        sheet.top = (_BAND - (town.height + title.height) / POINTS_A_MM - _LINE_GAP) / 2
    sheet.put(town, colour=sheet.palette.on_town)
    sheet.skip(_LINE_GAP)
    sheet.put(title, colour=sheet.palette.on_town)
    sheet.top = max(sheet.top, _BAND)
    sheet.skip(_GAP)
    if sheet.face.sample:
        _sample(sheet)
    sheet.text(sheet.words.keep)
    sheet.skip(_GAP)


def _sample(sheet: _Sheet) -> None:
    if sheet.side is not None:
        (word,) = wording([sheet.face.language]).sample
        sample_plate.draw(sheet.side, word, sheet.margin, sheet.top, sheet.room, _PLATE_HEIGHT)
    sheet.top += _PLATE_HEIGHT
    sheet.skip(_GAP)


def _card(sheet: _Sheet) -> None:
    """Number and last day of the card, side by side."""
    half, top, lowest = (sheet.room - 4) / 2, sheet.top, sheet.top
    for start, label, value in (
        (0.0, sheet.words.card_number, sheet.face.card_number),
        (half + 4, sheet.words.valid_until, sheet.face.valid_until.isoformat()),
    ):
        sheet.top = top
        sheet.put(fit(label, mm(half), mm(5), largest=SMALLEST, smallest=SMALLEST), start, half)
        sheet.skip(_LINE_GAP)
        sheet.put(fit(value, mm(half), mm(6), largest=12, smallest=SMALLEST, weight=typefaces.SEMIBOLD), start, half)
        lowest = max(lowest, sheet.top)
    sheet.top = lowest
    sheet.skip(_GAP)


def _slip_code(sheet: _Sheet) -> None:
    """The code in its groups, on one line where it has room, never broken inside a group."""
    label = _words(sheet.words.slip_code, sheet.room, SMALLEST)
    code = fit(sheet.face.slip_code, mm(sheet.room), mm(14), largest=13, smallest=11.5, weight=typefaces.SEMIBOLD)
    inset = 1.8
    height = (label.height + code.height) / POINTS_A_MM + _LINE_GAP + 2 * inset
    sheet.panel(sheet.top - inset / 2, height, sheet.palette.tint, inset=sheet.margin - 2.5)
    sheet.top += inset / 2
    sheet.put(label, colour=sheet.palette.accent)
    sheet.skip(_LINE_GAP)
    sheet.put(code)
    sheet.top += inset
    sheet.skip(_GAP)


def _when_lost(sheet: _Sheet) -> None:
    """What to do, beside the QR code on A6 and above it on a roll; below both the address in words."""
    sheet.heading(sheet.words.if_lost)
    beside = sheet.coloured
    width = sheet.room - _CODE_SIDE - 4 if beside else sheet.room
    top = sheet.top
    _list(sheet, sheet.words.steps, width)
    below, sheet.top = sheet.top, top if beside else sheet.top + _GAP
    start = width + 4 if beside else (sheet.room - _CODE_SIDE) / 2
    _qr(sheet, sheet.left(start, _CODE_SIDE))
    sheet.top = max(below, sheet.top)
    sheet.skip(_GAP / 2)
    page = _words(sheet.words.page, sheet.room, SMALLEST)
    sheet.put(page, colour=sheet.palette.accent)
    sheet.skip(_LINE_GAP / 2)
    address = sheet.face.address.removeprefix("https://")
    sheet.put(_words(address, sheet.room, sheet.size, typefaces.SEMIBOLD))
    sheet.skip(_GAP)


def _list(sheet: _Sheet, lines: Sequence[str], width: float, mark: str = "") -> None:
    """Sentences with a number, or a mark, before each."""
    indent = 4.0
    for number, line in enumerate(lines, start=1):
        top = sheet.top
        sheet.put(_words(mark or str(number), indent, sheet.size, typefaces.SEMIBOLD), 0.0, indent)
        sheet.top = top
        sheet.text(line, indent, width - indent)
        sheet.skip(_LINE_GAP)


def _qr(sheet: _Sheet, left: float) -> None:
    """The link as a code, as near below its side as whole dots allow, in its corner of the box."""
    # While what fits is looked for, the code is only the room it takes.
    if sheet.side is not None:
        symbol = qr_image.link(sheet.face.link)
        dots = int(_CODE_SIDE * DOTS_A_MM // symbol.side)
        spare = _CODE_SIDE - symbol.side * dots / DOTS_A_MM
        sheet.side.paper.code(symbol, mm(left + spare / 2), sheet.side.y(sheet.top), dots)
    sheet.top += _CODE_SIDE
