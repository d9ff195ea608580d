"""Whatever stops and for however long, no registration can be read after its time (THREATS T7).

Years go by. Housekeeping stops for days, the machine is restarted, a purge is cut off in the middle, the clock is a day
behind for a while. What the desk shows is asked all the time; after each housekeeping somebody who copied every row
when it was new tries to open the copies.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.day_keys import DayKeyGone, DayKeys
from cardservice.domain import drafts, issuance, key_rotation, pick_up, retention
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import NotFound
from cardservice.storage.models import Draft
from cardservice.storage.session import engine as open_engine
from cardservice.storage.upgrade import upgrade
from cardservice.terms import StaffRole

DAYS = 10_000 if os.environ.get("CARDSERVICE_LONG") else 200
SEED = 2026
MIDNIGHT = NOON.replace(hour=0)
IN_MEMORY = Path("/dev/shm")


class Cut(Exception):
    """The power goes in the middle of a purge."""


@dataclass
class Copy:
    """A row as somebody has it who copied it: when it must be gone at the latest, and what would open it."""

    draft_id: str
    until: date
    key_day: date
    ciphertext: bytes
    is_newest: bool = True


@dataclass
class Town:
    """A town hall that nobody looks after well."""

    hall: TownHall
    clerk: Actor
    chance: random.Random
    copies: list[Copy] = field(default_factory=list)
    stopped_until: datetime = NOON
    outages: int = 0

    def days(self, count: int) -> None:
        for number in range(1, count + 1):
            self.day(MIDNIGHT + number * DAY)

    def day(self, midnight: datetime) -> None:
        """Two things happen in a day, and then it is night."""
        for hour in sorted(self.chance.uniform(1, 23.5) for _ in range(2)):
            now = midnight + timedelta(hours=hour)
            what = self.chance.choices([self.visit, self.kept, self.restart, self.late_clock], [20, 3, 1, 1])[0]
            what(now)
            self.ask_the_desk(now)
        if self.chance.random() < 0.04:
            self.stopped_until, self.outages = midnight + self.chance.randint(1, 20) * DAY, self.outages + 1
        if midnight >= self.stopped_until:
            self.housekeeping(midnight + DAY + timedelta(minutes=self.chance.randint(0, 5)))

    def visit(self, now: datetime) -> Copy:
        """Somebody registers, and nothing comes of it."""
        draft_id = self.hall.register(self.clerk, now=now)
        return self._copy(draft_id, until=day_of(now))

    def kept(self, now: datetime) -> None:
        """Somebody registers, and does not come back for the card."""
        first = self.visit(now)
        self.hall.issue(first.draft_id, self.clerk, now=now)
        with self.hall.transaction() as session:
            pick_up.keep(session, first.draft_id, actor=self.clerk, now=now, day_keys=self.hall.day_keys)
        first.is_newest = False
        self._copy(first.draft_id, until=day_of(now) + 14 * DAY)

    def restart(self, now: datetime) -> None:
        """The machine's memory is gone, and with it every key."""
        self.hall.day_keys = DayKeys.in_process()
        issuance.recover(self.hall.transaction, now=now)
        self.stopped_until = min(self.stopped_until, now)

    def late_clock(self, now: datetime) -> None:
        """For one visit the clock is a day behind."""
        self.visit(now - DAY)

    def housekeeping(self, now: datetime) -> None:
        """What is done at night, once in a while only half; then everything is looked at."""
        if self.chance.random() < 0.1:
            with suppress(Cut):
                retention.housekeeping(self._failing(), now=now, day_keys=self.hall.day_keys)
            self._try_every_copy(now)
        retention.housekeeping(self.hall.transaction, now=now, day_keys=self.hall.day_keys)
        self._try_every_copy(now)
        with self.hall.reading() as session:
            assert all(day_of(now) <= draft.key_day for draft in session.scalars(select(Draft)))
            assert retention.overdue(session, now=now) == 0
        self.copies = [copy for copy in self.copies if copy.until >= day_of(now)]

    def ask_the_desk(self, now: datetime) -> None:
        """Whether or not housekeeping runs, the desk shows nothing whose time is over."""
        for copy in self.copies:
            if copy.is_newest and copy.until < day_of(now):
                with self.hall.reading() as session, pytest.raises(NotFound):
                    drafts.read(session, copy.draft_id, actor=self.clerk, now=now, day_keys=self.hall.day_keys)

    def _try_every_copy(self, now: datetime) -> None:
        for copy in self.copies:
            if copy.until < day_of(now):
                with pytest.raises(DayKeyGone):
                    self.hall.day_keys.open(copy.draft_id, copy.key_day, copy.ciphertext)

    def _copy(self, draft_id: str, *, until: date) -> Copy:
        with self.hall.reading() as session:
            draft = session.get_one(Draft, draft_id)
            self.copies.append(Copy(draft_id, until, draft.key_day, draft.ciphertext))
        return self.copies[-1]

    def _failing(self) -> Callable[[], AbstractContextManager[Session]]:
        left = [self.chance.randint(1, 3)]

        @contextmanager
        def transaction() -> Iterator[Session]:
            with self.hall.transaction() as session:
                yield session
                left[0] -= 1
                if left[0] == 0:
                    raise Cut

        return transaction


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """On one database, in memory where there is room for it: what is asked here is the domain's and the keys'."""
    folder = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else tmp_path
    file = folder / f"{tmp_path.parent.name}-clock-{os.getpid()}.db"
    engine = open_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    upgrade(engine)
    hall = TownHall(engine, tmp_path / "kit")
    with hall.transaction() as session:
        for purpose, key in hall.keys.items():
            made = key_rotation.announce(session, purpose, key.public, validity_years=40, actor=CONSOLE, now=NOON)
            key_rotation.activate(session, made.key_id, wait=hall.town.list_period, actor=CONSOLE, now=NOON)
    hall.publish()
    yield Town(hall, hall.hire("clerk one", StaffRole.CLERK), random.Random(SEED))
    engine.dispose()
    for left in folder.glob(f"{file.name}*"):
        left.unlink()


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestYears:
    def test_of_neglect_let_no_registration_be_read_after_its_time(self, town: Town) -> None:
        town.days(DAYS)

        assert town.outages > DAYS / 50

    def test_are_watched_by_something_that_sees_a_key_that_stayed(self, town: Town) -> None:
        """The control: a housekeeping that deletes rows and destroys no key."""
        town.hall.day_keys.destroy_before = Mock(return_value=0)  # type: ignore[method-assign]

        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            town.days(100)
