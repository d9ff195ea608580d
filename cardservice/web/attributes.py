"""Attributes of WTForms' fields, the same text in a tenth of the time.

WTForms 3.3 makes a template of each attribute and formats it, 70 µs a field and 40 µs an option of a list: 14 ms of
every visit (docs/decisions/0083). Its own text is what the tests compare with.
"""

from typing import Any

from markupsafe import Markup, escape
from wtforms.widgets import Button, Input, core


def written(**named: Any) -> Markup:
    """As `wtforms.widgets.html_params`: sorted by name; True is the name alone, False is nothing."""
    given = ((core.clean_key(name), value) for name, value in sorted(named.items()) if value is not False)
    parts = [escape(name) if value is True else _one(name, value) for name, value in given]
    return Markup(" ").join(parts)


def _one(name: str, value: Any) -> Markup:
    # What is markup already is not escaped, and must not end the attribute all the same.
    words = str(escape(value)).replace('"', "&quot;")
    return Markup(f'{escape(name)}="{words}"')  # noqa: S704 - both parts are escaped


def install() -> None:
    """Let WTForms write its fields so, in this process."""
    core.html_params = written
    Input.html_params = Button.html_params = staticmethod(written)
