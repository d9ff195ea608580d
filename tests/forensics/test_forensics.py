"""After hand-over, and after every other ending, nothing that the town keeps names anybody: looked for in the bytes.

Applicants with distinct names and portraits go through every ending; then the database's files, its logs, the kit, the
log of the service and the temporary folder are read byte by byte. The control does the same with drafts that are not
encrypted and must find the applicants, else the search would prove nothing.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from canaries import Canary, files_in, found, make
from sqlalchemy import Engine, text
from town_hall import DAY, NOON, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import drafts, issuance, retention
from cardservice.domain.actor import Actor
from cardservice.storage.session import reading
from cardservice.terms import RevocationReason

APPLICANTS = 500 if os.environ.get("CARDSERVICE_LONG") else 50
NEARLY_ALL = 0.96
LATER = NOON + timedelta(minutes=61)


class NotSealed(DayKeys):
    """The control: drafts in clear."""

    def seal(self, draft_id: str, day: date, plaintext: bytes) -> bytes:
        """Return the plaintext as it is."""
        super().seal(draft_id, day, plaintext)
        return plaintext

    def open(self, draft_id: str, day: date, sealed: bytes) -> bytes:
        """Return what was never sealed."""
        return sealed


@pytest.fixture
def canaries() -> list[Canary]:
    run = os.urandom(8)
    return [make(number, run=run) for number in range(APPLICANTS)]


@pytest.fixture(autouse=True)
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Everything that anybody logs, down to the database's statements."""
    file = tmp_path / "everything.log"
    handler = logging.FileHandler(file)
    loggers = [logging.getLogger(), logging.getLogger("sqlalchemy.engine"), logging.getLogger("cardservice")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield file
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)
    handler.close()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


class TestWhatIsKept:
    def test_names_nobody_in_any_file_after_any_ending(
        self, town_hall: TownHall, clerk: Actor, canaries: list[Canary], temporary: Path, log_file: Path
    ) -> None:
        _through_every_ending(town_hall, clerk, canaries)

        _flush(town_hall.engine)
        places = _places(town_hall.engine, town_hall.kit, temporary, log_file)

        assert {name: found(canaries, files) for name, files in places.items()} == {name: set() for name in places}

    def test_is_searched_by_something_that_finds_drafts_in_clear(
        self, town_hall: TownHall, clerk: Actor, canaries: list[Canary], temporary: Path, log_file: Path
    ) -> None:
        town_hall.day_keys = NotSealed.in_process()
        for canary in canaries:
            town_hall.register(clerk, canary.registration)
        _flush(town_hall.engine)

        places = _places(town_hall.engine, town_hall.kit, temporary, log_file)
        for name in ("database", "write-ahead log"):
            assert len(found(canaries, places[name])) >= NEARLY_ALL * APPLICANTS, name

    @pytest.mark.parametrize("name", ["log", "kit", "temporary"])
    def test_is_searched_by_something_that_finds_what_lies_about(
        self, canaries: list[Canary], tmp_path: Path, name: str
    ) -> None:
        """In each form in turn, in the middle of other bytes."""
        folder = tmp_path / name
        folder.mkdir()
        for number, canary in enumerate(canaries):
            forms = sorted(canary.forms)
            (folder / f"{number}.bin").write_bytes(os.urandom(999) + forms[number % len(forms)] + os.urandom(999))

        assert found(canaries, files_in(folder)) == set(range(APPLICANTS))


def _through_every_ending(hall: TownHall, clerk: Actor, canaries: list[Canary]) -> None:
    """Each applicant's draft ends in one of the ways there are; the last ones are left to the night and a restart."""
    endings = [_handed_over, _printed_twice, _discarded, _spoilt, _refused, _crashed, _left, _waiting]
    for number, canary in enumerate(canaries):
        draft_id = hall.register(clerk, canary.registration)
        endings[number % len(endings)](hall, draft_id, clerk, canary)
    issuance.recover(hall.transaction, now=LATER)
    retention.housekeeping(hall.transaction, now=LATER, day_keys=hall.day_keys)
    hall.publish(now=LATER)
    retention.housekeeping(hall.transaction, now=LATER + 15 * DAY, day_keys=hall.day_keys)
    hall.publish(now=LATER + 15 * DAY)


def _handed_over(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    hall.hand_over(hall.issue(draft_id, clerk).card_number, clerk)


def _printed_twice(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    number = hall.issue(draft_id, clerk).card_number
    with hall.reading() as session:
        issuance.reprint(session, draft_id, actor=clerk, now=NOON, day_keys=hall.day_keys)
    hall.hand_over(number, clerk)


def _discarded(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    with hall.transaction() as session:
        drafts.discard(session, draft_id, actor=clerk, now=NOON)


def _spoilt(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    number = hall.issue(draft_id, clerk).card_number
    with hall.transaction() as session:
        issuance.spoil(session, number, RevocationReason.DAMAGED, actor=clerk, now=NOON)


def _refused(hall: TownHall, draft_id: str, clerk: Actor, canary: Canary) -> None:
    """A correction that cannot stand on a card; the message goes where messages go."""
    wrong = replace(canary.registration, name=canary.registration.name + "\u202e")
    with pytest.raises(Exception, match="another look") as refused, hall.transaction() as session:
        drafts.change(session, draft_id, wrong, actor=clerk, now=NOON, day_keys=hall.day_keys)
    logging.getLogger("cardservice").error("refused", exc_info=refused.value)


def _crashed(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    """The key is unplugged between intent and signature, and the draft is left like that."""

    class Unplugged:
        key_id, algorithm = hall.issuing.key.key_id, hall.issuing.key.algorithm

        def sign(self, message: bytes) -> bytes:
            raise OSError("the key does not answer")

    good, hall.issuing = hall.issuing, replace(hall.issuing, key=Unplugged())
    with pytest.raises(OSError, match="does not answer") as broken:
        hall.issue(draft_id, clerk)
    hall.issuing = good
    logging.getLogger("cardservice").error("broken", exc_info=broken.value)


def _left(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    """Nobody goes on with it: it ends when it was idle for an hour."""


def _waiting(hall: TownHall, draft_id: str, clerk: Actor, _canary: Canary) -> None:
    """The holder never comes for it: it ends after fourteen days."""
    hall.issue(draft_id, clerk)
    with hall.transaction() as session:
        drafts.keep_for_pick_up(session, draft_id, actor=clerk, now=NOON, day_keys=hall.day_keys)


def _places(engine: Engine, kit: Path, temporary: Path, log_file: Path) -> dict[str, list[Path]]:
    """Everything that stays on a disk, by what it is."""
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        logs = [file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal")]
        database, ahead = [file], [log for log in logs if log.exists()]
    else:
        with reading(engine).begin() as session:
            folder = Path(str(session.scalar(text("SHOW data_directory"))))
        ahead = files_in(folder / "pg_wal")
        database = [file for file in files_in(folder) if file not in ahead]
    return {
        "database": database,
        "write-ahead log": ahead,
        "kit": files_in(kit),
        "temporary": files_in(temporary),
        "log": [log_file],
    }


def _flush(engine: Engine) -> None:
    """Let everything that the database has in memory reach its files, without tidying anything away."""
    statement = "CHECKPOINT" if engine.dialect.name == "postgresql" else "PRAGMA wal_checkpoint(PASSIVE)"
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        else:
            connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(statement)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
