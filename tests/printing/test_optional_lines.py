"""Lines that a holder asked for are on that print and nowhere else; and a mark where a town's printers punch."""

import pypdfium2
import pytest
from PIL import ImageChops
from printed import rendered

from cardservice.printing import layout, media, optional_lines, tactile
from cardservice.printing.layout import CARD_WIDTH
from cardservice.printing.optional_lines import LONGEST, LineKind, LineRefused, OptionalLine

CONTACT = OptionalLine(LineKind.EMERGENCY_CONTACT, "Sofia +351 912 345 678")


class TestLine:
    def test_is_taken_as_it_was_typed_but_for_spaces(self):
        assert optional_lines.line(LineKind.ALLERGY, "  peanuts,\tpenicillin ") == OptionalLine(
            LineKind.ALLERGY, "peanuts, penicillin"
        )

    def test_may_be_a_name_of_any_script_with_the_joiners_that_it_needs(self):
        assert optional_lines.line(LineKind.EMERGENCY_CONTACT, "گل‌محمدی 0912") is not None

    @pytest.mark.parametrize("typed", ["", "   ", "\n\t"])
    def test_is_none_where_nothing_was_typed(self, typed):
        assert optional_lines.line(LineKind.ALLERGY, typed) is None

    @pytest.mark.parametrize(
        ("typed", "code", "character"),
        [
            ("x" * (LONGEST + 1), "too-long", None),
            ("Ana \u202egnp", "bad-character", "U+202E RIGHT-TO-LEFT OVERRIDE"),
            ("Ana\u200b", "bad-character", "U+200B ZERO WIDTH SPACE"),
            ("\ue000", "bad-character", "U+E000 without a name"),
            ("call 😀", "bad-character", "U+1F600 GRINNING FACE"),
        ],
    )
    def test_is_refused_where_it_cannot_be_printed_and_the_refusal_does_not_say_it(self, typed, code, character):
        with pytest.raises(LineRefused) as refused:
            optional_lines.line(LineKind.EMERGENCY_CONTACT, typed)

        assert (refused.value.code, refused.value.character) == (code, character)
        assert typed.strip() not in str(refused.value)
        assert "Ana" not in str(refused.value)

    def test_does_not_show_itself_in_a_log(self):
        assert "Sofia" not in repr(CONTACT)
        assert "912" not in repr(CONTACT)


class TestOnTheBack:
    def test_stands_behind_its_label_in_the_towns_first_language(self, make_face):
        back = _words(media.pdf([make_face(optional_lines=(CONTACT,))], media.CR80), page=1)

        assert "Emergency: Sofia +351 912 345 678" in back

    def test_is_in_neither_code_and_on_no_other_card_of_the_run(self, make_face):
        face = make_face(optional_lines=(CONTACT,))
        pdf = media.pdf([face, make_face()], media.CR80)

        assert "Sofia" not in face.identity_code + face.residence_code
        assert [page for page in range(4) if "Sofia" in _words(pdf, page=page)] == [1]

    def test_leaves_the_front_and_the_code_as_they_are(self, make_face):
        without, with_it = (
            rendered(media.pdf([make_face(optional_lines=lines)], media.CR80), dpi=150) for lines in ((), (CONTACT,))
        )

        assert ImageChops.difference(without[0], with_it[0]).getbbox() is None
        left, _, right, _ = ImageChops.difference(without[1], with_it[1]).getbbox()
        assert left > 0
        assert right / 150 * 25.4 < 31.6


class TestMark:
    @pytest.mark.parametrize("down", [tactile.NEAREST, 27.0, tactile.FURTHEST])
    def test_is_at_one_place_of_the_card_whichever_side_is_up_and_off_every_code(self, make_face, down):
        plain, marked = (rendered(media.pdf([make_face(mark=mark)], media.CR80), dpi=300) for mark in (0.0, down))

        front, back = (
            [place / 300 * 25.4 for place in ImageChops.difference(*pages).getbbox()]
            for pages in zip(plain, marked, strict=True)
        )
        _, _, code_side = layout.front_code(make_face().residence_code).panel
        code_left, *_ = layout.front_code(make_face().residence_code).panel
        assert front[0] > code_left + code_side - 0.1
        assert front[2] == pytest.approx(CARD_WIDTH, abs=0.1)
        assert back[0] == pytest.approx(0, abs=0.1)
        assert CARD_WIDTH - front[0] == pytest.approx(back[2], abs=0.15) == pytest.approx(tactile.RADIUS, abs=0.2)
        assert (
            (front[1] + front[3]) / 2 == pytest.approx(down, abs=0.1) == pytest.approx((back[1] + back[3]) / 2, abs=0.1)
        )


def _words(pdf: bytes, *, page: int) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[page].get_textpage().get_text_range().split())
