"""Which typeface writes which script, and the typefaces themselves as HarfBuzz fonts.

Every font here was fetched at set-up (fonts/fetch.py) and is opened once and kept. A character is written with the
typeface of its script, else with Noto Sans, else with whatever typeface has it; where none has it, nobody prints a
box: text.py refuses and names the character. Han is drawn as the language of the text draws it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import uharfbuzz as hb

FOLDER = Path(__file__).parent / "fonts"
REGULAR, SEMIBOLD = 400, 600

_FAMILIES = {
    "Adlm": "NotoSansAdlam",
    "Ahom": "NotoSerifAhom",
    "Arab": "NotoNaskhArabic",
    "Armn": "NotoSansArmenian",
    "Bali": "NotoSansBalinese",
    "Bamu": "NotoSansBamum",
    "Beng": "NotoSansBengali",
    "Bugi": "NotoSansBuginese",
    "Buhd": "NotoSansBuhid",
    "Cakm": "NotoSansChakma",
    "Cans": "NotoSansCanadianAboriginal",
    "Cham": "NotoSansCham",
    "Cher": "NotoSansCherokee",
    "Copt": "NotoSansCoptic",
    "Cyrl": "NotoSans",
    "Deva": "NotoSansDevanagari",
    "Dogr": "NotoSerifDogra",
    "Ethi": "NotoSansEthiopic",
    "Geor": "NotoSansGeorgian",
    "Gran": "NotoSerifGrantha",
    "Grek": "NotoSans",
    "Gujr": "NotoSansGujarati",
    "Guru": "NotoSansGurmukhi",
    "Hano": "NotoSansHanunoo",
    "Hebr": "NotoSansHebrew",
    "Hmnp": "NotoSerifNyiakengPuachueHmong",
    "Java": "NotoSansJavanese",
    "Kali": "NotoSansKayahLi",
    "Khmr": "NotoSansKhmer",
    "Khoj": "NotoSerifKhojki",
    "Knda": "NotoSansKannada",
    "Lana": "NotoSansTaiTham",
    "Laoo": "NotoSansLao",
    "Latn": "NotoSans",
    "Lepc": "NotoSansLepcha",
    "Limb": "NotoSansLimbu",
    "Lisu": "NotoSansLisu",
    "Mend": "NotoSansMendeKikakui",
    "Mlym": "NotoSansMalayalam",
    "Modi": "NotoSansModi",
    "Mong": "NotoSansMongolian",
    "Mtei": "NotoSansMeeteiMayek",
    "Mymr": "NotoSansMyanmar",
    "Newa": "NotoSansNewa",
    "Nkoo": "NotoSansNKo",
    "Nshu": "NotoSansNushu",
    "Olck": "NotoSansOlChiki",
    "Orya": "NotoSansOriya",
    "Osge": "NotoSansOsage",
    "Osma": "NotoSansOsmanya",
    "Pauc": "NotoSansPauCinHau",
    "Plrd": "NotoSansMiao",
    "Rjng": "NotoSansRejang",
    "Rohg": "NotoSansHanifiRohingya",
    "Samr": "NotoSansSamaritan",
    "Saur": "NotoSansSaurashtra",
    "Shrd": "NotoSansSharada",
    "Sind": "NotoSansKhudawadi",
    "Sinh": "NotoSansSinhala",
    "Sora": "NotoSansSoraSompeng",
    "Sund": "NotoSansSundanese",
    "Sylo": "NotoSansSylotiNagri",
    "Syrc": "NotoSansSyriac",
    "Tagb": "NotoSansTagbanwa",
    "Tale": "NotoSansTaiLe",
    "Talu": "NotoSansNewTaiLue",
    "Taml": "NotoSansTamil",
    "Tavt": "NotoSansTaiViet",
    "Telu": "NotoSansTelugu",
    "Tfng": "NotoSansTifinagh",
    "Tglg": "NotoSansTagalog",
    "Thaa": "NotoSansThaana",
    "Thai": "NotoSansThai",
    "Tibt": "NotoSerifTibetan",
    "Tirh": "NotoSansTirhuta",
    "Tnsa": "NotoSansTangsa",
    "Toto": "NotoSerifToto",
    "Vaii": "NotoSansVai",
    "Wara": "NotoSansWarangCiti",
    "Yiii": "NotoSansYi",
}
_HAN = ("NotoSansSC", "NotoSansTC", "NotoSansHK", "NotoSansJP", "NotoSansKR")
_HAN_FIRST = {
    "Hang": "NotoSansKR",
    "Hira": "NotoSansJP",
    "Kana": "NotoSansJP",
    "jpn": "NotoSansJP",
    "kor": "NotoSansKR",
    "yue": "NotoSansHK",
    "hak": "NotoSansTC",
    "nan": "NotoSansTC",
}
_NAMED = 5  # typefaces named in one message
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})


class FontsMissing(RuntimeError):
    """Typefaces that the set-up fetches are not on this machine, or are damaged; the message names them."""

    def __init__(self, files: tuple[str, ...]) -> None:
        named = ", ".join(files[:_NAMED]) + (f" and {len(files) - _NAMED} more" if len(files) > _NAMED else "")
        super().__init__(
            f"Typefaces that cards are printed with are missing or damaged: {named}. Fetch them with: make fonts"
        )
        self.files = files


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """One font at one weight. Lengths that HarfBuzz gives are in units, of which `units` make an em."""

    name: str
    face: hb.Face
    font: hb.Font
    units: int
    ascent: float
    descent: float
    characters: frozenset[str] = field(repr=False)
    _inks: dict[int, tuple[float, float]] = field(default_factory=dict, repr=False, compare=False)

    def ink(self, glyph: int) -> tuple[float, float]:
        """How far a glyph's ink reaches from the baseline: its upper and its lower edge, in ems, upwards."""
        known = self._inks.get(glyph)
        if known is None:
            extents = self.font.get_glyph_extents(glyph)
            top, height = (extents.y_bearing, extents.height) if extents is not None else (0, 0)
            known = self._inks[glyph] = top / self.units, (top + height) / self.units
        return known

    def has(self, text: Iterable[str]) -> bool:
        return self.characters.issuperset(text)


def find(text: str, script: str, language: str | None, weight: int) -> Typeface | None:
    """The first typeface that has every character of this text; None where there is none.

    script: ISO 15924; language: ISO 639-3; weight: REGULAR or SEMIBOLD, or the nearest that a family has.
    """
    usual_one = usual(script, weight)
    if usual_one is not None and usual_one.has(text):
        return usual_one
    return next((face for face in _candidates(text[:1], script, language, weight) if face.has(text)), None)


def check() -> None:
    """Raise FontsMissing unless every script has its typeface; for the start of the service, not for the counter."""
    if damaged := tuple(name for name in needed() if not _opens(FOLDER / name)):
        raise FontsMissing(damaged)


def needed() -> list[str]:
    """The files that every machine has once the set-up has run; a second weight is there for some scripts only."""
    scripts = sorted({f"{family}-{REGULAR}.ttf" for family in _FAMILIES.values()} | {f"NotoSans-{SEMIBOLD}.ttf"})
    return scripts + [f"{family}-{weight}.ttc" for family in _HAN for weight in (REGULAR, SEMIBOLD)]


def _opens(file: Path) -> bool:
    if not file.is_file():
        return False
    face = hb.Face(hb.Blob.from_file_path(str(file)))
    # A file that was cut off has fewer characters than its index says, or none.
    return face.glyph_count > 0 and len(face.unicodes) > 0 and hb.Font(face).get_font_extents("ltr") is not None


@cache
def usual(script: str, weight: int) -> Typeface | None:
    """The typeface that this script is written with, whatever the language; None where there is none or several."""
    return next(_family(_FAMILIES[script], weight), None) if script in _FAMILIES else None


def _candidates(first: str, script: str, language: str | None, weight: int) -> Iterator[Typeface]:
    if script in _EAST_ASIAN:
        yield from _east_asian(first, script, language, weight)
    yield from _family("NotoSans", weight)
    for family in dict.fromkeys(_FAMILIES.values()):
        yield from _family(family, weight)
    yield from _east_asian(first, script, language, weight)


def _east_asian(first: str, script: str, language: str | None, weight: int) -> Iterator[Typeface]:
    """The slices that have this character, as the language draws it first; last the rarer characters, if fetched."""
    preferred = _HAN_FIRST.get(script) or _HAN_FIRST.get(language or "") or _HAN[0]
    for family in (preferred, *(name for name in _HAN if name != preferred)):
        slice_number = _slices(family, weight).get(ord(first)) if first else None
        if slice_number is not None:
            yield _open(FOLDER / f"{family}-{weight}.ttc", slice_number)
    yield from _family("NotoSansSC", weight)


def _family(family: str, weight: int) -> Iterator[Typeface]:
    """Some scripts come in one weight only: then that one."""
    for file in (FOLDER / f"{family}-{weight}.ttf", FOLDER / f"{family}-{REGULAR}.ttf"):
        if _exists(file):
            yield _open(file, 0)
            return


@cache
def _exists(file: Path) -> bool:
    if not (FOLDER / f"NotoSans-{REGULAR}.ttf").is_file():
        raise FontsMissing((f"NotoSans-{REGULAR}.ttf",))
    return file.is_file()


@cache
def _slices(family: str, weight: int) -> dict[int, int]:
    """From each character to the font of the collection that holds it."""
    file = FOLDER / f"{family}-{weight}.ttc"
    if not _exists(file):
        return {}
    blob = hb.Blob.from_file_path(str(file))
    found: dict[int, int] = {}
    for number in range(hb.Face(blob).count):
        for code in hb.Face(blob, number).unicodes:
            found.setdefault(code, number)
    return found


@cache
def _open(file: Path, number: int) -> Typeface:
    # The file is mapped into memory, not read: pages that no name needs are never loaded.
    face = hb.Face(hb.Blob.from_file_path(str(file)), number)
    font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    name = file.stem.replace("-400", "-Regular").replace("-600", "-SemiBold")
    return Typeface(
        name=f"{name}{number or ''}",
        face=face,
        font=font,
        units=face.upem,
        ascent=extents.ascender / face.upem,
        descent=-extents.descender / face.upem,
        characters=frozenset(map(chr, face.unicodes)),
    )
