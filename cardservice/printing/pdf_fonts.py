"""The glyphs of one PDF as fonts inside it: each typeface a subset, addressed by glyph number (Identity-H, Type 0).

reportlab's own text drawing knows characters, not glyphs; here it only carries what HarfBuzz chose. Each text is
wrapped in /ActualText, so that what is copied from the PDF is the name as it was typed; /ToUnicode serves readers that
do not know /ActualText. PDF 32000-1: 9.7 (composite fonts), 9.10 (extraction), 14.9.4 (replacement text).
"""

import hashlib
import re
from dataclasses import dataclass, field

import uharfbuzz as hb
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObject,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from cardservice.printing.text import Glyph, GlyphRun, Line
from cardservice.printing.typefaces import Typeface

# What lays text out, names fonts or finds glyphs by characters: all that is done before a glyph comes here (9.9).
_UNUSED_TABLES = (
    b"GDEF", b"GPOS", b"GSUB", b"BASE", b"STAT", b"DSIG", b"name", b"post", b"gasp", b"vhea", b"vmtx", b"OS/2", b"cmap",
)  # fmt: skip
_TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def /CMapName /Adobe-Identity-UCS def
/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange
{mappings}
endcmap CMapName currentdict /CMap defineresource pop end end"""
_MAPPINGS_A_BLOCK = 100
# What short strings say in a byte a character (7.3.4.2; annex D.3), a quarter as long.
_SHORT = {code: f"\\{code:03o}" for code in (*b"()\\", *range(0xA1, 0xAD), *range(0xAE, 0x100))} | {0x2019: "\\220"}
_IN_SHORT = re.compile(r"[ -~\xa1-\xac\xae-\xff\u2019]*")


@dataclass(slots=True)
class _Embedded:
    """A typeface in use: its name in the PDF, and the glyphs drawn with the text they show."""

    typeface: Typeface
    key: str
    shown: dict[int, str] = field(default_factory=dict)
    _widths: dict[int, int] = field(default_factory=dict)

    def width(self, number: int) -> int:
        """As the PDF will state it: thousandths of an em, rounded."""
        width = self._widths.get(number)
        if width is None:
            advance = float(self.typeface.font.get_glyph_h_advance(number))
            width = self._widths[number] = round(advance * 1000 / self.typeface.units)
        return width

    def add(self, glyph: Glyph) -> None:
        if not self.shown.get(glyph.number):
            self.shown[glyph.number] = glyph.text


class _Written(PDFObject):
    """An array that is written down as it is, where reportlab would go through it number by number."""

    def __init__(self, content: str) -> None:
        self.content = content

    def format(self, document: PDFDocument) -> bytes:  # noqa: ARG002 - reportlab's protocol
        return f"[{self.content}]".encode("ascii")


class PdfFonts:
    """The fonts of one document: `operators` while drawing, `embed` once before it is saved."""

    def __init__(self) -> None:
        self._used: dict[str, _Embedded] = {}

    def operators(self, lines: list[tuple[Line, float, float]], size: float, squeeze: float, text: str) -> str:
        """Content stream operators for lines at (x, y) in points; squeeze: horizontal scale; text: what it all says."""
        turned = any(run.right_to_left for line, _, _ in lines for run in line.runs)
        drawn = " ".join(self._line(line, x, y, size, squeeze, spans=turned) for line, x, y in lines)
        shown = f"BT {drawn} ET" if squeeze == 1 else f"BT {_number(squeeze * 100)} Tz {drawn} 100 Tz ET"
        return shown if turned or self._glyphs_say(text, lines) else f"{_span(text)} {shown} EMC"

    def embed(self, document: PDFDocument) -> None:
        """Put a subset of each typeface used into the document, whatever size and page it was drawn at."""
        basic: PDFDictionary = document.idToObject["BasicFonts"]  # type: ignore[assignment]  # the stubs say PDFObject
        fonts = basic.dict
        # The Helvetica that reportlab starts every page with, and that no card uses.
        fonts.pop("F1", None)
        for embedded in self._used.values():
            fonts[embedded.key] = _reference(document, _type0(document, embedded))

    def _glyphs_say(self, text: str, lines: list[tuple[Line, float, float]]) -> bool:
        """Whether /ToUnicode alone gives the text: plain letters of one glyph each, on one line."""
        if len(lines) > 1 or not _IN_SHORT.fullmatch(text):
            return False
        glyphs = (
            (run.typeface.name, glyph.number) for line, _, _ in lines for run in line.runs for glyph in run.glyphs
        )
        said = [self._used[name].shown[number] for name, number in glyphs]
        return len(said) == len(text) and "".join(said) == text

    def _line(self, line: Line, x: float, y: float, size: float, squeeze: float, *, spans: bool) -> str:
        operators = []
        for run in line.runs:
            embedded = self._used.setdefault(run.typeface.name, _Embedded(run.typeface, f"T{len(self._used)}"))
            shown, advance = _show(embedded, run.glyphs, size)
            drawn = f"/{embedded.key} {_number(size)} Tf 1 0 0 1 {_number(x)} {_number(y)} Tm {shown}"
            operators.append(f"{_span(_as_readers_expect(run))} {drawn} EMC" if spans else drawn)
            x += advance * size * squeeze
        return " ".join(operators)


def _span(text: str) -> str:
    if _IN_SHORT.fullmatch(text):
        return f"/Span<</ActualText({text.translate(_SHORT)})>>BDC"
    marked = "\ufeff" + text
    return f"/Span<</ActualText<{marked.encode('utf-16-be').hex().upper()}>>>BDC"


def _as_readers_expect(run: GlyphRun) -> str:
    """Readers take Hebrew, Arabic, Syriac and Thaana to come in the order of drawing, and turn it round themselves."""
    turned = run.right_to_left and any(
        "\u0590" <= char <= "\u07bf" or "\u0870" <= char <= "\u08ff" for char in run.text
    )
    return run.text[::-1] if turned else run.text


def _show(embedded: _Embedded, glyphs: tuple[Glyph, ...], size: float) -> tuple[str, float]:
    """TJ operators for glyphs from the present place on, and the advance in ems."""
    operators: list[str] = []
    row: list[str] = []
    rise, pen, stands = 0.0, 0.0, 0.0  # pen: where HarfBuzz is; stands: where the PDF's text matrix is
    for glyph in glyphs:
        embedded.add(glyph)
        if glyph.y != rise:
            operators += [f"[{''.join(row)}]TJ"] if row else []
            operators.append(f"{_number(glyph.y * size)} Ts")
            row, rise = [], glyph.y
        move = round((stands - pen - glyph.x) * 1000)
        row.append(f"{move or ''}<{glyph.number:04X}>")
        stands += (embedded.width(glyph.number) - move) / 1000
        pen += glyph.advance
    operators += [f"[{''.join(row)}]TJ"] if row else []
    if rise:
        operators.append("0 Ts")
    return " ".join(operators).replace("><", ""), pen


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _reference(document: PDFDocument, thing: object) -> object:
    return document.Reference(thing)  # type: ignore[no-untyped-call]  # the stubs leave it bare


def _type0(document: PDFDocument, embedded: _Embedded) -> PDFDictionary:
    data = _subset(embedded)
    tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(data).digest()[:6])
    name = PDFName(f"{tag}+{embedded.typeface.name}")
    cid_font = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": name,
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": _reference(document, _descriptor(document, embedded, name, data)),
            "CIDToGIDMap": PDFName("Identity"),
            "DW": 0,
            "W": _Written("".join(f"{first}[{' '.join(map(str, widths))}]" for first, widths in _widths(embedded))),
        }
    )
    return PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": name,
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([_reference(document, cid_font)]),
            "ToUnicode": _reference(document, _stream(_to_unicode(embedded.shown).encode("ascii"))),
        }
    )


def _widths(embedded: _Embedded) -> list[tuple[int, list[int]]]:
    """The widths of glyphs whose numbers follow each other, by the first of them."""
    rows: list[tuple[int, list[int]]] = []
    for number in sorted(embedded.shown):
        if not rows or number != rows[-1][0] + len(rows[-1][1]):
            rows.append((number, []))
        rows[-1][1].append(embedded.width(number))
    return rows


def _subset(embedded: _Embedded) -> bytes:
    """The font with only the glyphs drawn, at their own numbers."""
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(embedded.shown)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(tag, "big") for tag in _UNUSED_TABLES)
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NO_HINTING
    subset = hb.subset(embedded.typeface.face, wanted)
    return bytes(subset.blob.data)


def _descriptor(document: PDFDocument, embedded: _Embedded, name: object, data: bytes) -> PDFDictionary:
    file = _stream(data)
    file.dictionary.dict["Length1"] = len(data)
    ascent, descent = round(embedded.typeface.ascent * 1000), round(-embedded.typeface.descent * 1000)
    return PDFDictionary(
        {
            "Type": PDFName("FontDescriptor"),
            "FontName": name,
            "Flags": 4,
            "FontBBox": PDFArray([-1000, descent, 2000, ascent]),
            "ItalicAngle": 0,
            "Ascent": ascent,
            "Descent": descent,
            "CapHeight": 714,
            "StemV": 80,
            "FontFile2": _reference(document, file),
        }
    )


def _to_unicode(shown: dict[int, str]) -> str:
    known = [(number, text.encode("utf-16-be").hex().upper()) for number, text in sorted(shown.items()) if text]
    blocks = []
    for start in range(0, len(known), _MAPPINGS_A_BLOCK):
        block = known[start : start + _MAPPINGS_A_BLOCK]
        rows = "\n".join(f"<{number:04X}><{text}>" for number, text in block)
        blocks.append(f"{len(block)} beginbfchar\n{rows}\nendbfchar")
    return _TO_UNICODE.format(mappings="\n".join(blocks))


def _stream(content: bytes) -> PDFStream:
    return PDFStream(content=content, filters=[PDFZCompress])
