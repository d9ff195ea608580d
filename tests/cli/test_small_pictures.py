"""A picture of few pixels a module is looked at again, larger."""

import io

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


class TestASmallPicture:
    def test_is_read_on_the_second_look_when_the_first_finds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hard = picture(pixels=2.0, blur=0.6)

        assert scan.qr_texts(hard) == [TEXT]
        monkeypatch.setattr(scan, "SMALL", 0)
        assert scan.qr_texts(hard) == []

    def test_is_enlarged_only_where_that_costs_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scan, "SMALL", 100)

        assert [seen.size for seen in scan._looks(Image.new("L", (10, 10)))] == [(10, 10), (20, 20), (30, 30)]
        assert [seen.size for seen in scan._looks(Image.new("L", (11, 10)))] == [(11, 10)]
