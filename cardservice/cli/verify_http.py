"""The verifier over HTTP: what is asked, who may ask, and that nothing is kept of it.

    POST /            the text of a code as the body; the answer is the JSON of `cardverify --json`
    POST /portrait    the same, with the signed portrait in it

Only programs may ask. A request that a web page made is refused, and so is one that came by a name that is not this
machine's, behind which a web page may stand: docs/decisions/0045-a-verifier-on-loopback.md.
"""

import base64
import ipaddress
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from typing import Any

from cardservice.cli.verify_words import json_line, kit_problems
from cardservice.verify import Kit, verify

BODY_LIMIT = 1024 * 1024  # bytes; the verifier refuses a fraction of it
IDLE = 60  # seconds that a connection may say nothing
_LAST_WORDS = 2  # seconds that answers may take once we are told to stop


class VerifierServer(ThreadingHTTPServer):
    """Answers on one address. `stop` lets answers that have begun end."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        kit: Callable[[], Kit],
        *,
        clock: Callable[[], datetime],
        service: str | None = None,
        any_host: bool = False,
    ) -> None:
        """Raises OSError where the address cannot be used."""
        self.kit, self.clock, self.service, self.any_host = kit, clock, service, any_host
        self._busy = 0
        self._changed = threading.Condition()
        if ":" in address[0]:
            self.address_family = AF_INET6
        super().__init__(address, _Handler)

    def stop(self) -> None:
        """Accept no more, wait a moment for answers that have begun, and close."""
        self.shutdown()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, timeout=_LAST_WORDS)
        self.server_close()

    def busy(self, more: int) -> None:
        """Count an answer that begins (1) or has ended (-1)."""
        with self._changed:
            self._busy += more
            self._changed.notify_all()

    def handle_error(self, *_: Any) -> None:
        """Say of a failure what it was and nothing of the request, nor of whoever left in the middle of it."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"cardverify: {type(error).__name__} while answering", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    server: VerifierServer
    protocol_version = "HTTP/1.1"  # connections are kept
    server_version, sys_version = "cardverify", ""
    timeout = IDLE
    # Head and body in one packet, at once: otherwise each waits 40 ms for the other side to say that it has the first.
    wbufsize, disable_nagle_algorithm = -1, True

    def do_POST(self) -> None:
        self.server.busy(1)
        try:
            self._answer()
        finally:
            self.server.busy(-1)

    def _answer(self) -> None:
        body = self._body() if self._may_ask() else None
        if body is None:
            return None
        if self.path not in ("/", "/portrait"):
            return self._refuse(HTTPStatus.NOT_FOUND, "Ask with POST / or POST /portrait.")
        kit = self.server.kit()
        text = body.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
        verdict = verify(text, kit, now=self.server.clock(), service=self.server.service)
        answer = verdict.as_dict() | kit_problems(kit.problems)
        if self.path == "/portrait":
            portrait = verdict.portrait
            answer["portrait"] = None if portrait is None else base64.b64encode(portrait).decode("ascii")
        return self._send(HTTPStatus.OK, answer)

    def _may_ask(self) -> bool:
        if "Origin" in self.headers or "Sec-Fetch-Mode" in self.headers:
            self._refuse(HTTPStatus.FORBIDDEN, "Web pages may not ask. Ask from a program.")
        elif not self.server.any_host and not is_this_machine(_without_port(self.headers.get("Host", ""))):
            self._refuse(HTTPStatus.FORBIDDEN, "Ask by the name localhost or 127.0.0.1.")
        else:
            return True
        return False

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "Say how long the text is (Content-Length).")
        elif len(length) > 9 or int(length) > BODY_LIMIT:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A text has at most {BODY_LIMIT} bytes.")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True  # whoever asked has left
        return None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True  # what follows may be a body that was not read
        self._send(status, {"error": why})

    def _send(self, status: HTTPStatus, answer: dict[str, object]) -> None:
        content = json_line(answer).encode("ascii") + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()  # now, while this answer still counts as one that has begun

    def send_error(self, code: int, *_: Any) -> None:
        """Answer what http.server itself refuses: another method, a request that is none."""
        why = "Ask with POST / or POST /portrait." if code == HTTPStatus.NOT_IMPLEMENTED else "This is no request."
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._refuse(status, why)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server has
        """Say nothing: who was checked, and when, is nobody's business."""


def is_this_machine(host: str) -> bool:
    """Whether a host's name or number can be only this machine."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    host = name if colon and port.isdigit() and (name.endswith("]") or ":" not in name) else host
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host
