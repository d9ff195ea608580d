"""A page that hangs on a wall: A4 in the town's colours, with its band, its code panel and the fingerprint of its key.

What the two kinds of posters say is poster.py and staff_sheet.py. Lengths are millimetres from the upper left corner.
Printed on A3 everything is larger by the same; nothing is smaller than 9 points.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cardservice.printing import ornament, poster_wording, qr_image, sample_plate, typefaces
from cardservice.printing.layout import DOTS_A_MM, Side
from cardservice.printing.palette import INK, WHITE, Colour, Palette, mix
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.qr_image import QUIET_MODULES
from cardservice.printing.text_fit import Block, Setter, fit
from cardservice.terms import CardCode, IdentityReason, Service

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 16.0
ROOM = WIDTH - 2 * MARGIN
SMALLEST = 9.0
EDGE = 3.0
FAINT = mix(INK, WHITE, 0.22)

_PLATE_TOP, _PLATE_HEIGHT = 3.0, 6.0
_COLUMNS = {1: 4, 2: 4, 3: 6}
"""Words in a row of a fingerprint, by how many lists of words there are."""
_GROUP, _GROUPS_A_LINE = 4, 8
_LANGUAGE_WIDTH, _AIR = 6.0, 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterFace:
    """Everything that a poster says: nothing in it is about a person.

    town, names: the town's name as it writes itself, and by language; partner: whose counter, None for any; services,
    code and reason: what it checks, which code it asks for (None for any) and why; languages: ISO 639-1; address: of
    the verifier; fingerprint: of the anchor, 64 hexadecimal digits; words: the same as twelve words, in English and in
    those languages of the town that have a list; colour: #rrggbb; sample: whether the town is a training town.
    """

    town: str
    names: Mapping[str, str] = field(default_factory=dict)
    partner: str | None = None
    services: frozenset[Service] = frozenset()
    code: CardCode | None = None
    reason: IdentityReason | None = None
    languages: tuple[str, ...]
    address: str
    fingerprint: str
    words: Mapping[str, tuple[str, ...]]
    colour: str
    sample: bool = False

    @property
    def spoken(self) -> tuple[str, ...]:
        """The town's languages that posters have words in, else English."""
        return tuple(language for language in self.languages if language in poster_wording.WORDS) or ("en",)

    def town_in(self, language: str) -> str:
        return self.names.get(language, self.town)

    def words_in(self, *languages: str) -> dict[str, tuple[str, ...]]:
        """The fingerprint in each list of words that a telephone in these languages shows: without one, the English."""
        listed = [language if language in self.words else "en" for language in languages]
        return {language: self.words[language] for language in dict.fromkeys(listed)}


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the page."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Page:
    """One page while it is drawn; `right_to_left`: the direction it is read in. A4 unless told otherwise."""

    def __init__(
        self, paper: Paper, palette: Palette, *, right_to_left: bool, width: float = WIDTH, height: float = HEIGHT
    ) -> None:
        self.side, self.palette, self.right_to_left = Side(paper, height), palette, right_to_left
        self.width = width

    def put(self, block: Block, left: float, top: float, width: float, colour: Colour, *, align: str = "") -> float:
        """Draw a text in a colour, at the side where reading begins unless told otherwise; returns where it ends."""
        self.side.ink(colour)
        return self.side.block(block, left, top, width, align=align or ("end" if self.right_to_left else "left"))

    def fitted(
        self,
        words: str,
        box: Box,
        largest: float,
        colour: Colour,
        *,
        weight: int = typefaces.REGULAR,
        align: str = "",
        middle: bool = False,
    ) -> float:
        """A text as large as its box allows, or condensed until it fits; returns where it ends."""
        block = fit(words, mm(box.width), mm(box.height), largest=largest, smallest=SMALLEST, weight=weight)
        spare = box.height - (block.height - block.descent) / POINTS_A_MM if middle else 0.0
        return self.put(block, box.left, box.top + spare / 2, box.width, colour, align=align)

    def mirrored(self, left: float, width: float) -> float:
        """The left edge of something that stands so far from the side where reading begins."""
        return self.width - left - width if self.right_to_left else left

    def ground(self, band: float, foot: float) -> None:
        """White paper with waves, the band on top, a tinted foot from `foot` down and a fine edge under it."""
        palette = self.palette
        ornament.waves(self.side, band + 4, palette.tint, count=26, height=6, width=WIDTH, bottom=foot)
        self.side.panel(0, 0, WIDTH, band, palette.town)
        with self.clipped(Box(0, 0, WIDTH, band)):
            place = 18.0 if self.right_to_left else WIDTH - 18
            ornament.rings(self.side, place, band / 2 + 4, palette.lines, first=12, step=5, count=22)
        self.side.panel(0, foot, WIDTH, HEIGHT - foot, palette.tint)
        self.side.panel(0, HEIGHT - EDGE, WIDTH, EDGE, palette.town)

    def sample(self, words: str) -> None:
        """Above the band's own words, from margin to margin, that the town is a training town."""
        sample_plate.draw(self.side, words, MARGIN, _PLATE_TOP, ROOM, _PLATE_HEIGHT)

    @contextmanager
    def clipped(self, box: Box, radius: float = 0.0) -> Iterator[None]:
        """What is drawn inside shows within the box only."""
        canvas = self.side.canvas
        canvas.saveState()
        path = canvas.beginPath()
        path.roundRect(mm(box.left), self.side.y(box.bottom), mm(box.width), mm(box.height), mm(radius))
        canvas.clipPath(path, stroke=0, fill=0)
        yield
        canvas.restoreState()

    def rule(self, top: float) -> None:
        """A fine line from margin to margin."""
        canvas = self.side.canvas
        canvas.setStrokeColorRGB(*mix(WHITE, self.palette.accent, 0.35))
        canvas.setLineWidth(0.6)
        canvas.line(mm(MARGIN), self.side.y(top), mm(WIDTH - MARGIN), self.side.y(top))

    def code(self, address: str, box: Box) -> None:
        """The address as a code on a white panel, in whole printer dots, with its quiet zone inside the box."""
        symbol = qr_image.link(address)
        dots = int(box.width * DOTS_A_MM // (symbol.side + 2 * QUIET_MODULES))
        spare = (box.width - symbol.side * dots / DOTS_A_MM) / 2
        self.side.panel(box.left, box.top, box.width, box.height, WHITE, radius=2.5)
        self.side.paper.code(symbol, mm(box.left + spare), self.side.y(box.top + spare), dots)

    def fingerprint(self, said: Mapping[str, Sequence[str]], digits: str, box: Box, size: float) -> float:
        """Twelve words with their numbers in rows, then the digits in groups of four; left to right always.

        One list is large; more are small, each with its language before it.
        """
        columns = _COLUMNS[len(said)]
        start, size = (0.0, size) if len(said) == 1 else (_LANGUAGE_WIDTH, SMALLEST)
        cells, top = Box(box.left + start, box.top, box.width - start, box.height), box.top
        for language, words in said.items():
            if start:
                self.put(_one_line(language, start, size), box.left, top, start, self.palette.accent, align="left")
            for at in range(0, len(words), columns):
                top = self._row(words[at:][:columns], at + 1, replace(cells, top=top), cells.width / columns, size)
            top += size * _AIR
        groups = [digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP)]
        for at in range(0, len(groups), _GROUPS_A_LINE):
            line = "  ".join(groups[at : at + _GROUPS_A_LINE])
            top = self.put(_one_line(line, box.width, SMALLEST), box.left, top, box.width, FAINT, align="left") + 0.8
        return top

    def _row(self, words: Sequence[str], first: int, box: Box, column: float, size: float) -> float:
        number_width = size * 0.54
        row = [_one_line(one, column - number_width - 1.6, size, typefaces.SEMIBOLD) for one in words]
        # On one line, whether or not a word has accents.
        ascent = max(block.ascent for block in row)
        for place, block in enumerate(row):
            left = box.left + place * column
            self._standing(_one_line(str(first + place), number_width, SMALLEST), left, box.top, ascent, FAINT)
            lowest = self._standing(block, left + number_width, box.top, ascent, INK)
        return lowest + size * _AIR

    def _standing(self, block: Block, left: float, top: float, ascent: float, colour: Colour) -> float:
        """One line with its baseline so many points below `top`."""
        return self.put(block, left, top + (ascent - block.ascent) / POINTS_A_MM, WIDTH, colour, align="left")


def _one_line(words: str, width: float, size: float, weight: int = typefaces.REGULAR) -> Block:
    return fit(words, mm(width), mm(size), largest=size, smallest=min(size, SMALLEST), weight=weight)


def in_lines(words: str, width: float, size: float, weight: int = typefaces.REGULAR) -> Block:
    """A text at this very size, in as many lines as a width (millimetres) takes."""
    return _setter(words, width, weight).at(size, 1.0)


@lru_cache(maxsize=512)
def _setter(words: str, width: float, weight: int) -> Setter:
    """Kept, because a paper is laid out in one size after the other until it fits: a town's own words, and nobody's."""
    return Setter(words, mm(width), weight=weight)


def height_of(block: Block) -> float:
    """In millimetres."""
    return block.height / POINTS_A_MM
