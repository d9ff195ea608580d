"""Who may use which page: every route says so, and the service does not start while one is silent.

`@requires(role, ...)` names each role that may come in; no role contains another. `@public` is for pages that need no
sign-in. The guard runs before everything else a request does. How somebody signs in is sign_in.py.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cardservice.domain.errors import Refused
from cardservice.terms import StaffRole

View = TypeVar("View", bound=Callable[..., Any])
Roles = frozenset[StaffRole]

EVERYBODY: Roles = frozenset(StaffRole)
NO_SIGN_IN: Roles = frozenset()
_MARK = "__allowed_roles__"


class RouteWithoutAccess(RuntimeError):
    """A route says neither `@requires` nor `@public`; found when the service starts."""

    def __init__(self, endpoints: list[str]) -> None:
        super().__init__(f"These routes do not say who may use them: {', '.join(endpoints)}.")
        self.endpoints = endpoints


class NotYourRole(Refused):
    """The page belongs to another role."""

    def __init__(self, role: StaffRole) -> None:
        super().__init__(f"This page is not part of what a {role} does.")
        self.role = role


def requires(*roles: StaffRole) -> Callable[[View], View]:
    """Let in the named roles and nobody else."""
    if not roles:
        raise ValueError("name at least one role")
    return _marked(frozenset(roles))


def public(view: View) -> View:
    """Let in everybody, signed in or not."""
    return _marked(NO_SIGN_IN)(view)


def _marked(roles: Roles) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def marked(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        setattr(marked, _MARK, roles)
        return cast(View, marked)

    return mark


def roles_of(view: Callable[..., Any]) -> Roles | None:
    """The roles a view lets in; `NO_SIGN_IN` for a public one; None where nothing was said."""
    return cast(Roles | None, getattr(view, _MARK, None))


def check_every_route(app: Flask) -> None:
    """Raise `RouteWithoutAccess` naming every route that was not declared."""
    silent = sorted(name for name, view in app.view_functions.items() if roles_of(view) is None)
    if silent:
        raise RouteWithoutAccess(silent)


def guard() -> ResponseReturnValue | None:
    """Before each request: send strangers to the sign-in page, and refuse roles that have no business here."""
    if request.endpoint is None:
        return None  # no such page: Flask says so, to everybody in the same words
    allowed = roles_of(current_app.view_functions[request.endpoint])
    if allowed == NO_SIGN_IN:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if not allowed or current_user.role not in allowed:
        raise NotYourRole(current_user.role)
    return None


def _to_sign_in() -> ResponseReturnValue:
    # The way back is kept in the signed session, never in the address.
    if request.method == "GET":
        session["return_to"] = request.path
    return redirect(url_for("sign_in.sign_in"))
