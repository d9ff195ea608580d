"""What every desk would make anew and make the same: made once in a test process, and kept for the next desks.

Every test makes a desk of its own, and more than half of its time would go into compiling the same templates, the same
addresses and the same statements, and into reading the same catalogues.
"""

from io import BytesIO
from types import CodeType
from typing import IO, Any

import pytest
from babel.support import Translations
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

from cardservice.storage import session
from cardservice.web.app import Service
from web import hall

STATEMENTS = 5_000
"""More than the desk has: a cache that is too small would forget what is asked next."""


def install(patch: pytest.MonkeyPatch) -> None:
    """Keep what is made, until the patch is undone."""
    patch.setattr(Service, "jinja_options", {"bytecode_cache": Templates()})
    patch.setattr(Rule, "_compile_builder", _builders(Rule._compile_builder))
    patch.setattr(Rule, "_parse_rule", _parts(Rule._parse_rule))
    patch.setattr(Translations, "_parse", _catalogues(Translations._parse))
    patch.setattr(hall, "engine", Statements())


class Templates(BytecodeCache):
    """Templates compiled by one desk serve the next ones, as long as their text is the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Statements:
    """Opens registers whose engines know together how statements are written in SQL."""

    def __init__(self) -> None:
        self._first: Engine | None = None
        self._written: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def __call__(self, url: str) -> Engine:
        made = session.engine(url)
        if made.dialect.name == "sqlite":
            # A statement is known by its dialect, so they share that too; SQLite's says the same of every file.
            self._first = self._first or made
            made.dialect, made._compiled_cache = self._first.dialect, self._written
        return made


def _builders(real: Any) -> Any:
    """The functions that write addresses, one for each route."""
    kept: dict[object, Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown
        if key not in kept:
            kept[key] = real(rule, append_unknown)
        return kept[key]

    return once


def _parts(real: Any) -> Any:
    """What addresses are recognised by, where nothing in them varies: what does is read by the map's own converters."""
    kept: dict[str, tuple[list[RulePart], list[tuple[bool, str]]]] = {}

    def once(rule: Rule, said: str) -> list[RulePart]:
        if "<" in said:
            return list(real(rule, said))
        if said not in kept:
            before = len(rule._trace)
            kept[said] = list(real(rule, said)), rule._trace[before:]
            return kept[said][0]
        parts, trace = kept[said]
        rule._trace += trace
        return parts

    return once


def _catalogues(real: Any) -> Any:
    """What is in a catalogue, known by its bytes."""
    kept: dict[bytes, dict[str, Any]] = {}

    def once(read: Translations, file: IO[bytes]) -> None:
        content = file.read()
        if content not in kept:
            real(read, BytesIO(content))
            kept[content] = {name: vars(read)[name] for name in ("_catalog", "_info", "_charset", "plural")}
        found = kept[content]
        vars(read).update(found, _catalog=dict(found["_catalog"]), _info=dict(found["_info"]))

    return once
