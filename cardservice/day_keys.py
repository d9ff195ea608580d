"""Keeps the keys of drafts: one a day, in memory only, destroyed when their day is over. Beside them that of cookies.

The rule here: a day key is never on disk. Destroying it is the erasure of every draft it sealed (docs/retention.md):
rows and files that are deleted can be found again, a key that was only ever in memory cannot. Swap must be off or
encrypted, which is the machine's business. Signing keys are in keystore.py.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardservice.keystore import KeyStoreError, check_private, overwrite_and_delete

KEY_BYTES, NONCE_BYTES = 32, 12
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_COOKIES = "cookies"
_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.key")


class NotInMemory(KeyStoreError):
    """Day keys were to be kept where they could be found again after they are destroyed."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(
            f"Day keys may not be kept in {folder}: it is on a file system of kind {kind}, where a destroyed key can "
            'be found again. Name a folder in memory, such as /dev/shm/cardservice, or "memory".'
        )


class DayKeyGone(KeyStoreError):
    """The key was destroyed with its day, or lost when the machine started anew: what it sealed is erased."""

    def __init__(self) -> None:
        super().__init__("This registration can no longer be read: its day is over, or the machine was restarted.")


class DayKeys:
    """The day keys, in a memory-backed folder that all workers of a machine share, or in this process alone."""

    def __init__(self, kept: "_InProcess | _InFolder", token_bytes: Callable[[int], bytes]) -> None:
        self._kept, self._token_bytes, self._lock = kept, token_bytes, Lock()

    @classmethod
    def in_process(cls, *, token_bytes: Callable[[int], bytes] = os.urandom) -> Self:
        """Keep the keys in this process: for a service with a single worker process, and for tests."""
        return cls(_InProcess(), token_bytes)

    @classmethod
    def in_folder(
        cls,
        folder: Path,
        *,
        token_bytes: Callable[[int], bytes] = os.urandom,
        mounts: Path = Path("/proc/self/mountinfo"),
    ) -> Self:
        """Keep the keys in a folder on tmpfs or ramfs. Raises NotInMemory for any other, ReadableByOthers."""
        kind = file_system_of(folder, mounts.read_text())
        if kind not in IN_MEMORY:
            raise NotInMemory(folder, kind)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_private(folder)
        return cls(_InFolder(folder), token_bytes)

    def seal(self, draft_id: str, day: date, plaintext: bytes) -> bytes:
        """Return the plaintext encrypted for this draft until the end of `day`: nonce (12 bytes), AES-256-GCM."""
        with self._lock:
            key = self._kept.find(day) or self._kept.make(day, self._token_bytes(KEY_BYTES))
        nonce = self._token_bytes(NONCE_BYTES)
        return nonce + _cipher(key, draft_id).encrypt(nonce, plaintext, draft_id.encode())

    def open(self, draft_id: str, day: date, sealed: bytes) -> bytes:
        """Return what was sealed for this draft. Raises DayKeyGone."""
        with self._lock:
            key = self._kept.find(day)
        if key is None:
            raise DayKeyGone
        try:
            return _cipher(key, draft_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], draft_id.encode())
        except InvalidTag:
            # A key of the same day, made after the machine was started anew.
            raise DayKeyGone from None

    def of_the_cookies(self) -> bytes:
        """The key by which browsers are known again (32 bytes): it lives as long as the memory that has the day keys.

        So a service that is started again, while drafts can be read, knows who was typing.
        """
        with self._lock:
            return self._kept.keep(_COOKIES, self._token_bytes(KEY_BYTES))

    def has(self, day: date) -> bool:
        """Tell whether there is a key of that day."""
        with self._lock:
            return self._kept.find(day) is not None

    def days(self) -> list[date]:
        """Return the days of which there is a key, the first one first."""
        with self._lock:
            return sorted(self._kept.days())

    def destroy_before(self, day: date) -> int:
        """Destroy the keys of every day before `day`, and return how many there were."""
        return self._destroy(lambda known: known < day)

    def destroy_after(self, day: date) -> int:
        """Destroy the keys of every day after `day`, as a clock that was ahead leaves them, and return how many."""
        return self._destroy(lambda known: known > day)

    def _destroy(self, is_due: Callable[[date], bool]) -> int:
        with self._lock:
            due = [known for known in self._kept.days() if is_due(known)]
            for known in due:
                self._kept.destroy(known)
        return len(due)


class _InProcess:
    def __init__(self) -> None:
        self._keys: dict[date, bytearray] = {}
        self._others: dict[str, bytes] = {}

    def find(self, day: date) -> bytes | None:
        kept = self._keys.get(day)
        return None if kept is None else bytes(kept)

    def make(self, day: date, key: bytes) -> bytes:
        self._keys[day] = bytearray(key)
        return key

    def keep(self, name: str, key: bytes) -> bytes:
        return self._others.setdefault(name, key)

    def days(self) -> list[date]:
        return list(self._keys)

    def destroy(self, day: date) -> None:
        kept = self._keys.pop(day)
        kept[:] = bytes(len(kept))


class _InFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, day: date) -> bytes | None:
        try:
            return self._file(day).read_bytes()
        except FileNotFoundError:
            return None

    def make(self, day: date, key: bytes) -> bytes:
        return self.keep(day.isoformat(), key)

    def keep(self, name: str, key: bytes) -> bytes:
        # Written whole under another name, then linked: of two workers one wins, and both use the winner's key.
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".new-") as fresh:
            fresh.write(key)
            fresh.flush()
            with contextlib.suppress(FileExistsError):
                os.link(fresh.name, self._folder / f"{name}.key")
        return (self._folder / f"{name}.key").read_bytes()

    def days(self) -> list[date]:
        return [
            date.fromisoformat(found[1]) for file in self._folder.iterdir() if (found := _FILE.fullmatch(file.name))
        ]

    def destroy(self, day: date) -> None:
        # Another worker may have been faster.
        with contextlib.suppress(FileNotFoundError):
            overwrite_and_delete(self._file(day))

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.key"


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that `path` is on or would be made on, by the kernel's table of mounts.

    `mounts` is the text of /proc/self/mountinfo (proc(5)): field 5 is the mount point, the field after " - " the kind.
    """
    resolved, kind, longest = path.resolve(), "unknown", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4]))
        # A later mount on the same point hides the earlier one.
        if resolved.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split()[0], len(point.parts)
    return kind


def _cipher(day_key: bytes, draft_id: str) -> AESGCM:
    """The draft's own key, so that one draft's ciphertext put into another's row opens nothing."""
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=b"cardservice draft " + draft_id.encode()).derive(day_key))
