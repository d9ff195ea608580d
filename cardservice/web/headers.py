"""The headers of every response: nothing inline, nothing from another host, nothing kept by the browser.

Sources: THREATS T22 and §4.3, OWASP ASVS 5.0 3.4 and 14.3. Cookies are set in sign_in.py,
languages.py and interpreter_languages.py. The kit's files are for everybody and say themselves how long they may be
kept.
"""

from http import HTTPStatus

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
# Where the camera reads codes, its reader is WebAssembly and has to be compiled: docs/decisions/0088.
_SCRIPTS = "script-src 'self'"
READER_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace(_SCRIPTS, f"{_SCRIPTS} 'wasm-unsafe-eval'")
# The camera takes photos and reads codes; nothing here has a use for the rest.
PERMISSIONS_POLICY = "camera=(self), " + ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
# The verifier compiles its reader of codes and shows pictures that it made itself; nothing of it is kept from mirrors.
KIT_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
IN_THE_KIT = ALWAYS | {
    "Content-Security-Policy": KIT_CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
KIT = "kit"
"""The blueprint of the pages that are public and not the desk's."""
FORM = "prefill_page"
"""The blueprint of the form that residents fill in at home."""
OPEN_DATA = "numbers.table"
"""The file of numbers, which is for everybody and changes once a month."""
_UNNOTICED = frozenset({KIT, FORM})
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


def is_noticed() -> bool:
    """Whether the answer to this request may depend on a cookie, or leave one."""
    return request.blueprint not in _UNNOTICED and request.endpoint != OPEN_DATA


def reads_codes() -> str:
    """Asked by what draws the button of the camera: the page that is being made may compile the reader of codes."""
    g.reads_codes = True
    return ""


def _of(response: Response) -> dict[str, str]:
    if request.blueprint == KIT:
        return IN_THE_KIT
    # A page that failed half-way has said so, and another is shown instead.
    if "reads_codes" in g and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ALWAYS | {"Content-Security-Policy": READER_CONTENT_SECURITY_POLICY}
    return ALWAYS


def install(app: Flask, *, https: bool) -> None:
    """Put the headers on every response of `app`, problems included."""
    app.jinja_env.globals["reads_codes"] = reads_codes

    @app.after_request
    def add(response: Response) -> Response:
        in_kit = request.blueprint == KIT
        for name, value in _of(response).items():
            # A page that is one file names the script inside it, so it brings a policy of its own.
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        may_be_kept = (
            in_kit
            or request.endpoint == "static"
            or (request.endpoint == OPEN_DATA and response.status_code in {200, 304})
        )
        if not may_be_kept:
            response.headers["Cache-Control"] = "no-store"
        return response
