"""The leaflet and the sheets for the desk: in every language on their pages, large enough to read, and about nobody."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from printed import page_sizes, rendered
from qr_codes import qr_codes
from test_poster import Ink, drawn, shaped_once, shaping, words_of  # noqa: F401 - fixtures among them

from cardservice import catalogues
from cardservice.printing import column, desk_sheet, leaflet, leaflet_wording, poster_wording, text_fit, wording
from cardservice.printing.column import DoesNotFit
from cardservice.printing.crest import Crest
from cardservice.printing.paper import Paper
from cardservice.printing.print_out import PapersThatCount, PrintOut, PrintOutFace
from cardservice.printing.print_out_wording import LeafletWording, Part, SheetWording
from cardservice.printing.text_fit import Block
from cardservice.printing.words_in import UnknownLanguage

LANGUAGES = tuple(leaflet_wording.WORDS)
SHEETS = (PrintOut.CLERK, PrintOut.SUPERVISOR)
PAPERS = [*SHEETS, PrintOut.RESIDENT]
CREST = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 12"><path fill="#930" d="M0 0h10v8l-5 4-5-4z"/></svg>'
FACE = PrintOutFace(
    town="Vila Aberta",
    names={"ar": "فيلا أبيرتا"},
    colour="#0b4f6c",
    lost_page="https://id.vila-aberta.example/lost",
)
PAPER = "Passeport, même expiré, ou carte consulaire avec photo"
PLENTY, SOME = 60, 19


def papers_that_count(ways: Sequence[int]) -> list[PapersThatCount]:
    """Lists of so many papers, the longest first, as a town's policy makes them."""
    return [PapersThatCount(f"Il faut {count} points.", (Part("Qui vous êtes", (PAPER,) * count),)) for count in ways]


# Everything as long as it may be, on a colour that dark letters stand on.
LONG = replace(
    FACE,
    town="Sant Pere, Santa Caterina i la Ribera de l'Escalda-Engordany",
    names={},
    colour="#f2d16b",
    crest=Crest.of(CREST),
    lost_page=f"https://{'cartes-de-residents.sant-pere-santa-caterina-i-la-ribera.example/veins/targetes'[:87]}/lost",
    papers=dict.fromkeys(LANGUAGES, papers_that_count([PLENTY, SOME])),
)


def pdf(face: PrintOutFace, paper: PrintOut, language: str) -> bytes:
    return leaflet.pdf(face, language) if paper is PrintOut.RESIDENT else desk_sheet.pdf(face, paper, language)


def smallest(paper: PrintOut) -> float:
    return leaflet.SMALLEST if paper is PrintOut.RESIDENT else desk_sheet.SMALLEST


pytestmark = pytest.mark.usefixtures("shaping")


@pytest.fixture
def pages(drawn: list[Ink], monkeypatch: pytest.MonkeyPatch) -> list[list[Ink]]:  # noqa: F811
    """Every text of every page."""
    turned: list[list[Ink]] = []
    real = Paper.next_page

    def noted(paper: Paper) -> None:
        turned.append(drawn[:])
        drawn.clear()
        real(paper)

    monkeypatch.setattr(Paper, "next_page", noted)
    return turned


@pytest.fixture
def set_in(monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    """Every text that was set, with its size."""
    seen: list[Block] = []
    real = text_fit.Setter.block

    def noted(*arguments: Any, **named: Any) -> Block:
        seen.append(real(*arguments, **named))
        return seen[-1]

    monkeypatch.setattr(text_fit.Setter, "block", noted)
    return seen


@pytest.mark.parametrize("paper", PAPERS)
class TestEveryPaper:
    @pytest.mark.parametrize("face", [FACE, LONG], ids=["short", "long"])
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_fits_its_pages_in_letters_that_everybody_can_read(
        self,
        paper: PrintOut,
        language: str,
        face: PrintOutFace,
        pages: list[list[Ink]],
        set_in: list[Block],
    ) -> None:
        made = pdf(face, paper, language)

        folded = paper is PrintOut.RESIDENT
        width, height, margin = (297.0, 210.0, 14.0) if folded else (210.0, 297.0, 16.0)
        assert page_sizes(made) == [pytest.approx((width, height), abs=0.1)] * (2 if folded else 1)
        for page in pages:
            assert [(one, other) for one, other in combinations(page, 2) if one.meets(other)] == []
            assert min(ink.left for ink in page) >= margin - 0.01
            assert max(ink.right for ink in page) <= width - margin + 0.01
            assert max(ink.bottom for ink in page) <= height - 8
        assert not [ink.text for page in pages for ink in page if "{" in ink.text]
        assert min(block.size for block in set_in) >= smallest(paper)
        assert min(block.squeeze for block in set_in) > 0.7

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_carries_its_letters_with_it_and_is_a_sound_pdf(
        self, paper: PrintOut, language: str, tmp_path: Path
    ) -> None:
        (tmp_path / "paper.pdf").write_bytes(pdf(FACE, paper, language))

        if shutil.which("pdffonts"):
            listed = subprocess.run(["pdffonts", tmp_path / "paper.pdf"], capture_output=True, text=True, check=True)
            rows = [line.split() for line in listed.stdout.splitlines()[2:]]
            assert rows
            assert {row[-5] for row in rows} == {"yes"}
        if shutil.which("qpdf"):
            subprocess.run(["qpdf", "--check", tmp_path / "paper.pdf"], capture_output=True, check=True)

    def test_says_which_town_it_is_of(self, paper: PrintOut, pages: list[list[Ink]]) -> None:
        for language, town in (("en", "Vila Aberta"), ("ar", "فيلا أبيرتا")):
            pages.clear()
            pdf(FACE, paper, language)
            assert any(town in ink.text for ink in pages[0])

    def test_shows_the_crest_where_the_town_has_one(self, paper: PrintOut) -> None:
        shown = {}
        for name, crest in {"with": Crest.of(CREST), "without": None}.items():
            first = rendered(pdf(replace(FACE, crest=crest), paper, "en"), dpi=40)[0]
            colours = first.getcolors(first.width * first.height) or []
            shown[name] = sum(count for count, (red, green, _) in colours if red > 120 > 90 > green)

        assert shown["with"] > shown["without"] + 50

    def test_is_the_same_to_the_last_byte_when_it_is_made_again(self, paper: PrintOut) -> None:
        assert pdf(FACE, paper, "fr") == pdf(FACE, paper, "fr")

    def test_is_refused_in_a_language_without_words(self, paper: PrintOut) -> None:
        with pytest.raises(UnknownLanguage):
            pdf(FACE, paper, "xx")

    def test_names_nobody(self, paper: PrintOut) -> None:
        assert {part.name for part in fields(PrintOutFace)} == {
            "town",
            "names",
            "colour",
            "crest",
            "lost_page",
            "papers",
        }


class TestTheLeaflet:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_leads_a_telephone_to_the_page_for_lost_cards(self, language: str) -> None:
        outside, inside = rendered(leaflet.pdf(FACE, language), dpi=150)

        assert [code.text for code in qr_codes(outside)] == [FACE.lost_page]
        assert zxingcpp.read_barcodes(inside) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_opens_towards_the_side_where_reading_begins(self, language: str, pages: list[list[Ink]]) -> None:
        leaflet.pdf(FACE, language)

        words, texts = leaflet_wording.WORDS[language], [ink for page in pages for ink in page]
        turned = catalogues.is_right_to_left(language)
        cover, first = (next(ink for ink in texts if ink.text == one) for one in (words.title, words.it_is.heading))
        assert (cover.left > leaflet.PANEL) is not turned
        assert (first.left > leaflet.PANEL) is turned

    def test_says_what_the_card_is_not(self) -> None:
        _, inside = words_of(leaflet.pdf(FACE, "en"))

        for words in ("Not a residence permit.", "no proof of nationality", "No protection from the police."):
            assert words in inside

    def test_says_what_is_kept_and_where_a_loss_is_told(self) -> None:
        outside, _ = words_of(leaflet.pdf(FACE, "en"))

        assert "nothing with your name" in outside
        assert "id.vila-aberta.example/lost" in outside

    def test_lists_the_papers_that_a_town_takes_else_says_it_in_general(self) -> None:
        passport = PapersThatCount(
            "You need 4 points.", (Part("Who you are: 3 points", ("A passport, also an old one",)),)
        )
        listed = replace(FACE, papers={"en": [passport]})

        with_papers, without = (words_of(leaflet.pdf(face, "en"))[1] for face in (listed, FACE))

        for words in ("You need 4 points.", "Who you are: 3 points", "A passport, also an old one"):
            assert words in with_papers
        assert "Something that shows who you are" not in with_papers
        assert "Something that shows who you are" in without

    @pytest.mark.parametrize(("ways", "printed"), [([SOME, 2], SOME), ([PLENTY, SOME], SOME), ([PLENTY], 0)])
    def test_leaves_no_paper_of_the_list_out_that_it_prints(self, ways: list[int], printed: int) -> None:
        inside = words_of(leaflet.pdf(replace(FACE, papers={"en": papers_that_count(ways)}), "en"))[1]

        assert inside.count(PAPER) == printed
        assert ("Something that shows who you are" in inside) is not printed

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_the_sign_that_hangs_at_counters(self, language: str, pages: list[list[Ink]]) -> None:
        leaflet.pdf(FACE, language)

        assert any(poster_wording.WORDS[language].accepted in ink.text for ink in pages[1])


class TestTheSheets:
    def test_tell_who_lost_a_card_where_to_end_it(self) -> None:
        assert "id.vila-aberta.example/lost" in words_of(desk_sheet.pdf(FACE, PrintOut.CLERK, "en"))[0]

    @pytest.mark.parametrize("paper", SHEETS)
    def test_have_the_same_steps_in_every_language(self, paper: PrintOut) -> None:
        counted = {
            (len(words.steps), len(words.never.lines), len(words.trouble.lines))
            for words in (desk_sheet.SHEETS[paper][language] for language in LANGUAGES)
        }

        assert len(counted) == 1


class TestTheWords:
    def test_are_there_in_every_language_of_the_house(self) -> None:
        assert set(LANGUAGES) == set(wording.WORDS)

    @pytest.mark.parametrize("said", [leaflet_wording.WORDS, *desk_sheet.SHEETS.values()])
    def test_are_complete_and_leave_no_place_unfilled(self, said: Mapping[str, LeafletWording | SheetWording]) -> None:
        for language in LANGUAGES:
            words = said[language]
            for part in fields(words):
                assert getattr(words, part.name)


class TestAColumn:
    def test_that_fits_at_no_size_is_refused(self) -> None:
        with pytest.raises(DoesNotFit):
            column.fitted(lambda size: column.Column(10, size), lambda _: False, (12.0, 9.0))
