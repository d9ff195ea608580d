"""Files that a command makes: whole or not at all, never over another one, and readable by their owner only."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click


class FileExists(click.ClickException):
    """A file of that name is there already, and may be the only one of its kind."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is there already and was not written over. Choose another name.")


@contextlib.contextmanager
def fresh(path: Path) -> Iterator[BinaryIO]:
    """A new file to write into. It gets its name when the block ends well, and then it is on the disk.

    Raises:
        FileExists: before anything is written.
        OSError: as the system says.
    """
    if path.exists():
        raise FileExists(path)
    unfinished = path.with_name(f".{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            # A link, unlike a rename, replaces nothing that came meanwhile.
            os.link(unfinished, path)
            return
        raise FileExists(path)
    finally:
        unfinished.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


@contextlib.contextmanager
def all_or_nothing(folder: Path) -> Iterator[None]:
    """Where what is made in a folder cannot be finished, take it away again: the next try finds the folder as this did.

    Nothing is asked of the register for it: on a full disk it could not answer.
    """
    before = set(folder.iterdir()) if folder.exists() else None
    try:
        yield
    except BaseException:
        for made in set(folder.iterdir() if folder.exists() else ()) - (before or set()):
            _remove(made)
        if before is None:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _remove(made: Path) -> None:
    if made.is_dir() and not made.is_symlink():
        shutil.rmtree(made, ignore_errors=True)
    else:
        made.unlink(missing_ok=True)
