"""One folder a language: paper and verifier whole in each, and a further folder is enough for a further language."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cardservice import catalogues
from cardservice.printing import (
    clerk_wording,
    leaflet_wording,
    poster_wording,
    service_wording,
    slip_wording,
    staff_wording,
    supervisor_wording,
    wording,
)
from cardservice.printing.words_in import UnknownLanguage, WordsIn
from cardservice.web import kit_pages, languages

ROOT = Path(__file__).parents[1]
READ = {"paper": "cardservice/printing/babel.cfg", "verifier": "cardservice/web/verifier.cfg"}
OTHERS = [language for language in catalogues.folders() if language != catalogues.ENGLISH]
PAPERS = (
    clerk_wording.WORDS,
    leaflet_wording.WORDS,
    poster_wording.WORDS,
    service_wording.WORDS,
    slip_wording.WORDS,
    staff_wording.WORDS,
    supervisor_wording.WORDS,
    wording.WORDS,
)
ENGLISH = (kit_pages.FOLDER / kit_pages.ENGLISH).read_bytes()
QUOTED = re.compile("“(.*?)”")
PLACE = re.compile(r"\{\w+\}")

Said = dict[tuple[str | None, str], str]


def said(catalogue: Catalog) -> Said:
    return {(message.context, str(message.id)): str(message.string) for message in catalogue if message.id}


def of(language: str, domain: str) -> Said:
    with (catalogues.FOLDER / language / f"LC_MESSAGES/{domain}.po").open("rb") as file:
        return said(read_po(file, locale=language))


@pytest.fixture(scope="module", params=READ)
def domain(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def wanted(domain: str, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What stands in the code now."""
    return extracted(domain, tmp_path_factory.mktemp("texts") / f"{domain}.pot")


def extracted(domain: str, pot: Path) -> Catalog:
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    subprocess.run([*command, "--mapping", READ[domain], "--output", str(pot), "."], cwd=ROOT, check=True)
    with pot.open("rb") as file:
        return read_po(file)


class TestACatalogue:
    @pytest.mark.parametrize("language", OTHERS)
    def test_has_every_text_and_no_other_with_its_places_for_values(
        self, wanted: Catalog, domain: str, language: str
    ) -> None:
        there = of(language, domain)

        assert said(wanted).keys() - there.keys() == set(), "make messages, then translate"
        assert there.keys() - said(wanted).keys() == set(), "no longer said anywhere"
        assert all(there.values())
        lost = {text for (_, text), words in there.items() if set(PLACE.findall(text)) != set(PLACE.findall(words))}
        assert lost == set()

    def test_has_every_text_of_every_paper(self, tmp_path: Path) -> None:
        found = {context for context, _ in said(extracted("paper", tmp_path / "paper.pot"))}

        assert found == {paper.paper for paper in PAPERS}

    @pytest.mark.parametrize("language", OTHERS)
    def test_is_on_every_paper(self, language: str) -> None:
        assert all(language in paper and paper[language] != paper[catalogues.ENGLISH] for paper in PAPERS)

    @pytest.mark.parametrize("language", OTHERS)
    def test_calls_what_is_on_the_screen_as_the_screen_does(self, language: str) -> None:
        """What a sheet has in quotation marks in English, and the desk in its catalogue, is a button or a page."""
        desk, paper = (of(language, domain) for domain in ("messages", "paper"))
        named = [(words, name) for (_, text), words in paper.items() for name in QUOTED.findall(text)]

        assert {name for _, name in named if (None, name) in desk} >= {"Revoke", "Publish", "Blank cards"}
        assert [(name, words) for words, name in named if desk.get((None, name), "") not in words] == []


class TestALanguage:
    def test_is_known_by_its_longer_codes(self) -> None:
        assert [catalogues.short(code) for code in ("fra", "fr", "fr-CA", "pt_BR", "tir", "kmr")] == [
            "fr", "fr", "fr", "pt", "ti", "ku",
        ]  # fmt: skip

    def test_has_its_own_direction_and_name(self) -> None:
        assert {code: catalogues.is_right_to_left(code) for code in ("ar", "fr", "ur")} == {
            "ar": True,
            "fr": False,
            "ur": True,
        }
        assert [catalogues.own_name(code) for code in ("fr", "ar", "de")] == ["Français", "العربية", "Deutsch"]


class TestAFurtherFolder:
    """German, laid down as `make language` does and filled in by a machine."""

    @pytest.fixture
    def german(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        made = tmp_path / "languages/de/LC_MESSAGES"
        made.mkdir(parents=True)
        for domain in READ:
            filled(extracted(domain, tmp_path / f"{domain}.pot"), made / f"{domain}.mo")
        filled(Catalog(locale="de"), made / "messages.mo")
        monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "languages")
        monkeypatch.setattr("cardservice.web.kit_readme.FOLDER", tmp_path / "languages")
        catalogues.paper.cache_clear()
        return made

    def test_is_a_further_language_of_desk_paper_and_verifier(self, german: Path) -> None:
        card, slip = (WordsIn(paper.paper, paper["en"]) for paper in (wording.WORDS, slip_wording.WORDS))
        kit = catalogues.verifier(ENGLISH)

        assert languages.offered() == {"de": "Deutsch"}
        assert list(card) == list(slip) == ["en", "de"]
        assert (card["de"]["card"], slip["de"].steps[0][:10]) == ("«Resident card»", "«Scan the ")
        assert json.loads(kit["languages/index.json"])["de"] == {"name": "Deutsch", "direction": "ltr"}
        assert json.loads(kit["languages/de.json"])["word"]["valid"] == "«Valid»"

    @pytest.mark.parametrize("domain", READ)
    def test_is_not_spoken_where_a_text_is_missing(self, german: Path, domain: str, tmp_path: Path) -> None:
        filled(extracted(domain, tmp_path / "again.pot"), german / f"{domain}.mo", but=1)
        missing = [paper.paper for paper in PAPERS if "de" not in WordsIn(paper.paper, paper["en"])]

        assert len(missing) == (1 if domain == "paper" else 0)
        assert ("languages/de.json" in catalogues.verifier(ENGLISH)) is (domain == "paper")

    def test_that_has_none_of_a_paper_is_refused_by_it(self, german: Path) -> None:
        with pytest.raises(UnknownLanguage, match=r"'fr' yet. There are in: de, en"):
            WordsIn("card", wording.WORDS["en"])["fr"]


def filled(catalogue: Catalog, mo: Path, but: int = 0) -> None:
    """Every text but so many said in «», compiled."""
    for message in [message for message in catalogue if message.id][but:]:
        message.string = f"«{message.id}»"
    with mo.open("wb") as file:
        write_mo(file, catalogue)
