"""The kit as files: put in place whole or not at all, the signed lists first and the checksums last.

A file is written under another name, read back, compared, and renamed over the old one, so that a reader at any moment
finds the old file or the new one. SHA256SUMS names every file of the kit: it is how somebody who fetches the kit learns
the names, and how the next publication knows what it may remove. Others may write into the folder, so nothing is
written or served through a link there. What the signed lists say is publication.py; reading a kit is verify/kit.py.
"""

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from cardservice.credential.keys import PublicKey
from cardservice.domain.errors import Unavailable

TRUST_LIST = "trust-list.cwt"
ANCHOR = "anchor.cose"
JWKS = "jwks.json"
SUMS = "SHA256SUMS"
_SUM = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*)")


class NotReadBack(Unavailable):
    """What was read back is not what was written: the disk or the share under the kit folder is failing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} could not be read back as it was written, and was not replaced. Check the disk.")
        self.name = name


def lay(out: Path, files: Mapping[str, bytes]) -> None:
    """Make `files`, by their names in the kit and in this order, the kit in `out`; their checksums are written last.

    A file that is there already as it should be is left alone. What an earlier publication wrote and this one has no
    more is removed; whatever else lies in the folder stays. Raises `NotReadBack`, OSError.
    """
    before = checksums(found(out / SUMS) or b"")
    for name, content in files.items():
        if read(out, name) != content:
            place(out / name, content)
    for name in before.keys() - files.keys():
        # Only what is still as we wrote it: the list of names lies in a folder that others may write to.
        if (out / name).is_file() and digest((out / name).read_bytes()) == before[name]:
            (out / name).unlink()
    place(out / SUMS, sums(files))


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the checksums of files as `sha256sum -c` takes them, sorted by name."""
    return "".join(f"{digest(content)}  {name}\n" for name, content in sorted(files.items())).encode()


def checksums(content: bytes) -> dict[str, str]:
    """Return digest by name out of a SHA256SUMS. A line with a name that could lead out of the folder is left out."""
    lines = content.decode("utf-8", "replace").split("\n")
    return {match[2]: match[1] for line in lines if (match := _SUM.fullmatch(line))}


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def place(path: Path, content: bytes) -> None:
    """Replace a file as one step that survives a loss of power. Raises `NotReadBack`, OSError.

    Everybody on the machine may read it, whatever the service's umask: another program serves the kit, or mirrors it.
    """
    _make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.new")
    try:
        # What a crash left, or a link that waits there for us: "x" opens nothing that is there already.
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with fresh.open("xb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if fresh.read_bytes() != content:
            raise NotReadBack(path.name)
        fresh.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def found(path: Path) -> bytes | None:
    """Return what is published at this place already."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def read(folder: Path, name: str) -> bytes | None:
    """Return the file of this name in the kit; None where there is none, or a link or a pipe in its place."""
    if (folder / name).parent.resolve() != folder.resolve() / Path(name).parent:
        return None
    try:
        number = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return None
        with os.fdopen(number, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(number)


def jwks(card_keys: Iterable[PublicKey]) -> bytes:
    """Return the card keys for other people's verifiers (RFC 7517)."""
    return json.dumps({"keys": [key.to_jwk() for key in card_keys]}, indent=2).encode() + b"\n"
