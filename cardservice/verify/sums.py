"""SHA256SUMS: the names of a kit's files with their checksums, read as something that anybody may have written."""

import hashlib
import re
from collections.abc import Iterable, Mapping

SUMS_FILE = "SHA256SUMS"
SUMS_LIMIT = 256 * 1024  # bytes
NAMES_LIMIT = 1000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*){0,5}")
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\n]+)")
_NAME_LIMIT = 200


class HostileNames(ValueError):
    """Names that could lead out of the folder, hide in it, or fill it."""


def is_harmless(name: str) -> bool:
    """Whether a file may have this name in a kit: no way up, nothing hidden, no characters that a system reads."""
    return len(name) <= _NAME_LIMIT and _NAME.fullmatch(name) is not None


def read_sums(content: bytes) -> dict[str, str]:
    """Return digest by name, as `sha256sum` writes them. Raises HostileNames, also for a line that is none."""
    try:
        lines = content.decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise HostileNames("a name with a character that no file of a kit has") from None
    if len(lines) > NAMES_LIMIT:
        raise HostileNames(f"more than {NAMES_LIMIT} names")
    found: dict[str, str] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise HostileNames("a line that is no checksum and name")
        if not is_harmless(match[2]):
            raise HostileNames("a name that could lead out of the folder, or that no file of a kit has")
        found[match[2]] = match[1]
    _check_together([line[66:] for line in lines])
    return found


def write_sums(digests: Mapping[str, str]) -> bytes:
    """Return the checksums as `sha256sum -c` takes them, sorted by name."""
    return "".join(f"{checksum}  {name}\n" for name, checksum in sorted(digests.items())).encode("ascii")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _check_together(names: Iterable[str]) -> None:
    """One name twice (some disks take a for A), the list itself, or a file where another needs a folder."""
    taken = {SUMS_FILE.lower()}
    folders = set()
    for name in names:
        if name.lower() in taken:
            raise HostileNames("a name that is there twice")
        taken.add(name.lower())
        parts = name.lower().split("/")
        folders |= {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    if folders & taken:
        raise HostileNames("a file that would be a folder as well")
