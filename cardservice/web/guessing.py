"""Limits on guessing passwords and codes that slow a guesser down and cannot lock a town out.

Only refusals count. A browser that has signed in as somebody before is known (a signed cookie, "device cookie") and has
a count of its own, so that nobody on the outside can use up the chances of a clerk at the desk. Strangers are counted
by account and source together, and by source. There is no count by account alone where a password is still to be
shown: that would be a switch for anybody to lock a person out. For codes there is one, since whoever reaches it has the
password, and a passkey stays the way in. Counts live in memory and last minutes; names in them are only hashes.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded

from cardservice.domain.errors import Unavailable
from cardservice.web import desk

View = TypeVar("View", bound=Callable[..., Any])
Account = Callable[[], str]

PER_ACCOUNT = "10 per minute"
PER_SOURCE = "100 per minute"
CODES_PER_ACCOUNT = "30 per hour"
VISITS_PER_SOURCE = "20 per hour"

# One Argon2 computation needs 64 MiB and a core: more at once would stop the desk for everybody (THREATS T23). So one
# for those who are at the desk, who never wait for strangers, and one for strangers; of them two are let in, and hold
# two of the desk's threads at most.
_AT_THE_DESK, _STRANGERS, _IN_LINE = BoundedSemaphore(1), BoundedSemaphore(1), BoundedSemaphore(2)

_NO_WRONG_TRY = {302, 307, 503}
_A_YEAR = 365 * 24 * 3600
_limiter = Limiter(key_func=lambda: _source(), storage_uri="memory://", strategy="moving-window")


class TooManyTries(Unavailable):
    """More steps on a public page from one source than people take."""

    def __init__(self) -> None:
        super().__init__("Too many codes were tried from this connection. Wait one minute, then try again.")


class TooManyVisits(Unavailable):
    """More visits were booked from one source than people book."""

    def __init__(self) -> None:
        super().__init__("Too many visits were booked from this connection. Come without booking, or try in an hour.")


class TooManyAtOnce(Unavailable):
    """Strangers' passwords are being checked already, as many as the desk can do beside its work."""

    def __init__(self) -> None:
        super().__init__("Too many passwords are being tried at once. Wait a few seconds and sign in again.")


@contextmanager
def hashing(stranger: str | None = None) -> Iterator[None]:
    """Wait until a password may be computed; `stranger` is the name typed by somebody who is not signed in.

    Raises:
        TooManyAtOnce: strangers are in line already, and this browser never signed in by that name.
    """
    if stranger is None or _known(stranger):
        with _AT_THE_DESK:
            yield
        return
    if not _IN_LINE.acquire(blocking=False):
        raise TooManyAtOnce
    try:
        with _STRANGERS:
            yield
    finally:
        _IN_LINE.release()


def install(app: Flask) -> None:
    """Start counting for `app`."""
    _limiter.init_app(app)
    _limiter.reset()


def limited(account: Account) -> Callable[[View], View]:
    """Refuse an attempt, before it is looked at, when too many before it were refused. `account`: whose it is."""

    def by_source() -> str:
        nonce = _known(account())
        return f"known {nonce}" if nonce else f"source {_source()}"

    def by_account() -> str:
        nonce = _known(account())
        return f"known {nonce}" if nonce else f"stranger {_proof('', account())} {_source()}"

    return lambda view: _limit(_limit(view, PER_SOURCE, by_source), PER_ACCOUNT, by_account)


def limited_codes(account: Account) -> Callable[[View], View]:
    """The same for the code after a right password, and by the account wherever the attempts come from."""

    def by_account_alone() -> str:
        nonce = _known(account())
        return f"known {nonce}" if nonce else f"code of {_proof('', account())}"

    return lambda view: _limit(limited(account)(view), CODES_PER_ACCOUNT, by_account_alone)


def limited_passkeys(view: View) -> View:
    """The same where nobody says who they are: an answer of a passkey cannot be guessed, only sent too often."""
    return _limit(view, PER_SOURCE, lambda: f"source {_source()}")


def limited_by_source(view: View) -> View:
    """Refuse what comes too often from one source, be it right or wrong: a whole town hall may share an address."""
    counted = _limiter.limit(PER_SOURCE, key_func=lambda: f"public {_source()}", methods=["POST"])(view)
    return _said(cast(View, counted), TooManyTries)


def limited_visits(view: View) -> View:
    """Refuse another visit where too many were booked from one source; what counts are answers of 201 (Created)."""
    counted = _limiter.limit(
        VISITS_PER_SOURCE, key_func=lambda: f"visits {_source()}", methods=["POST"], deduct_when=_was_made
    )(view)
    return _said(cast(View, counted), TooManyVisits)


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


def _limit(view: View, limit: str, key: Callable[[], str]) -> View:
    return cast(View, _limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_was_refused)(view))


def _said(counted: View, refusal: type[Unavailable]) -> View:
    """Say in words of its own that a limit was reached."""

    @wraps(counted)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return counted(*args, **kwargs)
        except RateLimitExceeded:
            raise refusal from None

    return cast(View, checked)


def _was_made(response: Response) -> bool:
    return response.status_code == 201


def _was_refused(response: Response) -> bool:
    return response.status_code not in _NO_WRONG_TRY


def _source() -> str:
    """Where a request comes from: an address, or of IPv6 the network that one line has for itself."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "nowhere"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)


def _known(name: str) -> str | None:
    nonce, _, proof = request.cookies.get(_cookie_name(), "").partition(".")
    return nonce if proof and hmac.compare_digest(proof.encode(), _proof(nonce, name).encode()) else None


def _proof(nonce: str, name: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"{nonce}\n{name.strip().casefold()}".encode(), hashlib.sha256).hexdigest()


def _cookie_name() -> str:
    return "__Host-known-desk" if desk.settings().desk.https else "known-desk"
