"""How fast one staff member may repeat what costs: far above what hands can do, far below what a script would.

Drawing a card, reading a picture and reading the whole audit take the service tens to hundreds of milliseconds, and a
search, repeated, becomes a list. Each such page says `@costly`. Counted by staff member and page, in the memory of the
process; nobody else is slowed down. Guessing passwords has limits of its own (guessing.py).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from cardservice.domain.errors import Refused
from cardservice.web import desk

View = TypeVar("View", bound=Callable[..., Any])

AT_MOST = parse("60 per minute")
_EXTENSION = "cardservice-pace"


class TooFast(Refused):
    """More than a person could need within a minute."""

    def __init__(self) -> None:
        super().__init__("This page was asked for too often within a minute. Wait a minute and go on.")


def install(app: Flask) -> None:
    """Start counting for `app`."""
    app.extensions[_EXTENSION] = MovingWindowRateLimiter(MemoryStorage())


def costly(view: View) -> View:
    """Refuse a staff member who asks for this page more than `AT_MOST`. Stands below `@requires`."""

    @wraps(view)
    def paced(*args: Any, **kwargs: Any) -> Any:
        counts = cast(MovingWindowRateLimiter, current_app.extensions[_EXTENSION])
        if not counts.hit(AT_MOST, desk.actor().code, request.endpoint or ""):
            raise TooFast
        return view(*args, **kwargs)

    return cast(View, paced)
