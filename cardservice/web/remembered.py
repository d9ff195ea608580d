"""What a process remembers of an answer that costs or must not change with every request: one value for a name.

The rule here: nothing of a person, and nothing that is wrong when another process changes the register: the key says
all that the value depends on, or up to when it may be old.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import Flask, current_app

Value = TypeVar("Value")
_EXTENSION = "cardservice-remembered"


def install(app: Flask) -> None:
    """Begin with nothing."""
    app.extensions[_EXTENSION] = {}


def remembered(name: str, key: Hashable, make: Callable[[], Value]) -> Value:
    """Return the value of this name and key, made anew where the key is another one than last time."""
    kept: dict[str, tuple[Hashable, Any]] = current_app.extensions[_EXTENSION]
    found = kept.get(name)
    if found is None or found[0] != key:
        # Two requests at once make it twice, and it is the same.
        found = kept[name] = (key, make())
    value: Value = found[1]
    return value
