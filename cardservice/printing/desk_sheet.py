"""One page of A4 for whoever works at the desk, to hang beside it: the clerk's and the supervisor's.

The steps of the work, what is never done, and what to do when something is in the way; in one language, about nobody.
The words are clerk_wording.py's and supervisor_wording.py's. Lengths are millimetres.
"""

from dataclasses import dataclass

from cardservice import catalogues
from cardservice.printing import clerk_wording, column, poster_pictures, supervisor_wording, typefaces
from cardservice.printing.column import Column
from cardservice.printing.palette import WHITE, Palette, mix
from cardservice.printing.paper import Paper, mm
from cardservice.printing.poster_page import HEIGHT, MARGIN, ROOM, WIDTH, Box, Page, in_lines
from cardservice.printing.print_out import PrintOut, PrintOutFace, draw_crest
from cardservice.printing.print_out_wording import SheetWording

SMALLEST = 9.0
_SIZES = tuple(size / 2 for size in range(29, 17, -1))
_BAND, _TOP, _BOTTOM, _GAP = 40.0, 49.0, 10.0, 6.0
_INDENT, _DISC, _INSET, _SIGN = 12.0, 8.0, 5.0, 9.0
_BETWEEN = 5.0
_NEVER = 0.42
"""How much of the width the panel of what is never done has."""

SHEETS = {PrintOut.CLERK: clerk_wording.WORDS, PrintOut.SUPERVISOR: supervisor_wording.WORDS}


@dataclass(frozen=True)
class _Texts:
    """Everything below the band, at one size."""

    steps: tuple[Column, ...]
    never: Column
    trouble: Column

    @property
    def panels(self) -> float:
        return max(self.never.height, self.trouble.height) + _SIGN + 3 + 2 * _INSET

    @property
    def steps_height(self) -> float:
        return sum(step.height for step in self.steps)

    @property
    def spare(self) -> float:
        """What is left for the air between the steps."""
        return HEIGHT - _TOP - _BOTTOM - _GAP - self.panels - self.steps_height


def pdf(face: PrintOutFace, kind: PrintOut, language: str) -> bytes:
    """One page. Raises UnknownLanguage, UnreadableColour, DoesNotFit, and MissingGlyph for the town's name."""
    words = SHEETS[kind][language]
    paper = Paper(mm(WIDTH), mm(HEIGHT), "Sheet for the desk")
    page = Page(paper, Palette.of(face.colour), right_to_left=catalogues.is_right_to_left(language))
    texts = column.fitted(
        lambda size: _texts(words, face.lost_page.removeprefix("https://"), size),
        lambda tried: tried.spare >= 2.0 * len(tried.steps),
        _SIZES,
    )
    page.ground(_BAND, HEIGHT)
    _band(page, face, words, language)
    _steps(page, texts)
    _panels(page, texts)
    paper.next_page()
    return paper.finish()


def _texts(words: SheetWording, lost_page: str, size: float) -> _Texts:
    steps = []
    for step in words.steps:
        steps.append(made := Column(ROOM - _INDENT, size))
        made.text(step.do, weight=typefaces.SEMIBOLD)
        made.text(step.know)
    never = Column((ROOM - _BETWEEN) * _NEVER - 2 * _INSET, size, words.never.heading)
    trouble = Column((ROOM - _BETWEEN) * (1 - _NEVER) - 2 * _INSET, size, words.trouble.heading)
    never.listed(words.never.lines, poster_pictures.BAD, "×")
    trouble.listed([line.replace("{page}", lost_page) for line in words.trouble.lines], poster_pictures.UNSURE, "•")
    return _Texts(tuple(steps), never, trouble)


def _band(page: Page, face: PrintOutFace, words: SheetWording, language: str) -> None:
    taken = draw_crest(page, face.crest, MARGIN, 11, 18, WHITE)
    start, room = (MARGIN + taken + 5, ROOM - taken - 5) if taken else (MARGIN, ROOM)
    left, on_town = page.mirrored(start, room), page.palette.on_town
    end = page.fitted(words.title, Box(left, 9, room, 15), 30, on_town, weight=typefaces.SEMIBOLD)
    below = f"{face.town_in(language)} · {words.whose}"
    page.fitted(below, Box(left, end + 3, room, _BAND - end - 6), 15, on_town)


def _steps(page: Page, texts: _Texts) -> None:
    """The steps with their numbers in discs, and what room there is spread between them."""
    canvas, top = page.side.canvas, _TOP
    air = min(texts.spare / len(texts.steps), 6.0)
    for number, step in enumerate(texts.steps, start=1):
        left = page.mirrored(MARGIN, _DISC)
        canvas.setFillColorRGB(*page.palette.accent)
        canvas.circle(mm(left + _DISC / 2), page.side.y(top + _DISC / 2 - 1.2), mm(_DISC / 2), stroke=0, fill=1)
        digit = in_lines(str(number), _DISC, 12, typefaces.SEMIBOLD)
        page.put(digit, left, top + _DISC / 2 - 1.2 - digit.ascent / mm(2), _DISC, WHITE, align="centre")
        step.draw(page, MARGIN + _INDENT, top)
        top += step.height + air


def _panels(page: Page, texts: _Texts) -> None:
    """Side by side at the foot, each with a sign: nothing is said by its colour alone."""
    top, start = HEIGHT - _BOTTOM - texts.panels, MARGIN
    signs = ((poster_pictures.bad_sign, poster_pictures.BAD), (poster_pictures.unsure_sign, poster_pictures.UNSURE))
    for text, (drawn, colour) in zip((texts.never, texts.trouble), signs, strict=True):
        width = text.width + 2 * _INSET
        left = page.mirrored(start, width)
        page.side.panel(left, top, width, texts.panels, mix(WHITE, colour, 0.08), radius=3)
        page.side.panel(left, top, width, 2.5, colour, radius=1.2)
        drawn(page, page.mirrored(start + _INSET, _SIGN), top + _INSET + 1, _SIGN)
        room = text.width - _SIGN - 3
        heading = Box(page.mirrored(start + _INSET + _SIGN + 3, room), top + _INSET + 1, room, _SIGN)
        page.fitted(text.title, heading, 15, colour, weight=typefaces.SEMIBOLD, middle=True)
        text.draw(page, start + _INSET, top + _INSET + _SIGN + 3)
        start += width + _BETWEEN
