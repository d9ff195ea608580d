"""Names in any script come out of the PDF as they went in, and a letter that cannot be printed is named."""

import re
import shutil
import subprocess
import unicodedata

import pypdfium2
import pytest

from cardservice.printing import media, text, typefaces
from cardservice.printing.paper import Paper

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is absent")
# Readers mark where right-to-left text begins and ends; that is theirs, not the name's.
MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")
LEFT_TO_RIGHT = [
    ("María de los Ángeles Ñandú", "spa"),
    ("Nguyễn Thị Minh Khai", "vie"),
    ("Ọlá̀ Ẹ́kọ́", "yor"),
    ("Олександр Їжакевич", "ukr"),
    ("Ελευθερία Παπαδοπούλου", "ell"),
    ("श्रीकृष्ण चट्टोपाध्याय", "hin"),
    ("শ্রীকৃষ্ণ", "ben"),
    ("கிருஷ்ணமூர்த்தி", "tam"),
    ("ශ්‍රී ලංකා", "sin"),
    ("ዐቢይ ገብረ", "amh"),
    ("ნინო გელაშვილი", "kat"),
    ("Արամ Խաչատրյան", "hye"),
    ("ប៊ុនរ៉ានី ហ៊ុន សែន", "khm"),
    ("สมชาย น้ำใส", "tha"),
    ("ສົມສັກ", "lao"),
    ("အောင်ဆန်းစုကြည်", "mya"),
    ("བསྟན་འཛིན", "bod"),
    ("ⴰⵎⴰⵣⵉⵖ", "zgh"),
    ("司馬相如", "zho"),
    ("髙橋さくら", "jpn"),
    ("김민준", "kor"),
]
RIGHT_TO_LEFT = [
    ("كريم الحدّاد", "ara"),
    ("مُحَمَّد", "ara"),
    ("گل‌محمدی", "fas"),
    ("דוד בן־גוריון", "heb"),
    ("שָׁלוֹם", "heb"),
    ("ܣܘܪܝܝܐ", "syr"),
    ("𞤀𞤣𞤤𞤢𞤥", "ful"),
    ("ߞߊ߲ߓߍ", "nqo"),
    ("𐴀𐴞𐴕", "rhg"),
    ("Ali محمد Bey", "ara"),
]
NAMES = [(unicodedata.normalize("NFC", name), language) for name, language in LEFT_TO_RIGHT + RIGHT_TO_LEFT]


class TestExtraction:
    @needs_pdftotext
    @pytest.mark.parametrize(("name", "language"), NAMES)
    def test_gives_the_name_back_through_pdftotext(self, name, language):
        pdf = _printed(name, language)

        run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
        assert MARKS.sub("", run.stdout.decode()).strip() == name

    @pytest.mark.parametrize(("name", "language"), LEFT_TO_RIGHT)
    def test_gives_the_name_back_through_pdfium(self, name, language):
        name = unicodedata.normalize("NFC", name)
        page = pypdfium2.PdfDocument(_printed(name, language))[0]

        assert page.get_textpage().get_text_range().strip() == name

    @needs_pdftotext
    def test_gives_a_name_back_whole_that_stands_on_several_lines(self, make_face):
        name = "María de los Ángeles Fernández de Córdoba y Álvarez de Toledo"

        pdf = media.pdf([make_face(name=name, name_second=None)], media.CR80)

        run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
        assert name in run.stdout.decode().splitlines()


class TestShape:
    def test_composes_letters_before_choosing_glyphs(self):
        assert text.shape("Ange\u0301l").text == "Angél"

    def test_draws_han_as_the_language_of_the_name_does(self):
        chinese, japanese, korean = (
            text.shape("直", language=language).runs[0].typeface.name for language in ("zho", "jpn", "kor")
        )

        assert "SC" in chinese
        assert "JP" in japanese
        assert "KR" in korean

    def test_takes_the_regular_weight_where_a_script_has_no_other(self):
        assert text.shape("ⴰⵎⴰⵣⵉⵖ", weight=typefaces.SEMIBOLD).runs[0].typeface.name == "NotoSansTifinagh-Regular"

    def test_writes_every_script_with_its_own_typeface(self):
        for script, family in typefaces._FAMILIES.items():
            assert (typefaces.FOLDER / f"{family}-400.ttf").is_file(), script

    def test_uses_combining_marks_of_the_letters_typeface(self):
        assert {run.typeface.name for run in text.shape("Ẹ̀kọ́ Ǹgụ́").runs} == {"NotoSans-Regular"}

    def test_takes_an_empty_text(self):
        assert text.shape("").width == 0


class TestMissing:
    def test_names_each_character_once_and_never_the_text(self):
        assert text.missing("Ana \U0001f600\U0001f600 \U0001f984") == (
            "U+1F600 GRINNING FACE",
            "U+1F984 UNICORN FACE",
        )

    def test_is_empty_for_what_can_be_printed(self):
        assert text.missing("Zoë O’Neill-Strauß") == ()

    def test_says_what_to_do(self):
        with pytest.raises(text.MissingGlyph, match=r"U\+1F600 GRINNING FACE.*make fonts-rare-han"):
            text.shape("\U0001f600")


class TestClusters:
    def test_keep_marks_joiners_and_conjuncts_with_their_letter(self):
        assert text.clusters("नि") == ["नि"]
        assert text.clusters("क्षत्र") == ["क्ष", "त्र"]
        assert text.clusters("e\u0301a") == ["e\u0301", "a"]


def _printed(name: str, language: str) -> bytes:
    paper = Paper(300, 60, "Name")
    paper.text(text.shape(name, language=language), 20, 20, 14)
    paper.next_page()
    return paper.finish()
