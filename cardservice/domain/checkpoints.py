"""The audit's end, signed: what somebody outside keeps, so that the register alone can never be the only witness.

A checkpoint says how many entries there were, the digest of the last one, and the minute. Who keeps one can tell a
chain that was cut off or written anew, which the chain by itself cannot show (THREATS T4). The audit key signs it and
nothing else; the chain is audit.py.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential import base45
from cardservice.credential.cose import parse_sign1, sign1
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey, Signer
from cardservice.domain import audit, key_rotation, kit_folder
from cardservice.domain.audit import BEFORE_THE_FIRST, ChainBroken, Link
from cardservice.domain.calendar import day_of, midnight, minute_of
from cardservice.domain.errors import Refused, Unavailable
from cardservice.domain.kit_folder import NotReadBack
from cardservice.keystore import Purpose

CONTENT_TYPE = "application/vnd.cardservice.audit-checkpoint+json"
EVERY = timedelta(hours=1)
LATE = timedelta(hours=2)
"""How old the last checkpoint may get before somebody should look."""


class NotACheckpoint(Refused):
    """The file is something else, or it was changed after the audit key signed it."""

    def __init__(self) -> None:
        super().__init__("This is not a checkpoint that the audit key signed. Choose the file that was kept outside.")


class UnknownAuditKey(Refused):
    """The checkpoint may be good; the key that signed it is not among those that are trusted here."""

    def __init__(self, key_id: bytes) -> None:
        super().__init__(
            f"The checkpoint is signed by key {key_id.hex()}, which is not an audit key trusted here. If the town has "
            "changed its audit key, ask for the new key's fingerprint by another way and give both."
        )
        self.key_id = key_id


class CopyNotLaid(Unavailable):
    """The second folder, somebody else's, did not take a checkpoint."""

    def __init__(self) -> None:
        super().__init__(
            "The checkpoint could not be laid into the folder of copies. Look whether the share is connected and has "
            "room; the next checkpoint is laid there again within the hour."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a checkpoint says, once its signature is checked."""

    sequence: int
    digest: bytes
    at: datetime
    """The minute it was signed; the beginning of the day for one that says the day only."""
    key_id: bytes

    @property
    def file_name(self) -> str:
        """What it is called among other checkpoints: two that differ never have one name."""
        return f"audit-checkpoint-{self.sequence:08}-{self.digest.hex()[:8]}.cose"


def sign(session: Session, audit_key: Signer, *, after: Sequence[Checkpoint] = (), now: datetime) -> bytes:
    """Return the chain's end as signed JSON in a COSE_Sign1, after reading the whole chain.

    Raises `ChainBroken`, also where the chain no longer holds what the checkpoints `after` which it comes have covered.
    """
    last = compare(audit.links(session), after)
    sequence, digest = (last.sequence, last.digest) if last else (0, BEFORE_THE_FIRST)
    minute = f"{minute_of(now):%Y-%m-%dT%H:%MZ}"
    said = {"sequence": sequence, "digest": digest.hex(), "day": day_of(now).isoformat(), "at": minute}
    return sign1(json.dumps(said).encode(), audit_key, content_type=CONTENT_TYPE)


def opened(signed: bytes, keys: Iterable[PublicKey]) -> Checkpoint:
    """Return what a checkpoint says: a file as it was signed, or the text of its QR code.

    Raises `NotACheckpoint`, `UnknownAuditKey`.
    """
    try:
        message = parse_sign1(_from_qr_text(signed))
        if message.content_type != CONTENT_TYPE:
            raise NotACheckpoint
        key = next((key for key in keys if key.key_id == message.key_id), None)
        if key is None:
            raise UnknownAuditKey(message.key_id or b"")
        said = json.loads(message.open(key))
    except CredentialError:
        raise NotACheckpoint from None
    at = datetime.fromisoformat(said["at"]) if "at" in said else midnight(date.fromisoformat(said["day"]))
    digest = bytes.fromhex(said["digest"])
    return Checkpoint(sequence=int(said["sequence"]), digest=digest, at=at.astimezone(UTC), key_id=key.key_id)


def qr_text(signed: bytes) -> str:
    """Return a checkpoint as the text of a QR code, for paper."""
    return base45.encode(signed)


def compare(entries: Iterable[Link], kept: Sequence[Checkpoint]) -> Link | None:
    """Read a chain from its first entry on, compare it with every checkpoint, and return its last entry.

    Raises `ChainBroken` where the chain is not whole, or not the one that was signed.
    """
    wanted = {checkpoint.sequence for checkpoint in kept}
    found: dict[int, bytes] = {0: BEFORE_THE_FIRST}
    last: Link | None = None
    for entry in audit.check(entries):
        last = entry
        if entry.sequence in wanted:
            found[entry.sequence] = entry.digest
    for checkpoint in sorted(kept, key=lambda one: one.sequence):
        if checkpoint.sequence not in found:
            raise ChainBroken(checkpoint.sequence, "is missing")
        if found[checkpoint.sequence] != checkpoint.digest:
            raise ChainBroken(checkpoint.sequence, "is not the one that was signed")
    return last


def audit_keys(session: Session) -> list[PublicKey]:
    """Return every audit key the town ever had: a checkpoint outlives the key that signed it."""
    return [PublicKey.from_cose_key(key.public_key) for key in key_rotation.of_purpose(session, Purpose.AUDIT)]


def newest(session: Session, file: Path) -> Checkpoint | None:
    """Return the checkpoint in the town's folder, if there is one that an audit key of the town signed."""
    content = kit_folder.found(file)
    try:
        return None if content is None else opened(content, audit_keys(session))
    except (NotACheckpoint, UnknownAuditKey):
        return None


def is_due(last: Checkpoint | None, *, now: datetime) -> bool:
    """Tell whether an hour has gone by, or the clock has gone back, since the last checkpoint."""
    return last is None or not timedelta() <= now - last.at < EVERY


def lay(signed: bytes, checkpoint: Checkpoint, *, file: Path, copies: Path | None) -> None:
    """Put a checkpoint into the town's folder, and into the folder of copies where there is one.

    A copy is never written over: its name says what it holds. Raises `CopyNotLaid`, `NotReadBack`, OSError.
    """
    kit_folder.place(file, signed)
    if copies is None or copy_is_laid(checkpoint, copies):
        return
    try:
        # Not made here: a share that is not connected leaves an empty place, which must not be taken for it.
        if not copies.is_dir():
            raise CopyNotLaid
        kit_folder.place(copies / checkpoint.file_name, signed)
    except (OSError, NotReadBack):
        raise CopyNotLaid from None


def copy_is_laid(checkpoint: Checkpoint, copies: Path) -> bool:
    """Tell whether somebody outside has this checkpoint."""
    try:
        return (copies / checkpoint.file_name).is_file()
    except OSError:
        return False


def _from_qr_text(content: bytes) -> bytes:
    """Base45 begins with no byte that a COSE_Sign1 begins with."""
    if content.startswith(b"\xd2"):
        return content
    return base45.decode(content.decode("ascii", "replace").strip("\r\n"))
