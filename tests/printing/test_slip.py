"""The slip: complete, readable, scannable, in the holder's language, and about nobody."""

import shutil
import subprocess
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from printed import page_sizes, rendered
from qr_codes import qr_codes

from cardservice.printing import slip, slip_wording, text_fit
from cardservice.printing.slip import SMALLEST, SlipFace, SlipPaper
from cardservice.printing.words_in import UnknownLanguage

CODE = "3V9K-Q2MX-4ND7-H3K9-Q2MX-4ND7-80QS"
FACE = SlipFace(
    town="Vila Aberta",
    card_number="7H3K-9Q2M-X4ND",
    valid_until=date(2029, 11, 30),
    slip_code=CODE,
    address="https://id.vila-aberta.example/lost",
    language="en",
    colour="#0b4f6c",
)
LONG = replace(
    FACE,
    town="Sant Pere, Santa Caterina i la Ribera de l'Escalda-Engordany",
    address="https://"
    + "cartes-de-residents.sant-pere-santa-caterina-i-la-ribera.example/veins/targetes"[:87]
    + "/lost",
)
LANGUAGES = tuple(slip_wording.WORDS)


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split())
    finally:
        document.close()


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in qr_codes(picture)]


@pytest.mark.parametrize("paper", SlipPaper)
class TestASlip:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_one_page_of_its_paper(self, paper: SlipPaper, language: str) -> None:
        (size,) = page_sizes(slip.pdf(replace(FACE, language=language), paper))

        assert size[0] == pytest.approx(105 if paper is SlipPaper.A6 else 80, abs=0.1)
        assert size[1] == pytest.approx(148, abs=0.1) if paper is SlipPaper.A6 else 180 < size[1] < 300

    def test_is_printed_at_actual_size_by_whoever_opens_it(self, paper: SlipPaper) -> None:
        document = pypdfium2.PdfDocument(slip.pdf(FACE, paper))

        assert not pdfium.FPDF_VIEWERREF_GetPrintScaling(document)
        document.close()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_leads_a_telephone_to_the_page_with_the_code_behind_the_hash(self, paper: SlipPaper, language: str) -> None:
        (page,) = rendered(slip.pdf(replace(FACE, language=language), paper), dpi=200)

        assert scanned(page) == [f"https://id.vila-aberta.example/lost#{CODE.replace('-', '')}"]

    def test_can_be_read_by_zbar_too(self, paper: SlipPaper, tmp_path: Path) -> None:
        if shutil.which("zbarimg") is None:
            pytest.skip("zbarimg is not installed (Debian: zbar-tools)")
        (page,) = rendered(slip.pdf(FACE, paper), dpi=200)
        page.save(tmp_path / "slip.png")

        read = subprocess.run(
            ["zbarimg", "-q", "--raw", tmp_path / "slip.png"], capture_output=True, text=True, check=True
        )

        assert read.stdout.strip() == FACE.link

    def test_says_number_day_code_and_address_in_words(self, paper: SlipPaper) -> None:
        said = words_of(slip.pdf(FACE, paper)).replace("- ", "-")

        for words in (FACE.town, FACE.card_number, "2029-11-30", CODE, "id.vila-aberta.example/lost"):
            assert words in said

    def test_is_the_same_to_the_last_byte_when_it_is_printed_again(self, paper: SlipPaper) -> None:
        assert slip.pdf(FACE, paper) == slip.pdf(FACE, paper)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("face", [FACE, LONG], ids=["short", "long"])
    def test_stays_on_its_paper_and_has_no_small_print(
        self,
        paper: SlipPaper,
        language: str,
        face: SlipFace,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        sizes: list[float] = []
        real = text_fit.Setter.block

        def noted(setter: text_fit.Setter, lines: list[str], size: float, squeeze: float = 1.0) -> text_fit.Block:
            block = real(setter, lines, size, squeeze)
            sizes.append(block.size)
            return block

        monkeypatch.setattr(text_fit.Setter, "block", noted)
        (page,) = rendered(slip.pdf(replace(face, language=language), paper), dpi=100)

        assert min(sizes) >= SMALLEST
        # The lowest millimetres and the margins are blank: nothing ran over the edge.
        edges = [(0, page.height - 8, page.width, page.height), (0, 80, 12, page.height)]
        for box in edges:
            assert page.crop(box).getextrema() == ((255, 255),) * 3


class TestWhatASlipIsMadeOf:
    def test_is_nothing_about_its_holder_but_a_language(self) -> None:
        """I24: what is not in the face cannot end up on paper."""
        assert {part.name for part in fields(SlipFace)} == {
            "town", "card_number", "valid_until", "slip_code", "address", "language", "colour",
            "sample",
        }  # fmt: skip

    def test_is_not_shown_by_accident(self) -> None:
        assert CODE not in repr(FACE)

    def test_has_words_for_everything_in_every_language(self) -> None:
        for language in LANGUAGES:
            words = slip_wording.WORDS[language]
            for part in fields(words):
                said = getattr(words, part.name)
                assert said
            assert (len(words.steps), len(words.kept)) == (3, 4)

    def test_is_refused_in_a_language_without_words(self) -> None:
        with pytest.raises(UnknownLanguage):
            slip.pdf(replace(FACE, language="xx"), SlipPaper.A6)

    @pytest.mark.parametrize(
        ("candidates", "language"),
        [
            (("fra",), "fr"),
            ((None, "ara", "fr"), "ar"),
            (("tam", None, "pt"), "pt"),
            (("xx", "und", "de"), "en"),
            ((), "en"),
        ],
    )
    def test_is_in_the_first_language_that_has_words(self, candidates: tuple[str | None, ...], language: str) -> None:
        assert slip_wording.spoken(*candidates) == language


class TestOnTheRightSide:
    def test_stands_the_code_in_arabic_on_the_left(self) -> None:
        places = {}
        for language in ("en", "ar"):
            (page,) = rendered(slip.pdf(replace(FACE, language=language), SlipPaper.A6), dpi=200)
            (code,) = qr_codes(page)
            places[language] = code.position.top_left.x / page.width

        assert places["en"] > 0.5 > places["ar"]
