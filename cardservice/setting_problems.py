"""What is wrong with a config.toml, in words that say what is allowed. The settings themselves are settings.py."""

import difflib
import textwrap
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel

_KEY = "[key]"
"""Stands in pydantic's places for a name that is wrong itself."""
_LIST, _SECTION, _DATE = "be a list, in [ ]", "be a section, with names and values", "be a date like 2026-12-25"
# By pydantic's types of errors; the words are followed by what was found.
_MUST = {
    "greater_than_equal": "be {ge} or more",
    "less_than_equal": "be {le} or less",
    "int_type": "be a whole number",
    "float_type": "be a number",
    "finite_number": "be a finite number",
    "bool_type": "be true or false",
    "string_type": "be text, in quotes",
    "string_too_short": "not be empty",
    "string_too_long": "be at most {max_length} characters long",
    "tuple_type": _LIST,
    "frozen_set_type": _LIST,
    "too_short": "have at least {min_length}",
    "too_long": "have at most {max_length}",
    "dict_type": _SECTION,
    "model_type": _SECTION,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "literal_error": "be {expected}",
    "enum": "be {expected}",
}


def in_words(problem: Any, settings: type[BaseModel]) -> str:
    """One line for one of pydantic's errors about `settings`, a model of sections: where, the rule, what was found."""
    where = _where(problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where}: not a setting.{_did_you_mean(problem['loc'], settings)}"
    if problem["type"] == "missing":
        return f"{where}: is missing"
    if problem["type"] == "value_error":
        said = str(problem["ctx"]["error"])
        # What is said of a whole section may begin with its name, or with that of one of its settings.
        return f"{where}: {said}" if where and not said.startswith((f"{where}.", f"{where}:")) else said
    return f"{where}: {_rule(problem, settings)}, is {_shown(problem['input'])}"


def _shown(value: Any) -> str:
    """As it stands in the file, nearly; not all of it where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return "a section" if isinstance(value, dict) else "a list"
    return textwrap.shorten(repr(value), 60, placeholder="…")


def _where(loc: tuple[Any, ...]) -> str:
    """Dots between names; in a list of sections, [[printer]], which of them, counted from 1."""
    named = (part for part in loc if part != _KEY)
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in named).removeprefix(".")


def _rule(problem: Any, settings: type[BaseModel]) -> str:
    facts = problem.get("ctx", {})
    limits = _limits(problem["loc"], settings)
    if limits and problem["type"] in ("greater_than_equal", "less_than_equal"):
        return f"must be from {limits[0]} to {limits[1]}"
    if words := _MUST.get(problem["type"]):
        return "must " + words.format(**facts)
    return str(problem["msg"][0].lower() + problem["msg"][1:])


def _limits(loc: tuple[Any, ...], settings: type[BaseModel]) -> tuple[int, int] | None:
    section = _section(str(loc[0]), settings)
    field = section.model_fields.get(str(_within(loc)[0])) if section and _within(loc) else None
    bounds = {type(item).__name__: item for item in field.metadata} if field else {}
    return (bounds["Ge"].ge, bounds["Le"].le) if {"Ge", "Le"} <= set(bounds) else None


def _section(name: str, settings: type[BaseModel]) -> type[BaseModel] | None:
    field = settings.model_fields.get(name) if name in _names(settings) else None
    kind = field.annotation if field else None
    # [[printer]] is a tuple of sections.
    kind = next(iter(get_args(kind)), kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _within(loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """What follows the section, and its number in a list of them."""
    return loc[2:] if len(loc) > 1 and isinstance(loc[1], int) else loc[1:]


def _did_you_mean(loc: tuple[Any, ...], settings: type[BaseModel]) -> str:
    section = _section(str(loc[0]), settings) if _within(loc) else None
    known = list(section.model_fields) if section else _names(settings)
    close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    return f" Did you mean {_where((*loc[:-1], *close))}?" if close else f" Known here: {', '.join(known)}."


def _names(settings: type[BaseModel]) -> list[str]:
    """The sections of the file: all but the folder, which is where it lies."""
    return [name for name in settings.model_fields if name != "folder"]
