"""Words for a reader of nine years: no sentence is long, none is hard, and the whole is easy.

Measured is the Automated Readability Index, which counts letters and words and needs no list of words: its number is
the year of an American school, and a child of nine is in the fourth. Sentences end at . ! and ?. Labels of a few words
would make everything look easier than it is, so the whole is measured by sentences of five words and more.
"""

import dataclasses
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from cardservice import catalogues
from cardservice.web import kit_pages

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "es", "fr", "pt", "ar")
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
END = re.compile(r"(?<=[.!?؟])[»”\"]?\s+|\n\s*\n")
# The words of the field are long, and one and the same on every page: whoever works here knows them. A single sentence
# is measured as if each had six letters, so that the rest of it is seen.
FIELD = re.compile(
    r"\b(administrator|supervisor|registration|organisation|association|housekeeping|confirmation|declaration|checkpoint"
    r"|passphrase|cardholder|compromised)s?\b",
    re.IGNORECASE,
)
KNOWN = "letter"
MOST_WORDS = {"en": 22, "es": 25, "fr": 25, "pt": 25, "ar": 25}
"""Of a sentence; 25 where a language is not named. English is what all others are translated from; French and its
neighbours need more small words."""
APPLICANT = Path(catalogues.__file__).parent / "web/applicant"
THEIR_END = re.compile("[።।۔。！？](?!$)")
HARDEST_SENTENCE, HARDEST_PLACE, WHOLE = 9, 4, 2
LABEL = 5
"""Fewer words are a label, or the half of a sentence."""

# A sentence that may be hard, and why.
EXCEPTIONS = {
    "Announce and activate its successor first.": "to an administrator, in the words of changing keys (docs/keys.md)",
    "Only finished months are published.": "five words of which no shorter one is true",
    "If the name is right, whoever runs the server can add the rarer Chinese characters: make fonts-rare-han": (
        "the command has to be spelt out"
    ),
}


def sentences(text: str) -> list[str]:
    return [one.strip() for one in END.split(PLACES.sub("N", text)) if re.search(r"\w", one)]


def words_of(sentence: str) -> list[str]:
    return re.findall(r"\w[\w’'-]*", sentence)


def length(sentence: str, language: str) -> int:
    """Words between spaces; of Chinese, which has none, two characters count as a word."""
    return len(re.findall(r"\w", sentence)) // 2 if language == "zh" else len(sentence.split())


def index(letters: int, words: int, sentences: int = 1) -> float:
    """The Automated Readability Index."""
    return 4.71 * letters / words + 0.5 * words / sentences - 21.43


def of_sentence(sentence: str) -> float:
    said = words_of(FIELD.sub(KNOWN, sentence))
    return index(_letters(said), len(said))


def of_all(said: list[str]) -> float:
    words = [words_of(one) for one in said if len(words_of(one)) >= LABEL]
    return index(sum(map(_letters, words)), sum(map(len, words)), len(words))


def _letters(words: list[str]) -> int:
    return sum(len(re.findall(r"\w", one)) for one in words)


@cache
def said_by(language: str) -> dict[str, list[str]]:
    """Every sentence that the product says in a language, by where it says it."""
    return {where: [one for text in texts for one in sentences(text)] for where, texts in _texts(language)}


def _texts(language: str) -> Iterator[tuple[str, list[str]]]:
    with (catalogues.FOLDER / language / "LC_MESSAGES/messages.po").open("rb") as file:
        yield "desk", [text for message in read_po(file) if message.id for text in _all(message.string)]
    verifier = catalogues.verifier((kit_pages.FOLDER / kit_pages.ENGLISH).read_bytes())
    yield "verifier", list(_all(json.loads(verifier[f"languages/{language}.json"])))
    for path in sorted((ROOT / "cardservice/printing").glob("*wording.py")):
        words = getattr(importlib.import_module(f"cardservice.printing.{path.stem}"), "WORDS", {language: ""})
        yield path.stem, list(_all(words[language]))


def _all(held: Any) -> Iterator[str]:
    """Every text in a table of words, however it is laid down."""
    if isinstance(held, str):
        yield held
    elif dataclasses.is_dataclass(held):
        for one in dataclasses.fields(held):
            yield from _all(getattr(held, one.name))
    elif isinstance(held, dict):
        for one in held.values():
            yield from _all(one)
    elif isinstance(held, (tuple, list, frozenset)):
        for one in held:
            yield from _all(one)


class TestASentence:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_short_in_every_language(self, language: str) -> None:
        long = [
            (where, len(words_of(one)), one)
            for where, said in said_by(language).items()
            for one in said
            if len(words_of(one)) > MOST_WORDS[language]
        ]

        assert long == []

    @pytest.mark.parametrize("language", sorted(path.name for path in APPLICANT.iterdir() if path.is_dir()))
    def test_is_short_for_an_applicant_whose_language_the_desk_does_not_speak(self, language: str) -> None:
        with (APPLICANT / language / "LC_MESSAGES/applicant.po").open("rb") as file:
            texts = [text for message in read_po(file) if message.id for text in _all(message.string)]
        said = [one for text in texts for one in END.split(THEIR_END.sub(". ", text))]

        assert len(said) > len(texts) > 20
        assert [one for one in said if length(one, language) > MOST_WORDS.get(language, 25)] == []

    def test_is_not_hard(self) -> None:
        assert {(where, one) for where, one in _hard() if one not in EXCEPTIONS} == set()

    def test_is_an_exception_only_as_long_as_it_is_said(self) -> None:
        assert EXCEPTIONS.keys() - {one for _, one in _hard()} == set()


class TestTheWhole:
    def test_is_easy_for_a_child_of_nine(self) -> None:
        assert of_all([one for said in said_by("en").values() for one in said]) <= WHOLE

    def test_is_easy_in_every_place(self) -> None:
        measured = {where: of_all(said) for where, said in said_by("en").items() if any(map(_is_sentence, said))}

        assert {where: found for where, found in measured.items() if found > HARDEST_PLACE} == {}
        assert {"desk", "verifier", "slip_wording", "leaflet_wording", "clerk_wording"} <= measured.keys()

    def test_is_all_that_is_said(self) -> None:
        """The paragraph in docs/languages.md names these figures."""
        said = [one for sentences_of in said_by("en").values() for one in sentences_of]
        figures = f"{round(sum(map(_is_sentence, said)), -2):,} sentences"

        assert figures in (ROOT / "docs/languages.md").read_text("utf-8")


class TestTheMeasure:
    def test_tells_easy_from_hard(self) -> None:
        easy, hard = (
            "Give the card to the person. Say yes.",
            "Notwithstanding subsequent authentication, revocation prevails.",
        )

        assert of_all(sentences(easy)) < 1 < HARDEST_SENTENCE < of_sentence(hard)
        assert [len(words_of(one)) for one in sentences(easy)] == [6, 2]

    def test_knows_where_a_sentence_ends(self) -> None:
        assert sentences("%(num)s card is here. Is it “yours?” Yes: it is!") == [
            "N card is here.",
            "Is it “yours?",
            "Yes: it is!",
        ]
        assert len(sentences("هل معك البطاقة؟ نعم.")) == 2


def _hard() -> set[tuple[str, str]]:
    """Where, and what."""
    return {
        (where, one)
        for where, said in said_by("en").items()
        for one in filter(_is_sentence, said)
        if of_sentence(one) > HARDEST_SENTENCE
    }


def _is_sentence(said: str) -> bool:
    return len(words_of(said)) >= LABEL
