"""Put a kit's files in place, so that a reader at any moment finds a kit that it can use.

Everything is written beside them first, and only when all of it is on the disk are they renamed over the old ones, one
after the other. So a full disk is noticed while nothing has been replaced.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_STAGE = ".update"


def replace_files(folder: Path, files: Mapping[str, bytes], *, gone: Iterable[str] = ()) -> None:
    """Make `files`, in this order, the files in `folder`; then remove those of `gone`. Raises OSError."""
    stage = folder / _STAGE
    try:
        stage.mkdir(parents=True, exist_ok=True)
        for number, (name, content) in enumerate(files.items()):
            _check_place(folder / name)
            _write(stage / str(number), content)
        for number, name in enumerate(files):
            (stage / str(number)).replace(folder / name)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        for parent in {(folder / name).parent for name in files}:
            _sync_folder(parent)
    finally:
        _clear(stage)


def read(path: Path, limit: int) -> bytes | None:
    """The beginning of a file. None for a folder, a broken link, what may not be read, or a pipe, which never ends."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(limit)
    except OSError:
        pass
    return None


def _check_place(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(f"{path.name} is a folder")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new names survive a loss of power, where a folder can be opened for that (not on Windows)."""
    with contextlib.suppress(PermissionError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _clear(stage: Path) -> None:
    with contextlib.suppress(OSError):
        for left in stage.iterdir():
            left.unlink()
        stage.rmdir()
