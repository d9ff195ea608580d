"""The audit as a file for an auditor's machine: JSON lines, readable with any tool, checked without a town.

The first line names the town's audit keys, each further line is one entry with its digests. The file is data to be
judged: what it says of keys counts only for a key whose fingerprint the auditor got by another way.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.domain import audit, key_rotation
from cardservice.domain.audit import Link
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Refused
from cardservice.keystore import Purpose

FORMAT = "cardservice-audit-1"
SHORTEST_FINGERPRINT = 16
"""Hexadecimal digits: a key id. A whole fingerprint has 64."""
_LONGEST_LINE = 65_536


class NotAnExport(Refused):
    """The file is not what `audit export` writes, or a line of it is damaged."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"Line {line} is not as `cardservice audit export` writes it. Ask for the file again; if it is the same "
            "again, treat the audit as changed."
        )
        self.line = line


class NotAFingerprint(Refused):
    """Too short to mean one key, or no hexadecimal number."""

    def __init__(self) -> None:
        super().__init__(
            f"A fingerprint has at least {SHORTEST_FINGERPRINT} of the digits 0 to 9 and letters a to f. "
            "Type it as it stands on the paper."
        )


class KeyNotInExport(Refused):
    """The trusted key is not one that the file says the town ever had."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(
            f"The file names no audit key with the fingerprint {fingerprint}. Compare it with the paper; if it is "
            "right, the file is not of this town, or it was changed."
        )


def lines(session: Session, *, issuer: str, now: datetime) -> Iterator[str]:
    """Return the whole audit as lines without their ends, the town's audit keys first."""
    keys = [
        {"key_id": key.key_id, "state": key.state, "cose_key": key.public_key.hex()}
        for key in key_rotation.of_purpose(session, Purpose.AUDIT)
    ]
    yield json.dumps({"format": FORMAT, "issuer": issuer, "day": day_of(now).isoformat(), "audit_keys": keys})
    for entry in audit.links(session):
        written = entry._asdict() | {
            "day": entry.day.isoformat(),
            "previous": entry.previous.hex(),
            "digest": entry.digest.hex(),
        }
        yield json.dumps(written)


class Export:
    """An exported audit that is being read. The first line is read at once, the entries as they are asked for."""

    def __init__(self, source: Iterable[str]) -> None:
        self._lines = enumerate(source, start=1)
        head = self._read(*next(self._lines, (1, "")))
        try:
            if head["format"] != FORMAT:
                raise NotAnExport(1)
            self._keys = [PublicKey.from_cose_key(bytes.fromhex(key["cose_key"])) for key in head["audit_keys"]]
        except (KeyError, TypeError, ValueError, CredentialError):
            raise NotAnExport(1) from None

    @property
    def fingerprints(self) -> list[str]:
        """The fingerprints of the keys that the file names: to be compared, never to be believed."""
        return [key.fingerprint for key in self._keys]

    def trusted(self, fingerprints: Iterable[str]) -> list[PublicKey]:
        """Return the keys whose fingerprints were got by another way. Raises `NotAFingerprint`, `KeyNotInExport`."""
        keys = []
        for typed in fingerprints:
            wanted = "".join(typed.split()).replace("-", "").lower()
            if len(wanted) < SHORTEST_FINGERPRINT or not set(wanted) <= set("0123456789abcdef"):
                raise NotAFingerprint
            key = next((key for key in self._keys if key.fingerprint.startswith(wanted)), None)
            if key is None:
                raise KeyNotInExport(wanted)
            keys.append(key)
        return keys

    def entries(self) -> Iterator[Link]:
        """Return the entries one by one. Raises `NotAnExport`."""
        for number, line in self._lines:
            values = self._read(number, line)
            try:
                yield Link(
                    sequence=int(values["sequence"]),
                    day=date.fromisoformat(values["day"]),
                    actor=str(values["actor"]),
                    action=str(values["action"]),
                    subject=str(values["subject"]),
                    previous=bytes.fromhex(values["previous"]),
                    digest=bytes.fromhex(values["digest"]),
                )
            except (KeyError, TypeError, ValueError):
                raise NotAnExport(number) from None

    @staticmethod
    def _read(number: int, line: str) -> dict[str, Any]:
        try:
            values = json.loads(line) if len(line) <= _LONGEST_LINE else None
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise NotAnExport(number)
        return values
