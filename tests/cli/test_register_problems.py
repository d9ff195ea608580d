"""A register that cannot be used: each thing that happens to one, done to a real one, and what is said of it."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from cardservice.cli import register_problems
from cardservice.cli.admin import main
from cardservice.cli.town import config_for, quoted
from cardservice.storage import upgrade
from cardservice.storage.session import engine

SECRET = "open-sesame"
NOBODY = "no_such_role"


@pytest.fixture
def database(new_postgresql_database: Callable[[str], str]) -> str:
    return new_postgresql_database("problems")


@pytest.fixture
def role(database: str) -> Iterator[str]:
    """A role that may look into a database that is somebody else's."""
    name = f"looks_only_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    admin = create_engine(database, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        yield name
        connection.execute(text(f"DROP ROLE {name}"))
    admin.dispose()


def town(folder: Path, url: str) -> Path:
    """A town that has nothing but its config.toml."""
    folder.mkdir(exist_ok=True)
    config = config_for(name="X", issuer="https://x.example", algorithm="ES256", url=f"url = {quoted(url)}")
    (folder / "config.toml").write_text(config)
    return folder


def upgraded(folder: Path) -> str:
    told = CliRunner().invoke(main, ["--town", str(folder), "db", "upgrade"])
    assert told.exit_code == 1, told.output
    assert SECRET not in told.output
    return told.output


class TestAFile:
    @pytest.fixture
    def register(self, tmp_path: Path) -> Path:
        town(tmp_path, "sqlite:///register.db")
        made = engine(f"sqlite:///{tmp_path}/register.db")
        upgrade.upgrade(made)
        made.dispose()
        return tmp_path / "register.db"

    def test_that_is_no_register_is_damaged(self, register: Path) -> None:
        register.write_bytes(b"somebody's letter, perhaps" * 400)

        assert "damaged" in (told := upgraded(register.parent))
        assert "restore from the backup" in told

    def test_with_holes_in_it_is_damaged(self, register: Path) -> None:
        whole = register.read_bytes()
        register.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

        assert "restore from the backup" in upgraded(register.parent)

    def test_in_a_folder_that_is_not_there_is_not_made(self, tmp_path: Path) -> None:
        assert "register.db is not there" in upgraded(town(tmp_path, "sqlite:///nowhere/register.db"))

    def test_on_a_full_disk_cannot_be_written(self) -> None:
        """On a real disk: test_admin.py."""
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorname = "SQLITE_FULL"

        for error in (full, OperationalError("INSERT", {}, full)):
            assert "No space left on the disk" in register_problems.in_words(error)


class TestAServer:
    def test_that_does_not_run_cannot_be_reached(self, tmp_path: Path) -> None:
        url = f"postgresql://desk:{SECRET}@127.0.0.1:1/register"

        assert "cannot be reached. See that it runs" in (told := upgraded(town(tmp_path, url)))
        assert "127.0.0.1" not in told

    def test_refuses_a_role_that_it_does_not_know(self, tmp_path: Path, database: str) -> None:
        told = upgraded(town(tmp_path, changed(database, username=NOBODY, password=SECRET)))

        assert "refuses the role" in told
        assert NOBODY not in told

    def test_may_have_no_database_of_that_name(self, tmp_path: Path, database: str) -> None:
        assert "has no database of the name" in upgraded(town(tmp_path, changed(database, database="no_such_register")))

    def test_lets_a_role_make_no_tables_in_what_is_anothers(self, tmp_path: Path, database: str, role: str) -> None:
        url = changed(database, username=role).replace("postgresql+psycopg", "postgresql")
        asked = ["init", "--name", "X", "--issuer", "https://x.example", "--database", url]
        words = {"CARDSERVICE_PASSPHRASE": "six words drawn by honest dice"}

        told = CliRunner().invoke(main, ["--town", str(tmp_path / "t"), *asked], env=words).output

        assert "may not make tables" in told
        assert "It must own the database" in told

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("53100", "No space left on the disk"),
            ("28P01", "refuses the role"),
            ("3D000", "no database of the name"),
            ("XX001", "damaged"),
            ("08006", "cannot be reached"),
            ("57P03", "cannot be reached"),
        ],
    )
    def test_that_names_the_reason_by_its_number_is_believed_in_any_language(self, state: str, words: str) -> None:
        told = type("Told", (Exception,), {"sqlstate": state})(f"FATAL: {SECRET}")

        assert words in (said := register_problems.in_words(OperationalError("SELECT", {}, told)))
        assert SECRET not in said

    def test_with_another_trouble_is_named_by_kind_and_place_alone(self) -> None:
        told = OperationalError("SELECT", {}, type("Told", (Exception,), {"sqlstate": "55P03"})(SECRET))

        assert "The register cannot be used [" in (said := register_problems.in_words(told))
        assert SECRET not in said


class TestAnyFile:
    def test_is_named_with_the_full_disk_or_with_what_the_system_says(self) -> None:
        full = OSError(errno.ENOSPC, "No space left on device", "/t/kit/x")

        assert (
            register_problems.of_a_file(full) == "/t/kit/x: No space left on the disk. Make room there, then try again."
        )
        assert register_problems.of_a_file(OSError(errno.EIO, "Input/output error")) == "Input/output error."
        assert register_problems.of_a_file(OSError()) == "A file cannot be used."


def changed(url: str, **parts: str) -> str:
    changed = make_url(url).set(drivername="postgresql", **parts)  # type: ignore[arg-type]
    return changed.render_as_string(hide_password=False)
