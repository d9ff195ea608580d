"""From text to glyphs in their places: NFC, runs of one direction, script and typeface, then HarfBuzz.

What comes out is one line in the order in which it is drawn, measured in ems (multiply by the size). A character that
no typeface has raises MissingGlyph: a card is never printed with a box in a name. Nothing is cached here, because the
texts are names. How lines are broken is text_fit.py's; how glyphs become a PDF is pdf_fonts.py's.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import uharfbuzz as hb
from fontTools import unicodedata as scripts

from cardservice.printing import bidi, typefaces
from cardservice.printing.typefaces import Typeface

# Languages whose letters differ from their script's usual forms, as HarfBuzz names languages (BCP 47).
_SHAPED_AS = {
    "aze": "az", "bul": "bg", "cat": "ca", "fas": "fa", "hrv": "hr", "kaz": "kk", "kor": "ko", "jpn": "ja", "mar": "mr",
    "mkd": "mk", "mol": "ro", "nep": "ne", "nld": "nl", "pol": "pl", "ron": "ro", "snd": "sd", "srp": "sr", "tat": "tt",
    "tur": "tr", "uig": "ug", "urd": "ur", "vie": "vi", "yue": "zh-Hant-HK", "zho": "zh-Hans",
}  # fmt: skip
# Joiners and variation selectors tell the shaper something and need no glyph of their own.
_INVISIBLE = frozenset("\u034f\u200c\u200d\u200e\u200f\u2060") | {chr(code) for code in range(0xFE00, 0xFE10)}


class MissingGlyph(ValueError):
    """No typeface has these characters. The message names them by code and name, and never the text they stand in."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(
            f"No typeface here has {', '.join(characters)}. Nothing was printed. If it is a rarer Chinese character, "
            "ask the administrator to run: make fonts-rare-han. Otherwise write the name in another way."
        )
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a typeface: how far the pen moves, how far the glyph stands off, and the text it shows."""

    number: int
    advance: float
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Neighbouring glyphs of one typeface and one direction, from left to right, and the text they show."""

    typeface: Typeface
    glyphs: tuple[Glyph, ...]
    text: str
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Text shaped as one line. Width, and how far its ink reaches above and below the baseline, in ems."""

    text: str
    runs: tuple[GlyphRun, ...]
    width: float
    ascent: float
    descent: float
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A stretch of one direction, script and typeface: text[start:end]."""

    start: int
    end: int
    script: str
    typeface: Typeface


def shape(text: str, *, language: str | None = None, weight: int = typefaces.REGULAR, base: int | None = None) -> Line:
    """Shape one line. language: ISO 639-3. base: 0, or 1 where the text that it is a line of runs right to left.

    Raises MissingGlyph.
    """
    text = unicodedata.normalize("NFC", text)
    script_of = _scripts(text)
    runs, width, ascent, descent = [], 0.0, 0.0, 0.0
    missing: list[str] = []
    base, levels = bidi.levels(text, base)
    for stretch in bidi.reordered(levels):
        items = list(_items(text, stretch, script_of, language, weight, missing))
        for item in reversed(items) if stretch.right_to_left else items:
            glyphs = _shape_item(text, item, stretch.right_to_left, language)
            above, below = _ink(item.typeface, glyphs)
            runs.append(GlyphRun(item.typeface, glyphs, text[item.start : item.end], stretch.right_to_left))
            width += sum(glyph.advance for glyph in glyphs)
            ascent, descent = max(ascent, above), max(descent, below)
    if missing:
        raise MissingGlyph(tuple(dict.fromkeys(missing)))
    return Line(text, tuple(runs), width, ascent, descent, base == 1)


def missing(text: str, *, language: str | None = None) -> tuple[str, ...]:
    """The characters that no typeface has, as "U+1F600 GRINNING FACE"; for a form to say so before anything is made."""
    try:
        shape(text, language=language)
    except MissingGlyph as error:
        return error.characters
    return ()


def clusters(text: str) -> list[str]:
    """What readers take for one letter each: a character with the marks, vowel signs and joiners that belong to it."""
    found: list[str] = []
    for char in text:
        joined = found and (found[-1][-1] == "\u200d" or _is_virama(found[-1][-1]))
        if found and (joined or char in _INVISIBLE or unicodedata.category(char)[0] == "M"):
            found[-1] += char
        else:
            found.append(char)
    return found


def _is_virama(char: str) -> bool:
    return unicodedata.combining(char) == 9


def _scripts(text: str) -> list[str]:
    """The script of each character; punctuation, digits and marks belong to the letters before, or else after them."""
    own = [_script(char) for char in text]
    found = own[:]
    for i, script in enumerate(own):
        if script in ("Zyyy", "Zinh"):
            found[i] = found[i - 1] if i else "Zyyy"
    first = next((script for script in found if script != "Zyyy"), "Latn")
    return [first if script == "Zyyy" else script for script in found]


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    # Of characters, never of texts: looking one up in the tables takes as long as shaping it.
    return str(scripts.script(char))


def _items(
    text: str, stretch: bidi.Run, script_of: list[str], language: str | None, weight: int, missing: list[str]
) -> Iterator[_Item]:
    """Cut a stretch where script or typeface changes; what no typeface has is added to `missing`."""
    whole = _of_one_typeface(text, stretch, script_of, weight)
    if whole is not None:
        yield whole
        return
    current: _Item | None = None
    start = stretch.start
    for cluster in clusters(text[stretch.start : stretch.end]):
        end = start + len(cluster)
        typeface = _typeface(cluster, script_of[start], language, weight, current)
        if typeface is None:
            missing += [_named(char) for char in cluster if not _exists(char, script_of[start], language)]
        elif current and (current.script, current.typeface) == (script_of[start], typeface):
            current = _Item(current.start, end, current.script, typeface)
        else:
            if current:
                yield current
            current = _Item(start, end, script_of[start], typeface)
        start = end
    if current:
        yield current


def _of_one_typeface(text: str, stretch: bidi.Run, script_of: list[str], weight: int) -> _Item | None:
    """The whole stretch, where it is of one script whose usual typeface has all of it, as it is for most names."""
    script = script_of[stretch.start]
    if script_of.count(script) != len(script_of):
        return None
    usual = typefaces.usual(script, weight)
    visible = [char for char in text[stretch.start : stretch.end] if char not in _INVISIBLE]
    return _Item(stretch.start, stretch.end, script, usual) if usual is not None and usual.has(visible) else None


def _typeface(cluster: str, script: str, language: str | None, weight: int, current: _Item | None) -> Typeface | None:
    visible = "".join(char for char in cluster if char not in _INVISIBLE)
    if current and current.script == script and not visible.strip():
        return current.typeface
    return typefaces.find(visible or " ", script, language, weight)


def _exists(char: str, script: str, language: str | None) -> bool:
    return char in _INVISIBLE or typefaces.find(char, script, language, typefaces.REGULAR) is not None


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def _shape_item(text: str, item: _Item, right_to_left: bool, language: str | None) -> tuple[Glyph, ...]:
    buffer = hb.Buffer()
    # The whole text is the context, so that letters join across a change of typeface.
    buffer.add_str(text, item_offset=item.start, item_length=item.end - item.start)
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.script = item.script
    buffer.language = _SHAPED_AS.get(language or "", language or "und")
    hb.shape(item.typeface.font, buffer)
    infos, units = buffer.glyph_infos, item.typeface.units
    follows = dict(pairwise([*sorted({info.cluster for info in infos}), item.end]))
    told: set[int] = set()
    glyphs = []
    for info, position in zip(infos, buffer.glyph_positions, strict=True):
        # The text of a cluster goes to its first glyph only, or copying from the PDF would repeat it.
        shown = "" if info.cluster in told else text[info.cluster : follows[info.cluster]]
        told.add(info.cluster)
        x, y = position.x_offset / units, position.y_offset / units
        glyphs.append(Glyph(info.codepoint, position.x_advance / units, x, y, shown))
    return tuple(glyphs)


def _ink(typeface: Typeface, glyphs: tuple[Glyph, ...]) -> tuple[float, float]:
    above = below = 0.0
    for glyph in glyphs:
        top, bottom = typeface.ink(glyph.number)
        if top != bottom:
            above, below = max(above, top + glyph.y), max(below, -(bottom + glyph.y))
    return above, below
