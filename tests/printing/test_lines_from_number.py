"""The fine lines and the microtext of a card come from its number and from nothing else."""

import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from printed import qr_text, rendered

from cardservice.printing import guilloche, media, microtext, text, themes
from cardservice.printing.layout import Side
from cardservice.printing.paper import Paper, mm
from cardservice.printing.themes import Pattern, ThemeName

NUMBER = "7H3K-9Q2M-X4ND"
EVERY = pytest.mark.parametrize("pattern", list(Pattern))
# Between the fields of the front, where nothing but ground and lines is: millimetres.
BETWEEN = (25.8, 23.4, 47.0, 25.6)


class TestStrands:
    @EVERY
    def test_are_the_same_for_the_same_number(self, pattern):
        assert _lines(pattern, NUMBER).tobytes() == _lines(pattern, NUMBER).tobytes()

    @EVERY
    def test_differ_when_any_one_symbol_does(self, pattern):
        own = _lines(pattern, NUMBER)

        for place in (0, 2, 5, 8, 10, 13):
            other = NUMBER[:place] + ("8" if NUMBER[place] != "8" else "9") + NUMBER[place + 1 :]
            assert ImageChops.difference(own, _lines(pattern, other)).getbbox() is not None, place

    @EVERY
    def test_move_one_strand_for_one_symbol_each_to_a_place_of_its_own(self, pattern):
        for strand in guilloche.strands(pattern):
            assert len(set(strand.places)) == guilloche.STEPS

    def test_count_twelve_symbols_and_none_where_there_is_none(self):
        assert guilloche.symbols("0123-ABYZ-9") == [0, 1, 2, 3, 10, 11, 34, 35, 9, 0, 0, 0]
        assert guilloche.symbols("••••-••••-••••") == [0] * 12

    @pytest.mark.parametrize("name", list(ThemeName))
    def test_depend_on_nothing_else_of_the_holder(self, make_face, name):
        first = make_face(theme=themes.theme(name, "#0f5c63"))
        second = replace(
            first,
            name="Bo",
            name_second=None,
            birth_date="19400000",
            valid_until=date(2031, 1, 1),
            identity_code=qr_text(900, 7),
            residence_code=qr_text(300, 7),
        )

        cut, other = (_front(face).crop(_pixels(BETWEEN, 200)) for face in (first, second))
        elsewhere = _front(replace(first, card_number="0000-0000-0000")).crop(_pixels(BETWEEN, 200))

        assert cut.tobytes() == other.tobytes()
        assert cut.tobytes() != elsewhere.tobytes()

    def test_cost_a_card_under_two_kilobytes(self, make_face):
        faces = [make_face(portrait=None, card_number=f"{n:04d}-9Q2M-X4ND") for n in range(20)]
        nothing = [replace(face, card_number="-") for face in faces]

        assert (len(media.pdf(faces, media.A4)) - len(media.pdf(nothing, media.A4))) / 20 < 2000

    def test_are_a_rosette_where_the_portrait_was_declined_and_no_head(self, make_face):
        pages = [
            _front(make_face(portrait=None, card_number=number)).crop(_pixels((4.5, 14.1, 22.7, 37.1), 200))
            for number in (NUMBER, "0A4R-22ZT-8KQ1")
        ]

        assert pages[0].tobytes() != pages[1].tobytes()
        # A head is heavy in the middle; a rosette is as light there as at the edge.
        left, middle = (pages[0].convert("L").crop((x, 0, x + 47, 181)) for x in (0, 48))
        assert ImageStat.Stat(left).mean[0] == pytest.approx(ImageStat.Stat(middle).mean[0], abs=25)


class TestMicrotext:
    def test_is_the_number_under_a_loupe(self):
        own, other = (
            _loupe(lambda side, n=n: microtext.line(side, n, (0, 0, 0), 1, 1, 6.2)) for n in (NUMBER, "8" * 14)
        )
        set_in_type = _loupe(_in_type)

        assert _unlike(own, set_in_type) < _unlike(other, set_in_type) / 2

    def test_is_six_dots_of_a_card_printer_high(self):
        ink = _loupe(lambda side: microtext.line(side, "H", (0, 0, 0), 1, 1, 1))

        top, bottom = (ink.point(lambda value: 255 - value).getbbox()[place] for place in (1, 3))
        assert (bottom - top) / 2400 * 25.4 == pytest.approx(microtext.HEIGHT, abs=0.03)
        assert round(microtext.HEIGHT / 25.4 * 300) == 6

    def test_is_not_among_the_words_that_are_copied(self, make_face):
        pdf = media.pdf([make_face()], media.CR80)

        assert len(re.findall(re.escape(NUMBER), _copied(pdf))) == 1


def _lines(pattern: Pattern, number: str) -> Image.Image:
    paper = Paper(mm(85.6), mm(53.98), "Lines")
    guilloche.background(Side(paper), pattern, number, (0, 0, 0))
    paper.next_page()
    return rendered(paper.finish(), dpi=150)[0].convert("L")


def _front(face) -> Image.Image:
    return rendered(media.pdf([face], media.CR80), dpi=200)[0]


def _pixels(place: tuple[float, ...], dpi: int) -> tuple[int, ...]:
    return tuple(round(side / 25.4 * dpi) for side in place)


def _loupe(draw) -> Image.Image:
    paper = Paper(mm(9), mm(3), "Loupe")
    draw(Side(paper, height=3))
    paper.next_page()
    return rendered(paper.finish(), dpi=2400)[0].convert("L")


def _in_type(side: Side) -> None:
    """The same number as ordinary text whose capitals are as high."""
    side.canvas.setFillColorRGB(0, 0, 0)
    size = mm(microtext.HEIGHT) / 0.714
    side.paper.text(text.shape(NUMBER), side.x(1), side.y(1 + microtext.HEIGHT), size)


def _unlike(first: Image.Image, second: Image.Image) -> float:
    soft = [one.filter(ImageFilter.GaussianBlur(3)) for one in (first, second)]
    return ImageStat.Stat(ImageChops.difference(*soft)).mean[0]


def _copied(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)
