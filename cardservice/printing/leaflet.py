"""The leaflet for residents: A4 on both sides, folded once to A5. Outside the cover and the back, inside two pages.

In one language, with the town's name, colour and crest; it names no person. A leaflet in Arabic opens the other way.
The words are leaflet_wording.py's. Lengths are millimetres.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardservice import catalogues
from cardservice.printing import column, leaflet_wording, ornament, poster_pictures, poster_wording, typefaces
from cardservice.printing.column import Column
from cardservice.printing.palette import INK, WHITE, Palette
from cardservice.printing.paper import Paper, mm
from cardservice.printing.poster_page import EDGE, Box, Page, in_lines
from cardservice.printing.print_out import PapersThatCount, PrintOutFace, draw_crest
from cardservice.printing.print_out_wording import LeafletWording, Part
from cardservice.terms import CardCode

WIDTH, HEIGHT = 297.0, 210.0
PANEL, MARGIN = WIDTH / 2, 14.0
ROOM = PANEL - 2 * MARGIN
SMALLEST = 10.0
_SIZES = tuple(size / 2 for size in range(33, 19, -1))
_BACK, _COVER = 0.0, PANEL
"""Where the two halves of the outside begin, from the side where reading begins."""
_BAND, _FOOT, _TOP, _BOTTOM = 96.0, 146.0, 15.0, 12.0
_INSET, _CODE_SIDE, _GAP = 5.0, 30.0, 7.0
_BEFORE_A_LIST = 0.08
"""For each point of the size, in millimetres."""
_ROOM_DOWN = HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True)
class _Texts:
    """What is read, at one size: three columns on the first page inside, two on the back."""

    it_is: Column
    it_is_not: Column
    visit: Column
    kept: Column
    lost: Column

    @property
    def fits(self) -> bool:
        inside = self.it_is.height + self.it_is_not.height + 2 * _INSET + self.visit.height + _GAP
        on_the_back = self.kept.height + self.lost.height + _CODE_SIDE + 2 * _INSET + _GAP / 2
        return max(inside, on_the_back) <= _ROOM_DOWN - _GAP


def pdf(face: PrintOutFace, language: str) -> bytes:
    """Two pages. Raises UnknownLanguage, UnreadableColour, MissingGlyph, and DoesNotFit for a very long address."""
    words, town = leaflet_wording.WORDS[language], face.town_in(language)
    paper = Paper(mm(WIDTH), mm(HEIGHT), "Leaflet for residents")
    page = Page(
        paper, Palette.of(face.colour), right_to_left=catalogues.is_right_to_left(language), width=WIDTH, height=HEIGHT
    )
    texts = column.fitted(lambda size: _texts(page, words, town, language, size), lambda tried: tried.fits, _SIZES)
    bring = column.fitted(
        lambda way: _bring(page, words, *way),
        lambda tried: tried.height <= _ROOM_DOWN,
        [(papers, size) for papers in (*face.papers.get(language, ()), None) for size in _SIZES],
    )
    _cover(page, face, words, town)
    _back(page, face, words, texts)
    paper.next_page()
    _inside(page, texts, bring)
    paper.canvas.setViewerPreference("Duplex", "DuplexFlipShortEdge")
    paper.next_page()
    return paper.finish()


def _texts(page: Page, words: LeafletWording, town: str, language: str, size: float) -> _Texts:
    filled = {"{town}": town, "{sign}": poster_wording.WORDS[language].accepted}
    return _Texts(
        it_is=_part(page, words.it_is, size, filled),
        it_is_not=_part(page, words.it_is_not, size, mark="×"),
        visit=_part(page, words.visit, size, mark=""),
        kept=_part(page, words.kept, size),
        lost=_part(page, words.lost, size),
    )


def _bring(page: Page, words: LeafletWording, papers: PapersThatCount | None, size: float) -> Column:
    """A page of its own: a list of papers may be long, and then its letters are smaller than the others."""
    made = Column(ROOM, size)
    made.heading(words.bring, page.palette.accent)
    made.text(papers.needed if papers else words.bring_usually)
    for part in papers.parts if papers else ():
        made.skip(size * _BEFORE_A_LIST)
        made.text(part.heading, weight=typefaces.SEMIBOLD)
        made.listed(part.lines, page.palette.accent, "•")
    made.skip(size * _BEFORE_A_LIST)
    made.text(words.ask, weight=typefaces.SEMIBOLD)
    return made


def _part(page: Page, part: Part, size: float, filled: Mapping[str, str] | None = None, *, mark: str = "•") -> Column:
    made = Column(ROOM, size)
    made.heading(part.heading, page.palette.accent)
    lines = list(part.lines)
    for name, value in (filled or {}).items():
        lines = [line.replace(name, value) for line in lines]
    made.listed(lines, page.palette.accent, mark)
    return made


def _inside(page: Page, texts: _Texts, bring: Column) -> None:
    """The card and the visit on the first page, what to bring on the second; what it is not has its own ground."""
    for start in (0.0, PANEL):
        _edge(page, start)
    height = texts.it_is_not.height + 2 * _INSET
    spare = HEIGHT - _TOP - _BOTTOM - texts.it_is.height - height - texts.visit.height
    gap = min(spare / 2, 3 * _GAP)
    texts.it_is.draw(page, MARGIN, _TOP)
    top = _TOP + texts.it_is.height + gap
    _panel(page, MARGIN, top, height)
    texts.it_is_not.draw(page, MARGIN, top + _INSET)
    texts.visit.draw(page, MARGIN, top + height + gap)
    bring.draw(page, PANEL + MARGIN, _TOP)


def _cover(page: Page, face: PrintOutFace, words: LeafletWording, town: str) -> None:
    palette, left = page.palette, page.mirrored(_COVER, PANEL)
    page.side.panel(left, 0, PANEL, HEIGHT, palette.tint)
    page.side.panel(left, 0, PANEL, _BAND, palette.town)
    with page.clipped(Box(left, 0, PANEL, _BAND)):
        ornament.rings(page.side, left + PANEL / 2, _BAND + 14, palette.lines, first=20, step=6, count=22)
    start = _COVER + MARGIN
    taken = draw_crest(page, face.crest, start, 16, 15, WHITE)
    start, room = (start + taken + 4, ROOM - taken - 4) if taken else (start, ROOM)
    page.fitted(town, Box(page.mirrored(start, room), 17, room, 12), 19, palette.on_town, middle=True)
    title = Box(page.mirrored(_COVER + MARGIN, ROOM), 38, ROOM, 24)
    page.fitted(words.title, title, 36, palette.on_town, weight=typefaces.SEMIBOLD, middle=True)
    width = 92.0
    poster_pictures.card(page, CardCode.RESIDENCE, left + (PANEL - width) / 2, 72, width)
    whom = Box(title.left, _FOOT, ROOM, 20)
    end = page.fitted(words.for_whom.format(town=town), whom, 21, palette.accent, weight=typefaces.SEMIBOLD)
    page.put(in_lines(words.promise, ROOM, 15), title.left, end + 5, ROOM, INK)
    page.side.panel(left, HEIGHT - EDGE, PANEL, EDGE, palette.town)


def _back(page: Page, face: PrintOutFace, words: LeafletWording, texts: _Texts) -> None:
    """What is kept, and what to do with a lost card: under it the page for that as a code and in letters."""
    _edge(page, _BACK)
    texts.kept.draw(page, _BACK + MARGIN, _TOP)
    height = texts.lost.height + _CODE_SIDE + 2 * _INSET + _GAP / 2
    top = min(HEIGHT - _BOTTOM - height, _TOP + texts.kept.height + 3 * _GAP)
    _panel(page, _BACK + MARGIN, top, height)
    texts.lost.draw(page, _BACK + MARGIN, top + _INSET)
    top = top + height - _INSET - _CODE_SIDE
    page.code(face.lost_page, Box(page.mirrored(_BACK + MARGIN, _CODE_SIDE), top, _CODE_SIDE, _CODE_SIDE))
    room = ROOM - _CODE_SIDE - 6
    beside = Box(page.mirrored(_BACK + MARGIN + _CODE_SIDE + 6, room), top + 5, room, 6)
    end = page.fitted(words.lost_page, beside, 13, page.palette.accent, weight=typefaces.SEMIBOLD)
    address = Box(beside.left, end + 2, room, _CODE_SIDE - 14)
    page.fitted(face.lost_page.removeprefix("https://"), address, 14, INK, weight=typefaces.SEMIBOLD)


def _panel(page: Page, start: float, top: float, height: float) -> None:
    """A tinted ground, a little wider than the text on it."""
    width = ROOM + 2 * _INSET
    page.side.panel(page.mirrored(start - _INSET, width), top, width, height, page.palette.tint, radius=3)


def _edge(page: Page, start: float) -> None:
    page.side.panel(page.mirrored(start, PANEL), HEIGHT - EDGE, PANEL, EDGE, page.palette.town)
