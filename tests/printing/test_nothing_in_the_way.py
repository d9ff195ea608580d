"""Whatever the theme, the script and the length of a name: no text over another, none cut, none under 6 points."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pytest

from cardservice.printing import card_back, card_front, layout, media, themes, wording
from cardservice.printing.crest import Crest
from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH
from cardservice.printing.optional_lines import LONGEST as LONGEST_LINE
from cardservice.printing.optional_lines import LineKind, OptionalLine
from cardservice.printing.paper import POINTS_A_MM, Paper, mm
from cardservice.printing.sample_names import LONGEST, SHORTEST
from cardservice.printing.text import Line
from cardservice.printing.themes import ThemeName

NAMES = [*SHORTEST, *LONGEST]
LINES = tuple(OptionalLine(kind, "x" * 12 + " " + "w" * (LONGEST_LINE - 13)) for kind in LineKind)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path d="M0 0h30v10H0z" fill="#a33"/></svg>'
EDGE = 2.5  # millimetres, that card printers need
TEXT_SIZE = re.compile(rb"/T\d+ ([0-9.]+) Tf")
TEXT_MATRIX = re.compile(rb"([0-9.-]+ [0-9.-]+ [0-9.-]+ [0-9.-]+) [0-9.-]+ [0-9.-]+ Tm")


@dataclass(frozen=True)
class Ink:
    """Where the ink of one line is, in millimetres from the lower left corner of the card."""

    text: str
    block: int
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Ink") -> bool:
        """Whether both have ink in one place; a hair's breadth is none."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return across > 0.02 and up > 0.02


@pytest.fixture
def inks(monkeypatch):
    """A function that draws one side and tells where every line of text on it has ink, by the glyphs' own extents."""

    def of(draw, face) -> list[Ink]:
        found: list[Ink] = []

        def block(paper, lines, size, squeeze, text) -> None:
            number = len(found)
            found.extend(_ink(line, x, y, size, squeeze, number) for line, x, y in lines if line.text.strip())

        with monkeypatch.context() as patched:
            patched.setattr(Paper, "block", block)
            draw(Paper(mm(CARD_WIDTH), mm(CARD_HEIGHT), "Inks"), face)
        return found

    return of


class TestFront:
    @pytest.mark.parametrize("theme", list(ThemeName))
    @pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{name.script}-{len(name.name)}")
    def test_has_no_text_over_another_and_none_at_the_edge(self, make_face, inks, theme, name):
        for second in (None, LONGEST[1], LONGEST[2]):
            face = _face(make_face, theme, name, second)

            lines = inks(card_front.draw, face)

            assert _clashes(lines) == []
            assert _too_near_to_the_edge(lines) == []
            assert _in_the_quiet_zone(lines, face) == []
            told = "".join(line.text for line in lines).replace(" ", "")
            assert face.name.replace(" ", "") in told
            assert (face.name_second or "").replace(" ", "") in told

    def test_would_notice_names_that_lie_on_each_other(self, make_face, inks, monkeypatch):
        monkeypatch.setattr(card_front, "_BETWEEN_NAMES", -3.0)

        lines = inks(card_front.draw, _face(make_face, ThemeName.TIDE, LONGEST[1], LONGEST[2]))

        assert _clashes(lines) != []

    def test_gives_a_long_town_less_room_beside_a_wide_crest_and_cuts_nothing(self, make_face, inks):
        town = "Saint-Étienne-de-Montluc-sur-Loire-et-Vilaine-la-Nouvelle"
        face = make_face(town=town, crest=Crest.of(SVG), wording=wording.wording(["en", "fr", "ar"]))

        lines = inks(card_front.draw, face)

        assert _clashes(lines) == _too_near_to_the_edge(lines) == []
        assert town in "".join(line.text for line in lines)


class TestBack:
    @pytest.mark.parametrize("theme", list(ThemeName))
    @pytest.mark.parametrize("languages", [["en"], ["en", "fr"], ["fr", "ar", "pt"]])
    @pytest.mark.parametrize("lines", [(), LINES[:1], LINES], ids=["no-line", "one-line", "three-lines"])
    @pytest.mark.parametrize("sample", [False, True], ids=["card", "sample"])
    def test_has_no_text_over_another_and_all_of_it_in_the_column(
        self, make_face, inks, theme, languages, lines, sample
    ):
        words, colours = wording.wording(languages), themes.theme(theme, "#0f5c63")
        face = make_face(theme=colours, wording=words, optional_lines=lines, sample=sample)

        drawn = inks(card_back.draw, face)

        assert _clashes(drawn) == _too_near_to_the_edge(drawn) == []
        assert all(line.right < card_back.COLUMN for line in drawn)
        told = "".join(line.text for line in drawn).replace(" ", "")
        for sentence in ("valid_when_scanned", "what_it_is_not", "loss"):
            for words in getattr(face.wording, sentence):
                assert words.format(town=face.town).replace(" ", "") in told
        for line in lines:
            assert line.text.replace(" ", "") in told

    @pytest.mark.parametrize("theme", list(ThemeName))
    def test_has_nothing_over_a_sample_on_the_front(self, make_face, inks, theme):
        for name, second in zip(NAMES, reversed(NAMES), strict=True):
            face = _face(make_face, theme, name, second, sample=True)

            lines = inks(card_front.draw, face)

            assert _clashes(lines) == _too_near_to_the_edge(lines) == _in_the_quiet_zone(lines, face) == []


class TestSize:
    @pytest.mark.parametrize("theme", list(ThemeName))
    def test_is_six_points_or_more_for_every_text_of_the_file(self, make_face, theme):
        faces = [
            _face(make_face, theme, name, second, optional_lines=LINES)
            for name, second in zip(NAMES, reversed(NAMES), strict=True)
        ]

        sizes, matrices = _set_in(media.pdf(faces, media.CR80))

        assert min(sizes) == 6.0
        # Nothing makes text smaller behind the size's back: squeezing is Tz, and only in width.
        assert matrices == {b"1 0 0 1"}


def _face(make_face, theme, name, second, **others):
    return make_face(
        theme=themes.theme(theme, "#0f5c63"),
        name=name.name,
        language=name.language,
        name_second=second.name if second else None,
        language_second=second.language if second else None,
        **others,
    )


def _ink(line: Line, x: float, y: float, size: float, squeeze: float, block: int) -> Ink:
    pen, lefts, bottoms, rights, tops = 0.0, [], [], [], []
    for run in line.runs:
        for glyph in run.glyphs:
            extents = run.typeface.font.get_glyph_extents(glyph.number)
            units = run.typeface.units
            if extents is not None and extents.width:
                left = pen + glyph.x + extents.x_bearing / units
                top = glyph.y + extents.y_bearing / units
                lefts.append(left)
                rights.append(left + extents.width / units)
                tops.append(top)
                bottoms.append(top + extents.height / units)
            pen += glyph.advance
    across, up = size * squeeze / POINTS_A_MM, size / POINTS_A_MM
    x, y = x / POINTS_A_MM, y / POINTS_A_MM
    return Ink(
        line.text, block, x + min(lefts) * across, y + min(bottoms) * up, x + max(rights) * across, y + max(tops) * up
    )


def _clashes(lines: list[Ink]) -> list[tuple[str, str]]:
    return [(one.text, other.text) for one, other in combinations(lines, 2) if one.meets(other)]


def _too_near_to_the_edge(lines: list[Ink]) -> list[str]:
    inside = (EDGE, EDGE, CARD_WIDTH - EDGE, CARD_HEIGHT - EDGE)
    return [
        line.text
        for line in lines
        if line.left < inside[0] or line.bottom < inside[1] or line.right > inside[2] or line.top > inside[3]
    ]


def _in_the_quiet_zone(lines: list[Ink], face) -> list[str]:
    left, top, side = layout.front_code(face.residence_code).panel
    zone = Ink("code", -1, left, CARD_HEIGHT - top - side, left + side, CARD_HEIGHT - top)
    return [line.text for line in lines if line.meets(zone)]


def _set_in(pdf: bytes) -> tuple[set[float], set[bytes]]:
    sizes: set[float] = set()
    matrices: set[bytes] = set()
    for stream in _streams(pdf):
        sizes |= {float(size) for size in TEXT_SIZE.findall(stream)}
        matrices |= set(TEXT_MATRIX.findall(stream))
    return sizes, matrices


def _streams(pdf: bytes) -> Iterator[bytes]:
    for start in (found.end() for found in re.finditer(rb"stream\r?\n", pdf)):
        try:
            yield zlib.decompressobj().decompress(pdf[start:])
        except zlib.error:
            continue
