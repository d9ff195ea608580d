"""A disk of its own for a town, so that its raw blocks can be read: what was deleted, and what was never in a file.

An ext4 file system in a file, mounted through a loop device, in memory where that is possible. That needs root and a
kernel that allows it; where either is missing, `why_not` says so, and the town lies in an ordinary folder.
"""

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 640
IN_MEMORY = Path("/dev/shm")
TOOLS = ("mke2fs", "mount", "umount")


@dataclass(frozen=True)
class Disk:
    """Where everything of a town lies. `image` is the disk beneath the folder, None where it cannot be read."""

    folder: Path
    image: Path | None

    def raw(self) -> list[Path]:
        """The disk's blocks, after everything that waits in memory was written to them."""
        if self.image is None:
            return []
        subprocess.run(["sync", "-f", self.folder], check=True)
        return [self.image]


@functools.cache
def why_not() -> str | None:
    """Tell why this machine allows no disk of its own, or None."""
    if os.geteuid() != 0:
        return "raw blocks are not read: mounting a disk takes root"
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"raw blocks are not read: {', '.join(missing)} is not installed"
    try:
        with _mounted():
            return None
    except subprocess.CalledProcessError as refused:
        return f"raw blocks are not read: {refused.stderr.decode().strip() or refused}"


@contextmanager
def made(otherwise: Path) -> Iterator[Disk]:
    """Give a disk, or the folder `otherwise`."""
    if why_not() is not None:
        yield Disk(otherwise, None)
        return
    with _mounted() as disk:
        yield disk


@contextmanager
def _mounted() -> Iterator[Disk]:
    within = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=within, prefix="cardservice-disk-") as place:
        image, folder = Path(place) / "disk.img", Path(place) / "mounted"
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(MEGABYTES << 20)
        _run("mke2fs", "-q", "-F", "-t", "ext4", image)
        _run("mount", "-o", "loop", image, folder)
        try:
            yield Disk(folder, image)
        finally:
            _run("umount", folder)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
