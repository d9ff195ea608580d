"""Serves the desk with granian: one process that holds the keys, or several that were forked from it.

The keys are unlocked once, by the command that asked for the passphrases; workers are forks of it, so that a key never
travels through a pipe, an argument or the environment (docs/decisions/0015-serving.md). Housekeeping runs beside the
requests, in whichever worker holds the lock for it (timer.py).
"""

import multiprocessing
from collections.abc import Callable

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from cardservice.settings import Settings
from cardservice.web import process, quiet_log, timer
from cardservice.web.desk import EXTENSION, Desk

# What one connection may hold before it is heard; a browser's request line and headers are under 4 kB.
_HEADER_BYTES = 64 * 1024
_HEADER_MS = 10_000
_STOP_SECONDS = 10


def serve(app: Flask, settings: Settings, *, housekeeping: Callable[[], None], host: str, port: int) -> None:
    """Answer requests on host:port until the process is told to stop.

    `app` is create_app's, its keys unlocked; `housekeeping` is called about once a minute, in one worker at a time.
    """
    prepare(settings)
    Server(
        "cardservice",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.desk.workers,
        blocking_threads=settings.desk.threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=_HEADER_BYTES, header_read_timeout=_HEADER_MS),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=quiet_log.SERVER_LOGGING,
        log_access=False,  # quiet_log.py writes the access log: granian's would have addresses and paths in it
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
    ).serve(target_loader=lambda: _in_worker(app, settings, housekeeping), wrap_loader=False)


def prepare(settings: Settings) -> None:
    """Make this process, and the workers that will be forked from it, quiet and unreadable. May be done twice."""
    quiet_log.configure(settings.logs_folder)
    # Python 3.14 no longer forks by default, and a key cannot be pickled on purpose.
    multiprocessing.set_start_method("fork", force=True)
    # A core file, or another process that reads our memory, would have keys and drafts (THREATS §4.3).
    process.hide_memory()


def _in_worker(app: Flask, settings: Settings, housekeeping: Callable[[], None]) -> Flask:
    """What a worker does first: connections of its parent are not its own, and granian has set up its own logging."""
    desk: Desk = app.extensions[EXTENSION]
    desk.sessions.kw["bind"].dispose(close=False)
    quiet_log.configure(settings.logs_folder)
    process.settle()
    timer.start(housekeeping, lock=settings.folder / timer.LOCK_NAME)
    return app
