"""Limits on guessing passwords that slow a guesser down and cannot lock a town out.

Only refusals count. A browser that has signed in as somebody before is known (a signed cookie, "device cookie") and has
a count of its own, so that nobody on the outside can use up the chances of a clerk at the desk. Strangers are counted
by account and source together, and by source. There is no count by account alone: that would be a switch for anybody
to lock a person out. Counts live in memory and last minutes; names in them are only hashes.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded

from cardservice.domain.errors import Unavailable
from cardservice.web import desk

View = TypeVar("View", bound=Callable[..., Any])

PER_ACCOUNT = "10 per minute"
PER_SOURCE = "100 per minute"
_A_YEAR = 365 * 24 * 3600
_limiter = Limiter(key_func=lambda: _source(), storage_uri="memory://", strategy="moving-window")


class TooManyTries(Unavailable):
    """More steps on a public page from one source than people take."""

    def __init__(self) -> None:
        super().__init__("Too many codes were tried from this connection. Wait one minute, then try again.")


def install(app: Flask) -> None:
    """Start counting for `app`."""
    _limiter.init_app(app)
    _limiter.reset()


def limited(view: View) -> View:
    """Refuse a sign-in, before its password is looked at, when too many before it were refused."""
    for limit, key in ((PER_SOURCE, _source_key), (PER_ACCOUNT, _account_key)):
        view = cast(View, _limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_was_refused)(view))
    return view


def limited_by_source(view: View) -> View:
    """Refuse what comes too often from one source, be it right or wrong: a whole town hall may share an address."""
    counted = _limiter.limit(PER_SOURCE, key_func=lambda: f"public {_source()}", methods=["POST"])(view)

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return counted(*args, **kwargs)
        except RateLimitExceeded:
            raise TooManyTries from None

    return cast(View, checked)


def remember_desk(answer: Response, name: str) -> None:
    """Let the browser that just signed in as `name` be counted apart from strangers."""
    nonce = desk.token_bytes(16).hex()
    answer.set_cookie(
        _cookie_name(),
        f"{nonce}.{_proof(nonce, name)}",
        max_age=_A_YEAR,
        secure=desk.settings().desk.https,
        httponly=True,
        samesite="Strict",
    )


def _was_refused(response: Response) -> bool:
    return response.status_code != 302


def _account_key() -> str:
    name = request.form.get("name", "")
    if nonce := _known(name):
        return f"known {nonce}"
    return f"stranger {_proof('', name)} {_source()}"


def _source_key() -> str:
    nonce = _known(request.form.get("name", ""))
    return f"known {nonce}" if nonce else f"source {_source()}"


def _source() -> str:
    return request.remote_addr or "nowhere"


def _known(name: str) -> str | None:
    nonce, _, proof = request.cookies.get(_cookie_name(), "").partition(".")
    return nonce if proof and hmac.compare_digest(proof.encode(), _proof(nonce, name).encode()) else None


def _proof(nonce: str, name: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"{nonce}\n{name.strip().casefold()}".encode(), hashlib.sha256).hexdigest()


def _cookie_name() -> str:
    return "__Host-known-desk" if desk.settings().desk.https else "known-desk"
