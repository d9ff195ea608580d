"""Migrations: numbered, rehearsed up, down and up with rows present on both databases, and equal to the models."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, select
from town_hall import NOON

from cardservice import __version__
from cardservice.storage import models, upgrade
from cardservice.storage.models import Base
from cardservice.storage.session import engine as open_engine
from cardservice.storage.session import read_only, sessions
from cardservice.terms import BlankUse, CardState, DraftState, JobState, PrintState, StaffRole

RULES = ("numbered", "never changes", "rehearsed", "imports the models", "personal data")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        make: Callable[[str], str] = request.getfixturevalue("new_postgresql_database")
        url = make("rehearsal")
    made = open_engine(url)
    yield made
    made.dispose()


class TestUpgrade:
    def test_makes_exactly_the_tables_of_the_models(self, empty: Engine) -> None:
        upgrade.upgrade(empty)

        with read_only(empty).connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_goes_up_down_and_up_with_rows_in_every_table(self, empty: Engine) -> None:
        for revision in _revisions():
            upgrade.upgrade(empty, revision)
        _fill(empty)

        for revision in reversed(["base", *_revisions()[:-1]]):
            upgrade.downgrade(empty, revision)
        left = inspect(empty).get_table_names()
        upgrade.upgrade(empty)

        assert left == ["alembic_version"]
        assert upgrade.is_current(empty)

    def test_keeps_rows_when_there_is_nothing_to_do(self, empty: Engine) -> None:
        upgrade.upgrade(empty)
        _fill(empty)

        upgrade.upgrade(empty)

        with sessions(empty)() as session:
            assert session.scalar(select(func.count()).select_from(models.Card)) == 1

    def test_knows_an_old_database(self, empty: Engine) -> None:
        assert not upgrade.is_current(empty)


def test_the_programs_version_says_which_tables_it_has() -> None:
    """So that two versions with different tables are never installed into one folder, under one name."""
    newest = max(int(path.name[:4]) for path in (upgrade.migrations_folder() / "versions").glob("[0-9]*.py"))

    assert __version__.split(".")[1] == str(newest)


class TestMigrationsFolder:
    def test_is_found_in_the_source_tree(self) -> None:
        assert (upgrade.migrations_folder() / "env.py").is_file()

    def test_is_found_in_an_installed_package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "_migrations").mkdir()
        monkeypatch.setattr(upgrade, "files", lambda _package: tmp_path)

        assert upgrade.migrations_folder() == tmp_path / "_migrations"

    def test_holds_migrations_numbered_without_a_gap(self) -> None:
        names = sorted(file.name for file in (upgrade.migrations_folder() / "versions").glob("*.py"))

        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
        assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)

    def test_holds_migrations_that_leave_the_models_alone(self) -> None:
        for file in (upgrade.migrations_folder() / "versions").glob("*.py"):
            assert "cardservice" not in file.read_text()


class TestDraftMigration:
    def test_states_the_rules_in_every_new_file(
        self, empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last = _revisions()[-1]
        tree = tmp_path / "package" / "_migrations"
        for file in [*upgrade.migrations_folder().glob("*.*"), *upgrade.migrations_folder().glob("versions/*.py")]:
            target = tree / file.relative_to(upgrade.migrations_folder())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text())
        monkeypatch.setattr(upgrade, "files", lambda _package: tmp_path / "package")
        upgrade.upgrade(empty)

        upgrade.draft_migration(empty, "0099", "nothing at all")

        written = (tree / "versions" / "0099_nothing_at_all.py").read_text()
        assert all(rule in written for rule in RULES)
        assert 'revision = "0099"' in written
        assert f'down_revision = "{last}"' in written


def _revisions() -> list[str]:
    scripts = ScriptDirectory(str(upgrade.migrations_folder()))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def _fill(engine: Engine) -> None:
    """One row in every table there is; a table added later must be added here."""
    with sessions(engine).begin() as session:
        session.add(models.Staff(id=1, name="a", name_key="a", role=StaffRole.CLERK, password_hash="x"))
        session.flush()
        session.add(
            models.Passkey(
                staff_id=1, credential_id=b"c", public_key=b"k", sign_count=2**31, label="x", added_on=NOON.date()
            )
        )
        session.add(models.Recovery(staff_id=1, first_id=1, first_digest=bytes(32), expires_at=NOON))
        session.add(models.StaffSession(digest=bytes(32), staff_id=1, began_at=NOON, seen_at=NOON, confirmed_at=NOON))
        session.add(models.SpentChallenge(digest=bytes(32), spent_at=NOON))
        session.add(models.StatusList(number=1, size=8, used=1))
        session.add(
            models.IssuerKey(
                key_id="0" * 16, purpose="card", state="active", public_key=b"k", announced_at=NOON,
                not_before=date(2026, 1, 1), not_after=date(2030, 1, 1),
            )
        )  # fmt: skip
        session.flush()
        draft = models.Draft(
            id="d", creator_id=1, state=DraftState.OPEN, created_at=NOON, touched_at=NOON, key_day=NOON.date(),
            ciphertext=b"c",
        )  # fmt: skip
        session.add(
            models.Card(
                number="0" * 12, place=models.StatusIndex(list_number=1, position=3), state=CardState.SIGNED,
                key_id="0" * 16, issue_month="2026-11", expiry_month="2028-11", draft=draft,
            )
        )  # fmt: skip
        session.add(
            models.Publication(
                name="status/1.cwt", sequence=1, issued_at=NOON, expires_at=NOON, key_id="0" * 16, digest=bytes(32)
            )
        )
        session.add(
            models.AuditEntry(
                sequence=1, day=NOON.date(), actor="console", action="x", subject="x:1", previous=bytes(32),
                digest=bytes(32),
            )
        )  # fmt: skip
        session.flush()
        session.add(
            models.ParkedForm(id="p", staff_id=1, draft_id="d", created_at=NOON, key_day=NOON.date(), ciphertext=b"c")
        )
        session.add(models.Partner(id=1, name="a", name_key="a", services="library", code="residence"))
        session.add(
            models.RecognisedCity(
                issuer="https://a.example", anchor=b"k", services="library", trust_list=b"t",
                recognised_on=NOON.date(), refreshed_at=NOON, asked_at=NOON,
            )
        )  # fmt: skip
        session.flush()
        session.add(models.RecognisedList(issuer="https://a.example", uri="https://a.example/status/1", content=b"l"))
        session.add(models.PrintJob(id="j", staff_id=1, printer="hall", state=JobState.RUNNING))
        session.flush()
        session.add(
            models.PrintedCard(card_number="0" * 12, job_id="j", state=PrintState.SENDING, blank="x", claimed_at=NOON)
        )
        session.add(models.Organisation(id=1, name="X", name_key="x", begins_on=NOON.date(), letters_a_month=0))
        session.flush()
        session.add(models.LetterCount(organisation_id=1, month="2026-11", count=1))
        session.add(models.BlankCount(day=NOON.date(), blank="x", what=BlankUse.RECEIVED, count=1))
        session.add(models.Booking(code="0" * 8, begins_at=NOON, persons=1))
        session.add(models.BookingHour(day=NOON.date(), began_at=NOON, persons=1))
        session.add(models.SentForm(id="s", day=NOON.date()))
        session.add(models.WaitingNumber(day=NOON.date(), number=1, persons=1, came_at=NOON))
        session.add(models.Counter(month="2026-11", name="x", count=1))
        session.add(models.LedgerEntry(day=NOON.date(), rule="x", count=1))
    with sessions(engine)() as session:
        for table in Base.metadata.sorted_tables:
            assert session.scalar(select(func.count()).select_from(table)) == 1, table.name
