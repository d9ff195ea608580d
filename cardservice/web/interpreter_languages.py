"""In which languages something can be said to the person at the counter, and which one they pointed to.

Those of the desk, from its own catalogues, and those that have a folder in applicant/: there are more languages in a
town than at its desk. The choice is a cookie of the browser's session that names nobody; it is forgotten when somebody
else comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Response, after_this_request, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_domain, get_locale

from cardservice import catalogues
from cardservice.web import desk, evidence_words, languages
from cardservice.web.evidence_sentences import Sentence
from cardservice.web.interpreter_words import KINDS

APPLICANT = Path(__file__).parent / "applicant"
DOMAIN = "applicant"
UNREAD = "not read by a native speaker"
"""What stands under Language-Team in a catalogue until somebody who grew up with the language has read it."""
# Where the people who speak a language look for it under another name than CLDR's.
OWN_NAMES = {"fa": "فارسی / دری"}


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and which language they are in."""

    words: str
    language: str

    @property
    def direction(self) -> str:
        return Locale.parse(self.language).text_direction


@dataclass(frozen=True, slots=True)
class Both:
    """The same words twice: in the applicant's language and in the clerk's."""

    theirs: Said
    ours: Said

    @property
    def is_one(self) -> bool:
        """Whether both read the same language."""
        return self.theirs == self.ours


def offered() -> dict[str, str]:
    """What each language calls itself, by code, in the order of those names."""
    codes = {folder.parent.name for folder in APPLICANT.glob("*/LC_MESSAGES")} | set(languages.LANGUAGES)
    names = {code: OWN_NAMES.get(code) or catalogues.own_name(code) for code in codes}
    return dict(sorted(names.items(), key=lambda one: one[1].lower()))


LANGUAGES = offered()


def said(words: str | Sentence, language: str) -> Said:
    """A sentence for the applicant in a language; in English where the catalogue does not have it.

    A language that is becoming one of the desk's has its sentences here until the desk's catalogue has them.
    """
    sentence = Sentence(words) if isinstance(words, str) else words
    found = _catalogue(language)
    if found.gettext(sentence.words) or found.ngettext(sentence.words, sentence.many, 1):
        return Said(sentence.by(_Values(found)), language)
    if language in languages.LANGUAGES:
        with force_locale(language):
            return Said(sentence.by(get_domain()), language)
    return said(sentence, languages.DEFAULT)


def paper(kind: str, language: str) -> Said:
    """The words for a kind of paper, also for one of the town's own."""
    return said(KINDS[kind], language) if kind in KINDS else own(evidence_words.own_words()[kind], language)


def own(words: Mapping[str, str], language: str) -> Said:
    """What a town says in words of its own, by language; in its first one where that language is not there."""
    found = language if language in words else next(iter(words))
    return Said(words[found], found)


def both(words: str | Sentence, language: str) -> Both:
    """A sentence in the language of the applicant and in that of the page."""
    return Both(said(words, language), said(words, here()))


def here() -> str:
    """The language of the page."""
    return str(get_locale() or languages.DEFAULT)


def is_read(language: str) -> bool:
    """Whether somebody who grew up with the language has read its sentences."""
    return language in languages.LANGUAGES or _catalogue(language).info().get("language-team") != UNREAD


def called(language: str) -> str:
    """What a language is called in the language of the page."""
    locale = get_locale() or Locale(languages.DEFAULT)
    name = locale.languages.get(language) or LANGUAGES[language]
    return str(name[0].upper() + name[1:])


class _Untranslated(NullTranslations):
    """Says nothing, so that what a catalogue lacks is not taken for its language."""

    def gettext(self, message: str) -> str:  # noqa: ARG002
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002
        return ""


@dataclass(frozen=True, slots=True)
class _Values:
    """A catalogue that puts values into its words, as flask-babel's do."""

    words: NullTranslations

    def gettext(self, words: str, **values: object) -> str:
        return self.words.gettext(words) % values if values else self.words.gettext(words)

    def ngettext(self, one: str, many: str, num: int) -> str:
        return self.words.ngettext(one, many, num) % {"num": num}


@cache
def _catalogue(language: str) -> NullTranslations:
    found = Translations.load(str(APPLICANT), [language], DOMAIN)
    found.add_fallback(_Untranslated())
    return found


def cookie_name() -> str:
    """A `__Host-` cookie where there is HTTPS."""
    return "__Host-applicant" if desk.settings().desk.https else "applicant"


def chosen() -> str | None:
    """The language that the person at the counter pointed to; None once it is forgotten."""
    asked = g.applicant if "applicant" in g else request.cookies.get(cookie_name())
    return asked if asked in LANGUAGES else None


def pointed_to() -> str | None:
    """The language that is pointed to with this request."""
    asked = request.args.get("language")
    return asked if asked in LANGUAGES else None


def remember(language: str) -> None:
    """Keep the choice until the browser is closed, or it is forgotten."""
    g.applicant = language

    @after_this_request
    def keep(answer: Response) -> Response:
        answer.set_cookie(cookie_name(), language, secure=desk.settings().desk.https, httponly=True, samesite="Strict")
        return answer


def forget() -> None:
    """Somebody else is at the counter now, or nobody."""
    g.applicant = None
    if cookie_name() not in request.cookies:
        return

    @after_this_request
    def drop(answer: Response) -> Response:
        answer.delete_cookie(cookie_name(), secure=desk.settings().desk.https, httponly=True, samesite="Strict")
        return answer


def begun_anew() -> ResponseReturnValue | None:
    """Where the menu led here (`?anew`), forget, and go on without it: a page loaded again forgets nobody."""
    if "anew" not in request.args:
        return None
    forget()
    return redirect(request.path)
