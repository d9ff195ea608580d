"""Whether the register is as safe as it was told to be: read back, with each fault planted in turn."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.orm import Session

from cardservice.storage import safety, upgrade
from cardservice.storage.models import Counter
from cardservice.storage.session import engine as open_engine
from cardservice.storage.session import reading, sessions

SETTINGS = {
    "log_min_error_statement": ("error", "panic"),
    "log_error_verbosity": ("default", "terse"),
    "log_statement": ("all", "none"),
    "log_min_duration_statement": ("0", "-1"),
    "log_min_duration_sample": ("0", "-1"),
    "log_transaction_sample_rate": ("1", "0"),
    "log_parameter_max_length_on_error": ("64", "0"),
    "synchronous_commit": ("off", "on"),
}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(f"sqlite:///{tmp_path}/register.db")
    upgrade.upgrade(made)
    yield made
    made.dispose()


class TestSqlite:
    def test_is_safe_as_the_service_makes_it(self, register: Engine) -> None:
        assert safety.problems(register) == []

    @pytest.mark.parametrize(
        ("planted", "told"),
        [
            ("synchronous=OFF", "synchronous not FULL"),
            ("foreign_keys=OFF", "foreign_keys not ON"),
            ("secure_delete=FAST", "secure_delete not ON"),
        ],
    )
    def test_is_told_when_a_connection_is_not(self, register: Engine, planted: str, told: str) -> None:
        event.listen(register, "connect", lambda raw, _entry: raw.execute(f"PRAGMA {planted}"))
        register.dispose()

        (problem,) = safety.problems(register)

        assert told in problem

    def test_is_told_when_the_file_was_made_by_somebody_else(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "register.db") as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("CREATE TABLE t (x)")
        made.close()
        opened = open_engine(f"sqlite:///{tmp_path}/register.db")

        (problem,) = safety.problems(opened)
        opened.dispose()

        assert 'auto_vacuum not FULL: with the service stopped, run sqlite3 register.db "PRAGMA' in problem

    def test_is_told_when_it_keeps_no_log(self, tmp_path: Path) -> None:
        opened = create_engine(f"sqlite:///{tmp_path}/register.db", hide_parameters=True)

        problems = safety.problems(opened)
        opened.dispose()

        assert "the register has journal_mode not WAL" in problems


class TestTheEngine:
    @pytest.mark.parametrize(
        ("planted", "told"), [({"hide_parameters": False}, "shows values"), ({"echo": True}, "writes every statement")]
    )
    def test_is_told_when_it_shows_what_was_typed(
        self, register: Engine, monkeypatch: pytest.MonkeyPatch, planted: dict[str, bool], told: str
    ) -> None:
        # An engine that echoes gives its logger a handler, which would stay for every test after this one.
        monkeypatch.setattr(logging.getLogger("sqlalchemy.engine.Engine"), "handlers", [logging.NullHandler()])
        for name, value in planted.items():
            setattr(register, name, value)

        (problem,) = safety.problems(register)

        assert told in problem


class TestPostgresql:
    @pytest.fixture
    def server(self, new_postgresql_database: Callable[[str], str]) -> Iterator[tuple[Engine, str]]:
        """A database of its own and the service's own role in it, whose name needs quotes."""
        admin = create_engine(new_postgresql_database("safety"), isolation_level="AUTOCOMMIT")
        role = f"card desk {os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        with admin.connect() as connection:
            connection.execute(text(f'DROP ROLE IF EXISTS "{role}"'))
            connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
        yield admin, role
        with admin.connect() as connection:
            connection.execute(text(f'DROP ROLE "{role}"'))
        admin.dispose()

    def test_says_which_statements_make_a_careless_server_safe(self, server: tuple[Engine, str]) -> None:
        admin, role = server
        self._set(admin, role, {name: careless for name, (careless, _) in SETTINGS.items()})

        told = self._problems(admin, role)
        statements = [line.partition("administrator: ")[2] for line in told]
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

        assert len(told) == len(SETTINGS)
        assert self._problems(admin, role) == []

    @pytest.mark.parametrize("planted", list(SETTINGS))
    def test_is_told_when_one_setting_is_not_safe(self, server: tuple[Engine, str], planted: str) -> None:
        admin, role = server
        careless = SETTINGS[planted][0]
        self._set(admin, role, {name: safe for name, (_, safe) in SETTINGS.items()} | {planted: careless})

        (problem,) = self._problems(admin, role)

        assert f"""ALTER ROLE "{role}" SET {planted} = '{SETTINGS[planted][1]}';""" in problem

    def _set(self, admin: Engine, role: str, settings: dict[str, str]) -> None:
        with admin.connect() as connection:
            for name, value in settings.items():
                connection.execute(text(f"ALTER ROLE \"{role}\" SET {name} = '{value}'"))

    def _problems(self, admin: Engine, role: str) -> list[str]:
        opened = open_engine(admin.url.set(username=role).render_as_string(hide_password=False))
        try:
            return safety.problems(opened)
        finally:
            opened.dispose()


class TestTheLog:
    def test_of_sqlite_is_cut_to_nothing_and_what_was_written_stays(self, register: Engine) -> None:
        self._write(register)
        log = Path(f"{register.url.database}-wal")
        before = log.stat().st_size

        safety.empty_log(register)

        assert (before > 0, log.stat().st_size) == (True, 0)
        with reading(register).begin() as session:
            assert session.scalars(select(Counter.name)).all() == ["x"]

    def test_waits_for_the_next_time_where_somebody_is_reading(self, register: Engine) -> None:
        with reading(register).begin() as session:
            session.scalars(select(Counter)).all()
            self._write(register)
            safety.empty_log(register)
            while_read = Path(f"{register.url.database}-wal").stat().st_size

        safety.empty_log(register)

        assert (while_read > 0, Path(f"{register.url.database}-wal").stat().st_size) == (True, 0)

    def test_leaves_a_connection_that_can_be_used(self, engine: Engine) -> None:
        safety.empty_log(engine)

        self._write(engine)

    def test_has_nothing_that_the_file_lacks_when_the_register_is_closed(
        self, register: Engine, tmp_path: Path
    ) -> None:
        self._write(register)
        beside = open_engine(str(register.url))
        with reading(beside).begin() as session:
            session.scalars(select(Counter)).all()

        safety.close(register)

        alone = open_engine(f"sqlite:///{shutil.copy(str(register.url.database), tmp_path / 'alone.db')}")
        with reading(alone).begin() as session:
            assert session.scalars(select(Counter.name)).all() == ["x"]
        for opened in (alone, beside):
            opened.dispose()

    @pytest.mark.parametrize("found", [None, b"no database of any kind" * 50])
    def test_is_nobodys_trouble_when_what_is_closed_is_gone_or_damaged(
        self, register: Engine, found: bytes | None
    ) -> None:
        register.dispose()
        file = Path(str(register.url.database))
        file.unlink()
        if found is not None:
            file.write_bytes(found)

        safety.close(register)

        assert (file.read_bytes() if file.exists() else None) == found

    def _write(self, engine: Engine) -> None:
        with sessions(engine).begin() as session:
            _add(session)


def _add(session: Session) -> None:
    session.add(Counter(month="2026-11", name="x", count=1))
