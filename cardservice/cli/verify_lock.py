"""One at a time: what two runs of `cardverify` must not do at once in one folder."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Busy(Exception):
    """Another run is at work in the folder."""

    def __init__(self) -> None:
        super().__init__("Another update of this kit is running.")


@contextlib.contextmanager
def alone(folder: Path, *, wait: bool) -> Iterator[None]:
    """Keep others out of the folder; wait for one who is in it, or raise Busy.

    Nothing is kept apart where there is no such folder yet, on Windows, or on a share that knows no locks.
    """
    if fcntl is None or not folder.is_dir():
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy from None
        except OSError:
            pass  # a share that knows no locks
        yield
    finally:
        os.close(opened)
