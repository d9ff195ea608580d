"""A small picture on which nothing is found is looked at again: larger, sharper, smoother."""

import io
import random

import pytest
from PIL import Image, ImageFilter

from cardservice import scan
from cardservice.printing import qr_image

TEXT = "SMALL AND WORN " * 20


def picture(*, pixels: float, blur: float) -> bytes:
    """A code at so many pixels a module, out of focus."""
    sharp = Image.open(io.BytesIO(qr_image.png(qr_image.symbol(TEXT), module=8))).convert("L")
    side = round(sharp.width * pixels / 8)
    seen = sharp.rotate(30, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    small = seen.resize((round(seen.width * side / sharp.width),) * 2, Image.Resampling.BOX)
    out = io.BytesIO()
    small.filter(ImageFilter.GaussianBlur(blur)).save(out, "PNG")
    return out.getvalue()


def noisy(data: bytes) -> bytes:
    """The same in bad light: every pixel some eighty of 255 too dark or too bright."""
    chance, clean = random.Random(1), Image.open(io.BytesIO(data))
    grey = (min(255, max(0, round(pixel + chance.gauss(0, 80)))) for pixel in clean.tobytes())
    out = io.BytesIO()
    Image.frombytes("L", clean.size, bytes(grey)).save(out, "PNG")
    return out.getvalue()


class TestASmallPicture:
    def test_is_read_on_the_second_look_when_the_first_finds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hard = picture(pixels=2.0, blur=0.6)

        assert scan.qr_texts(hard) == [TEXT]
        monkeypatch.setattr(scan, "SMALL", 0)
        assert scan.qr_texts(hard) == []

    def test_is_read_sharper_when_it_is_out_of_focus(self) -> None:
        assert scan.qr_texts(picture(pixels=2.2, blur=1.1)) == [TEXT]

    def test_is_read_smoother_when_it_is_full_of_noise(self) -> None:
        assert scan.qr_texts(noisy(picture(pixels=4, blur=0.5))) == [TEXT]

    def test_is_enlarged_only_where_that_costs_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scan, "SMALL", 100)

        looks = [seen.size for seen in scan._looks(Image.new("L", (10, 10)))]
        assert looks == [(10, 10), (20, 20), (30, 30), (20, 20), (30, 30)]
        assert [seen.size for seen in scan._looks(Image.new("L", (11, 10)))] == [(11, 10)]
