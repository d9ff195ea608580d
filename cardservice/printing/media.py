"""Cards on their media: card by card for card printers, sheets of many for all others, and one to fold.

PDFs are built in memory and returned as bytes. A big run is written in parts, because a PDF under construction holds
all its pages: in_parts cuts it. What a card looks like is card_front.py's and card_back.py's; where it stands, and
what the printer will do to it, is medium.py's (docs/decisions/0057).
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from cardservice.medium import (
    A4,
    A4_FOLD,
    A6,
    BUILT_IN,
    CARD_HEIGHT,
    CARD_WIDTH,
    CR80,
    CR80_BLEED,
    LETTER,
    TRUE_TO_SIZE,
    Duplex,
    Medium,
    PositionOffSheet,
    Profile,
    UnknownMedium,
    named,
)
from cardservice.printing import card_back, card_front, marks
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import Side
from cardservice.printing.paper import DOT, Paper, mm

__all__ = [
    "A4", "A4_FOLD", "A6", "BUILT_IN", "CR80", "CR80_BLEED", "LETTER", "TRUE_TO_SIZE",
    "Medium", "PositionOffSheet", "Profile", "Sheets", "UnknownMedium", "in_parts", "named", "one_side", "pages", "pdf",
]  # fmt: skip

CARDS_A_PART = 400

_FLIPS = {Duplex.LONG_EDGE: "DuplexFlipLongEdge", Duplex.SHORT_EDGE: "DuplexFlipShortEdge"}

Draw = Callable[[Paper, CardFace], None]
_DRAWN: dict[bool, Draw] = {False: card_front.draw, True: card_back.draw}
"""How each side is drawn, the front first; the key says whether it is the back."""


def pdf(
    faces: Iterable[CardFace], medium: Medium, *, profile: Profile = TRUE_TO_SIZE, first_position: int = 1
) -> bytes:
    """Every card, front and back, ready for this printer: each page of fronts is followed by the page of their backs.

    first_position: from 1, row by row, to go on with a sheet that has been begun. Raises PositionOffSheet,
    MissingGlyph, UnreadableColour, and ValueError where there are no cards.
    """
    medium.check(first_position)
    rest = iter(faces)
    two = list(islice(rest, 2))
    paper = Sheets(medium, profile, alone=len(two) == 1)
    rest = chain(two, rest)
    first = first_position
    while sheet := list(islice(rest, medium.positions - first + 1)):
        if medium.folded:
            paper.one_to_fold(sheet[0])
        else:
            for back, draw in _DRAWN.items():
                paper.side(sheet, first, draw, back=back)
        first = 1
    if not paper.pages:
        raise ValueError("There are no cards to print.")
    return paper.finish()


def one_side(face: CardFace, medium: Medium, *, back: bool) -> bytes:
    """One page of what `pdf` makes of one card that is not folded: its front or its back, to be looked at.

    Raises MissingGlyph, UnreadableColour.
    """
    paper = Sheets(medium, TRUE_TO_SIZE, alone=True)
    paper.side([face], 1, _DRAWN[back], back=back)
    return paper.finish()


def pages(count: int, medium: Medium, first_position: int = 1) -> int:
    """How many pages that many cards take, fronts and backs. Raises PositionOffSheet."""
    medium.check(first_position)
    if medium.folded:
        return count
    return 2 * -(-(first_position - 1 + count) // medium.positions) if count else 0


def in_parts(
    faces: Iterable[CardFace],
    medium: Medium,
    *,
    profile: Profile = TRUE_TO_SIZE,
    first_position: int = 1,
    cards: int = CARDS_A_PART,
) -> Iterator[bytes]:
    """A big run as several PDFs of whole sheets, drawn as they are asked for; memory stays that of one part."""
    medium.check(first_position)
    whole = max(cards - cards % medium.positions, medium.positions)
    rest, first = iter(faces), first_position
    while part := list(islice(rest, whole - first + 1)):
        yield pdf(part, medium, profile=profile, first_position=first)
        # reportlab's canvas and document hold each other: without this some parts wait for the next large collection.
        gc.collect()
        first = 1


class Sheets(Paper):
    """A PDF whose every page is drawn through what its printer will do to it."""

    def __init__(self, medium: Medium, profile: Profile, title: str = "Cards", *, alone: bool = False) -> None:
        super().__init__(mm(medium.width), mm(medium.height), title, alone=alone)
        self.medium, self.profile = medium, profile
        self.pages = 0
        # What a viewer's print window is set to when somebody prints the PDF by hand (PDF 32000-1, 12.2).
        self.canvas.setViewerPreference("PrintScaling", "None")
        self.canvas.setViewerPreference(
            "Duplex", "Simplex" if medium.folded else _FLIPS[profile.duplex or medium.upright]
        )
        if medium.bleed and medium.positions == 1:
            left, top = medium.corner(1)
            right, bottom = left + CARD_WIDTH, medium.height - top - CARD_HEIGHT
            self.canvas.setTrimBox((mm(left), mm(bottom), mm(right), mm(bottom + CARD_HEIGHT)))

    def begin_side(self, *, back: bool) -> None:
        """From here to next_page places are those on the paper: the printer's errors are taken back (0057)."""
        (x, y), profile, height = self.profile.offset(back=back), self.profile, mm(self.medium.height)
        across, down = 1 / profile.scale_x, 1 / profile.scale_y
        if (x, y, across, down) != (0, 0, 1, 1):
            self.canvas.transform(across, 0, 0, down, -mm(x) * across, height - (height - mm(y)) * down)
        if back and profile.duplex not in (None, self.medium.upright):
            self.canvas.transform(-1, 0, 0, -1, mm(self.medium.width), height)

    def next_page(self) -> None:
        super().next_page()
        self.pages += 1

    def side(self, sheet: Sequence[CardFace], first: int, draw: Draw, *, back: bool) -> None:
        """One page: the cards of a sheet from its first position on."""
        self.begin_side(back=back)
        for position, face in enumerate(sheet, start=first):
            self._card(face, *self.medium.corner(position, back=back), draw)
        if self.medium.marks:
            self.once(f"marks{back:d}", lambda: marks.cut(self.canvas, self.medium, back=back))
        self.next_page()

    def one_to_fold(self, face: CardFace) -> None:
        """One page: a card's front, and its back beside it, so that it reads upright once it is folded behind."""
        self.begin_side(back=False)
        left, top = self.medium.corner(1)
        self._card(face, left, top, card_front.draw)
        self._card(face, left + CARD_WIDTH, top, card_back.draw)
        self.once("marks", lambda: marks.fold(self, self.medium))
        self.next_page()

    def _card(self, face: CardFace, left: float, top: float, draw: Draw) -> None:
        """A card, on whole dots, so that its codes are."""
        x, y = (round(mm(place) / DOT) * DOT for place in (left, top))
        self.canvas.write("q")
        if (left, top) != (0, 0):
            self.canvas.write(f"1 0 0 1 {x:.3f} {mm(self.medium.height) - y - mm(CARD_HEIGHT):.3f} cm")
            # A theme draws beyond the card's edge; a neighbour keeps its own ground.
            Side(self).clip(self.medium.bleed)
        draw(self, face)
        self.canvas.write("Q")
