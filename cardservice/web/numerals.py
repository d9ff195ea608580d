"""Numbers as people write them in the language of the page, by CLDR: "1,204", "1 204", "1.204".

Whole numbers that are put into a message are written so by themselves; one that stands alone goes through the filter
`counted`. What is no quantity (a number that is called, a card's number, a year) is text before it comes here.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context

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


def in_language(number: int, locale: Locale) -> str:
    """The same in a language that no request has chosen."""
    together = locale.language in _FOUR_STAND_TOGETHER and abs(number) < 10_000
    written = format_decimal(number, locale=locale, numbering_system="default", group_separator=not together)
    return written.translate(DIGITS.get(locale.default_numbering_system, {}))


def signed(number: int) -> str:
    """A difference, with its sign."""
    return ("\N{MINUS SIGN}" if number < 0 else "+") + counted(abs(number))


def spoken(values: dict[str, Any], locale: Locale | None = None) -> dict[str, Any]:
    """The values of a message, with each whole number as it is written."""
    written = counted if locale is None else lambda number: in_language(number, locale)
    return {name: written(value) if type(value) is int else value for name, value in values.items()}


class CountedDomain(Domain):  # type: ignore[misc]  # flask-babel ships no types
    """Messages in which numbers are written as in their language."""

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
    env.globals.update({name: _with_numbers(env.globals[name], name == "ngettext") for name in ("gettext", "ngettext")})


def _with_numbers(says: Any, of_many: bool) -> Callable[..., Any]:
    """A template's `_` or `ngettext`, which knows the number by which it chose its words as `num`."""

    @pass_context
    def said(context: Context, *words: Any, **values: Any) -> Any:
        named = {"num": words[-1]} if of_many else {}
        return says(context, *words, **spoken(named | values))

    return said
