"""What is wrong with a config.toml, in words that say what is allowed. The settings themselves are settings.py."""

import difflib
from typing import Any

from pydantic import BaseModel


def in_words(problem: Any, settings: type[BaseModel]) -> str:
    """One line for one of pydantic's errors about `settings`, a model of sections: where, the rule, what was found."""
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where}: not a setting.{_did_you_mean(problem['loc'], settings)}"
    if problem["type"] == "missing":
        return f"{where}: is missing"
    if not where:
        return str(problem["ctx"]["error"])
    return f"{where}: {_rule(problem, settings)}, is {problem['input']!r}"


def _rule(problem: Any, settings: type[BaseModel]) -> str:
    facts = problem.get("ctx", {})
    limits = _limits(problem["loc"], settings)
    if limits and problem["type"] in ("greater_than_equal", "less_than_equal"):
        return f"must be from {limits[0]} to {limits[1]}"
    if problem["type"] == "literal_error":
        return f"must be {facts['expected']}"
    if problem["type"] == "string_pattern_mismatch":
        return f"must look like {facts['pattern']}"
    return str(problem["msg"][0].lower() + problem["msg"][1:])


def _limits(loc: tuple[Any, ...], settings: type[BaseModel]) -> tuple[int, int] | None:
    section = _section(str(loc[0]), settings)
    field = section.model_fields.get(str(loc[1])) if section and len(loc) > 1 else None
    bounds = {type(item).__name__: item for item in field.metadata} if field else {}
    return (bounds["Ge"].ge, bounds["Le"].le) if {"Ge", "Le"} <= set(bounds) else None


def _section(name: str, settings: type[BaseModel]) -> type[BaseModel] | None:
    field = settings.model_fields.get(name) if name in _names(settings) else None
    return field.annotation if field and isinstance(field.annotation, type) else None


def _did_you_mean(loc: tuple[Any, ...], settings: type[BaseModel]) -> str:
    section = _section(str(loc[0]), settings) if len(loc) > 1 else None
    known = list(section.model_fields) if section else _names(settings)
    close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    path = ".".join([*(str(part) for part in loc[:-1]), *close])
    return f" Did you mean {path}?" if close else f" Known here: {', '.join(known)}."


def _names(settings: type[BaseModel]) -> list[str]:
    """The sections of the file: all but the folder, which is where it lies."""
    return [name for name in settings.model_fields if name != "folder"]
