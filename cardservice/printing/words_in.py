"""Words by language, for whatever is printed: the English is in each paper's *_wording.py, the rest in catalogues."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from cardservice import catalogues

Words = TypeVar("Words")


class UnknownLanguage(ValueError):
    """A paper has no words in this language."""

    def __init__(self, language: str, known: list[str]) -> None:
        super().__init__(f"There are no words in {language!r} yet. There are in: {', '.join(known)}.")
        self.language = language


class WordsIn(Mapping[str, Words]):
    """The words of a paper by language (ISO 639-1): English, and every language whose catalogue has all of them.

    A language that has none, or not all, raises UnknownLanguage. `paper` is the context of its texts in the catalogues.
    """

    def __init__(self, paper: str, english: Words) -> None:
        self.paper, self._english = paper, english

    @cached_property
    def _all(self) -> dict[str, Words]:
        found = {catalogues.ENGLISH: self._english}
        for language in catalogues.folders():
            try:
                found[language] = catalogues.in_other_words(self._english, catalogues.paper(self.paper, language))
            except catalogues.Untranslated:
                continue
        return found

    def __getitem__(self, language: str) -> Words:
        if language not in self._all:
            raise UnknownLanguage(language, sorted(self))
        return self._all[language]

    def __contains__(self, language: object) -> bool:
        return language in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
