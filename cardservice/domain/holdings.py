"""What we hold: every table, column and kind of file, how much of it there is, and what is to leave next.

The rule here: it is read off the models, the database and the folder as they are, so that nothing can be forgotten; and
it shows counts, field names, months and days, never a row. The words are schedule.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

from sqlalchemy import Table, func, inspect, select
from sqlalchemy.orm import Session

from cardservice.domain import retention, schedule, schedule_of_files
from cardservice.domain.calendar import day_of, first_day_after
from cardservice.domain.retention import DAYS_AFTER_EXPIRY, DEFAULT_LIMITS, Limits
from cardservice.domain.schedule import Rule
from cardservice.domain.schedule_of_files import FileRule
from cardservice.storage.models import Base, Card, Draft, ParkedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHeld:
    """One table at this moment."""

    name: str
    rule: Rule
    fields: tuple[str, ...]
    rows: int
    oldest: str | None
    """A day "2026-11-26" or a month "2026-11" of the oldest row."""
    next_purge: date | None = None
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesHeld:
    """One kind of file at this moment; `rule` is None for files that are of no known kind."""

    rule: FileRule | None
    count: int
    bytes: int
    oldest: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything at this moment."""

    tables: tuple[TableHeld, ...]
    unknown_tables: tuple[str, ...]
    """In the database, and made by nothing of this program."""
    files: tuple[FilesHeld, ...]

    @property
    def overdue(self) -> int:
        """How many rows should be gone and are not."""
        return sum(table.overdue for table in self.tables)


def held(session: Session, *, folder: Path, kit: Path, now: datetime, limits: Limits = DEFAULT_LIMITS) -> Held:
    """Return what the register and the town's folder hold. `kit` may lie beside the folder."""
    known = set(Base.metadata.tables) | schedule.BESIDE_THE_MODELS
    found = inspect(session.connection()).get_table_names()
    return Held(
        tables=tuple(
            _table(session, table, now, limits) for table in sorted(Base.metadata.tables.values(), key=_as_adopted)
        ),
        unknown_tables=tuple(sorted(set(found) - known)),
        files=tuple(_files(folder, kit)),
    )


def rule_of(table: Table) -> Rule:
    """Return the words for a table. A table without is a mistake that a test finds: KeyError."""
    return schedule.TABLES[table.name]


def _as_adopted(table: Table) -> int:
    """The order of the schedule, which begins with what a reader asks first."""
    return list(schedule.TABLES).index(table.name)


def _table(session: Session, table: Table, now: datetime, limits: Limits) -> TableHeld:
    rule = rule_of(table)
    rows = session.scalar(select(func.count()).select_from(table)) or 0
    oldest = session.scalar(select(func.min(table.c[rule.oldest]))) if rule.oldest else None
    leaves = _LEAVES.get(table.name)
    next_purge, overdue = leaves(session, now, limits) if leaves else (None, 0)
    return TableHeld(
        name=table.name,
        rule=rule,
        fields=tuple(table.columns.keys()),
        rows=rows,
        # A moment is told as its day: a minute is a fingerprint (THREATS T9).
        oldest=None if oldest is None else str(oldest)[:10],
        next_purge=next_purge,
        overdue=overdue,
    )


def _drafts_leave(session: Session, now: datetime, limits: Limits) -> tuple[date | None, int]:
    last_day = session.scalar(select(func.min(Draft.key_day)))
    next_purge = None if last_day is None else max(last_day + timedelta(days=1), day_of(now))
    return next_purge, retention.overdue_drafts(session, now=now, limits=limits)


def _parked_forms_leave(session: Session, now: datetime, limits: Limits) -> tuple[date | None, int]:
    first = session.scalar(select(func.min(ParkedForm.created_at)))
    next_purge = None if first is None else max(day_of(first + limits.idle), day_of(now))
    return next_purge, retention.overdue_parked_forms(session, now=now, limits=limits)


def _cards_leave(session: Session, now: datetime, _limits: Limits) -> tuple[date | None, int]:
    month = session.scalar(select(func.min(Card.expiry_month)))
    next_purge = None if month is None else first_day_after(month) + timedelta(days=DAYS_AFTER_EXPIRY)
    return next_purge, retention.overdue_cards(session, now=now)


_LEAVES: dict[str, Callable[[Session, datetime, Limits], tuple[date | None, int]]] = {
    Draft.__tablename__: _drafts_leave,
    ParkedForm.__tablename__: _parked_forms_leave,
    Card.__tablename__: _cards_leave,
}


def _files(folder: Path, kit: Path) -> Iterable[FilesHeld]:
    """Every file by its kind. One of no known kind is counted and not named: its name could be anybody's."""
    left = [(path, str(path.relative_to(folder))) for path in sorted(folder.rglob("*")) if path.is_file()]
    if not kit.is_relative_to(folder) and kit.is_dir():
        left += [(path, f"kit/{path.relative_to(kit)}") for path in sorted(kit.rglob("*")) if path.is_file()]
    for rule in schedule_of_files.FILES:
        of_this_kind = [path for path, name in left if _is_of(name, rule)]
        left = [(path, name) for path, name in left if not _is_of(name, rule)]
        yield _counted(rule, of_this_kind)
    if left:
        yield _counted(None, [path for path, _ in left])


def _is_of(name: str, rule: FileRule) -> bool:
    # The public half of a key has the private one's name with ".pub" in it. What names no folder is in the town's own.
    return any(fnmatch(name, pattern) for pattern in rule.patterns if "/" in pattern or "/" not in name)


def _counted(rule: FileRule | None, paths: list[Path]) -> FilesHeld:
    found = [path.stat() for path in paths if path.exists()]
    oldest = min((one.st_mtime for one in found), default=None)
    return FilesHeld(
        rule=rule,
        count=len(found),
        bytes=sum(one.st_size for one in found),
        oldest=None if oldest is None else datetime.fromtimestamp(oldest, UTC).date(),
    )
