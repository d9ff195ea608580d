"""The factory: a desk out of settings, a register, keys, a clock and a source of randomness.

Everything is decided and checked here, before the first request: a route without declared roles or a session cookie
that could travel in clear stops the start. The journeys are in the files of their names.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from cardservice.day_keys import DayKeys
from cardservice.factor_key import FactorKey
from cardservice.settings import Settings
from cardservice.web import (
    access,
    addresses,
    attributes,
    audit,
    blank_stock,
    cards,
    checkpoints,
    evidence,
    guessing,
    headers,
    holdings,
    interpreter,
    issuance,
    keep,
    key_rotation,
    kit,
    languages,
    lost,
    numbers,
    organisations,
    overview,
    pace,
    partners,
    phone_copy,
    pick_up,
    portrait,
    prefill_page,
    print_jobs,
    print_one,
    print_outs,
    print_queue,
    print_worker,
    problems,
    publication,
    quiet_log,
    read_back,
    recovery,
    registration,
    remembered,
    renewal,
    revocation,
    same_site,
    second_factor,
    second_look,
    show,
    sign_in,
    staff,
    start,
    step_up,
    style,
    uploads,
    visits,
    waiting,
    your_sign_in,
)
from cardservice.web import (
    sessions as staff_sessions,
)
from cardservice.web.desk import EXTENSION, Desk, Keys

_HERE = Path(__file__).resolve().parent
TEMPLATES = (_HERE.parents[1] / "templates", _HERE.parent / "_templates")
"""In the tree, and in the installed wheel."""

JOURNEYS = (
    start,
    evidence,
    second_look,
    organisations,
    registration,
    portrait,
    issuance,
    interpreter,
    print_one,
    print_queue,
    print_jobs,
    read_back,
    phone_copy,
    blank_stock,
    pick_up,
    cards,
    revocation,
    renewal,
    lost,
    prefill_page,
    numbers,
    overview,
    visits,
    waiting,
    partners,
    print_outs,
    publication,
    key_rotation,
    staff,
    audit,
    checkpoints,
    holdings,
    keep,
    kit,
    sign_in,
    second_factor,
    step_up,
    your_sign_in,
    recovery,
    style,
)


class SignedCookies(SecureCookieSessionInterface):
    """Flask's session cookies, signed with HMAC-SHA256 instead of HMAC-SHA1 (ASVS 11.4.1)."""

    digest_method = staticmethod(hashlib.sha256)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what is in the session, but where nobody is noticed: there an answer depends on no cookie."""
        if headers.is_noticed():
            super().save_session(app, session, response)


class Service(Flask):
    """A Flask whose uploads stay in memory and whose log names no address."""

    request_class = uploads.MemoryRequest
    session_interface = SignedCookies()

    def log_exception(self, exc_info: Any) -> None:
        """Log what no page could be made of, without the path that was asked for."""
        quiet_log.log.error("no answer could be made [%s]", quiet_log.describe(exc_info[1]))


def utc_now() -> datetime:
    """The clock of a running service."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    sessions: sessionmaker[Session],
    keys: Keys,
    day_keys: DayKeys,
    clock: Callable[[], datetime] = utc_now,
    token_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Flask:
    """The desk as a WSGI application.

    Raises:
        RouteWithoutAccess: a route does not say who may use it.
        KeyStoreError: the key of the second factors cannot be used.
    """
    app = Service("cardservice", root_path=str(_HERE), template_folder=None, static_folder=None)
    app.jinja_loader = jinja2.FileSystemLoader([path for path in TEMPLATES if path.is_dir()])
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(_configuration(settings, day_keys))
    app.extensions[EXTENSION] = Desk(
        settings=settings,
        sessions=sessions,
        keys=keys,
        day_keys=day_keys,
        factor_key=FactorKey.in_folder(settings.keys_folder),
        clock=clock,
        token_bytes=token_bytes,
    )
    app.url_map.converters["int"] = addresses.Number
    _install(app, settings)
    access.check_every_route(app)
    return app


def _configuration(settings: Settings, day_keys: DayKeys) -> dict[str, object]:
    https = settings.desk.https
    return {
        # Of as long a life as the drafts have: in memory only (docs/decisions/0016).
        "SECRET_KEY": day_keys.of_the_cookies(),
        "SESSION_COOKIE_NAME": "__Host-desk" if https else "desk",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": uploads.REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": uploads.FORM_BYTES,
        "MAX_FORM_PARTS": uploads.FORM_PARTS,
        # A form is good as long as its session; what else guards it is same_site.py.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        # No word of WTForms reaches a page (forms.py); its own catalogue was opened by every request with a form.
        "WTF_I18N_ENABLED": False,
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "PROPAGATE_EXCEPTIONS": False,
    }


def _install(app: Flask, settings: Settings) -> None:
    quiet_log.install(app)
    headers.install(app, https=settings.desk.https)
    problems.install(app)
    app.before_request(same_site.refuse_other_sites)
    staff_sessions.install(app)
    app.before_request(access.guard)
    languages.install(app)
    CSRFProtect(app)
    # After the anti-forgery value: a confirmation must not make a forged step a good one.
    app.before_request(step_up.guard)
    guessing.install(app)
    pace.install(app)
    remembered.install(app)
    print_worker.install(app)
    show.install(app)
    attributes.install()
    for journey in JOURNEYS:
        app.register_blueprint(journey.bp)
    # Only now, so that it offers no method that the configuration takes away.
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", "static", access.public(app.send_static_file))
    if settings.desk.https:
        # The proxy that ends TLS is the only one who can reach us; it appends who asked it.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
