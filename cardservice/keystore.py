"""Keeps the town's signing keys in a folder: create, unlock, destroy.

The rule here: a private key is never on disk in clear. It rests as PKCS#8 encrypted under a passphrase (key_file.py;
for custodians: docs/keys.md). Which key is active is the register's business (domain/key_rotation.py); what keys sign
is in credential/; the keys of drafts are in day_keys.py.
"""

import os
import re
import stat
from enum import StrEnum
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cardservice import key_file
from cardservice.credential.keys import Algorithm, PublicKey, raw_signature

SHORTEST_PASSPHRASE = 12


class KeyStoreError(Exception):
    """A key cannot be had. The message says what to do next; it never holds a passphrase or a key."""


class PassphraseTooShort(KeyStoreError):
    """The passphrase is all that protects the key file."""


def check_long_enough(passphrase: str) -> None:
    """Return if a key may be sealed with this passphrase. Raises PassphraseTooShort."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort(
            f"The passphrase of a key has at least {SHORTEST_PASSPHRASE} characters: take six words drawn by dice."
        )


class KeyMissing(KeyStoreError):
    """There is no such key in the folder."""


class KeyAmbiguous(KeyStoreError):
    """There are several keys of that purpose, so the key id is needed."""


class WrongPassphrase(KeyStoreError):
    """The passphrase does not open the key, or the file is damaged."""


class KeyDamaged(KeyStoreError):
    """The file holds something else than its name says."""


class ReadableByOthers(KeyStoreError):
    """Somebody else on this machine could have read the keys."""


class PassphraseReadableByOthers(KeyStoreError):
    """Somebody else on this machine could have read the file with the passphrase, or written it."""


class Purpose(StrEnum):
    """What a key may sign. Four separate keys, so that the loss of one is not the loss of all."""

    CARD = "card"
    STATUS = "status"
    ANCHOR = "anchor"
    AUDIT = "audit"


SIGN_REPEATABLY = frozenset({Purpose.STATUS, Purpose.ANCHOR})
"""Whose ES256 signatures are those of RFC 6979, so that a kit comes out the same again. Never a card's: its signature
would be a fingerprint of what the card says of its holder (docs/decisions/0046-a-kit-that-comes-out-the-same.md)."""


class SigningKey:
    """An unlocked private key: what credential calls a Signer. It never shows its private half."""

    def __init__(self, purpose: Purpose, native: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> None:
        self.purpose = purpose
        self.public = PublicKey.from_cryptography(native.public_key())
        self._native = native

    @classmethod
    def generate(cls, purpose: Purpose, algorithm: Algorithm) -> Self:
        """Return a new key that exists in memory only."""
        if algorithm is Algorithm.EDDSA:
            return cls(purpose, Ed25519PrivateKey.generate())
        return cls(purpose, ec.generate_private_key(ec.SECP256R1()))

    @property
    def key_id(self) -> bytes:
        """The 8 bytes by which signed content names this key."""
        return self.public.key_id

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm this key signs with."""
        return self.public.algorithm

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature, r and s for ES256."""
        if isinstance(self._native, Ed25519PrivateKey):
            return self._native.sign(message)
        repeatable = self.purpose in SIGN_REPEATABLY
        return raw_signature(self._native.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=repeatable)))

    def sealed(self, passphrase: str) -> bytes:
        """Return the key as encrypted PKCS#8, the only form in which it leaves memory."""
        private = self._native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return key_file.encrypted(private, passphrase)

    def public_pem(self) -> bytes:
        """Return the public half (SubjectPublicKeyInfo)."""
        return self._native.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class KeyFolder:
    """The folder of signing keys: for each PURPOSE-KEYID.pem and, beside it, the public half PURPOSE-KEYID.pub.pem."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, purpose: Purpose, algorithm: Algorithm, passphrase: str) -> SigningKey:
        """Make a new key, write it encrypted, and return it unlocked. Raises PassphraseTooShort, ReadableByOthers."""
        check_long_enough(passphrase)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_private(self.path)
        key = SigningKey.generate(purpose, algorithm)
        stem = f"{purpose}-{key.key_id.hex()}"
        # The public half first: a private half that nobody can find the other one of would be of no use.
        write_new(self.path / f"{stem}.pub.pem", key.public_pem())
        write_new(self.path / f"{stem}.pem", key.sealed(passphrase))
        return key

    def unlock(self, which: Purpose | bytes, passphrase: str) -> SigningKey:
        """Return the key of that id, or the only one of that purpose, ready to sign.

        Raises KeyMissing, KeyAmbiguous, WrongPassphrase, KeyDamaged, ReadableByOthers.
        """
        file = self._find(which)
        check_private(self.path)
        check_private(file)
        try:
            native = load_pem_private_key(file.read_bytes(), passphrase.encode())
        except TypeError:
            raise KeyDamaged(
                f"{file.name} is not encrypted: it must not be used. Create and announce a new key."
            ) from None
        except ValueError:
            raise WrongPassphrase(
                f"The passphrase does not open {file.name}. Type it again; if it is right, restore the file."
            ) from None
        purpose, key_id = _named(file)
        if isinstance(native, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
            key = SigningKey(purpose, native)
            if key.key_id == key_id:
                return key
        raise KeyDamaged(f"{file.name} holds another key than its name says. Restore the file from backup.")

    def public(self, key_id: bytes) -> PublicKey:
        """Return the public half of a key, without a passphrase. Raises KeyMissing."""
        file = self._find(key_id)
        return PublicKey.from_cryptography(load_pem_public_key(file.with_suffix(".pub.pem").read_bytes()))

    def destroy(self, key_id: bytes) -> None:
        """Overwrite and delete a private half; the cards it signed go on verifying. Raises KeyMissing."""
        overwrite_and_delete(self._find(key_id))

    def _files(self) -> list[Path]:
        return sorted(file for file in self.path.glob("*.pem") if _KEY_FILE.fullmatch(file.name))

    def _find(self, which: Purpose | bytes) -> Path:
        label = which.value if isinstance(which, Purpose) else which.hex()
        found = [file for file in self._files() if which in _named(file)]
        if not found:
            raise KeyMissing(f"There is no key {label} in {self.path.name}/. Create it, or restore it from backup.")
        if len(found) > 1:
            raise KeyAmbiguous(f"There are {len(found)} keys {label} in {self.path.name}/. Name one by its key id.")
        return found[0]

    def list(self) -> tuple[tuple[Purpose, bytes], ...]:
        """Return purpose and key id of every key whose private half is here."""
        return tuple(_named(file) for file in self._files())


_KEY_FILE = re.compile(r"(card|status|anchor|audit)-([0-9a-f]{16})\.pem")


def _named(file: Path) -> tuple[Purpose, bytes]:
    purpose, _, key_id = file.stem.partition("-")
    return Purpose(purpose), bytes.fromhex(key_id)


def check_private(path: Path) -> None:
    """Raise `ReadableByOthers` unless the file or folder is ours, and nobody else may read it."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.geteuid():
        mode = "700" if path.is_dir() else "600"
        raise ReadableByOthers(
            f"{path.name} may be read by others or belongs to somebody else. Find out who could, then make it yours "
            f"alone (chown, chmod {mode}). If in doubt, mark the key compromised and create a new one."
        )


CREDENTIALS = Path("/run/credentials")
"""Where systemd lays what a unit is given; it names the unit's own folder in CREDENTIALS_DIRECTORY."""


def check_private_passphrase(path: Path) -> None:
    """Return if the file with a passphrase is ours or root's, and nobody else may read or write it.

    What systemd lays ready belongs to root and shows the permission of its access list, which names the service alone,
    as one of the group (systemd issue 29435). Raises `PassphraseReadableByOthers`.
    """
    found = path.lstat()
    own = os.environ.get("CREDENTIALS_DIRECTORY")
    is_laid = any(path.is_relative_to(folder) for folder in (CREDENTIALS, own and Path(own).resolve()) if folder)
    others = 0o037 if is_laid else 0o077
    if stat.S_ISLNK(found.st_mode) or found.st_mode & others or found.st_uid not in {0, os.geteuid()}:
        raise PassphraseReadableByOthers(
            f"The passphrase file {path.name} may be read by others or belongs to somebody else. Find out who could, "
            "then make it yours alone (chown, chmod 600). If in doubt, announce new keys under another passphrase."
        )


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner only, and on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def overwrite_and_delete(path: Path) -> None:
    """Overwrite before unlinking: a bare unlink leaves the bytes on the disk (THREATS §4.2)."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
