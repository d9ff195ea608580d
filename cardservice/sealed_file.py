"""Files that only somebody elsewhere can open: encrypted with age to a public key whose private half is not here.

The rule here: nothing of the content is on disk in clear, neither while it is written nor while it is read; both run
as a stream in bounded memory. Inside is zlib, because a register is mostly hexadecimal digits. What a backup says is
domain/backup.py. Format: https://age-encryption.org/v1.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import pyrage
from pyrage import x25519

from cardservice.keystore import KeyStoreError

_PIECE = 65_536

Recipients = list[x25519.Recipient]
Identities = list[x25519.Identity]


class NotARecipient(KeyStoreError):
    """The public half is none that age knows."""

    def __init__(self) -> None:
        super().__init__(
            "There is no age recipient: give the line that begins with age1, as `cardservice backup-key` printed it, "
            "or a file that holds it."
        )


class NotAnIdentity(KeyStoreError):
    """The private half is none that age knows."""

    def __init__(self) -> None:
        super().__init__(
            "The file holds no age identity: it has a line that begins with AGE-SECRET-KEY-1. Take the one that "
            "`cardservice backup-key` made."
        )


class WrongIdentity(KeyStoreError):
    """The file was encrypted to somebody else, or is not an age file."""

    def __init__(self) -> None:
        super().__init__(
            "This identity does not open this file. Take the one whose recipient the backup was made for; if it is the "
            "right one, the file is damaged: take another backup."
        )


class SealedFileDamaged(KeyStoreError):
    """A byte is wrong, or the end is missing."""

    def __init__(self) -> None:
        super().__init__("The file is damaged or was cut short. Take another backup; nothing of this one is used.")


def new_identity() -> tuple[str, str]:
    """Return a new private half and its public half, as age writes them."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipients(text: str) -> Recipients:
    """Return every recipient in a text, one a line, comments left out. Raises `NotARecipient`."""
    try:
        found = [x25519.Recipient.from_str(line) for line in _lines(text)]
    except pyrage.RecipientError:
        raise NotARecipient from None
    if not found:
        raise NotARecipient
    return found


def identities(text: str) -> Identities:
    """Return every identity in the text of a key file, comments left out. Raises `NotAnIdentity`."""
    try:
        found = [x25519.Identity.from_str(line) for line in _lines(text)]
    except pyrage.IdentityError:
        raise NotAnIdentity from None
    if not found:
        raise NotAnIdentity
    return found


def seal(pieces: Iterable[bytes], out: BinaryIO, to: Recipients) -> None:
    """Write `pieces`, compressed and encrypted, to `out`. What goes wrong while they are made is raised as it was."""
    source, target = _Source(_compressed(pieces)), _Target(out)
    try:
        pyrage.encrypt_io(source, target, to)
    except pyrage.EncryptError as error:
        # age tells the words of our error as its own; the error itself is what callers know.
        raise (source.failed or target.failed or error) from None


def unseal(source: BinaryIO, keys: Identities, take: Callable[[bytes], None]) -> None:
    """Call `take` with every piece of what was sealed.

    Each piece is authentic, but only when this returns was the last one among them. Raises `WrongIdentity`,
    `SealedFileDamaged`, and whatever `take` raises.
    """
    sink = _Sink(take)
    try:
        pyrage.decrypt_io(source, sink, keys)
        sink.end()
    except pyrage.DecryptError:
        raise WrongIdentity from None
    except (OSError, zlib.error):
        raise SealedFileDamaged from None


class _Source:
    """What age reads from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""
        self.failed: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                self._left = next(self._pieces)
        except StopIteration:
            return b""
        except Exception as error:
            self.failed = error
            raise
        piece, self._left = self._left[:size], self._left[size:]
        return piece


class _Target:
    """What age writes the sealed bytes to."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._out.write(data)
        except OSError as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self._out.flush()


class _Sink:
    """What age writes the opened bytes to."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take, self._inflater = take, zlib.decompressobj()

    def write(self, data: bytes) -> int:
        left = data
        while left and not self._inflater.eof:
            self._take(self._inflater.decompress(left, _PIECE))
            left = self._inflater.unconsumed_tail
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def end(self) -> None:
        if not self._inflater.eof:
            raise SealedFileDamaged


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    deflater = zlib.compressobj()
    for piece in pieces:
        if ready := deflater.compress(piece):
            yield ready
    yield deflater.flush()


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]
