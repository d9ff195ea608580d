"""Words by language, for whatever is printed: each paper's own are in its *_wording.py."""

from typing import TypeVar

Words = TypeVar("Words")


class UnknownLanguage(ValueError):
    """A paper has no words in this language."""

    def __init__(self, language: str, known: list[str]) -> None:
        super().__init__(f"There are no words in {language!r} yet. There are in: {', '.join(known)}.")
        self.language = language


class WordsIn(dict[str, Words]):
    """The words of a paper by language (ISO 639-1). A language that has none raises UnknownLanguage."""

    def __missing__(self, language: str) -> Words:
        raise UnknownLanguage(language, sorted(self))
