"""The catalogues of every language: one folder each, languages/LANGUAGE/, made by `make language` (decision 0082).

English stands in the code. A catalogue is a gettext file of one domain: `messages` (the desk and the form for home),
`paper` (card, slip, leaflet, posters, sheets) and `verifier` (in the browser). What is said on paper and in the
verifier has a context, because the same English word may need another one there.
"""

import gettext
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale
from babel.core import get_global

FOLDER = Path(__file__).parent / "languages"
ENGLISH = "en"

Words = TypeVar("Words")


class Untranslated(LookupError):
    """A catalogue does not have this text."""


class _Nothing(gettext.NullTranslations):
    """What is asked last: it has no word for anything."""

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - as gettext calls it
        raise Untranslated(context)


def short(language: str) -> str:
    """A language's code in ISO 639-1 where it has one: `fr` for `fra` and for `fr-CA` (CLDR's aliases)."""
    first = language.lower().replace("_", "-").partition("-")[0]
    return str(get_global("language_aliases").get(first, first))


@cache
def is_right_to_left(language: str) -> bool:
    """Whether a language is read from the right (CLDR)."""
    return Locale.parse(language).text_direction == "rtl"


def folders() -> list[str]:
    """Every language that has a folder, English first."""
    return sorted((one.parent.name for one in FOLDER.glob("*/LC_MESSAGES")), key=lambda code: (code != ENGLISH, code))


def in_other_words(words: Words, say: Callable[[str], str]) -> Words:
    """The same words with every text in them said by `say`: in tuples, tables and dataclasses, as deep as they go."""
    made: Any = words
    if isinstance(words, str):
        made = say(words)
    elif isinstance(words, tuple):
        made = tuple(in_other_words(one, say) for one in words)
    elif isinstance(words, dict):
        made = {key: in_other_words(one, say) for key, one in words.items()}
    elif is_dataclass(words) and not isinstance(words, type):
        made = replace(words, **{one.name: in_other_words(getattr(words, one.name), say) for one in fields(words)})
    return made  # type: ignore[no-any-return]


@cache
def paper(context: str, language: str) -> Callable[[str], str]:
    """What says a text of a paper in a language. It raises `Untranslated` for what the catalogue does not have."""
    catalogue = _catalogue("paper", language)
    return lambda text: catalogue.pgettext(context, text)


def verifier(english: bytes) -> dict[str, bytes]:
    """The verifier's tables by their names in the kit, made of the English one: `languages/fr.json` and its like.

    Beside them `languages/index.json`: what each language calls itself and which way it is read. A language of which a
    word is missing is not offered.
    """
    tables = {ENGLISH: json.loads(english)}
    for language in folders():
        try:
            tables[language] = _said(tables[ENGLISH], _catalogue("verifier", language), "")
        except Untranslated:
            continue
    index = {code: {"name": own_name(code), "direction": Locale.parse(code).text_direction} for code in tables}
    return {f"languages/{name}.json": _json(table) for name, table in {**tables, "index": index}.items()}


def own_name(language: str) -> str:
    """What a language calls itself (CLDR), beginning with a capital where its letters have one."""
    name = Locale.parse(language).get_display_name() or language
    return name[0].upper() + name[1:]


def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    made = gettext.translation(domain, FOLDER, [language], fallback=True)
    made.add_fallback(_Nothing())
    return made


def _said(table: dict[str, Any], catalogue: gettext.NullTranslations, path: str) -> dict[str, Any]:
    return {
        key: _said(value, catalogue, f"{path}{key}.")
        if isinstance(value, dict)
        else catalogue.pgettext(f"{path}{key}", value)
        for key, value in table.items()
    }


def _json(table: object) -> bytes:
    return json.dumps(table, ensure_ascii=False, indent=2).encode() + b"\n"
