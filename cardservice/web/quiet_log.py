"""Log lines that can be shown to anybody: what kind of thing failed and where, never with what.

The text of an exception often repeats the value that caused it (`int("…")`, `KeyError`, `Enum(...)`), so no message of
an exception, no local and no argument of somebody else's log call is ever written. The access log has the route as it
is declared, not the address that was asked for, and no address of the person who asked. Source: THREATS §4.3.
"""

import logging
import sys
import threading
import time
import traceback
from logging.handlers import WatchedFileHandler
from pathlib import Path
from types import TracebackType

from flask import Flask, Response, g, request

_HERE = Path(__file__).resolve().parents[2]
# What we chose to say, and the first line of what granian says: its further ones are the traceback of an exception that
# the application let through, with its text. Of everybody else only the place is written.
OURS, SERVERS = "cardservice", "_granian"
SECURITY = "cardservice.security"

SERVER_LOGGING = {
    "handlers": {},
    "formatters": {},
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": False},
    },
}
"""For granian: what it has to say goes the way of everything else. Its own handler prints a stray exception's text."""

log = logging.getLogger("cardservice.web")


class QuietFormatter(logging.Formatter):
    """One line a record: time (UTC), level, logger; then our own words, or the place that another's came from."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {_one_line(_words(record))}"
        error = record.exc_info[1] if record.exc_info else None
        return f"{line} [{describe(error)}]" if error is not None else line


def _words(record: logging.LogRecord) -> str:
    speaker = record.name.split(".")[0]
    if speaker == OURS:
        return record.getMessage()
    if speaker == SERVERS:
        return record.getMessage().partition("\n")[0]
    return f"a message at {_short(record.pathname)}:{record.lineno}"


def describe(error: BaseException) -> str:
    """The type of an exception and of its causes, each with the last place in the code: `ValueError at x.py:12`."""
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(told) < 5:
        told.append(f"{type(seen).__module__}.{type(seen).__qualname__} at {_place(seen.__traceback__)}")
        seen = seen.__cause__ or seen.__context__
    return " after ".join(told)


def _place(trace: TracebackType | None) -> str:
    # Not `extract_tb`: it reads every line that it passes from its file, and none of them is said here.
    passed = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)]
    if not passed:
        return "unknown place"
    ours = [place for place in passed if Path(place[0]).is_relative_to(_HERE / "cardservice")]
    places = dict.fromkeys(f"{_short(filename)}:{line}" for filename, line in (*ours[-1:], passed[-1]))
    return " via ".join(reversed(places))


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_HERE)) if path.is_relative_to(_HERE) else "/".join(path.parts[-2:])


def _one_line(words: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def install(app: Flask) -> None:
    """Write one access line a request and one line an error, through `QuietFormatter`."""
    app.logger.handlers.clear()
    app.logger.propagate = True

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(no route)"
        elapsed = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        log.info("%s %s %d %.0f ms", request.method, route, response.status_code, elapsed)
        return response


def configure(folder: Path, level: int = logging.INFO) -> None:
    """Write what this process logs to FOLDER/desk.log; warnings and everything about security to standard error too,
    from where the system's journal takes it to another machine. Stray exceptions as well.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Watched: whoever rotates logs may move the file away, and a new one is begun.
    kept, seen = WatchedFileHandler(folder / "desk.log", encoding="utf-8"), logging.StreamHandler()
    seen.addFilter(lambda record: record.levelno >= logging.WARNING or record.name == SECURITY)
    for handler in (kept, seen):
        handler.setFormatter(QuietFormatter())
    logging.basicConfig(handlers=[kept, seen], level=level, force=True)
    # A library under `webauthn` that brings a handler of its own, for debugging.
    logging.getLogger("pyasn1").handlers.clear()
    # Else a line that cannot be written (a full disk) is printed instead, with its values, whatever the formatter.
    logging.raiseExceptions = False
    threading.excepthook = lambda told: _stray(told.exc_value)
    sys.unraisablehook = lambda told: _stray(told.exc_value)


def loud_loggers() -> list[str]:
    """The loggers that write with another formatter than ours, by name: what they write can hold anything."""
    known = logging.Logger.manager.loggerDict.values()
    loggers = [logging.getLogger(), *(one for one in known if isinstance(one, logging.Logger))]
    return [
        logger.name
        for logger in loggers
        for handler in logger.handlers
        if not isinstance(handler, logging.NullHandler) and not isinstance(handler.formatter, QuietFormatter)
    ]


def _stray(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        log.error("stopped by an error [%s]", describe(error))
