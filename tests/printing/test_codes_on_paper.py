"""Both codes are read off the printed card by readers we did not write, and are as large as they should be."""

import re
import shutil
import subprocess
import zlib

import pytest
from PIL import Image, ImageFilter
from printed import qr_text, rendered
from qr_codes import qr_codes

from cardservice.printing import layout, media
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH

needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg (Debian package zbar-tools) is absent")
# Versions that residence codes and identity codes come in, and the largest that fits with quiet zone.
LENGTHS = [(220, 700), (262, 900), (300, 1158), (366, 1240), (400, 1450)]
AS_PRINTED = pytest.mark.parametrize(("dpi", "blur"), [(300, 0), (150, 0.6)])


class TestCodes:
    @AS_PRINTED
    @pytest.mark.parametrize("lengths", LENGTHS)
    def test_are_read_by_zxing_off_the_page(self, make_face, lengths, dpi, blur):
        residence, identity = (qr_text(length) for length in lengths)

        front, back = _pages(make_face(residence_code=residence, identity_code=identity), dpi, blur)

        assert [code.text for code in qr_codes(front)] == [residence]
        assert [code.text for code in qr_codes(back)] == [identity]

    @needs_zbar
    @AS_PRINTED
    def test_are_read_by_zbar_off_the_page(self, make_face, tmp_path, dpi, blur):
        residence, identity = qr_text(300), qr_text(1158)

        front, back = _pages(make_face(residence_code=residence, identity_code=identity), dpi, blur)

        assert _zbar(front, tmp_path) == residence
        assert _zbar(back, tmp_path) == identity

    @AS_PRINTED
    def test_are_read_off_a_sheet_of_ten(self, make_face, dpi, blur):
        faces = [make_face(residence_code=qr_text(300, seed), identity_code=qr_text(1158, seed)) for seed in range(10)]

        fronts, backs = (_blurred(page, blur) for page in rendered(media.pdf(faces, media.A4), dpi=dpi))

        assert {code.text for code in qr_codes(fronts)} == {face.residence_code for face in faces}
        assert {code.text for code in qr_codes(backs)} == {face.identity_code for face in faces}

    def test_are_painted_in_black_ink_alone(self, face):
        streams = _streams(media.pdf([face], media.CR80))

        painting = [stream for stream in streams if re.search(rb"/FormXob\.picture\d+ Do", stream)]
        codes = [stream for stream in painting if b"q 0 0 0 1 k" in stream]
        assert len(painting) == len(codes) == 2

    def test_have_modules_of_whole_printer_dots_measured_at_1200_dpi(self, face):
        for page, place in zip(
            rendered(media.pdf([face], media.CR80), dpi=1200),
            (layout.front_code(face.residence_code), layout.back_code(face.identity_code)),
            strict=True,
        ):
            left, top, width, height = _extent(page, place)

            assert width == pytest.approx(place.side_mm, abs=0.05)
            assert height == pytest.approx(place.side_mm, abs=0.05)
            assert left == pytest.approx(place.left / layout.DOTS_A_MM, abs=0.05)
            assert top == pytest.approx(place.top / layout.DOTS_A_MM, abs=0.05)


class TestPlaces:
    def test_give_the_identity_code_of_version_23_five_dots_a_module_and_46_millimetres(self):
        place = layout.back_code(qr_text(1158))

        assert (place.symbol.version, place.dots) == (23, 5)
        assert place.side_mm == pytest.approx(46.14, abs=0.01)

    @pytest.mark.parametrize(
        ("length", "version", "dots"),
        [(600, 15, 6), (900, 19, 6), (960, 20, 5), (1450, 25, 5), (1500, 26, 4)],
    )
    def test_choose_whole_dots_for_other_versions(self, length, version, dots):
        place = layout.back_code(qr_text(length))

        assert (place.symbol.version, place.dots) == (version, dots)

    @pytest.mark.parametrize("length", [230, 262, 263, 300, 311])
    def test_print_the_residence_code_29_to_31_millimetres_wide(self, length):
        place = layout.front_code(qr_text(length))

        assert place.symbol.version in (9, 10)
        assert 28.9 <= place.side_mm <= 31.5

    @pytest.mark.parametrize("length", range(20, 1700, 70))
    def test_keep_four_light_modules_around_every_code_on_the_card(self, length):
        left, top, side = layout.back_code(qr_text(length)).panel

        assert left >= 0
        assert top >= 0
        assert left + side <= CARD_WIDTH
        assert top + side <= CARD_HEIGHT

    @pytest.mark.parametrize("length", [600, 1158, 1240, 1500])
    def test_put_the_identity_code_equally_far_from_three_edges(self, length):
        left, top, side = layout.back_code(qr_text(length)).panel

        assert CARD_HEIGHT - top - side == pytest.approx(top, abs=0.1)
        assert CARD_WIDTH - left - side == pytest.approx(top, abs=0.1)

    def test_refuse_a_code_that_would_need_modules_too_small_to_scan(self):
        with pytest.raises(layout.CodeDoesNotFit):
            layout.back_code(qr_text(2500))

    def test_keep_the_quiet_zone_light_on_the_printed_card(self, make_face):
        for length in (262, 300):
            face = make_face(residence_code=qr_text(length))
            front, back = rendered(media.pdf([face], media.CR80), dpi=300)
            for page, place in (
                (front, layout.front_code(face.residence_code)),
                (back, layout.back_code(face.identity_code)),
            ):
                assert _darkest_around(page, place) > 200


def _pages(face, dpi: int, blur: float) -> list[Image.Image]:
    return [_blurred(page, blur) for page in rendered(media.pdf([face], media.CR80), dpi=dpi)]


def _blurred(page: Image.Image, radius: float) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(radius)) if radius else page


def _zbar(page: Image.Image, folder) -> str:
    file = folder / "page.png"
    page.save(file)
    run = subprocess.run(["zbarimg", "-q", "--raw", str(file)], capture_output=True, text=True, check=False)
    return run.stdout.removesuffix("\n")


def _streams(pdf: bytes) -> list[bytes]:
    found = []
    for data in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(data))
        except zlib.error:
            continue
    return found


def _extent(page: Image.Image, place: layout.CodePlace) -> tuple[float, float, float, float]:
    """Where the ink of a code is, in millimetres; looked for within its quiet zone."""
    left, top, side = (value / 25.4 * 1200 for value in place.panel)
    panel = page.crop((round(left) + 8, round(top) + 8, round(left + side) - 8, round(top + side) - 8))
    ink = panel.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    x, y, right, bottom = (value * 25.4 / 1200 for value in ink)
    return (round(left) + 8) * 25.4 / 1200 + x, (round(top) + 8) * 25.4 / 1200 + y, right - x, bottom - y


def _darkest_around(page: Image.Image, place: layout.CodePlace) -> int:
    quiet = 4 * place.dots
    side = len(place.symbol.rows) * place.dots
    left, top = place.left, place.top
    strips = (
        (left - quiet + 2, top - quiet + 2, left + side + quiet - 2, top - 2),
        (left - quiet + 2, top + side + 2, left + side + quiet - 2, top + side + quiet - 2),
        (left - quiet + 2, top - quiet + 2, left - 2, top + side + quiet - 2),
        (left + side + 2, top - quiet + 2, left + side + quiet - 2, top + side + quiet - 2),
    )
    return min(page.crop(strip).convert("L").getextrema()[0] for strip in strips)
