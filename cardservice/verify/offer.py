"""What somebody offers as the newest kit: its files, fetched within bounds, each with its checksum right.

Nothing here is believed yet: a checksum only says that the bytes arrived. A file that lies in the folder already with
the same checksum is not fetched again.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from cardservice.verify.kit import ANCHOR_FILE, FILE_LIMIT, KIT_LIMIT, STATUS_FOLDER, TRUST_LIST_FILE
from cardservice.verify.replacing import read
from cardservice.verify.sums import SUMS_FILE, SUMS_LIMIT, HostileNames, digest, is_harmless, read_sums
from cardservice.verify.update_errors import ChecksumWrong, NamesRefused, NoKitThere, NotFetched, TooMuch

JWKS_FILE = "jwks.json"

Fetch = Callable[[str, int], bytes]


def is_list(name: str) -> bool:
    """Whether a file is one of those that are checked by more than their checksum."""
    folder, _, file = name.rpartition("/")
    return name in (TRUST_LIST_FILE, ANCHOR_FILE, JWKS_FILE) or (folder == STATUS_FOLDER and file.endswith(".cwt"))


def gather(folder: Path, fetch: Fetch, *, names: Iterable[str] | None, pages: bool) -> dict[str, bytes]:
    """Return the offered files by name. Raises UpdateRefused, UpdateFailed."""
    digests = _digests(fetch, names)
    wanted = {name: checksum for name, checksum in digests.items() if pages or is_list(name)}
    if TRUST_LIST_FILE not in wanted:
        raise NoKitThere
    files: dict[str, bytes] = {}
    left = KIT_LIMIT
    for name, checksum in wanted.items():
        files[name] = _content(folder, fetch, name, checksum, min(left, FILE_LIMIT))
        left -= len(files[name])
    return files


def _digests(fetch: Fetch, names: Iterable[str] | None) -> dict[str, str | None]:
    """Digest by name; None for each where the place has no checksums, and then its names must be given."""
    if names is not None:
        # A stick has files of its own, such as ._1.cwt: what has no name of a kit is not asked for.
        return {name: None for name in names if is_harmless(name) and is_list(name)}
    try:
        content = fetch(SUMS_FILE, SUMS_LIMIT)
    except FileNotFoundError:
        raise NoKitThere from None
    except OSError as error:
        raise NotFetched(SUMS_FILE, str(error)) from error
    if len(content) > SUMS_LIMIT:
        raise NamesRefused("more text than the names of a kit")
    if content and not content.endswith(b"\n"):
        raise ChecksumWrong(SUMS_FILE)  # cut short
    try:
        return dict(read_sums(content))
    except HostileNames as error:
        raise NamesRefused(str(error)) from None


def _content(folder: Path, fetch: Fetch, name: str, checksum: str | None, limit: int) -> bytes:
    have = read(folder / name, limit) if checksum is not None else None
    if have is not None and digest(have) == checksum:
        return have
    try:
        content = fetch(name, limit)
    except OSError as error:
        raise NotFetched(name, str(error)) from error
    if len(content) > limit:
        raise TooMuch(name)
    if checksum is not None and digest(content) != checksum:
        raise ChecksumWrong(name)
    return content
