"""The register as lines of text, for a backup: every table, from one moment, and nothing that could be read of a draft.

The rule here: what a person typed at the counter never leaves the machine, not even encrypted; of a draft only its id,
its card and its day are told, so that a restore can end it. No private key is in the register, so none is in a backup.
Encryption and the file are sealed_file.py; the way back is restore.py (docs/decisions/0028-backups.md).
"""

import base64
import json
from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from cardservice.domain import audit, holdings
from cardservice.domain.audit import BEFORE_THE_FIRST
from cardservice.domain.calendar import minute_of
from cardservice.storage.models import Base, Draft

FORMAT = 1
_ROWS_AT_ONCE = 500
LEFT_OUT = {Draft.__tablename__: frozenset({"ciphertext", "created_at", "touched_at"})}
"""Columns that stay here: what was typed, and the minutes, which a camera in the hall could be compared with."""


def lines(
    session: Session, *, issuer: str, config: str, program: str, revision: str, now: datetime
) -> Generator[bytes, None, None]:
    """Return the whole register as lines of JSON, from what `session` sees: a snapshot, so that it is one moment.

    `config` is the text of config.toml, `program` the version that writes, `revision` that of the tables.
    """
    last = audit.newest(session)
    end = {"sequence": last.sequence, "digest": last.digest.hex()} if last else None
    yield _line(
        {
            "cardservice_backup": FORMAT,
            "issuer": issuer,
            "program": program,
            "revision": revision,
            "made_at": f"{minute_of(now):%Y-%m-%dT%H:%MZ}",
            "audit": end or {"sequence": 0, "digest": BEFORE_THE_FIRST.hex()},
            "config": config,
        }
    )
    counts: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        if holdings.rule_of(table).in_backups:
            counts[table.name] = 0
            names = [name for name in table.columns.keys() if name not in LEFT_OUT.get(table.name, ())]  # noqa: SIM118
            yield _line({"table": table.name, "columns": names})
            # Closed here if whoever writes them down stops, and not by the garbage collector in another question.
            with closing(_rows(session, table, names)) as rows:
                for row in rows:
                    counts[table.name] += 1
                    yield row
    yield _line({"end": counts})


def _rows(session: Session, table: Table, names: list[str]) -> Generator[bytes, None, None]:
    chosen = select(*(table.c[name] for name in names)).order_by(*table.primary_key.columns)
    with closing(session.execute(chosen, execution_options={"yield_per": _ROWS_AT_ONCE})) as rows:
        for row in rows:
            yield _line([_plain(value) for value in row])


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    return value
