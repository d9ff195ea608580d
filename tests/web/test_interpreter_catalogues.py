"""Every sentence for the person at the counter, in every language that has a folder for them."""

import io
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from cardservice.domain.evidence import Paper
from cardservice.web import evidence_sentences, interpreter_languages, languages
from cardservice.web.evidence_sentences import Sentence
from cardservice.web.interpreter_languages import Said
from cardservice.web.interpreter_words import KINDS, QUESTIONS
from web.hall import TownHall

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(folder.parent.name for folder in interpreter_languages.APPLICANT.glob("*/LC_MESSAGES"))
# What the letters of each language are called in Unicode; every sentence must be in them.
LETTERS = {
    "am": "ETHIOPIC", "bn": "BENGALI", "fa": "ARABIC", "ru": "CYRILLIC", "ti": "ETHIOPIC", "uk": "CYRILLIC",
    "ur": "ARABIC", "zh": "CJK",
}  # fmt: skip
LATIN = {"de", "ht", "it", "so", "sw", "tr", "vi"}


Id = str | tuple[str, ...]


def catalogue(language: str) -> Catalog:
    with (interpreter_languages.APPLICANT / language / "LC_MESSAGES/applicant.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[Id]:
    """What is in the source now, by the mapping that `make messages` uses."""
    pot = tmp_path_factory.mktemp("applicant") / "applicant.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    subprocess.run(
        [*command, "--mapping", "cardservice/web/interpreter.cfg", "--output", str(pot), "."], cwd=ROOT, check=True
    )
    return {_id(message) for message in read_po(io.BytesIO(pot.read_bytes())) if message.id}


def forms(message: Message) -> tuple[str, ...]:
    """What a catalogue says for a sentence, in each of its plural forms."""
    return tuple(message.string) if message.pluralizable else (str(message.string),)


def _id(message: Message) -> Id:
    """What is said in English; a compiled catalogue has it as a list."""
    return tuple(message.id) if message.pluralizable else str(message.id)


class TestTheSentences:
    def test_are_all_extracted(self, extracted: set[Id]) -> None:
        said = {words for one in QUESTIONS.values() for words in (one.asked, *one.notes, *one.answers, *one.always)}
        papers = {
            words for name, value in vars(evidence_sentences).items() if name.isupper() for words in _strings(value)
        }

        assert said | set(KINDS.values()) | papers | set(OF_NUMBERS) == extracted

    def test_are_short(self, extracted: set[Id]) -> None:
        longest = [
            sentence
            for words in extracted
            for one in (words if isinstance(words, tuple) else (words,))
            for sentence in re.split(r"[.?] ?", one)
            if len(sentence.split()) > 15
        ]

        assert longest == []


def _strings(value: object) -> list[str]:
    """The words that a module holds: by themselves, in a row or in a table."""
    if isinstance(value, str):
        return [value]
    rows = list(value.values()) if isinstance(value, dict) else value if isinstance(value, tuple) else []
    return [words for words in rows if isinstance(words, str)]


# What evidence_sentences.py says with a number, and of an organisation.
OF_NUMBERS: tuple[Id, ...] = (
    "of an organisation on the list",
    "Points for who you are: %(num)s",
    "Points for living here: %(num)s",
    "Points more, from any paper: %(num)s",
    ("counts on its day and the day after", "counts for %(num)s days"),
    ("may have expired %(num)s day ago", "may have expired %(num)s days ago"),
    ("may have expired %(num)s year ago", "may have expired %(num)s years ago"),
)


@pytest.mark.parametrize("language", FOLDERS)
class TestACatalogue:
    def test_has_every_sentence_and_no_other(self, extracted: set[Id], language: str) -> None:
        whole = {_id(message): message for message in catalogue(language) if message.id}

        assert set(whole) == extracted, "make messages, then translate"
        assert [words for words, message in whole.items() if not all(forms(message)) or message.fuzzy] == []

    def test_has_each_form_that_its_numbers_ask_for(self, language: str) -> None:
        own = catalogue(language)

        assert {len(forms(message)) for message in own if message.pluralizable} == {own.num_plurals}

    def test_loses_no_number(self, language: str) -> None:
        lost = [
            message.id
            for message in catalogue(language)
            if "%(num)s" in str(message.id) and "%(num)s" not in forms(message)[-1]
        ]

        assert lost == []

    @pytest.mark.parametrize("number", [2, 3, 5, 11, 21, 30, 90, 365])
    def test_says_each_number(self, language: str, number: int) -> None:
        (paper,) = evidence_sentences.conditions(Paper(kind="bill", days_old=number))

        said = interpreter_languages.said(paper, language)

        assert said.language == language
        assert str(number) in said.words
        assert "%" not in said.words

    def test_says_no_two_things_in_the_same_words(self, language: str) -> None:
        said = [forms(message) for message in catalogue(language) if message.id]

        assert len(set(said)) >= len(said) - 1, sorted(words for words in set(said) if said.count(words) > 1)

    def test_is_in_its_own_letters(self, language: str) -> None:
        wanted = LETTERS.get(language, "LATIN")
        foreign = [
            words
            for message in catalogue(language)
            if message.id
            for words in forms(message)
            for letter in words.replace("%(num)s", "")
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
            used = {_id(message): forms(message) for message in read_mo(file) if message.id}

        assert used == {_id(message): forms(message) for message in catalogue(language) if message.id}

    def test_is_called_something_in_every_language_of_the_desk(self, language: str) -> None:
        assert all(Locale.parse(desk).languages.get(language) for desk in languages.LANGUAGES)


class TestASentence:
    def test_of_a_language_that_becomes_one_of_the_desk_s_is_said_until_its_folder_goes(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sentence = QUESTIONS["birth-date"].asked
        with hall.app.test_request_context():
            before = interpreter_languages.said(sentence, "it")
            monkeypatch.setitem(languages.LANGUAGES, "it", "Italiano")

            assert interpreter_languages.said(sentence, "it") == before
            assert before.language == "it"

    def test_is_english_and_says_so_where_a_catalogue_lacks_it(self, hall: TownHall) -> None:
        with hall.app.test_request_context():
            assert interpreter_languages.said("Not yet translated", "ti") == Said("Not yet translated", "en")

    def test_with_a_number_is_english_as_well(self, hall: TownHall) -> None:
        with hall.app.test_request_context():
            for sentence, words in (
                (Sentence("%(num)s door", "%(num)s doors", 2), "2 doors"),
                (Sentence("Doors: %(num)s", num=2), "Doors: 2"),
            ):
                assert interpreter_languages.said(sentence, "ti") == Said(words, "en")

    def test_is_of_its_language_also_where_it_reads_as_in_english(self) -> None:
        assert interpreter_languages.said("No", "it") == Said("No", "it")


class TestTheLanguages:
    def test_are_those_of_the_desk_and_those_with_a_folder(self) -> None:
        assert set(interpreter_languages.LANGUAGES) == {*FOLDERS, *languages.LANGUAGES}
        assert not set(FOLDERS) & set(languages.LANGUAGES), "one wording for each language"
        assert set(FOLDERS) == {*LETTERS, *LATIN} - set(languages.LANGUAGES)
