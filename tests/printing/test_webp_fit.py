"""The best quality that fits, found in few tries wherever the search begins."""

import io
import random

import pytest
from PIL import Image

from cardservice.printing import portrait, portrait_code, sample_portraits, webp_fit


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The qualities that were tried."""
    tried: list[int] = []
    encode = webp_fit._encoded

    def counted(picture: Image.Image, quality: int) -> bytes:
        tried.append(quality)
        return encode(picture, quality)

    monkeypatch.setattr(webp_fit, "_encoded", counted)
    return tried


@pytest.fixture(scope="module")
def face() -> Image.Image:
    return (
        Image.open(io.BytesIO(portrait.prepare(sample_portraits.draw(2)).print_jpeg)).convert("RGB").resize((80, 100))
    )


class TestFit:
    @pytest.mark.parametrize("most", [300, 500, 900, 3000])
    @pytest.mark.parametrize("begin", [0, 18, 60, 100])
    def test_fits_and_would_not_at_the_next_quality(self, face, most, begin):
        fitted = webp_fit.fit(face, most, begin=begin)

        assert fitted is not None
        assert fitted.webp == webp_fit._encoded(face, fitted.quality)
        assert len(fitted.webp) <= most
        assert fitted.quality == 100 or len(webp_fit._encoded(face, fitted.quality + 1)) > most

    def test_takes_the_best_quality_where_that_fits(self, face):
        fitted = webp_fit.fit(face, 100_000, begin=20)

        assert fitted is not None
        assert fitted.quality == 100

    @pytest.mark.parametrize("begin", [0, 50, 100])
    def test_finds_nothing_where_the_worst_is_too_large(self, face, begin):
        assert webp_fit.fit(face, 60, begin=begin) is None

    @pytest.mark.parametrize("begin", [0, 18, 60, 100])
    def test_needs_few_tries(self, face, tries, begin):
        webp_fit.fit(face, 500, begin=begin)

        assert len(tries) <= 6
        assert len(set(tries)) == len(tries)

    @pytest.mark.parametrize("seed", range(20))
    def test_ends_however_little_the_size_says(self, monkeypatch, seed):
        chance, tried = random.Random(seed), []

        def erratic(_: Image.Image, quality: int) -> bytes:
            tried.append(quality)
            return bytes(chance.choice((1, 499, 500, 501, 100_000)))

        monkeypatch.setattr(webp_fit, "_encoded", erratic)
        webp_fit.fit(Image.new("RGB", (8, 10)), 500, begin=18)

        assert len(tried) <= 4 + 7


class TestExpected:
    def test_knows_more_bytes_for_better_and_fewer_for_worse(self):
        assert webp_fit.expected(30, 500, 500) == 30
        assert webp_fit.expected(30, 400, 500) > 30 > webp_fit.expected(30, 600, 500)
        assert (webp_fit.expected(30, 5, 500), webp_fit.expected(30, 5000, 500)) == (100, 0)

    @pytest.mark.parametrize("seed", range(6))
    def test_spares_a_face_half_of_the_tries(self, tries, seed):
        printed = Image.open(io.BytesIO(portrait.prepare(sample_portraits.draw(seed)).print_jpeg)).convert("RGB")
        tries.clear()

        portrait_code.code_webp(printed)

        # Eight widths and the picture as it is, by halves of 0 to 100, were 62.
        assert len(tries) <= 31
