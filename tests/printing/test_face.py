"""What stands on a card: words in the town's languages, its colours, dates, and a preview that is the print."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat
from printed import rendered

from cardservice.printing import media, palette, preview, wording
from cardservice.printing.palette import Palette, UnreadableColour
from cardservice.printing.words_in import UnknownLanguage

AS_GOOD_AS_ALIKE = 4
"""Of 255, the root of the mean square of what a JPEG of these letters differs by."""


class TestWording:
    def test_has_every_word_in_every_language(self):
        words = wording.wording(tuple(wording.WORDS))

        for name in wording.Wording.__slots__:
            assert len(getattr(words, name)) == len(wording.WORDS) >= 5
            assert all(getattr(words, name))

    def test_keeps_the_order_of_the_town_and_names_no_language_twice(self):
        assert wording.wording(["fr", "en", "fr-CA", "pt_BR"]).languages == ("fr", "en", "pt")

    def test_names_the_languages_there_are_when_asked_for_another(self):
        with pytest.raises(UnknownLanguage, match=r"'xx'.*ar, en, es, fr, pt"):
            wording.wording(["en", "xx"])

    @pytest.mark.parametrize("languages", [["en"], ["en", "fr", "ar"], ["pt", "es", "ar", "fr", "en"]])
    def test_fits_the_card_whatever_the_languages_and_however_long_the_town(self, make_face, languages):
        face = make_face(wording=wording.wording(languages), town="Saint-Étienne-de-Montluc-sur-Loire-et-Vilaine")

        assert len(media.pdf([face], media.CR80)) > 10_000


class TestPalette:
    @pytest.mark.parametrize(
        "colour", ["#0f5c63", "#8c2f39", "#2d4a7c", "#f2b705", "#7a7a7a", "#2e8b57", "#ffffff", "#000000"]
    )
    def test_has_readable_text_on_every_ground(self, colour):
        made = Palette.of(colour)

        assert palette.contrast(made.on_town, made.town) >= 4.5
        assert palette.contrast(made.accent, palette.WHITE) >= 4.5
        assert palette.contrast(palette.INK, made.tint) >= 4.5

    @pytest.mark.parametrize("colour", ["red", "#fff", "0f5c63", "#0f5c6g", "#0f5c63\n"])
    def test_refuses_what_is_no_colour(self, colour):
        with pytest.raises(UnreadableColour, match="#rrggbb"):
            Palette.of(colour)

    def test_counts_contrast_as_wcag_does(self):
        assert palette.contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
        assert palette.contrast((0x77 / 255,) * 3, (1, 1, 1)) == pytest.approx(4.48, abs=0.01)


class TestCardFace:
    @pytest.mark.parametrize(
        ("birth_date", "words"), [("19850312", "1985-03-12"), ("19850300", "1985-03"), ("19850000", "1985")]
    )
    def test_prints_as_much_of_a_birth_date_as_is_known(self, make_face, birth_date, words):
        assert make_face(birth_date=birth_date).birth_date_words == words

    def test_prints_dates_that_read_the_same_in_every_language(self, make_face):
        assert make_face(valid_until=date(2029, 1, 2)).valid_until_words == "2029-01-02"


class TestPreview:
    def test_is_the_page_that_would_be_printed(self, face):
        pages = rendered(media.pdf([face], media.CR80), dpi=150)

        for page, back in zip(pages, (False, True), strict=True):
            shown = Image.open(io.BytesIO(preview.picture(face, back=back)))
            assert max(ImageStat.Stat(ImageChops.difference(shown, page)).rms) < AS_GOOD_AS_ALIKE

    def test_draws_for_one_desk_at_a_time_because_pdfium_can_do_no_more(self, face, monkeypatch):
        drawing, together = [], []

        def slowly(page: object, _: int) -> Image.Image:
            drawing.append(page)
            time.sleep(0.01)
            together.append(len(drawing))
            drawing.remove(page)
            return Image.new("RGB", (1, 1))

        monkeypatch.setattr(preview, "_drawn", slowly)
        with ThreadPoolExecutor(4) as desks:
            list(desks.map(lambda back: preview.picture(face, back=back), [False, True] * 4))

        assert together == [1] * 8

    def test_has_no_codes_before_the_card_is_issued_and_nothing_like_one(self, make_face):
        face = make_face(identity_code=None, residence_code=None)

        for back in (False, True):
            page = Image.open(io.BytesIO(preview.picture(face, back=back, dpi=300)))
            assert zxingcpp.read_barcodes(page) == []

    def test_shows_a_card_without_a_portrait(self, make_face):
        front = preview.picture(make_face(portrait=None), back=False)

        assert Image.open(io.BytesIO(front)).size == (506, 319)


class TestNothingTouchesTheEdge:
    def test_keeps_letters_and_codes_2_and_a_half_millimetres_inside(self, make_face):
        face = make_face(name="W" * 128, name_second="كريم الحدّاد " * 9, portrait=None)

        for page in rendered(media.pdf([face], media.CR80), dpi=300):
            black = page.convert("L").point(lambda value: 255 if value < 60 else 0)
            left, top, right, bottom = (value / 300 * 25.4 for value in black.getbbox())
            assert left > 2.5
            assert top > 2.5
            assert right < 85.6 - 2.5
            assert bottom < 53.98 - 2.5
