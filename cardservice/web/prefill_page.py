"""The form that residents fill in at home: one file with everything inside, and the route that hands it out.

It works from a stick as from here, and asks nobody for anything: its own policy forbids it (docs/prefill.md). Who opens
it is nobody's business: no session, no cookie. Its parts lie in form_page/; `make install` bundles the script.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cardservice.domain import prefill
from cardservice.domain.errors import Unavailable
from cardservice.web import desk, headers, languages, prefill_words
from cardservice.web.access import public

bp = Blueprint(headers.FORM, __name__)

FOLDER = Path(__file__).parent / "form_page"
SCRIPT = FOLDER / "built" / "form.js"


class FormNotBuilt(Unavailable):
    """The set-up that bundles the form's script has not run on this machine."""

    def __init__(self) -> None:
        super().__init__("The form for residents is not built. Build it with: make install")


class _Town(NamedTuple):
    issuer: str
    name: str
    names: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]


class Form(NamedTuple):
    """The file, and the policy that stands in it."""

    page: bytes
    policy: str


@bp.get("/before-your-visit")
@public
def show() -> ResponseReturnValue:
    """The form, the same for everybody."""
    town = desk.settings().town
    form = form_of(town.issuer, town.name, town.names, town.languages)
    answer = Response(form.page, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = f"{form.policy}; frame-ancestors 'none'"
    return answer


def form_of(issuer: str, name: str, names: Mapping[str, str], spoken: tuple[str, ...]) -> Form:
    """The form of a town, whose name and its names in languages stand on it; `spoken`: the languages of its cards.

    Raises `FormNotBuilt`.
    """
    return _made(_Town(issuer, name, tuple(names.items()), spoken))


@cache
def _made(town: _Town) -> Form:
    try:
        script = SCRIPT.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FormNotBuilt from None
    style = _style()
    tables = {language: _table(language, town) for language in languages.LANGUAGES}
    spoken = next((language for language in town.languages if language in tables), languages.DEFAULT)
    policy = _policy(script, style)
    page = _ENVIRONMENT.get_template("page.html").render(
        tables=tables,
        desk={"language": spoken, **tables[spoken]},
        mark=prefill.town_mark(town.issuer).hex(),
        # What stands in a script may not end it, whatever a town is called.
        words=json.dumps(tables, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        style=style,
        script=script,
        policy=policy,
    )
    return Form(page.encode(), policy)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def _table(language: str, town: _Town) -> dict[str, object]:
    return {
        **prefill_words.table(language, town.languages),
        "own_name": languages.LANGUAGES[language],
        "town": dict(town.names).get(language, town.name),
    }


def _policy(script: str, style: str) -> str:
    """Nothing but the script and the style inside: no request, no form that is sent, no text that becomes markup."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _style() -> str:
    """The form's own rules, and those of the letters on the screen, which are the desk's."""
    own = (FOLDER / "page.css").read_text(encoding="utf-8")
    desk = (FOLDER.parent / "static/desk.css").read_text(encoding="utf-8")
    return own + desk.partition("/* Letters on the screen. */")[2].partition("\n\n")[0]
