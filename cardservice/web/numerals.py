"""Numbers as people write them in the language of the page, by CLDR: "1,204", "1 204", "1.204".

Whole numbers that are put into a message are written so by themselves; one that stands alone goes through the filter
`counted`. What is no quantity (a number that is called, a card's number, a year) is text before it comes here.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

# CLDR's minimumGroupingDigits, which Babel leaves out: in these languages four digits stand together.
_FOUR_STAND_TOGETHER = frozenset({"es"})
# The digits of a numbering system, which Babel leaves out as well: it writes Latin ones with the other's separators.
DIGITS = {
    system: {ord("0") + value: chr(ord(zero) + value) for value in range(10)}
    for system, zero in {"arabext": "\u06f0", "beng": "\u09e6"}.items()
}


def counted(number: int) -> str:
    """A quantity in the language of the page."""
    return in_language(number, get_locale() or Locale("en"))


@lru_cache
def in_language(number: int, locale: Locale) -> str:
    """The same in a language that no request has chosen; below nothing with a minus as long as a digit."""
    if number < 0:
        return "\N{MINUS SIGN}" + in_language(-number, locale)
    together = locale.language in _FOUR_STAND_TOGETHER and number < 10_000
    written = format_decimal(number, locale=locale, numbering_system="default", group_separator=not together)
    return written.translate(DIGITS.get(locale.default_numbering_system, {}))


def signed(number: int) -> str:
    """A difference, with its sign."""
    return counted(number) if number < 0 else f"+{counted(number)}"


def spoken(values: dict[str, Any], locale: Locale | None = None) -> dict[str, Any]:
    """The values of a message, with each whole number as it is written."""
    written = counted if locale is None else lambda number: in_language(number, locale)
    return {name: written(value) if type(value) is int else value for name, value in values.items()}


class CountedDomain(Domain):  # type: ignore[misc]  # flask-babel ships no types
    """Messages in which numbers are written as in their language.

    A page asks for some fifty: the catalogue of its language is found by one look-up, not by writing the language's
    name anew for each.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found: dict[Locale | None, Any] = {}

    def get_translations(self) -> Any:
        locale = get_locale()
        found = self._found.get(locale)
        if found is None:
            found = self._found[locale] = super().get_translations()
        return found

    def gettext(self, string: str, **values: Any) -> str:
        return str(super().gettext(string, **spoken(values)))

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        said = self.get_translations().ungettext(singular, plural, num)
        return str(said % spoken({"num": num} | values))


class CountedBabel(Babel):  # type: ignore[misc]
    """flask-babel with such messages."""

    @cached_property
    def domain_instance(self) -> CountedDomain:
        return CountedDomain(domain=self.domain)


def install(app: Flask) -> None:
    """Let the templates of `app` write numbers; after flask-babel was installed."""
    env = app.jinja_env
    env.filters.update(counted=counted, signed=signed)
    gettext = _said_by(app.extensions["babel"].instance)
    env.globals.update(_=gettext, gettext=gettext, ngettext=_with_number(env.globals["ngettext"]))


def _said_by(babel: CountedBabel) -> Callable[..., Any]:
    """A template's `_`, as Jinja's own, by a shorter way: it is asked five hundred times while a card is made."""

    @pass_context
    def said(context: Context, words: str, **values: Any) -> Any:
        found = babel.domain_instance.get_translations().ugettext(words)
        if context.eval_ctx.autoescape:
            found = Markup(found)  # noqa: S704 - the catalogues are ours; what is put into them is escaped
        return found % spoken(values)

    return said


def _with_number(says: Any) -> Callable[..., Any]:
    """A template's `ngettext`, which knows the number by which it chose its words as `num`."""

    @pass_context
    def said(context: Context, *words: Any, **values: Any) -> Any:
        return says(context, *words, **spoken({"num": words[-1]} | values))

    return said
