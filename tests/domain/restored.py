"""A register backed up and restored into another one, on either database: what the tests of both journeys share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from town_hall import ISSUER, NOON, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import backup, kit_lessons
from cardservice.domain import restore as journey
from cardservice.domain.actor import CONSOLE
from cardservice.domain.kit_lessons import Lessons
from cardservice.domain.restore import Reader, Settled
from cardservice.storage.session import sessions, snapshot
from cardservice.storage.upgrade import revision_of


def backed_up(town_hall: TownHall, *, now: datetime = NOON) -> bytes:
    """Everything that a backup says, before it is encrypted."""
    with snapshot(town_hall.engine).begin() as session:
        return b"".join(
            backup.lines(
                session,
                issuer=ISSUER,
                config="# a town",
                program="1.2.3",
                revision=revision_of(town_hall.engine) or "",
                now=now,
            )
        )


@dataclass
class Restored:
    """A town after its restore: another register, the keys from their sticks, no day keys."""

    hall: TownHall
    settled: Settled
    lessons: Lessons


def restore(
    town_hall: TownHall, content: bytes, engine: Engine, *, kit: Path | None, days: int = 0, piece: int = 1000
) -> Restored:
    """Restore into the empty register of `engine`, `days` after noon, as the command does."""
    with sessions(engine).begin() as session:
        reader = Reader(session)
        for at in range(0, len(content), piece):
            reader.take(content[at : at + piece])
        head = reader.end()
    hall = TownHall(engine, town_hall.kit, day_keys=DayKeys.in_process())
    hall.keys, hall.town, hall.issuing = town_hall.keys, town_hall.town, town_hall.issuing
    now = NOON + timedelta(days=days)
    with hall.transaction() as session:
        newest = None if kit is None else kit_lessons.read(session, kit, issuer=ISSUER)
        settled = journey.settle(session, head, actor=CONSOLE, now=now)
        lessons = kit_lessons.learn(session, newest, actor=CONSOLE, now=now)
    return Restored(hall, settled, lessons)
