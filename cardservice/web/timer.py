"""Calls one function about once a minute, in one of the service's processes at a time.

The lock is a file of the town: whichever worker holds it does the work, and when that worker ends, the system gives the
lock to another. A failed round is told to the log and tried again; it never ends the service.
"""

import fcntl
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from cardservice.web.quiet_log import describe

LOCK_NAME = ".housekeeping.lock"
SECONDS = 60

log = logging.getLogger("cardservice.timer")


def start(work: Callable[[], None], *, lock: Path, seconds: float = SECONDS) -> threading.Event:
    """Begin calling `work` in a thread of its own; setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_run, args=(work, lock, seconds, stop), name="housekeeping", daemon=True).start()
    return stop


def _run(work: Callable[[], None], lock: Path, seconds: float, stop: threading.Event) -> None:
    with lock.open("w") as file:
        while not stop.is_set():
            if _is_ours(file):
                try:
                    work()
                except Exception as error:  # noqa: BLE001 - the next round may go well, and the desk must stay open
                    log.error("housekeeping did not finish and is tried again [%s]", describe(error))
            stop.wait(seconds)


def _is_ours(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
