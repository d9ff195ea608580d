"""What cards are printed on, in millimetres: pages with places for cards, and the measured errors of printers.

Places are millimetres from the upper left corner, down and to the right. What does not fit is refused with the figure.
The settings of a town (printer_settings.py) and the drawing (printing/media.py) go by the same values
(docs/decisions/0057).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

CARD_WIDTH, CARD_HEIGHT = 85.60, 53.98
"""ISO/IEC 7810, ID-1."""
PAGES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4), "a6": (105.0, 148.0)}
BLEED = 2.0
"""How far what reaches the edge of a card is drawn beyond it, for printers that print over the edge."""

MOST_OFFSET, MOST_SCALE = 15.0, 0.05
_ROUNDING = 0.005


class Duplex(StrEnum):
    """By which edge of the page a printer turns it over to print the back."""

    LONG_EDGE = "long-edge"
    SHORT_EDGE = "short-edge"


class DoesNotFit(ValueError):
    """The places of a stock are not on its page, or lie on each other."""


class PositionOffSheet(ValueError):
    """There is no such place on this medium."""

    def __init__(self, position: int, positions: int) -> None:
        has = f"positions 1 to {positions}" if positions else "no place for a card"
        super().__init__(f"A sheet has {has}, not {position}.")
        self.position, self.positions = position, positions


class UnknownMedium(ValueError):
    """Nothing of this name is printed on here."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no medium {name!r}. Known: {', '.join(known)}.")
        self.name = name


class NotMeasured(ValueError):
    """A printer is not that far out: what was read is wrong, or its driver fits pages to the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A page and the grid of cards on it. Raises DoesNotFit when it is made.

    left, top: of the first card; pitch: from one card to the next; bleed: ground drawn around each card;
    marks: where to cut, outside the cards; folded: one card, its back beside its front.
    """

    name: str
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    columns: int = 1
    rows: int = 1
    pitch_x: float = CARD_WIDTH
    pitch_y: float = CARD_HEIGHT
    bleed: float = 0.0
    marks: bool = False
    folded: bool = False

    def __post_init__(self) -> None:
        if self.positions:
            card = CARD_WIDTH * 2 if self.folded else CARD_WIDTH
            self._fits("columns", self.columns, self.left, self.pitch_x, card, self.width, "wide")
            self._fits("rows", self.rows, self.top, self.pitch_y, CARD_HEIGHT, self.height, "high")

    def _fits(self, what: str, count: int, first: float, pitch: float, card: float, page: float, is_: str) -> None:
        end = first + (count - 1) * pitch + card + self.bleed
        if first - self.bleed < -_ROUNDING or end > page + _ROUNDING:
            raise DoesNotFit(
                f"{self.name}: {count} {what} reach from {first - self.bleed:.2f} to {end:.2f} mm; "
                f"the page is {page:.2f} mm {is_}"
            )
        if count > 1 and pitch + _ROUNDING < card + 2 * self.bleed:
            raise DoesNotFit(
                f"{self.name}: {what} {pitch:.2f} mm apart lie on each other; "
                f"a card is {card + 2 * self.bleed:.2f} mm {is_} with its bleed"
            )

    @property
    def positions(self) -> int:
        """How many cards are on one sheet; 0 for paper that is not for cards."""
        return self.columns * self.rows

    def check(self, position: int) -> None:
        """Raises PositionOffSheet for a position, counted from 1 row by row, that this medium does not have."""
        if not 1 <= position <= self.positions:
            raise PositionOffSheet(position, self.positions)

    def corner(self, position: int, *, back: bool = False) -> tuple[float, float]:
        """Where the card at a position begins on the front, or on the back of a sheet turned like a page of a book."""
        self.check(position)
        row, column = divmod(position - 1, self.columns)
        left, top = self.left + column * self.pitch_x, self.top + row * self.pitch_y
        return (self.width - left - CARD_WIDTH if back else left), top

    @property
    def upright(self) -> Duplex:
        """The edge by which this page is turned like that of a book."""
        return Duplex.LONG_EDGE if self.height >= self.width else Duplex.SHORT_EDGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a printer does to a page: it puts what belongs at n to scale * n + offset, on each side of the paper.

    Offsets: millimetres to the right and down, as one looks at the side. Raises NotMeasured when it is made.
    """

    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    back_offset_x_mm: float = 0.0
    back_offset_y_mm: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    duplex: Duplex | None = None

    def __post_init__(self) -> None:
        for offset in (*self.offset(back=False), *self.offset(back=True)):
            if not -MOST_OFFSET <= offset <= MOST_OFFSET:
                raise NotMeasured(f"an offset is at most {MOST_OFFSET:.0f} mm, not {offset:.2f}")
        for scale in (self.scale_x, self.scale_y):
            if not abs(scale - 1) <= MOST_SCALE + 1e-9:
                raise NotMeasured(
                    f"a scale is from {1 - MOST_SCALE} to {1 + MOST_SCALE}, not {scale:.4f}: print at actual size, "
                    "without fitting to the page"
                )

    def offset(self, *, back: bool) -> tuple[float, float]:
        """To the right and down, in millimetres, for one side."""
        return (self.back_offset_x_mm, self.back_offset_y_mm) if back else (self.offset_x_mm, self.offset_y_mm)


TRUE_TO_SIZE = Profile()


def _sheet(name: str, page: str) -> Medium:
    """Two by five cards that touch, in the middle of the page, with marks where to cut."""
    width, height = PAGES[page]
    left, top = (width - 2 * CARD_WIDTH) / 2, (height - 5 * CARD_HEIGHT) / 2
    return Medium(name=name, width=width, height=height, left=left, top=top, columns=2, rows=5, marks=True)


CR80 = Medium(name="cr80", width=CARD_WIDTH, height=CARD_HEIGHT)
CR80_BLEED = Medium(
    name="cr80-bleed",
    width=CARD_WIDTH + 2 * BLEED,
    height=CARD_HEIGHT + 2 * BLEED,
    left=BLEED,
    top=BLEED,
    bleed=BLEED,
)
A4 = _sheet("a4", "a4")
LETTER = _sheet("letter", "letter")
A4_FOLD = Medium(
    name="a4-fold",
    width=PAGES["a4"][0],
    height=PAGES["a4"][1],
    left=(PAGES["a4"][0] - 2 * CARD_WIDTH) / 2,
    top=40.0,
    marks=True,
    folded=True,
)
A6 = Medium(name="a6", width=PAGES["a6"][0], height=PAGES["a6"][1], columns=0, rows=0)
"""The paper of slips."""
BUILT_IN = {medium.name: medium for medium in (CR80, CR80_BLEED, A4, LETTER, A4_FOLD, A6)}


def named(name: str, stocks: Iterable[Medium] = ()) -> Medium:
    """A medium that is always there, or one of the town's own. Raises UnknownMedium."""
    known = BUILT_IN | {stock.name: stock for stock in stocks}
    if name not in known:
        raise UnknownMedium(name, known)
    return known[name]


def paper(medium: Medium) -> str | None:
    """What the whole world calls paper of this size, or None."""
    return next((name for name, size in PAGES.items() if size == (medium.width, medium.height)), None)
