"""What is no kill: a disk that is full at every write, a connection cut at every statement, a clock that jumps, an
audit that cannot be written, a key that is unplugged (THREATS §7, C22 to C26).

Each is done for real where it can be: a small disk is mounted, a PostgreSQL session is terminated, a trigger refuses
the audit. After each the same is looked at as after a kill (afterwards.py): no card without a row, no place used twice,
a whole chain, a database that says of itself that it is well.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from afterwards import check_after_start, complaints
from conftest import open_town
from crash_child import CLERK, Place, issuing, naive, publishing, records
from small_disk import small_disk
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError
from town_hall import DAY, NOON, TownHall

from cardservice.credential.keys import Signer
from cardservice.domain import retention
from cardservice.domain.audit import AuditNotWritten
from cardservice.domain.errors import DomainError
from cardservice.storage.models import AuditEntry, Card, Draft
from cardservice.storage.session import engine as open_engine
from cardservice.terms import CardState
from cardservice.verify import Outcome
from cardservice.web.problems import DATABASE_GONE, DISK_FULL, Problem, problem_for

LONG = bool(os.environ.get("CARDSERVICE_LONG"))
PAGE = 4096


class Cuts:
    """Counts what is asked of the database, and at the chosen question takes the connection away."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.asked, self.cut_at = engine, 0, 0
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)

    def _statement(self, connection: Connection, *_: Any) -> None:
        self._one_more(connection)

    def _commit(self, connection: Connection) -> None:
        self._one_more(connection)

    def _one_more(self, connection: Connection) -> None:
        self.asked += 1
        if self.asked != self.cut_at:
            return
        ours: Any = connection.connection.dbapi_connection
        if self.engine.dialect.name == "sqlite":
            # From here on every statement of this connection fails, that of the rollback too.
            ours.set_progress_handler(lambda: 1, 1)
        else:
            other = create_engine(self.engine.url, isolation_level="AUTOCOMMIT")
            with other.connect() as admin:
                admin.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ours.info.backend_pid})
            other.dispose()


class TestAConnectionThatIsLost:
    def test_at_any_statement_of_a_visit_leaves_nothing_half_done(self, place: Place) -> None:
        """C23: every statement and every commit, one after the other."""
        # Connections that nobody else has, to be counted and cut.
        hall = place.hall(open_engine(place.url))
        issuing(place, hall)
        cuts = Cuts(hall.engine)
        issuing(place, hall)
        statements = cuts.asked

        for cut in range(1, statements + 1):
            cuts.asked, cuts.cut_at = 0, cut
            with pytest.raises(DBAPIError) as lost:
                issuing(place, hall)
            cuts.cut_at = 0
            hall.engine.dispose()

            assert problem_for(lost.value) is DATABASE_GONE, f"statement {cut}"
            assert complaints(place, hall, set(), of_intents=False) == [], f"statement {cut}"
        hall.engine.dispose()
        assert statements > 30
        check_after_start(place, set())
        _every_draft_comes_to_a_card(place)

    def test_is_what_is_seen_when_a_card_is_signed_before_it_is_stored(self, place: Place) -> None:
        """The control: the naive order, cut at its commit, leaves a signature that the register does not know."""
        hall = place.hall(open_engine(place.url))
        # Once before it is counted: a connection that has read is told first that it may write again.
        naive(place, hall)
        cuts = Cuts(hall.engine)
        naive(place, hall)
        cuts.asked, cuts.cut_at = 0, cuts.asked

        with pytest.raises(DBAPIError):
            naive(place, hall)

        hall.engine.dispose()
        assert complaints(place, hall, set()) == ["a signature without a row"]
        hall.engine.dispose()


def fill(disk: Path, *, leave: int) -> None:
    """Put as much on a disk as leaves so many bytes."""
    found = os.statvfs(disk)
    # The count of free pages is a little behind: too much is as good as all.
    with suppress(OSError), (disk / "ballast").open("ab") as ballast:
        ballast.write(bytes(max(found.f_bavail * found.f_frsize - leave, 0)))


class TestADiskThatIsFull:
    """C22."""

    def test_at_any_write_of_a_visit_leaves_nothing_half_done(self, migrated_sqlite: Path, tmp_path: Path) -> None:
        """One page more is free each time, so that each time another write is the one that fails."""
        with small_disk(tmp_path / "disk", 4 * 1024 * 1024) as disk:
            place = _town_on(disk, migrated_sqlite, tmp_path)
            done, pages = False, 0
            while not done:
                done = self._visit_with(place, disk, pages)
                pages += 1 if LONG else 3
            assert pages > 20, "the disk was never full"
            _every_draft_comes_to_a_card(place)

    def test_from_five_per_cent_free_to_none_while_a_hundred_cards_are_asked_for(
        self, migrated_sqlite: Path, tmp_path: Path
    ) -> None:
        """T26."""
        size = 8 * 1024 * 1024
        with small_disk(tmp_path / "disk", size) as disk:
            place = _town_on(disk, migrated_sqlite, tmp_path)
            hall, outcomes = place.hall(), []
            for visit in range(100):
                fill(disk, leave=size // 20 * max(80 - visit, 0) // 80)
                outcomes.append(_refusal(partial(issuing, place, hall)))
                assert complaints(place, hall, set(), of_intents=False) == []
            hall.engine.dispose()
            (disk / "ballast").unlink()
            check_after_start(place, set())
            _every_draft_comes_to_a_card(place)
        assert outcomes[0] is None
        assert outcomes[-1] is DISK_FULL
        assert set(outcomes) == {None, DISK_FULL}

    def test_at_any_file_of_a_publication_leaves_the_lists_whole(self, migrated_sqlite: Path, tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk", 4 * 1024 * 1024) as disk:
            place = _town_on(disk, migrated_sqlite, tmp_path, kit_too=True)
            outcomes = set()
            for pages in range(0, 60, 1 if LONG else 6):
                hall = place.hall()
                fill(disk, leave=pages * PAGE)
                outcomes.add(_refusal(partial(publishing, place, hall)))
                hall.engine.dispose()
                (disk / "ballast").unlink()
                check_after_start(place, set())
            assert outcomes == {None, DISK_FULL}

    @staticmethod
    def _visit_with(place: Place, disk: Path, pages: int) -> bool:
        hall = place.hall()
        with hall.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        fill(disk, leave=pages * PAGE)
        refused = _refusal(partial(issuing, place, hall))
        hall.engine.dispose()
        (disk / "ballast").unlink()
        check_after_start(place, set())
        assert refused in {None, DISK_FULL}
        return refused is None


def _refusal(step: Callable[[], object]) -> Problem | None:
    """What the desk's page would say, where the disk is too full for the step."""
    try:
        step()
    except (DBAPIError, OSError) as full:
        return problem_for(full)
    return None


def _town_on(disk: Path, register: Path, folder: Path, *, kit_too: bool = False) -> Place:
    """A town whose register is on the small disk; keys and what the world remembers are beside it."""
    shutil.copy(register, disk / "register.db")
    if kit_too:
        (disk / "kit").mkdir()
        (folder / "kit").symlink_to(disk / "kit")
    return open_town(open_engine(f"sqlite:///{disk / 'register.db'}"), folder)


class TestAClockThatJumps:
    @pytest.mark.parametrize("days", [-1, 1])
    @pytest.mark.parametrize("before", ["issuing", "handing over", "housekeeping", "publishing"])
    def test_by_a_day_loses_nothing_and_makes_nothing_valid_for_longer(
        self, place: Place, before: str, days: int
    ) -> None:
        """C24, I19: the clock is wrong from one step of a visit on."""
        hall, steps = place.hall(), ["issuing", "handing over", "housekeeping", "publishing"]
        times = [NOON + days * DAY if steps.index(step) >= steps.index(before) else NOON for step in steps]

        number, refusals = _a_visit(hall, times)

        assert all(isinstance(refusal, DomainError) for refusal in refusals)
        check_after_start(replace(place, now=times[-1]), set())
        with hall.reading() as session:
            drafts, cards = session.query(Draft).all(), session.query(Card).all()
        assert all(draft.key_day >= times[-1].date() for draft in drafts)
        assert all(card.expiry_month <= "2028-11" for card in cards)
        # Whatever happened in between, with the right clock the next person gets a card.
        later = max(NOON, *times)
        again = hall.issue(hall.register(CLERK, now=later), CLERK, now=later)
        hall.hand_over(again.card_number, CLERK, now=later)
        hall.publish(now=later)
        assert hall.verdict(again.identity_code, now=later).verdict is Outcome.VALID
        assert number is None or hall.card(number).state in {CardState.ACTIVE, CardState.REVOKED}
        hall.engine.dispose()


def _a_visit(hall: TownHall, times: list[Any]) -> tuple[str | None, list[Exception]]:
    """Register at noon and do the rest at other times. Returns the card's number, and what was refused."""
    draft_id, refused, numbers = hall.register(CLERK, now=NOON), [], []
    for step, now in zip(
        (
            lambda now: numbers.append(hall.issue(draft_id, CLERK, now=now).card_number),
            lambda now: hall.hand_over(numbers[0], CLERK, now=now) if numbers else None,
            lambda now: retention.housekeeping(hall.transaction, now=now, day_keys=hall.day_keys),
            lambda now: hall.publish(now=now),
        ),
        times,
        strict=True,
    ):
        try:
            step(now)
        except DomainError as refusal:
            refused.append(refusal)
    return next(iter(numbers), None), refused


AUDIT_REFUSED = {
    "sqlite": [
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries WHEN NEW.sequence >= {first} "
        "BEGIN SELECT RAISE(ABORT, 'the audit cannot be written'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit cannot be written' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries FOR EACH ROW WHEN (NEW.sequence >= {first}) "
        "EXECUTE FUNCTION no_audit()",
    ],
}
AUDIT_BACK = {
    "sqlite": ["DROP TRIGGER no_audit"],
    "postgresql": ["DROP TRIGGER no_audit ON audit_entries", "DROP FUNCTION no_audit"],
}


class TestAnAuditThatCannotBeWritten:
    def test_stops_the_visit_at_that_entry_and_with_the_next_request(self, place: Place) -> None:
        """C25: at each entry of a visit in turn; what has no entry has not happened."""
        hall = place.hall()
        before = _entries(hall)
        issuing(place, hall)
        entries = _entries(hall) - before
        assert entries == 5

        for which in range(1, entries + 1):
            with _no_audit_from(hall, _entries(hall) + which):
                for _ in range(2):
                    with pytest.raises((DBAPIError, AuditNotWritten)):
                        issuing(place, hall)
                left = _entries(hall)
                assert complaints(place, hall, set(), of_intents=False) == []
            check_after_start(place, set())
            assert left < _entries(hall) + which
        _every_draft_comes_to_a_card(place)
        hall.engine.dispose()


@contextmanager
def _no_audit_from(hall: TownHall, first: int) -> Iterator[None]:
    kind = hall.engine.dialect.name
    with hall.transaction() as session:
        for statement in AUDIT_REFUSED[kind]:
            session.connection().exec_driver_sql(statement.format(first=first))
    try:
        yield
    finally:
        with hall.transaction() as session:
            for statement in AUDIT_BACK[kind]:
                session.connection().exec_driver_sql(statement)


def _entries(hall: TownHall) -> int:
    with hall.reading() as session:
        return session.scalar(select(AuditEntry.sequence).order_by(AuditEntry.sequence.desc()).limit(1)) or 0


class UnpluggedKey:
    """A key that stops answering after so many signatures, each of which the world has seen."""

    def __init__(self, key: Signer, answers: int) -> None:
        self._key, self._left = key, answers
        self.key_id, self.algorithm = key.key_id, key.algorithm

    def sign(self, message: bytes) -> bytes:
        if not self._left:
            raise OSError(errno.EIO, "the key does not answer")
        self._left -= 1
        return self._key.sign(message)


class TestAKeyThatIsUnplugged:
    @pytest.mark.parametrize("answers", [0, 1])
    @pytest.mark.parametrize("recover", [False, True], ids=["asked again", "started again"])
    def test_in_the_middle_of_signing_leaves_an_intent_and_no_card(
        self, place: Place, answers: int, recover: bool
    ) -> None:
        """C26: before the first of the two codes, and between them."""
        hall = place.hall()
        draft_id, plugged = hall.register(CLERK), hall.issuing.key
        hall.issuing = replace(hall.issuing, key=UnpluggedKey(plugged, answers))

        with pytest.raises(OSError, match="does not answer"):
            hall.issue(draft_id, CLERK)

        assert len(records(place.signed)) == answers
        assert complaints(place, hall, set(), of_intents=False) == []
        if recover:
            check_after_start(place, set())
        hall.issuing = replace(hall.issuing, key=plugged)
        hall.hand_over(hall.issue(draft_id, CLERK).card_number, CLERK)
        check_after_start(place, set())
        hall.engine.dispose()


def _every_draft_comes_to_a_card(place: Place) -> None:
    """I22: what was interrupted goes on."""
    hall = place.hall()
    with hall.reading() as session:
        left = list(session.scalars(select(Draft.id)))
    for draft_id in left:
        hall.hand_over(hall.issue(draft_id, CLERK, now=place.now).card_number, CLERK, now=place.now)
    assert complaints(place, hall, set()) == []
    hall.engine.dispose()
