"""The poster for a relying party's counter: what a card holder is asked for, and how anybody can check a card.

One page in all the town's languages, because one page hangs on the wall. It names no person. What staff need is
staff_sheet.py; the words are poster_wording.py's. Built in memory, like every PDF here.
"""

from dataclasses import dataclass

from cardservice import catalogues
from cardservice.printing import poster_pictures, poster_wording, typefaces
from cardservice.printing.palette import INK, Colour, Palette
from cardservice.printing.paper import Paper, mm
from cardservice.printing.poster_page import (
    FAINT,
    HEIGHT,
    MARGIN,
    ROOM,
    SMALLEST,
    WIDTH,
    Box,
    Page,
    PosterFace,
    height_of,
    in_lines,
)
from cardservice.printing.poster_wording import PosterWording
from cardservice.printing.service_wording import service_words
from cardservice.printing.text_fit import Block
from cardservice.printing.wording import wording
from cardservice.terms import CardCode

BAND, FOOT = 46.0, 229.0
_CODE_SIDE, _GAP = 48.0, 8.0
_PICTURE_WIDTH = {1: 104.0, 2: 84.0, 3: 66.0}
"""Millimetres of a card, by how many languages have to stand under it."""
_SETTINGS = (
    *((size, 1.0) for size in (19.0, 17.0, 15.5, 14.0, 13.0, 12.0)),
    *((size, 0.8) for size in (12.0, 11.5)),
    *((size, 0.65) for size in (11.5, 11.0, 10.5, 10.0, 9.5, SMALLEST)),
)
"""Points of a sentence, and how much of its usual width the picture has; the first with which everything fits."""
_HEADLINE = 1.7
_LEAST_GAP = 7.0
_BETWEEN = "\u2003·\u2003"


def pdf(face: PosterFace) -> bytes:
    """The poster on one page of A4. Raises UnreadableColour, and MissingGlyph for the names on it."""
    paper = Paper(mm(WIDTH), mm(HEIGHT), "Poster")
    page = Page(paper, Palette.of(face.colour), right_to_left=catalogues.is_right_to_left(face.spoken[0]))
    page.ground(BAND, FOOT)
    _band(page, face)
    if face.sample:
        page.sample(wording(face.spoken[:1]).sample[0])
    top = _partner(page, face, BAND + 9)
    _body(page, face, Box(MARGIN, top, ROOM, FOOT - top))
    _foot(page, face)
    paper.next_page()
    return paper.finish()


def _words(face: PosterFace) -> list[PosterWording]:
    return [poster_wording.WORDS[language] for language in face.spoken]


def _band(page: Page, face: PosterFace) -> None:
    town = face.town_in(face.spoken[0])
    end = page.fitted(town, Box(MARGIN, 10, ROOM, 17), 42, page.palette.on_town, weight=typefaces.SEMIBOLD, middle=True)
    accepted = _BETWEEN.join(words.accepted for words in _words(face))
    page.fitted(accepted, Box(MARGIN, max(end, 27) + 3, ROOM, 8), 17, page.palette.on_town)


def _partner(page: Page, face: PosterFace, top: float) -> float:
    """The organisation's name and what it checks; nothing on the general poster."""
    if face.partner is None:
        return top
    box = Box(MARGIN, top, ROOM, 17)
    top = page.fitted(face.partner, box, 30, page.palette.accent, weight=typefaces.SEMIBOLD) + 2
    for language in face.spoken:
        services = " · ".join(service_words(face.services, language))
        align = "end" if catalogues.is_right_to_left(language) else "left"
        top = page.fitted(services, Box(MARGIN, top, ROOM, 6), 13, FAINT, align=align) + 1
    return top


def _picture(page: Page, face: PosterFace, top: float, width: float) -> float:
    if face.code is not None:
        poster_pictures.card(page, face.code, (WIDTH - width) / 2, top, width)
    else:
        for place, code in enumerate(CardCode):
            poster_pictures.card(page, code, WIDTH / 2 - width - 6 + place * (width + 12), top, width)
    return top + poster_pictures.card_height(width)


@dataclass(frozen=True)
class _Said:
    """What is said in one language, and how it is drawn."""

    right_to_left: bool
    blocks: tuple[tuple[Block, Colour], ...]

    @classmethod
    def of(cls, page: Page, face: PosterFace, language: str, size: float) -> "_Said":
        words = poster_wording.WORDS[language]
        asked, ink = words.asked(face.code), FAINT
        blocks = [(in_lines(asked.show, ROOM, size * _HEADLINE, typefaces.SEMIBOLD), page.palette.accent)]
        reason = [words.reasons[face.reason]] if face.reason else []
        blocks += [
            (in_lines(" ".join([asked.says, *reason]), ROOM, size), INK),
            (in_lines(words.quiet, ROOM, size), ink),
        ]
        return cls(catalogues.is_right_to_left(language), tuple(blocks))

    def height(self, size: float) -> float:
        return sum(height_of(block) for block, _ in self.blocks) + _air(size) * (len(self.blocks) - 1)


def _air(size: float) -> float:
    return size * 0.16


def _body(page: Page, face: PosterFace, box: Box) -> None:
    """A picture, and under it the same in every language at one size, spread over the room there is."""
    widest = _PICTURE_WIDTH[len(face.spoken)] if face.code else min(_PICTURE_WIDTH[len(face.spoken)], (ROOM - 12) / 2)
    for size, share in _SETTINGS:
        width = widest * share
        said = [_Said.of(page, face, language, size) for language in face.spoken]
        spare = box.height - poster_pictures.card_height(width) - sum(one.height(size) for one in said)
        if spare >= _LEAST_GAP * (len(said) + 2):
            break
    gap = spare / (len(said) + 2)
    top = _picture(page, face, box.top + gap, width)
    for place, one in enumerate(said):
        if place:
            page.rule(top + gap / 2)
        top += gap
        for block, colour in one.blocks:
            align = "end" if one.right_to_left else "left"
            top = page.put(block, box.left, top, box.width, colour, align=align) + _air(size)
        top -= _air(size)


def _foot(page: Page, face: PosterFace) -> None:
    """The verifier's address as a code and in letters, and the fingerprint that shows whose verifier it is."""
    words, top = _words(face), FOOT + 8
    page.code(face.address, Box(page.mirrored(MARGIN, _CODE_SIDE), top, _CODE_SIDE, _CODE_SIDE))
    width = ROOM - _CODE_SIDE - _GAP
    left = page.mirrored(MARGIN + _CODE_SIDE + _GAP, width)
    check = _BETWEEN.join(one.check for one in words)
    top = page.fitted(check, Box(left, top, width, 6), 13, page.palette.accent, weight=typefaces.SEMIBOLD) + 1.5
    address = face.address.removeprefix("https://")
    top = page.fitted(address, Box(left, top, width, 10), 13, INK, weight=typefaces.SEMIBOLD) + 4
    label = _BETWEEN.join(one.fingerprint for one in words)
    top = page.fitted(label, Box(left, top, width, 4.5), 9, page.palette.accent) + 1.5
    page.fingerprint(face.words_in(*face.languages[:3]), face.fingerprint, Box(left, top, width, 24), 12)
