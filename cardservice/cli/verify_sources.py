"""Where a kit is fetched from: the web, or a folder such as a USB stick.

Nothing that comes from there is believed (verify/update.py); here are the bounds of size, time and place.
"""

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cardservice.cli.verify_connections import handlers, time_left
from cardservice.cli.verify_words import printable

DEADLINE = 600  # seconds for all files together
_PIECE = 64 * 1024
_LOCAL = ("localhost", "127.0.0.1", "::1")


class BadAddress(ValueError):
    """The address is not one that a kit is fetched from."""


class FromFolder:
    """A kit in a folder: a copy, a mount, a USB stick."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, name: str, limit: int) -> bytes:
        """Return a file's bytes, at most one more than `limit`. Raises OSError."""
        path = self._folder / name
        if path.exists() and not path.is_file():
            raise OSError("it is no file")  # a folder, or a pipe, which never ends
        with path.open("rb") as file:
            return file.read(limit + 1)

    def names(self) -> Iterable[str] | None:
        """Return the files there are where no SHA256SUMS says so; None where one does. Raises OSError."""
        if not self._folder.is_dir():
            raise NotADirectoryError(f"There is no folder {printable(str(self._folder))}.")
        if (self._folder / "SHA256SUMS").exists():
            return None
        top = [path.name for path in self._folder.iterdir()]
        return [*top, *(f"status/{path.name}" for path in (self._folder / "status").glob("*"))]


class FromWeb:
    """A kit at an address. Plain http will do for what is signed; with `secure`, nothing but https will."""

    def __init__(self, address: str, *, secure: bool, redirects: bool = True, deadline: float | None = None) -> None:
        """Raises BadAddress. Without `redirects` the server does not get to name another place."""
        parts = _checked(address, secure=secure)
        if parts.query or parts.fragment:
            raise BadAddress("an address with ? or #: a kit is a folder of files.")
        self._base = parts.geturl().rstrip("/") + "/"
        self._until = time.monotonic() + (DEADLINE if deadline is None else deadline)
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            *handlers(self._until),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            *([_Redirects(secure=secure)] if redirects else []),
        ):
            self._opener.add_handler(handler)
        self._opener.addheaders = [("User-Agent", "cardverify")]

    def fetch(self, name: str, limit: int) -> bytes:
        """Return a file's bytes, at most one more than `limit`. Raises OSError."""
        try:
            left = time_left(self._until)
            with self._opener.open(self._base + urllib.parse.quote(name), timeout=left) as answer:
                return self._read(answer, limit)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise FileNotFoundError("it is not there (404)") from None
            raise OSError(f"the server answers {error.code}") from None
        except urllib.error.URLError as error:
            raise OSError(printable(str(error.reason))) from None
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"the server's answer is none ({type(error).__name__})") from None

    def names(self) -> None:
        """A web server is not asked for a listing."""

    def _read(self, answer: Any, limit: int) -> bytes:
        content, declared = b"", answer.length
        while len(content) <= limit and (piece := answer.read1(min(_PIECE, limit + 1 - len(content)))):
            content += piece
        if declared is not None and len(content) < min(declared, limit + 1):
            raise OSError("the answer was cut short")
        return content


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows only to where a kit may be fetched from in the first place."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _checked(newurl, secure=self._secure)
        except BadAddress as error:
            raise urllib.error.URLError(f"the server sends us to another place: {error}") from None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_address(place: str) -> bool:
    """Whether a place is an address on the web, and not a folder."""
    return "://" in place


def _checked(address: str, *, secure: bool) -> urllib.parse.SplitResult:
    """Take an address apart. Raises BadAddress."""
    try:
        parts = urllib.parse.urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise BadAddress("this is no address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_one:
        raise BadAddress("a kit is fetched from http:// or https://, or from a folder.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("an address with a name or a password: kits are public, and a list of processes shows it.")
    if secure and parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise BadAddress("the pages of a kit are not signed, so --pages needs https:// or a folder.")
    return parts
