"""The register out of a backup, back into empty tables; then put right for what the backup cannot know.

The rule here: nothing counts before its last line was read and its audit chain is the one it was made with. What was
typed at the counter was never in a backup, so every draft of that day ends, and with it every card that was not handed
over. What happened since is learned from the newest published kit by kit_lessons.py.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, column, insert, select
from sqlalchemy import table as any_table
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType, TypeEngine

from cardservice.domain import audit, lifecycle, retention
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.backup import FORMAT
from cardservice.domain.calendar import midnight
from cardservice.domain.errors import Refused
from cardservice.domain.retention import Ending
from cardservice.storage.models import Base, Card, Draft
from cardservice.storage.numbers import go_on_after_the_highest
from cardservice.terms import CardState

_ROWS_AT_ONCE = 500
_NEVER_IN_A_HAND = (CardState.INTENT, CardState.SIGNED)


class NotABackup(Refused):
    """The file opens, and holds something else or ends too early."""

    def __init__(self) -> None:
        super().__init__(
            "The file opens, and is no whole backup of a register. Take another one; nothing of this one was used."
        )


class FormatUnknown(Refused):
    """A later program made it."""

    def __init__(self, program: str) -> None:
        super().__init__(
            f"The backup was made by version {program}, which writes it in a way this version does not know. "
            "Restore it with that version."
        )
        self.program = program


class ChainDiffers(Refused):
    """The audit that was restored does not end where the one that was backed up ended."""

    def __init__(self) -> None:
        super().__init__(
            "The audit in the backup is not the one it was made with: it was damaged before it was encrypted. Take "
            "another backup; nothing of this one was used."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the first line of a backup says."""

    issuer: str
    program: str
    revision: str
    made_at: datetime
    audit_sequence: int
    audit_digest: bytes
    config: str = field(repr=False)


class Reader:
    """Takes a backup piece by piece. Without a session it only looks whether all of it is there."""

    def __init__(self, session: Session | None = None) -> None:
        self._session, self._rest = session, b""
        self._head: Head | None = None
        self._into: _Into | None = None
        self._counts: dict[str, int] = {}
        self._ended = False

    def take(self, piece: bytes) -> None:
        """Read on. Raises `NotABackup`, `FormatUnknown`."""
        *whole, self._rest = (self._rest + piece).split(b"\n")
        for line in whole:
            self._read(line)

    def end(self) -> Head:
        """Return what the first line said, once the last line was read. Raises `NotABackup`, `ChainDiffers`."""
        if self._head is None or not self._ended or self._rest:
            raise NotABackup
        if self._session is not None:
            go_on_after_the_highest(self._session)
            last = audit.verify_chain(self._session)
            if last and (last.sequence, last.digest) != (self._head.audit_sequence, self._head.audit_digest):
                raise ChainDiffers
        return self._head

    def _read(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            match said:
                case list() if self._into is not None and not self._ended:
                    self._into.take(said)
                    self._counts[self._into.name] += 1
                case {"table": str(name), "columns": [*names]} if self._head and not self._ended:
                    self._finish()
                    self._into, self._counts[name] = _Into(name, names, self._session), 0
                case {"end": counts} if counts == self._counts:
                    self._finish()
                    self._ended = True
                case {"cardservice_backup": version} if self._head is None:
                    self._head = _head(said, version)
                case _:
                    raise NotABackup
        except (KeyError, TypeError, ValueError):
            raise NotABackup from None

    def _finish(self) -> None:
        if self._into is not None:
            self._into.flush()


class _Into:
    """One table that rows go into, a handful at a time."""

    def __init__(self, name: str, names: list[str], session: Session | None) -> None:
        # The tables are those of the backup's version, which may lack columns that the models have by now.
        self.name, self._session, self._waiting = name, session, list[dict[str, Any]]()
        known = Base.metadata.tables.get(name)
        self._types = {
            one: _type(known.c[one]) if known is not None and one in known.c else NullType() for one in names
        }
        extra = {"created_at", "touched_at", "ciphertext"} if name == Draft.__tablename__ else set()
        types = self._types | {one: _type(Base.metadata.tables[name].c[one]) for one in extra}
        self._table = any_table(name, *(column(one, kind) for one, kind in types.items()))

    def take(self, values: list[Any]) -> None:
        named = zip(self._types.items(), values, strict=True)
        row = {one: _value(kind, value) for (one, kind), value in named}
        if self.name == Draft.__tablename__:
            # There is nothing to read, and the row lives until `settle` ends it.
            row |= {"ciphertext": b"", "created_at": midnight(row["key_day"]), "touched_at": midnight(row["key_day"])}
        self._waiting.append(row)
        if len(self._waiting) >= _ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._waiting and self._session is not None:
            self._session.execute(insert(self._table), self._waiting)
        self._waiting.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was ended because it was in work when the backup was made."""

    drafts: int
    cards: int
    """Signed or about to be, and never handed over as far as the backup knows: revoked."""


def settle(session: Session, head: Head, *, actor: Actor, now: datetime) -> Settled:
    """Note in the audit that the register was restored, and end what was in work when the backup was made."""
    audit.record(session, actor, Action.REGISTER_RESTORED, f"backup:{head.made_at:%Y-%m-%d}", now=now)
    unfinished = session.scalars(select(Card).where(Card.state.in_(_NEVER_IN_A_HAND))).all()
    drafts = session.scalars(select(Draft)).all()
    for draft in drafts:
        retention.end_draft(session, draft, Ending.KEY_GONE, actor=actor, now=now)
    for card in unfinished:
        if card.state in _NEVER_IN_A_HAND:
            lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)
    return Settled(drafts=len(drafts), cards=len(unfinished))


def _head(said: dict[str, Any], version: int) -> Head:
    if version != FORMAT:
        raise FormatUnknown(str(said["program"]))
    return Head(
        issuer=said["issuer"],
        program=said["program"],
        revision=said["revision"],
        made_at=datetime.fromisoformat(said["made_at"]),
        audit_sequence=said["audit"]["sequence"],
        audit_digest=bytes.fromhex(said["audit"]["digest"]),
        config=said["config"],
    )


def _type(of: Column[Any]) -> TypeEngine[Any]:
    return of.type


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None or isinstance(kind, NullType):
        return value
    plain = kind.python_type
    if plain is bytes:
        return base64.b64decode(value, validate=True)
    if issubclass(plain, date):
        return plain.fromisoformat(value)
    return plain(value) if issubclass(plain, Enum) else value
