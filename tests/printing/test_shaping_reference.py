"""Shaped text looks as a browser draws it: rendered from the PDF and compared, picture against picture."""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat
from playwright.sync_api import Browser
from printed import rendered

from cardservice.printing import text, typefaces
from cardservice.printing.paper import Paper

SIZE = 96
NAMES = {
    "NotoNaskhArabic": ("مُحَمَّد عبد اللّه كريم الحدّاد", "ara"),
    "NotoSansBengali": ("শ্রীকৃষ্ণ চট্টোপাধ্যায়", "ben"),
    "NotoSansDevanagari": ("श्रीकृष्ण र्‍यांचे ज्ञानेश्वर", "mar"),
    "NotoSansEthiopic": ("ዐቢይ ገብረ መድኅን", "amh"),
    "NotoSansGeorgian": ("ნინო გელაშვილი", "kat"),
    "NotoSansHebrew": ("שָׁלוֹם בֶּן־דָּוִד", "heb"),
    "NotoSansKhmer": ("ប៊ុនរ៉ានី ស្រីស្រស់ ក្រុម", "khm"),
    "NotoSansMyanmar": ("အောင်ဆန်းစုကြည်", "mya"),
    "NotoSansSinhala": ("ශ්‍රී ලංකා", "sin"),
    "NotoSansTamil": ("கிருஷ்ணமூர்த்தி", "tam"),
    "NotoSansThai": ("ญาณี น้ำใส กุ้ง", "tha"),
    "NotoSerifTibetan": ("བསྟན་འཛིན་རྒྱ་མཚོ", "bod"),
    "NotoSans": ("Nguyễn Thị Ọlá̀ Ẹ̀kọ́ ffi Ǹgụ́", "vie"),
}
OF_NOTO_SANS = {
    "Vietnamese": ("Đặng Quỳnh Ẩn Ỷ Nguyễn Phượng", "vie"),
    "Cyrillic": ("Їжакевич Щёголев Ґалаґан Ђорђе Өлзий", "ukr"),
    "combining marks": (unicodedata.normalize("NFC", "Ọ̀ṣun Ẹgbẹ́dá Mpɛ́tɛ Ụ́chè Ńdụ Kɔ́ngɔ́"), "yor"),
    "Greek": ("Ελευθερία Άννα Ὀρέστης", "ell"),
}
# From collections, of which only the slices that a name needs are given to the browser.
EAST_ASIAN = {
    "Chinese": ("司馬相如 李秀英", "zho"),
    "Japanese": ("髙橋さくら サトウ 直", "jpn"),
    "Korean": ("김민준 남궁옥분 빛", "kor"),
}
# Mean difference of brightness, of 255. The same text differs by the two rasterisers' edges only.
ALIKE = 2

Draw = Callable[..., Image.Image]


@pytest.fixture(scope="module")
def in_browser(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draw]:
    """A function that draws a text with a font file in Chromium."""
    page = chromium.new_page(viewport={"width": 2400, "height": 400})
    folder = tmp_path_factory.mktemp("reference")

    def draw(family: str, name: str, language: str, *more: Path) -> Image.Image:
        file = folder / f"{family}.html"
        fonts = more or (typefaces.FOLDER / f"{family}-400.ttf",)
        file.write_text(_page_of(fonts, name, language), "utf-8")
        page.goto(file.as_uri())
        page.evaluate("Promise.all([...document.fonts].map((font) => font.load())).then(() => document.fonts.ready)")
        return Image.open(io.BytesIO(page.screenshot())).convert("L")

    yield draw
    page.close()


class TestShape:
    @pytest.mark.parametrize("family", NAMES)
    def test_looks_as_in_a_browser(self, in_browser, family):
        name, language = NAMES[family]

        assert _unlike(_on_paper(name, language), in_browser(family, name, language)) < ALIKE

    @pytest.mark.parametrize("script", OF_NOTO_SANS)
    def test_looks_as_in_a_browser_where_one_typeface_serves_many_alphabets(self, in_browser, script):
        name, language = OF_NOTO_SANS[script]

        assert _unlike(_on_paper(name, language), in_browser("NotoSans", name, language)) < ALIKE

    @pytest.mark.parametrize("script", EAST_ASIAN)
    def test_looks_as_in_a_browser_where_a_typeface_comes_in_slices(self, in_browser, tmp_path, script):
        name, language = EAST_ASIAN[script]
        slices = _slices(name, language, tmp_path)

        assert len(slices) >= 2
        assert _unlike(_on_paper(name, language), in_browser(script, name, language, *slices)) < ALIKE

    def test_would_be_told_from_letters_that_do_not_join(self, in_browser):
        name, language = NAMES["NotoNaskhArabic"]
        apart = "\u200c".join(name)

        assert _unlike(_on_paper(apart, language), in_browser("NotoNaskhArabic", name, language)) > 3 * ALIKE

    def test_would_be_told_from_vowel_signs_in_the_wrong_place(self, in_browser):
        name, language = NAMES["NotoSansDevanagari"]
        apart = "\u200c".join(name)

        assert _unlike(_on_paper(apart, language), in_browser("NotoSansDevanagari", name, language)) > 3 * ALIKE


def _page_of(fonts: tuple[Path, ...], name: str, language: str) -> str:
    faces = "".join(
        f'@font-face {{ font-family: Reference{number}; src: url("{font.as_uri()}"); }}'
        for number, font in enumerate(fonts)
    )
    families = ", ".join(f"Reference{number}" for number in range(len(fonts)))
    # geometricPrecision: a screen would move letters to whole pixels, which paper does not have.
    tag = text._SHAPED_AS.get(language, language)
    return f"""<!doctype html><html lang="{tag}"><meta charset="utf-8"><style>{faces}
      body {{ margin: 120px; font: {SIZE}px/1 {families}; white-space: nowrap; text-rendering: geometricPrecision; }}
    </style><body>{name}"""


def _slices(name: str, language: str, folder: Path) -> tuple[Path, ...]:
    """The fonts that a name is written with, each as a file of its own."""
    found = dict.fromkeys(run.typeface.name for run in text.shape(name, language=language).runs)
    files = []
    for typeface in found:
        family, number = re.fullmatch(r"(\w+)-Regular(\d*)", typeface).groups()
        collection = typefaces.FOLDER / f"{family}-400.ttc"
        file = folder / f"{typeface}.ttf"
        if collection.exists():
            with TTFont(collection, fontNumber=int(number or 0)) as font:
                font.save(file)
        else:
            file = typefaces.FOLDER / f"{family}-400.ttf"
        files.append(file)
    return tuple(files)


def _on_paper(name: str, language: str) -> Image.Image:
    paper = Paper(2400, 400, "Reference")
    paper.text(text.shape(name, language=language), 120, 200, SIZE)
    paper.next_page()
    return rendered(paper.finish(), dpi=72)[0].convert("L")


def _unlike(first: Image.Image, second: Image.Image) -> float:
    """How much two drawings differ where there is ink, wherever on the page they stand."""
    boxes = [
        ImageOps.invert(picture).point(lambda value: value if value > 40 else 0).getbbox()
        for picture in (first, second)
    ]
    inks = [picture.crop(box) for picture, box in zip((first, second), boxes, strict=True)]
    width, height = (max(sides) for sides in zip(*(ink.size for ink in inks), strict=True))
    soft = [ImageOps.expand(_on_white(ink, width, height), 8, 255).filter(ImageFilter.GaussianBlur(2)) for ink in inks]
    return ImageStat.Stat(ImageChops.difference(*soft)).mean[0]


def _on_white(ink: Image.Image, width: int, height: int) -> Image.Image:
    white = Image.new("L", (width, height), 255)
    white.paste(ink, (0, 0))
    return white
