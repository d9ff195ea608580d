"""The posters: readable from afar, scannable, in the town's languages, nothing over anything else, and about nobody."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from printed import page_sizes, rendered
from qr_codes import qr_codes

from cardservice import catalogues, fingerprint
from cardservice.printing import poster, poster_wording, staff_sheet, staff_wording, text, text_fit, wording
from cardservice.printing.layout import Side
from cardservice.printing.poster_page import HEIGHT, MARGIN, WIDTH, PosterFace
from cardservice.printing.service_wording import service_words
from cardservice.printing.text import Line, MissingGlyph
from cardservice.printing.text_fit import Block
from cardservice.printing.words_in import UnknownLanguage
from cardservice.terms import CardCode, IdentityReason, Service

Draw = Callable[[PosterFace], bytes]

DIGITS = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
ADDRESS = "https://cards.vila-aberta.example/kit/"
LANGUAGES = tuple(poster_wording.WORDS)
VERIFIER = Path(staff_sheet.__file__).parents[1] / "web/static/verifier"
FACE = PosterFace(
    town="Vila Aberta",
    names={"ar": "فيلا أبيرتا"},
    languages=("fr", "ar"),
    address=ADDRESS,
    fingerprint=DIGITS,
    words={language: fingerprint.words(DIGITS, language) for language in fingerprint.LANGUAGES},
    colour="#0b4f6c",
)
LIBRARY = replace(FACE, partner="Médiathèque du Port", services=frozenset({Service.LIBRARY}), code=CardCode.RESIDENCE)
CLINIC = replace(
    FACE,
    partner="Centre de santé",
    services=frozenset({Service.CLINIC}),
    code=CardCode.IDENTITY,
    reason=IdentityReason.RECORD,
)
# Everything as long as it may be.
FULL = {
    "town": "Sant Pere, Santa Caterina i la Ribera de l'Escalda-Engordany",
    "names": {},
    "address": f"https://{'cartes-de-residents.sant-pere-santa-caterina-i-la-ribera.example/veins/targetes'[:87]}/kit/",
}
LONG = replace(
    CLINIC,
    **FULL,
    partner="Centre municipal de santé et de prévention Simone-Veil-Lormo",
    services=frozenset(Service),
)
UNBROKEN = replace(LONG, town="W" * 60, partner="M" * 60)
SAMPLES = {"general": FACE, "residence": LIBRARY, "identity": CLINIC, "long": LONG, "unbroken": UNBROKEN}


def words_of(pdf: bytes) -> list[str]:
    """What each page says, line ends and hyphens at them aside."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in qr_codes(picture)]


def plain(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True)
class Ink:
    """Where a text stands, in millimetres."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Ink") -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top + 0.05 or other.bottom <= self.top + 0.05)


@pytest.fixture(scope="module")
def shaped_once() -> Callable[..., Line]:
    return cache(text.shape)


@pytest.fixture
def shaping(shaped_once: Callable[..., Line], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words of the same five faces are shaped once: half of the time went into that."""
    monkeypatch.setattr(text, "shape", shaped_once)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Ink]:
    """Every text as it is put on a page."""
    seen: list[Ink] = []
    real = Side.block

    def noted(side: Side, block: Block, left: float, top: float, width: float, *, align: str = "start") -> float:
        wide = block.width * 25.4 / 72
        rest = {"end": width - wide, "centre": (width - wide) / 2}.get(align, 0.0)
        end = real(side, block, left, top, width, align=align)
        seen.append(Ink(block.text, left + rest, top, left + rest + wide, end))
        return end

    monkeypatch.setattr(Side, "block", noted)
    return seen


@pytest.mark.parametrize("draw", [poster.pdf, staff_sheet.pdf], ids=["poster", "staff sheet"])
class TestBoth:
    @pytest.mark.parametrize("face", SAMPLES.values(), ids=SAMPLES)
    @pytest.mark.parametrize("languages", [("en",), ("ar",), ("fr", "ar"), ("pt", "es", "ar"), ("ar", "fr", "es")])
    def test_have_no_text_over_another_or_over_the_edge_and_no_small_print(
        self,
        draw: Draw,
        face: PosterFace,
        languages: tuple[str, ...],
        drawn: list[Ink],
        shaping: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        sizes, squeezes = [], []
        real = text_fit.Setter.block

        def noted(setter: text_fit.Setter, lines: list[str], size: float, squeeze: float = 1.0) -> Block:
            sizes.append(size)
            block = real(setter, lines, size, squeeze)
            squeezes.append(block.squeeze)
            return block

        monkeypatch.setattr(text_fit.Setter, "block", noted)
        for language in languages if draw is staff_sheet.pdf else [languages]:
            drawn.clear()
            draw(replace(face, languages=tuple([language] if isinstance(language, str) else language)))

            assert [(one, other) for one, other in combinations(drawn, 2) if one.meets(other)] == []
            assert min(ink.left for ink in drawn) >= MARGIN - 0.01
            assert max(ink.right for ink in drawn) <= WIDTH - MARGIN + 0.01
            assert max(ink.bottom for ink in drawn) <= HEIGHT - 4
        assert min(sizes) >= 9
        assert min(squeezes) > (0.7 if face is not UNBROKEN else 0.45)

    @pytest.mark.parametrize("face", SAMPLES.values(), ids=SAMPLES)
    def test_lead_a_telephone_to_the_verifier_and_nowhere_else(
        self, draw: Draw, face: PosterFace, shaping: None, tmp_path: Path
    ) -> None:
        """The drawn cards have drawn codes, which no reader takes for one."""
        for number, page in enumerate(rendered(draw(face), dpi=150)):
            assert scanned(page) == [face.address]
            if shutil.which("zbarimg") is not None:
                page.save(tmp_path / f"{number}.ppm")
                command = ["zbarimg", "-q", "--raw", tmp_path / f"{number}.ppm"]
                read = subprocess.run(command, capture_output=True, text=True, check=True)
                assert read.stdout.split() == [face.address]

    def test_say_address_and_fingerprint_in_letters(self, draw: Draw) -> None:
        for said in words_of(draw(LIBRARY)):
            assert "cards.vila-aberta.example/kit/" in said
            assert DIGITS in plain(said)
            assert "Médiathèque du Port" in said

    def test_are_a4(self, draw: Draw) -> None:
        for size in page_sizes(draw(FACE)):
            assert size == pytest.approx((210, 297), abs=0.1)

    def test_are_the_same_to_the_last_byte_when_they_are_made_again(self, draw: Draw) -> None:
        assert draw(CLINIC) == draw(CLINIC)

    def test_are_in_english_where_no_language_of_the_town_has_words(self, draw: Draw) -> None:
        (said,) = words_of(draw(replace(FACE, languages=("eu",))))

        assert "card" in said

    def test_refuse_a_name_that_no_typeface_can_write(self, draw: Draw) -> None:
        with pytest.raises(MissingGlyph):
            draw(replace(LIBRARY, partner="\U0001faf6"))


class TestThePoster:
    def test_is_one_page_in_all_languages_of_the_town(self) -> None:
        (said,) = words_of(poster.pdf(replace(LIBRARY, languages=("fr", "pt", "es"))))

        for language in ("fr", "pt", "es"):
            words = poster_wording.WORDS[language]
            assert plain(words.accepted) in plain(said)
            assert plain(words.front.show) in plain(said)
            assert plain(words.quiet) in plain(said)
            assert service_words(LIBRARY.services, language)[0] in said

    def test_says_that_the_front_says_no_name(self) -> None:
        (said,) = words_of(poster.pdf(replace(LIBRARY, languages=("en",))))

        assert "Show the front of your card." in said
        assert "It does not say your name." in said
        assert "back" not in said

    def test_says_what_the_back_says_and_why_it_is_asked_for(self) -> None:
        (said,) = words_of(poster.pdf(replace(CLINIC, languages=("en",))))

        assert "Show the back of your card." in said
        assert "Why: a record is kept here in your name." in said
        assert "front" not in said

    @pytest.mark.parametrize(
        ("languages", "lists"),
        [
            (("fr",), {"fr"}),
            (("ar",), {"en"}),
            (("eu", "ar"), {"en"}),
            (("fr", "ar"), {"fr", "en"}),
            (("ar", "fr"), {"fr", "en"}),
            (("pt", "es", "ar"), {"pt", "es", "en"}),
        ],
    )
    def test_has_the_words_that_a_telephone_shows_in_each_language_of_the_town(
        self, languages: tuple[str, ...], lists: set[str]
    ) -> None:
        """In a language without a list of words telephones show the English ones."""
        (said,) = words_of(poster.pdf(replace(FACE, languages=languages)))

        shown = {one for one in fingerprint.LANGUAGES if all(word in said for word in fingerprint.words(DIGITS, one))}
        assert shown == lists
        assert all((f" {one} " in said) == (len(lists) > 1) for one in lists)

    def test_says_nothing_of_who_checks_where_it_is_for_all(self) -> None:
        assert "Show the side that you are asked for." in words_of(poster.pdf(replace(FACE, languages=("en",))))[0]

    def test_stands_the_code_where_reading_begins(self) -> None:
        places = {}
        for language in ("fr", "ar"):
            (page,) = rendered(poster.pdf(replace(FACE, languages=(language,))), dpi=150)
            (code,) = qr_codes(page)
            places[language] = code.position.top_left.x / page.width

        assert places["fr"] < 0.5 < places["ar"]


class TestTheSheetForStaff:
    def test_has_a_page_in_each_language_with_the_words_that_a_device_says_in_it(self) -> None:
        french, arabic = words_of(staff_sheet.pdf(FACE))

        assert all(word in french for word in fingerprint.words(DIGITS, "fr"))
        assert all(word in arabic for word in fingerprint.words(DIGITS, "ar"))

    @pytest.mark.parametrize(
        ("face", "said"),
        [
            (LIBRARY, "You need to know no more."),
            (CLINIC, "compare the photo with the face."),
            (FACE, "only if you must know who it is"),
        ],
    )
    def test_says_which_code_is_scanned(self, face: PosterFace, said: str) -> None:
        (page,) = words_of(staff_sheet.pdf(replace(face, languages=("en",))))

        assert said in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_calls_things_as_the_verifier_does(self, language: str) -> None:
        english = (VERIFIER / "languages" / "en.json").read_bytes()
        on_screen = json.loads(catalogues.verifier(english)[f"languages/{language}.json"])
        on_paper = staff_wording.WORDS[language]

        assert on_screen["keyOfTown"] in on_paper.compare
        assert on_screen["settings"] in on_paper.purpose
        assert on_screen["word"]["valid"] == on_paper.answers[0].word
        assert on_screen["word"]["status-stale"] == on_paper.answers[2].word

    def test_says_what_to_do_with_each_answer_and_that_nothing_is_kept(self) -> None:
        (said,) = words_of(staff_sheet.pdf(replace(FACE, languages=("en",))))

        for words in ("The card is good.", "Do not accept the card.", "open the page once with a network"):
            assert words in said
        assert "write down no card number" in said


class TestTheWords:
    def test_are_complete_in_every_language(self) -> None:
        assert set(LANGUAGES) == set(wording.WORDS)
        for language in LANGUAGES:
            words, staff = poster_wording.WORDS[language], staff_wording.WORDS[language]
            assert set(words.reasons) == set(IdentityReason)
            assert len(service_words(frozenset(Service), language)) == len(Service)
            for part in fields(words):
                assert getattr(words, part.name)
            assert all(getattr(staff, part.name) for part in fields(staff))

    @pytest.mark.parametrize("code", [*CardCode, None])
    def test_ask_for_each_code_in_other_words(self, code: CardCode | None) -> None:
        asked = poster_wording.WORDS["en"].asked(code)

        assert asked.show.startswith("Show the")
        assert ("does not say your name" in asked.says) is (code is not CardCode.IDENTITY)

    def test_are_refused_in_a_language_without_any(self) -> None:
        with pytest.raises(UnknownLanguage):
            poster_wording.WORDS["xx"]
        with pytest.raises(UnknownLanguage):
            staff_wording.WORDS["xx"]
        with pytest.raises(UnknownLanguage):
            service_words(frozenset(Service), "xx")

    def test_are_all_that_a_poster_is_made_of(self) -> None:
        """What is not in the face cannot end up on paper: no person, no count, no card."""
        assert {part.name for part in fields(PosterFace)} == {
            "town", "names", "partner", "services", "code", "reason", "languages", "address", "fingerprint", "words",
            "colour", "sample",
        }  # fmt: skip
