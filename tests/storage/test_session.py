"""How the register is opened: durable, forgetful, quiet about values, and with one writer at a time."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.storage.models import Counter, LedgerEntry, Publication
from cardservice.storage.session import UnsafeDatabase, read_only, reading, sessions
from cardservice.storage.session import engine as open_engine

CANARY = "canary-7f3a"
TWICE = text("INSERT INTO counters VALUES ('2026-11', :name, 1), ('2026-11', :name, 1)")


class TestSqlite:
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("auto_vacuum", 1)],
    )
    def test_opens_every_connection_safely(self, tmp_path: Path, pragma: str, value: object) -> None:
        engine = open_engine(f"sqlite:///{tmp_path}/new.db")
        with engine.begin() as first:
            first.execute(text("CREATE TABLE t (x)"))
            with read_only(engine).connect() as second:
                found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for connection in (first, second)]
        engine.dispose()

        assert found == [value, value]

    def test_refuses_a_database_that_cannot_keep_a_log(self) -> None:
        engine = open_engine("sqlite://")

        with pytest.raises(UnsafeDatabase, match="local disk"):
            engine.connect()


class TestWriting:
    def test_shows_no_value_in_an_error(self, engine: Engine) -> None:
        with sessions(engine)() as session, pytest.raises(IntegrityError) as caught:
            session.execute(TWICE, {"name": CANARY})

        # What the server itself says is the database's to configure; nothing of ours may add the value.
        assert CANARY not in str(caught.value).replace(str(caught.value.orig), "")

    def test_lets_the_second_writer_wait_for_the_first(self, engine: Engine) -> None:
        begun, order = threading.Event(), []

        def second() -> None:
            begun.wait(5)
            with sessions(engine).begin() as session:
                session.add(Counter(month="2026-11", name="second", count=1))
                session.flush()
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        with sessions(engine).begin() as session:
            session.execute(select(Counter))
            begun.set()
            thread.join(0.3)
            order.append("first")
        thread.join(10)

        assert order == ["first", "second"]

    def test_keeps_nothing_of_a_transaction_that_fails(self, engine: Engine) -> None:
        def fail_half_way(session: Session) -> None:
            session.add(Counter(month="2026-11", name="lost", count=1))
            session.flush()
            raise RuntimeError("half way")

        with pytest.raises(RuntimeError, match="half way"), sessions(engine).begin() as session:
            fail_half_way(session)

        with reading(engine)() as session:
            assert session.get(Counter, ("2026-11", "lost")) is None


class TestReading:
    def test_waits_for_no_writer(self, engine: Engine) -> None:
        with sessions(engine).begin() as writer, reading(engine)() as reader:
            writer.add(Counter(month="2026-11", name="new", count=1))
            writer.flush()

            assert reader.get(Counter, ("2026-11", "new")) is None

    def test_cannot_write(self, engine: Engine) -> None:
        with pytest.raises(DBAPIError), reading(engine).begin() as session:
            session.add(Counter(month="2026-11", name="new", count=1))

    def test_leaves_the_connection_fit_to_write_again(self, engine: Engine) -> None:
        with reading(engine).begin() as session:
            session.execute(select(Counter))

        with sessions(engine).begin() as session:
            session.add(Counter(month="2026-11", name="new", count=1))


class TestMoments:
    def test_come_back_aware_and_to_the_second(self, engine: Engine) -> None:
        moment = NOON.replace(microsecond=999)
        with sessions(engine).begin() as session:
            session.add(_publication(moment))

        with reading(engine)() as session:
            assert session.scalars(select(Publication)).one().issued_at == NOON

    def test_without_a_zone_are_refused(self, engine: Engine) -> None:
        with pytest.raises(StatementError, match="time zone"), sessions(engine).begin() as session:
            session.add(_publication(NOON.replace(tzinfo=None)))


class TestForeignKeys:
    def test_are_kept(self, engine: Engine) -> None:
        with pytest.raises(IntegrityError), sessions(engine).begin() as session:
            session.execute(text("INSERT INTO status_indices VALUES (99, 1, :no, :no)"), {"no": False})


class TestADatabaseThatIsGone:
    def test_is_an_operational_error(self) -> None:
        gone = open_engine("postgresql+psycopg://127.0.0.1:1/nothing?connect_timeout=1")

        with pytest.raises(OperationalError), sessions(gone).begin() as session:
            session.get(LedgerEntry, (NOON.date(), "x"))


class TestADatabaseOnAnotherMachine:
    @pytest.mark.parametrize(
        "address",
        [
            "db.example/register",
            "192.0.2.7/register?sslmode=prefer",
            "192.0.2.7/register?sslmode=require",
            "192.0.2.7/register?sslmode=verify-ca",
            "/register?host=db.example",
            "/register?host=localhost,db.example",
            "/register?host=localhost&host=db.example",
            "127.0.0.1/register?host=192.0.2.7",
        ],
    )
    def test_is_refused_unless_the_way_to_it_is_encrypted_and_its_certificate_checked(self, address: str) -> None:
        with pytest.raises(UnsafeDatabase, match="sslmode=verify-full"):
            open_engine(f"postgresql+psycopg://town@{address}")

    @pytest.mark.parametrize(
        "address",
        [
            "/register",
            "localhost/register",
            "[::1]/register",
            "/register?host=/run/postgresql",
            "db.example/register?sslmode=verify-full&sslrootcert=system",
        ],
    )
    def test_is_told_from_one_on_this_machine(self, address: str) -> None:
        assert open_engine(f"postgresql+psycopg://town@{address}").dialect.name == "postgresql"


class TestAFileThatIsGone:
    @pytest.fixture
    def register(self, tmp_path: Path) -> Path:
        return tmp_path / "register.db"

    @pytest.fixture
    def opened(self, register: Path) -> Iterator[Engine]:
        made = open_engine(f"sqlite:///{register}")
        with made.begin() as first, read_only(made).connect() as second:
            first.execute(text("CREATE TABLE t (x)"))
            second.execute(text("SELECT 1"))
        yield made
        made.dispose()

    @pytest.mark.parametrize("kind", [lambda engine: engine, read_only])
    def test_is_not_written_or_read_any_more_and_not_made_anew(
        self, opened: Engine, register: Path, kind: Callable[[Engine], Engine]
    ) -> None:
        register.rename(register.with_name("moved.db"))

        for _ in range(3):
            with pytest.raises(OperationalError, match="unable to open"), kind(opened).begin() as connection:
                connection.execute(text("SELECT count(*) FROM t"))

        assert not register.exists()

    def test_is_used_again_when_it_is_back_with_all_that_was_committed(self, opened: Engine, register: Path) -> None:
        with opened.begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        register.rename(register.with_name("moved.db"))
        with pytest.raises(OperationalError), opened.begin():
            pass
        register.with_name("moved.db").rename(register)

        with opened.begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (2)"))
            kept = connection.execute(text("SELECT x FROM t")).scalars().all()

        assert kept == [1, 2]

    def test_is_told_once_when_another_file_stands_in_its_place(self, opened: Engine, register: Path) -> None:
        with open_engine(f"sqlite:///{register}.copy").begin() as other:
            other.execute(text("CREATE TABLE t (x)"))
            other.execute(text("INSERT INTO t VALUES (7)"))
        Path(f"{register}.copy").rename(register)
        Path(f"{register}.copy-wal").rename(f"{register}-wal")

        with pytest.raises(OperationalError), opened.begin():
            pass
        with opened.begin() as connection:
            found = connection.execute(text("SELECT x FROM t")).scalar_one()

        assert found == 7


def _publication(moment: datetime) -> Publication:
    return Publication(
        name="trust-list.cwt", sequence=1, issued_at=moment, expires_at=moment, key_id="0" * 16, digest=bytes(32)
    )
