"""Cards on paper: exact sizes, every page in its place, nothing in the file that does not belong there."""

import re

import pypdfium2
import pytest
from PIL import ImageChops, ImageStat
from printed import page_sizes, rendered

from cardservice.printing import sheets
from cardservice.printing.text import MissingGlyph

CR80 = (85.60, 53.98)


class TestCr80:
    def test_prints_two_pages_a_card_each_exactly_the_size_of_a_card(self, make_face):
        pdf = sheets.cr80([make_face(), make_face(name="X")])

        assert page_sizes(pdf) == [pytest.approx(CR80, abs=0.002)] * 4

    def test_gives_the_same_bytes_for_the_same_cards(self, make_face):
        assert sheets.cr80([make_face()]) == sheets.cr80([make_face()])

    def test_embeds_every_typeface_it_uses_as_a_subset(self, make_face):
        pdf = sheets.cr80([make_face(name="司馬相如", name_second="श्रीकृष्ण")])

        names = _base_fonts(pdf)
        assert {"NotoSans-SemiBold", "NotoSansDevanagari-Regular"} <= {name.partition("+")[2] for name in names}
        assert all(re.fullmatch(r"[A-Z]{6}\+\w+-(Regular|SemiBold)\d*", name) for name in names)
        assert pdf.count(b"/FontFile2") == len(names)

    def test_says_nothing_about_the_holder_outside_the_pages(self, make_face):
        pdf = sheets.cr80([make_face(name="Maria Quintanilla", name_second=None)])

        document = pypdfium2.PdfDocument(pdf)
        assert set(document.get_metadata_dict(skip_empty=True).values()) == {
            "Cards", "cardservice", "D:20000101000000+00'00'",
        }  # fmt: skip
        assert b"Quintanilla" not in pdf

    def test_uses_no_transparency(self, face):
        pdf = sheets.cr80([face])

        assert not re.search(rb"/SMask|/ca |/CA |/Transparency", pdf)

    def test_draws_what_all_cards_share_only_once(self, make_face):
        one, eleven = sheets.cr80([make_face()]), sheets.cr80([make_face() for _ in range(11)])

        assert one.count(b"/Subtype /Form") == eleven.count(b"/Subtype /Form")
        assert (len(eleven) - len(one)) / 10 < 20_000

    def test_hands_the_portrait_on_as_the_jpeg_that_it_is(self, make_face, portrait_jpeg):
        assert portrait_jpeg in sheets.cr80([make_face()])

    def test_stops_at_a_character_that_no_typeface_has(self, make_face):
        with pytest.raises(MissingGlyph) as refused:
            sheets.cr80([make_face(name="Ana \U0001f600")])

        assert refused.value.characters == ("U+1F600 GRINNING FACE",)
        assert "Ana" not in str(refused.value)

    def test_differs_between_two_holders_only_where_their_own_fields_stand(self, make_face):
        first, second = (
            rendered(sheets.cr80([make_face(name=name, name_second=None, portrait=None)]), dpi=150)[0]
            for name in ("Ana Reis", "Bo Li")
        )

        left, top, right, bottom = _difference(first, second)
        assert left * 25.4 / 150 > 3.5
        assert right * 25.4 / 150 < 49
        assert top * 25.4 / 150 > 38
        assert bottom * 25.4 / 150 < 51.5


class TestA4:
    def test_prints_ten_cards_on_a_sheet_and_their_backs_on_the_next_page(self, make_face):
        pdf = sheets.a4([make_face() for _ in range(11)])

        assert page_sizes(pdf) == [pytest.approx((210, 297), abs=0.01)] * 4

    def test_puts_every_back_behind_its_front_when_the_sheet_is_turned_by_its_long_edge(self):
        for position in range(sheets.CARDS_A_SHEET):
            left, top = sheets.corner(position, mirrored=False)
            turned, turned_top = sheets.corner(position, mirrored=True)
            through_the_paper = sheets.mm(sheets.A4_WIDTH) - turned - sheets.mm(sheets.CARD_WIDTH)

            assert through_the_paper == pytest.approx(left, abs=sheets.mm(0.09))
            assert turned_top == top

    def test_leaves_used_positions_of_a_sheet_blank(self, face):
        page = rendered(sheets.a4([face], first_position=4), dpi=60)[0]

        inks = [_has_ink(page, position) for position in range(sheets.CARDS_A_SHEET)]
        assert inks == [position == 3 for position in range(sheets.CARDS_A_SHEET)]

    @pytest.mark.parametrize("position", [0, 11, -1])
    def test_refuses_a_position_that_no_sheet_has(self, face, position):
        with pytest.raises(ValueError, match="positions 1 to 10"):
            sheets.a4([face], first_position=position)

    def test_marks_where_to_cut_on_both_sides_of_the_sheet_outside_the_cards(self, face):
        front, back = rendered(sheets.a4([face]), dpi=120)

        above = (0, 0, front.width, round((297 - 5 * 53.98) / 2 / 25.4 * 120) - 3)
        assert _mean_difference(front.crop(above), back.crop(above)) == 0
        assert front.crop(above).convert("L").getextrema()[0] < 128

    def test_prints_the_same_card_that_a_card_printer_prints(self, face):
        card = rendered(sheets.cr80([face]), dpi=300)[0]
        sheet = rendered(sheets.a4([face]), dpi=300)[0]

        left, top = (round(place / 72 * 300) for place in sheets.corner(0, mirrored=False))
        cut = sheet.crop((left, top, left + card.width, top + card.height))
        inside = (30, 130, card.width - 10, card.height - 40)
        assert _mean_difference(card.crop(inside), cut.crop(inside)) < 3


class TestInParts:
    def test_cuts_a_run_into_files_that_hold_every_card_once(self, make_face):
        parts = list(sheets.in_parts(sheets.cr80, (make_face() for _ in range(7)), cards=3))

        assert [len(page_sizes(part)) for part in parts] == [6, 6, 2]

    def test_draws_a_part_only_when_it_is_asked_for(self, make_face):
        drawn = []
        faces = (drawn.append(number) or make_face() for number in range(10))

        next(sheets.in_parts(sheets.cr80, faces, cards=2))

        assert drawn == [0, 1]


def _base_fonts(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/FontName /(\S+)", pdf)}


def _difference(first, second):
    return ImageChops.difference(first, second).convert("L").point(lambda value: 255 if value > 40 else 0).getbbox()


def _mean_difference(first, second) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3


def _has_ink(page, position: int) -> bool:
    left, top = (place / 72 * 60 for place in sheets.corner(position, mirrored=False))
    inside = page.crop((round(left) + 5, round(top) + 5, round(left) + 195, round(top) + 120))
    return inside.convert("L").getextrema()[0] < 200
