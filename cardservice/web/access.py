"""Who may use which page: every route says so, and the service does not start while one is silent.

`@requires(role, ...)` names each role that may come in; no role contains another. `@public` is for pages that need no
sign-in. Where the town wants second factors, somebody who has none yet comes no further than the pages declared with
`factor=False`. The guard runs before everything else a request does. How somebody signs in is sign_in.py; what needs a
fresh confirmation is step_up.py.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cardservice.domain.errors import Refused
from cardservice.terms import StaffRole
from cardservice.web import addresses

View = TypeVar("View", bound=Callable[..., Any])
Roles = frozenset[StaffRole]

EVERYBODY: Roles = frozenset(StaffRole)
NO_SIGN_IN: Roles = frozenset()
_MARK = "__allowed_roles__"
_WITHOUT_FACTOR = "__without_factor__"
_ASKED_BY_A_PAGE = frozenset({"keep.half_typed", "keep.still_here"})
"""What a page that is open asks for by itself."""


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


def requires(*roles: StaffRole, factor: bool = True) -> Callable[[View], View]:
    """Let in the named roles and nobody else; `factor=False` also while they have no second factor yet."""
    if not roles:
        raise ValueError("name at least one role")
    return marked(**{_MARK: frozenset(roles), _WITHOUT_FACTOR: not factor})


def public(view: View) -> View:
    """Let in everybody, signed in or not."""
    return marked(**{_MARK: NO_SIGN_IN})(view)


def marked(**marks: object) -> Callable[[View], View]:
    """Put marks on a view, beside those it has, that a check before each request looks for."""

    def mark(view: View) -> View:
        @wraps(view)
        def same(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        same.__dict__.update(marks)
        return cast(View, same)

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
    unready = current_user.must_add_factor or current_user.must_change_password
    if unready and not getattr(current_app.view_functions[request.endpoint], _WITHOUT_FACTOR):
        return redirect(url_for("your_sign_in.show"))
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.blueprint == "interpreter":
        # This window faces the person at the counter: nobody signs in here, and no way back leads here.
        return render_template("interpreter/over.html"), 401
    if request.endpoint in _ASKED_BY_A_PAGE and _was_known():
        # The page stays, and says that it cannot be sent: what was typed last is nowhere else.
        return {"kept": False}, 401
    # The way back is kept in the signed session, never in the address. A step that has no page of its own has none.
    if addresses.has_a_page(request.path):
        session["return_to"] = request.path
    return redirect(url_for("sign_in.sign_in"))


def _was_known() -> bool:
    """Whether this browser was signed in by a service that ran before, whose cookies nobody can read any more."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and not session
