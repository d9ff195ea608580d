"""`cardverify` asked as a shell would ask it, and kits whose lists are as new as today."""

import io
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from cardservice.cli import verify
from cardservice.credential.claims import DAY, CardClaims, StatusReference
from cardservice.domain import kit_folder
from tests.verify.town import TestKey, Town

REVOKED = 666


@dataclass(frozen=True)
class Answer:
    """What one run said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one object that was printed."""
        assert self.out.count("\n") == 1, "one object on one line"
        return json.loads(self.out)  # type: ignore[no-any-return]


def ask(*arguments: object, stdin: bytes = b"") -> Answer:
    """Run `cardverify` in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
    ):
        try:
            status = verify.main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
    for stream in (out, err):
        stream.flush()
    return Answer(status, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their names."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def seconds(now: datetime | None = None) -> int:
    """The present, in whole seconds since 1970."""
    return int((now or datetime.now(UTC)).timestamp())


def todays(
    town: Town, number: int = 1, *, signs: TestKey | None = None, announces: TestKey | None = None, age: int = 60
) -> dict[str, bytes]:
    """A town's kit, signed a minute ago unless it is older, with its checksums: the so-many-th publication."""
    at = seconds() - age + number
    trust_list = town.trust_list(sequence=number, issued_at=at, next_anchor=announces and announces.public)
    status_list = town.status_list(
        [REVOKED], sequence=number, issued_at=at, expires_at=at + 14 * DAY, lowest_trust_sequence=number
    )
    anchor = signs or town.anchor
    files = {
        **town.files(trust_list, status_list),
        "trust-list.cwt": trust_list.seal(anchor),
        "anchor.cose": anchor.public.to_cose_key(),
        "jwks.json": kit_folder.jwks([town.card_key.public]),
    }
    return {**files, "SHA256SUMS": kit_folder.sums(files)}


def todays_card(town: Town, **changes: object) -> CardClaims:
    """A card that is good today, whenever today is."""
    midnight = seconds() - seconds() % DAY
    return town.claims(issued_at=midnight, expires_at=midnight + 365 * DAY)._replace(**changes)  # type: ignore[arg-type]


def revoked(town: Town) -> CardClaims:
    """A card that the list of `todays` has revoked."""
    return todays_card(town, status=StatusReference(town.uri, REVOKED))
