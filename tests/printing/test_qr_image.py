"""A code as a picture of its own."""

import io

import pytest
from PIL import Image
from printed import qr_text
from qr_codes import qr_codes

from cardservice.printing import qr_image


class TestPng:
    def test_draws_whole_pixels_a_module_with_four_light_modules_around(self):
        symbol = qr_image.symbol(qr_text(300))

        picture = Image.open(io.BytesIO(qr_image.png(symbol, module=3)))

        assert picture.size == (3 * (57 + 8),) * 2
        assert picture.mode == "1"
        assert picture.crop((12, 12, 15, 15)).getextrema() == (0, 0)
        assert picture.crop((0, 0, picture.width, 12)).getextrema() == (255, 255)

    def test_is_read_back_as_the_text(self):
        text = qr_text(1158)

        picture = Image.open(io.BytesIO(qr_image.png(qr_image.symbol(text))))

        assert [code.text for code in qr_codes(picture)] == [text]


class TestSymbol:
    @pytest.mark.parametrize("text", ["", "lower case", "UMLAUT Ä"])
    def test_refuses_what_base45_never_writes(self, text):
        with pytest.raises(ValueError, match="capital letters"):
            qr_image.symbol(text)
