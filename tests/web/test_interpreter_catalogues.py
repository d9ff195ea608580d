"""Every sentence for the person at the counter, in every language that has a folder for them."""

import io
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from cardservice.web import interpreter_languages, languages
from cardservice.web.interpreter_languages import Said
from cardservice.web.interpreter_words import KINDS, QUESTIONS

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(folder.parent.name for folder in interpreter_languages.APPLICANT.glob("*/LC_MESSAGES"))
# What the letters of each language are called in Unicode; every sentence must be in them.
LETTERS = {
    "am": "ETHIOPIC", "bn": "BENGALI", "fa": "ARABIC", "ru": "CYRILLIC", "ti": "ETHIOPIC", "uk": "CYRILLIC",
    "ur": "ARABIC", "zh": "CJK",
}  # fmt: skip
LATIN = {"de", "ht", "it", "so", "sw", "tr", "vi"}


def catalogue(language: str) -> Catalog:
    with (interpreter_languages.APPLICANT / language / "LC_MESSAGES/applicant.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is in the source now, by the mapping that `make messages` uses."""
    pot = tmp_path_factory.mktemp("applicant") / "applicant.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    subprocess.run(
        [*command, "--mapping", "cardservice/web/interpreter.cfg", "--output", str(pot), "."], cwd=ROOT, check=True
    )
    return {str(message.id) for message in read_po(io.BytesIO(pot.read_bytes())) if message.id}


class TestTheSentences:
    def test_are_all_extracted(self, extracted: set[str]) -> None:
        said = {words for one in QUESTIONS.values() for words in (one.asked, *one.notes, *one.answers, *one.always)}

        assert said | set(KINDS.values()) == extracted

    def test_are_short(self, extracted: set[str]) -> None:
        longest = [
            sentence for words in extracted for sentence in re.split(r"[.?] ?", words) if len(sentence.split()) > 15
        ]

        assert longest == []


@pytest.mark.parametrize("language", FOLDERS)
class TestACatalogue:
    def test_has_every_sentence_and_no_other(self, extracted: set[str], language: str) -> None:
        whole = {str(message.id): message for message in catalogue(language) if message.id}

        assert set(whole) == extracted, "make messages, then translate"
        assert [words for words, message in whole.items() if not message.string or message.fuzzy] == []

    def test_says_no_two_things_in_the_same_words(self, language: str) -> None:
        said = [str(message.string) for message in catalogue(language) if message.id]

        assert len(set(said)) >= len(said) - 1, sorted(words for words in set(said) if said.count(words) > 1)

    def test_is_in_its_own_letters(self, language: str) -> None:
        wanted = LETTERS.get(language, "LATIN")
        foreign = [
            message.string
            for message in catalogue(language)
            if message.id
            for letter in str(message.string)
            if letter.isalpha() and wanted not in unicodedata.name(letter)
        ]

        assert foreign == []

    def test_is_no_copy_of_the_english(self, language: str) -> None:
        assert [message.id for message in catalogue(language) if message.id and message.id == message.string] == (
            ["No"] if language == "it" else []
        )

    def test_says_whether_a_native_speaker_has_read_it(self, language: str) -> None:
        assert catalogue(language).language_team in {interpreter_languages.UNREAD, "read by a native speaker"}
        assert interpreter_languages.is_read(language) is (
            catalogue(language).language_team != interpreter_languages.UNREAD
        )

    def test_is_compiled_as_it_stands(self, language: str) -> None:
        compiled = interpreter_languages.APPLICANT / language / "LC_MESSAGES/applicant.mo"
        if not compiled.exists():
            pytest.skip("not compiled here; make install does it")
        with compiled.open("rb") as file:
            used = {message.id: message.string for message in read_mo(file) if message.id}

        assert used == {message.id: message.string for message in catalogue(language) if message.id}

    def test_is_called_something_in_every_language_of_the_desk(self, language: str) -> None:
        assert all(Locale.parse(desk).languages.get(language) for desk in languages.LANGUAGES)


class TestASentence:
    def test_is_english_and_says_so_where_a_catalogue_lacks_it(self) -> None:
        assert interpreter_languages.said("Not yet translated", "ti") == Said("Not yet translated", "en")

    def test_is_of_its_language_also_where_it_reads_as_in_english(self) -> None:
        assert interpreter_languages.said("No", "it") == Said("No", "it")


class TestTheLanguages:
    def test_are_those_of_the_desk_and_those_with_a_folder(self) -> None:
        assert set(interpreter_languages.LANGUAGES) == {*FOLDERS, *languages.LANGUAGES}
        assert not set(FOLDERS) & set(languages.LANGUAGES), "one wording for each language"
        assert set(FOLDERS) == {*LETTERS, *LATIN}
