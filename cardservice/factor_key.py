"""Keeps the one key that seals the secrets of staff members' code apps, in a file beside the signing keys.

The rule here: a secret of a code app is in the register only as ciphertext, and its key is never in the register. So a
copy of the database alone opens no second factor. What is done with the secrets is domain/code_app.py; signing keys
are in keystore.py.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cardservice.keystore import KeyStoreError, check_private, write_new

FILE_NAME = "second-factors.key"
KEY_BYTES, NONCE_BYTES = 32, 12


class FactorKeyDamaged(KeyStoreError):
    """The file holds something else than a key."""

    def __init__(self) -> None:
        super().__init__(f"{FILE_NAME} is damaged: it has {KEY_BYTES} bytes. Restore it from backup.")


class WrongFactorKey(KeyStoreError):
    """The secret was sealed under another key, or for somebody else."""

    def __init__(self) -> None:
        super().__init__(f"{FILE_NAME} is not the key that this code app was set up with. Restore it from backup.")


class FactorKey:
    """Seals and opens the secrets of code apps. It never shows its bytes."""

    def __init__(self, key: bytes, *, token_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher, self._token_bytes = AESGCM(key), token_bytes

    @classmethod
    def in_folder(cls, folder: Path, *, token_bytes: Callable[[int], bytes] = os.urandom) -> Self:
        """Read the key of a folder, or make it when there is none yet.

        Raises:
            ReadableByOthers: somebody else on this machine could have read it.
            FactorKeyDamaged: the file is no key.
        """
        file = folder / FILE_NAME
        if not file.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_new(file, token_bytes(KEY_BYTES))
        check_private(file)
        key = file.read_bytes()
        if len(key) != KEY_BYTES:
            raise FactorKeyDamaged
        return cls(key, token_bytes=token_bytes)

    def seal(self, secret: bytes, *, staff_id: int) -> bytes:
        """Return the secret for one staff member's row: nonce (12 bytes), then AES-256-GCM."""
        nonce = self._token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, _whose(staff_id))

    def open(self, sealed: bytes, *, staff_id: int) -> bytes:
        """Return what was sealed for this staff member, or raise `WrongFactorKey`."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _whose(staff_id))
        except InvalidTag:
            raise WrongFactorKey from None


def _whose(staff_id: int) -> bytes:
    return f"cardservice second factor {staff_id}".encode()
