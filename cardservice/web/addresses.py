"""Addresses: which lead to a page of ours, and numbers in them, none that the register's columns could not hold.

A larger number would be an error of the database's, so a mistake of ours; it is an address that leads nowhere.
"""

from typing import Any

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

LARGEST = 2**31 - 1
"""The largest value of an INTEGER column on PostgreSQL."""


class Number(IntegerConverter):
    """`<int:…>` in a route, from 0 to `LARGEST`."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - Werkzeug's name
        super().__init__(map, max=LARGEST)


def number(text: str) -> int:
    """A number of a query string, for `request.args.get(…, type=number)`. Raises ValueError beyond `LARGEST`."""
    read = int(text)
    if not 0 <= read <= LARGEST:
        raise ValueError("beyond what the register holds")
    return read


def has_a_page(path: str) -> bool:
    """Whether a path is one of our own pages: a redirect never leads anywhere else."""
    return page_at(path) is not None


def page_at(path: str) -> tuple[str, dict[str, Any]] | None:
    """The endpoint of our own page at a path, with what stands in the path; or None."""
    if not path.startswith("/") or "//" in path or "\\" in path:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint), dict(values)
