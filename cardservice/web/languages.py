"""Which language a page speaks, and what languages are called in it.

The choice is a cookie that names nobody. Names, plurals, dates and direction come from CLDR through Babel; the words
themselves are in languages/LANGUAGE/LC_MESSAGES/messages.po, and every language that has a folder there is offered
(docs/languages.md).
"""

import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from babel import Locale
from babel.core import get_global
from babel.support import Translations
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from cardservice import catalogues
from cardservice.web import addresses, desk, numerals
from cardservice.web.access import public

DEFAULT = "en"
A_YEAR = 365 * 24 * 3600

# What a name on a card may be said to be written in (ISO 639-3). The order is made for each page by its own alphabet.
NAME_LANGUAGES = (
    "afr", "amh", "ara", "bam", "ben", "bos", "bul", "cat", "ces", "ckb", "cym", "dan", "deu", "ell", "eng", "est",
    "eus", "fas", "fin", "fra", "ful", "gle", "glg", "guj", "hat", "hau", "heb", "hin", "hrv", "hun", "hye", "ibo",
    "ind", "isl", "ita", "jpn", "kab", "kan", "kat", "kaz", "khm", "kin", "kmr", "kor", "lao", "lav", "lin", "lit",
    "mal", "mar", "mkd", "mon", "mya", "nep", "nld", "nor", "orm", "pan", "pol", "por", "prs", "pus", "rom", "ron",
    "rus", "sin", "slk", "slv", "som", "spa", "sqi", "srp", "swa", "swe", "tam", "tel", "tgl", "tha", "tig", "tir",
    "tur", "ukr", "urd", "uzb", "vie", "wol", "xho", "yor", "zgh", "zho", "zul",
)  # fmt: skip

bp = Blueprint("languages", __name__)

View = TypeVar("View", bound=Callable[..., Any])

SHOWN_AT = "shown_at"
"""In `g`, where a sent form shows another page than its own: the address of that page."""
SPEAK = "speak"
"""The field of a language that is asked for together with what is typed on the page: nothing else is to be done."""
_SHOWS_TYPED = "__shows_typed__"


def N_(words: str) -> str:  # noqa: N802 - the name under which pybabel looks for words that are looked up later
    """Mark words for the catalogues."""
    return words


class Catalogue:
    """The words of one language, where no request has chosen it: asked as flask-babel's domain of a request is."""

    def __init__(self, language: str) -> None:
        self.language, self._words = language, Translations.load(str(catalogues.FOLDER), [language])
        self._locale = Locale.parse(language)

    def gettext(self, words: str, **values: object) -> str:
        said = self._words.gettext(words)
        return said % numerals.spoken(values, self._locale) if values else said

    def ngettext(self, one: str, many: str, num: int) -> str:
        return str(self._words.ngettext(one, many, num) % numerals.spoken({"num": num}, self._locale))


def offered() -> dict[str, str]:
    """What each language that has a folder calls itself, by code, in the order of those names: Latin letters first."""
    names = {code: catalogues.own_name(code) for code in catalogues.folders()}
    return dict(sorted(names.items(), key=lambda one: one[1].lower()))


LANGUAGES = offered()


def cookie_name() -> str:
    """A `__Host-` cookie where there is HTTPS."""
    return "__Host-language" if desk.settings().desk.https else "language"


def install(app: Flask) -> None:
    """Choose the language of every request of `app`, and tell templates its direction."""
    numerals.CountedBabel(
        app,
        locale_selector=chosen,
        default_locale=DEFAULT,
        default_translation_directories=str(catalogues.FOLDER),
    )
    numerals.install(app)
    app.register_blueprint(bp)

    @app.context_processor
    def words_for_templates() -> dict[str, object]:
        locale = get_locale()
        return {
            "language": str(locale),
            "direction": locale.text_direction if locale else "ltr",
            "languages": LANGUAGES,
            "here": _here(),
        }


def _here() -> str:
    """The address of the page that is shown: that of the request, unless nothing is shown there by itself."""
    if request.method == "GET" or addresses.has_a_page(request.path):
        return request.path
    return str(g.get(SHOWN_AT) or url_for("start.today"))


def chosen() -> str:
    """The language of this request: the cookie, else what the browser asks for, else English."""
    asked = request.cookies.get(cookie_name())
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES, DEFAULT)


@bp.post("/language")
@public
def switch() -> ResponseReturnValue:
    """Change the language and go back to the same page."""
    back, with_typed = request.form.get("back", ""), SPEAK in request.form
    # What is typed goes along with this very request: nothing of it is kept on the way.
    status = 307 if with_typed and _shows_typed(back) else 302
    answer = redirect(back if addresses.has_a_page(back) else url_for("start.today"), status)
    asked = request.form.get(SPEAK if with_typed else "language")
    if asked in LANGUAGES:
        answer.set_cookie(
            cookie_name(),
            asked,
            max_age=A_YEAR,
            secure=desk.settings().desk.https,
            httponly=True,
            samesite="Strict",
        )
    return answer


def shows_typed(view: View) -> View:
    """Say of a page that a form sent to it with `SPEAK` is only shown again (`DeskForm.is_submitted`)."""
    setattr(view, _SHOWS_TYPED, True)
    return view


def _shows_typed(path: str) -> bool:
    page = addresses.page_at(path)
    return page is not None and hasattr(current_app.view_functions[page[0]], _SHOWS_TYPED)


def language_name(code: str) -> str:
    """What a language (ISO 639-3) is called in the language of the page."""
    return _called(code, get_locale() or Locale(DEFAULT))


def _called(code: str, locale: Locale) -> str:
    # CLDR's plain Portuguese is Brazil's; the desk's own words are Portugal's.
    locale = Locale("pt", "PT") if str(locale) == "pt" else locale
    short = get_global("language_aliases").get(code, code)
    name = locale.languages.get(short) or Locale(DEFAULT).languages.get(short, code)
    return str(name[0].upper() + name[1:])


def short_code(code: str) -> str:
    """A language as HTML's `lang` has it: "eng" becomes "en"."""
    return str(get_global("language_aliases").get(code, code)).replace("_", "-")


def name_languages(first: tuple[str, ...] = ()) -> dict[str, str]:
    """The languages to choose from, by code: the town's own first, then by name."""
    return names_in(get_locale() or Locale(DEFAULT), first)


def names_in(locale: Locale, first: tuple[str, ...] = ()) -> dict[str, str]:
    """The same in a language that no request has chosen."""
    own = [code for code in NAME_LANGUAGES if short_code(code) in first]
    rest = [code for code in NAME_LANGUAGES if code not in own]
    own.sort(key=lambda code: first.index(short_code(code)))
    called = {code: _called(code, locale) for code in NAME_LANGUAGES}
    return {code: called[code] for code in (*own, *sorted(rest, key=lambda code: _in_order(called[code])))}


def _in_order(name: str) -> str:
    """Where a name stands in an alphabet: an accent makes no other letter."""
    return "".join(part for part in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(part))
