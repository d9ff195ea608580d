"""The sheet for whoever checks cards: how the verifier comes to a device, how a card is checked, what to do then.

One page in each of the town's languages, with the words of the fingerprint as a device in that language says them. What
card holders see is poster.py; the words are staff_wording.py's.
"""

from collections.abc import Callable

from cardservice import catalogues
from cardservice.printing import poster_pictures, poster_wording, staff_wording, typefaces
from cardservice.printing.palette import INK, WHITE, Colour, Palette, mix
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
from cardservice.printing.service_wording import service_words
from cardservice.printing.staff_wording import Answer, StaffWording
from cardservice.printing.wording import wording

BAND, FOOT = 40.0, 233.0
_CODE_SIDE, _GAP, _INDENT = 52.0, 8.0, 12.0
_ANSWERS_HEIGHT, _SIGN = 58.0, 13.0
_SIZES = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.5, SMALLEST)

_SIGNS: tuple[tuple[Callable[[Page, float, float, float], None], Colour], ...] = (
    (poster_pictures.good_sign, poster_pictures.GOOD),
    (poster_pictures.bad_sign, poster_pictures.BAD),
    (poster_pictures.unsure_sign, poster_pictures.UNSURE),
)


def pdf(face: PosterFace) -> bytes:
    """A page of A4 for each language of the town. Raises UnreadableColour, and MissingGlyph for the names on it."""
    paper = Paper(mm(WIDTH), mm(HEIGHT), "Sheet for staff")
    for language in face.spoken:
        _draw(paper, face, language)
        paper.next_page()
    return paper.finish()


def _draw(paper: Paper, face: PosterFace, language: str) -> None:
    words = staff_wording.WORDS[language]
    page = Page(paper, Palette.of(face.colour), right_to_left=catalogues.is_right_to_left(language))
    page.ground(BAND, FOOT)
    if face.sample:
        page.sample(wording([language]).sample[0])
    title = Box(MARGIN, 10, ROOM, 13)
    end = page.fitted(words.title, title, 28, page.palette.on_town, weight=typefaces.SEMIBOLD)
    page.fitted(face.town_in(language), Box(MARGIN, end + 3, ROOM, BAND - end - 6), 15, page.palette.on_town)
    top = _partner(page, face, language, BAND + 8)
    answers = FOOT - _ANSWERS_HEIGHT - 7
    _steps(page, face, words, Box(MARGIN, top, ROOM, answers - top - 6))
    _answers(page, words, answers)
    _foot(page, face, words, language)


def _partner(page: Page, face: PosterFace, language: str, top: float) -> float:
    if face.partner is None:
        return top
    name = Box(MARGIN, top, ROOM, 12)
    top = page.fitted(face.partner, name, 20, page.palette.accent, weight=typefaces.SEMIBOLD) + 1.5
    services = " · ".join(service_words(face.services, language))
    return page.fitted(services, Box(MARGIN, top, ROOM, 6), 12, FAINT) + 7


def _steps(page: Page, face: PosterFace, words: StaffWording, box: Box) -> None:
    """The steps with their numbers, beside the verifier's address as a code and in letters."""
    code = Box(page.mirrored(WIDTH - MARGIN - 2 - _CODE_SIDE, _CODE_SIDE), box.top + 2, _CODE_SIDE, _CODE_SIDE)
    page.side.panel(code.left - 2, code.top - 2, code.width + 4, code.height + 4, page.palette.tint, radius=3)
    page.code(face.address, code)
    address = Box(code.left, code.bottom + 5, code.width, 24)
    page.fitted(face.address.removeprefix("https://"), address, 11, INK, weight=typefaces.SEMIBOLD, align="centre")
    steps = (words.prepare, words.compare, words.purpose, words.scan(face.code))
    width = ROOM - _CODE_SIDE - _GAP - 2 - _INDENT
    for size in _SIZES:
        blocks = [in_lines(step, width, size) for step in steps]
        spare = box.height - sum(height_of(block) for block in blocks)
        if spare >= 4.0 * len(steps):
            break
    gap = min(spare / len(steps), 12.0)
    top = box.top + 2
    for number, block in enumerate(blocks, start=1):
        _number(page, number, top + block.ascent / mm(1) / 2)
        top = page.put(block, page.mirrored(MARGIN + _INDENT, width), top, width, INK) + gap


def _number(page: Page, number: int, middle: float) -> None:
    """A number in a disc whose middle is on a line of text."""
    canvas, left = page.side.canvas, page.mirrored(MARGIN, 8.0)
    canvas.setFillColorRGB(*page.palette.accent)
    canvas.circle(mm(left + 4), page.side.y(middle), mm(4), stroke=0, fill=1)
    block = in_lines(str(number), 8.0, 12, typefaces.SEMIBOLD)
    page.put(block, left, middle - block.ascent / mm(1) / 2, 8.0, WHITE, align="centre")


def _answers(page: Page, words: StaffWording, top: float) -> None:
    """The three answers side by side: sign, word, what to do; at one size."""
    width = (ROOM - 2 * 5) / 3
    inner = width - 10
    for size in _SIZES[4:]:
        blocks = [in_lines(answer.do, inner, size) for answer in words.answers]
        if max(height_of(block) for block in blocks) <= _ANSWERS_HEIGHT - _SIGN - 20:
            break
    for place, (answer, (shape, colour)) in enumerate(zip(words.answers, _SIGNS, strict=True)):
        left = page.mirrored(MARGIN + place * (width + 5), width)
        page.side.panel(left, top, width, _ANSWERS_HEIGHT, mix(WHITE, colour, 0.1), radius=3)
        page.side.panel(left, top, width, 3, colour, radius=1.5)
        sign_left = left + width - 5 - _SIGN if page.right_to_left else left + 5
        shape(page, sign_left, top + 8, _SIGN)
        _answer(page, answer, Box(left + 5, top + 8 + _SIGN + 4, inner, 20), size, colour)


def _answer(page: Page, answer: Answer, box: Box, size: float, colour: Colour) -> None:
    heading = Box(box.left, box.top, box.width, 7)
    end = page.fitted(answer.word, heading, 15, colour, weight=typefaces.SEMIBOLD)
    page.put(in_lines(answer.do, box.width, size), box.left, end + 1.5, box.width, INK)


def _foot(page: Page, face: PosterFace, words: StaffWording, language: str) -> None:
    top = page.fitted(
        poster_wording.WORDS[language].fingerprint,
        Box(MARGIN, FOOT + 6, ROOM, 6),
        12,
        page.palette.accent,
        weight=typefaces.SEMIBOLD,
    )
    end = page.fingerprint(face.words_in(language), face.fingerprint, Box(MARGIN, top + 2, ROOM, 26), 13)
    page.fitted(words.keep_nothing, Box(MARGIN, end + 4, ROOM, HEIGHT - end - 11), 11, INK)
