"""The desk does not open until whatever would leak by default has its safe setting, read back where it can be.

One list, looked at by `cardservice serve` in the process that will hold the keys; whatever is wrong is said at once,
with what to do. The register's own part comes from storage/safety.py. What only the machine can give (encrypted swap,
the proxy, the print queue) is docs/safety.md. Source: THREATS §4.3; docs/decisions/0032.
"""

import logging
from collections.abc import Iterator
from io import BytesIO

from flask import Flask
from werkzeug.test import create_environ

from cardservice.web import process, quiet_log, uploads

_LARGER_THAN_MEMORY_BY_DEFAULT = 10 * 1024 * 1024
# Flask's own switches that show or pass on what went wrong, with the values that went wrong in it.
_NEVER = ("DEBUG", "TESTING", "PROPAGATE_EXCEPTIONS", "TRAP_BAD_REQUEST_ERRORS", "EXPLAIN_TEMPLATE_LOADING")


class UnsafeStart(Exception):
    """Personal data would leak, so the desk stays closed. The message has a line for each reason."""

    def __init__(self, problems: list[str]) -> None:
        count = f"{len(problems)} reason" + ("s" if len(problems) != 1 else "")
        super().__init__(
            f"The desk was not opened, for {count} (docs/safety.md):\n" + "\n".join(f"  {p}" for p in problems)
        )
        self.problems = problems


def check(app: Flask, *, register: list[str]) -> None:
    """Raise `UnsafeStart` with everything that is not safe in this process; `register` is what storage found."""
    problems = [*register, *_of_the_application(app), *_of_the_log(), *_of_the_process()]
    if problems:
        raise UnsafeStart(problems)


def advice() -> list[str]:
    """What cannot be decided from here and somebody should look at, in words."""
    said = []
    if devices := process.swap_devices():
        said.append(
            f"Memory may be written to swap ({', '.join(devices)}). It can hold names and keys: encrypt it or switch "
            "it off (docs/safety.md)."
        )
    if not process.is_glibc():
        said.append("On this system freed memory keeps what was in it: serve a town from Linux with the GNU C library.")
    return said


def _of_the_application(app: Flask) -> Iterator[str]:
    if app.debug:
        yield "Flask shows what went wrong to everybody: unset FLASK_DEBUG"
    yield from (f"Flask's {name} is on: leave it off" for name in _NEVER if app.config.get(name) and name != "DEBUG")
    if not 0 < (app.config["MAX_CONTENT_LENGTH"] or 0) <= uploads.REQUEST_BYTES:
        yield "requests have no limit of size: leave MAX_CONTENT_LENGTH as the program sets it"
    if not _keeps_uploads_in_memory(app):
        yield "uploads would be written to a temporary file: leave the request class as the program sets it"
    if not _says_no_store(app):
        yield "pages could be kept by browsers: leave headers.py installed"
    if not (app.config["SESSION_COOKIE_HTTPONLY"] and app.config["SESSION_COOKIE_SAMESITE"] == "Strict"):
        yield "the session's cookie could be read or sent elsewhere: leave its settings as the program sets them"


def _of_the_log() -> Iterator[str]:
    for name in quiet_log.loud_loggers():
        yield f"the logger {name} writes what is in exceptions: let it write through quiet_log.py"
    if logging.raiseExceptions:
        yield "a log line that cannot be written is printed with its values: set logging.raiseExceptions to False"


def _of_the_process() -> Iterator[str]:
    if not process.is_hidden():
        yield "a crash would write keys and names into a core file: the system does not let us forbid it"
    if process.is_glibc() and not process.forgets():
        settings = " ".join(f"{name}={value}" for name, value in process.FORGETFUL.items())
        yield f"freed memory keeps what was in it: start with the command `cardservice serve`, which sets {settings}"


def _keeps_uploads_in_memory(app: Flask) -> bool:
    request = app.request_class(create_environ())
    stream = request._get_file_stream(_LARGER_THAN_MEMORY_BY_DEFAULT, "image/jpeg")  # noqa: SLF001 - Werkzeug's documented hook
    return isinstance(stream, BytesIO)


def _says_no_store(app: Flask) -> bool:
    logging.disable(logging.INFO)  # nobody asked for this page, so it has no place in the access log
    with app.test_request_context("/"):
        answer = app.process_response(app.response_class())
    logging.disable(logging.NOTSET)
    return answer.headers.get("Cache-Control") == "no-store"
