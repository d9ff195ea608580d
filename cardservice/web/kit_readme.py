"""What the kit says to whoever mirrors it, in the town's languages: what it is, how to serve it, how to check it.

The wording is kit_note.txt in a language's folder; a language that has none is left out, and English is always there
where no other is.
"""

from collections.abc import Iterable, Mapping

from cardservice import fingerprint as said
from cardservice.catalogues import ENGLISH, FOLDER

README = "README.txt"
_GROUP, _A_LINE, _WORDS_A_LINE = 8, 4, 6


def files(languages: Iterable[str], *, town: str, address: str, fingerprint: str, days: int) -> Mapping[str, bytes]:
    """Return the notes by their names in the kit: the first language's as README.txt, and each under its own name.

    `fingerprint` is the anchor key's in 64 hexadecimal digits; `days` is how long a status list may be used.
    """
    worded = {language: words for language in languages if (words := wording(language))}
    notes = {
        language: words.format(
            town=town, address=address, days=days, digits=_digits(fingerprint), words=_words(fingerprint, language)
        )
        for language, words in (worded or {ENGLISH: wording(ENGLISH)}).items()
    }
    return {
        README: next(iter(notes.values())).encode(),
        **{f"README.{language}.txt": note.encode() for language, note in notes.items()},
    }


def wording(language: str) -> str:
    """The note with its places for values; empty where a language has none."""
    note = FOLDER / language / "kit_note.txt"
    return note.read_text(encoding="utf-8") if note.is_file() else ""


def _digits(fingerprint: str) -> str:
    """Four groups of eight digits a line, so that two people can read them to each other."""
    groups = [fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP)]
    return _lines(groups, _A_LINE)


def _words(fingerprint: str, language: str) -> str:
    return _lines(said.words(fingerprint, language), _WORDS_A_LINE)


def _lines(items: Iterable[str], a_line: int) -> str:
    every = list(items)
    return "\n".join("  " + " ".join(every[at : at + a_line]) for at in range(0, len(every), a_line))
