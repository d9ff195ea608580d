"""What we hold: nothing can be forgotten, because it is read off the models, and everything has words."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, text
from town_hall import DAY, NOON, TownHall

from cardservice.domain import holdings, parked_forms, schedule, schedule_of_files
from cardservice.domain.actor import Actor
from cardservice.domain.holdings import Held
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.parked_forms import TypedForm
from cardservice.storage.models import Base
from cardservice.terms import CardState


def without_words(metadata: MetaData) -> list[str]:
    """Every table and column that stands in no schedule."""
    return [
        f"{table.name}.{column}"
        for table in metadata.sorted_tables
        for column in table.columns.keys()  # noqa: SIM118 - a table's columns are no dictionary
        if column not in (schedule.TABLES[table.name].columns if table.name in schedule.TABLES else {})
    ]


@pytest.fixture
def folder(quick_folder: Path) -> Path:
    made = quick_folder / "town"
    (made / "keys").mkdir(parents=True)
    return made


def look(town_hall: TownHall, folder: Path, *, now: object = NOON) -> Held:
    with town_hall.reading() as session:
        return holdings.held(session, folder=folder, kit=town_hall.kit, now=now)  # type: ignore[arg-type]


class TestTheSchedule:
    def test_has_words_for_every_table_and_column(self) -> None:
        assert without_words(Base.metadata) == []

    def test_has_no_words_for_what_does_not_exist(self) -> None:
        assert set(schedule.TABLES) == set(Base.metadata.tables)
        for name, rule in schedule.TABLES.items():
            columns = set(Base.metadata.tables[name].columns.keys())
            assert set(rule.columns) == columns
            assert rule.oldest is None or rule.oldest in columns

    def test_is_missed_by_a_planted_table_and_a_planted_column(self) -> None:
        planted = MetaData()
        Table("neighbours", planted, Column("id", Integer))
        Table("counters", planted, Column("month", Integer), Column("nationality", Integer))

        assert set(without_words(planted)) == {"neighbours.id", "counters.nationality"}

    def test_says_why_and_until_when(self) -> None:
        assert all(rule.why.endswith(".") and rule.ends.endswith(".") for rule in schedule.TABLES.values())
        assert all(rule.why.endswith(".") and rule.ends.endswith(".") for rule in schedule_of_files.FILES)


class TestTables:
    def test_are_all_counted(self, town_hall: TownHall, make_card: Callable[..., IssuedCard], folder: Path) -> None:
        make_card()
        make_card(CardState.SIGNED)

        held = {table.name: table for table in look(town_hall, folder).tables}

        assert set(held) == set(Base.metadata.tables)
        assert (held["cards"].rows, held["drafts"].rows, held["issuer_keys"].rows) == (2, 1, 4)
        assert held["cards"].fields == tuple(Base.metadata.tables["cards"].columns.keys())

    def test_tell_the_age_of_the_oldest_row_by_month_or_day(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], folder: Path
    ) -> None:
        make_card(CardState.SIGNED)

        oldest = {table.name: table.oldest for table in look(town_hall, folder).tables}

        assert (oldest["cards"], oldest["drafts"], oldest["audit_entries"]) == ("2026-11", "2026-11-22", "2026-11-22")
        assert (oldest["counters"], oldest["status_lists"]) == ("2026-11", None)

    def test_tell_when_something_leaves_next(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], folder: Path
    ) -> None:
        make_card(CardState.SIGNED)

        leaves = {table.name: table.next_purge for table in look(town_hall, folder).tables}

        assert leaves["drafts"] == date(2026, 11, 23)
        assert leaves["cards"] == date(2028, 12, 1) + 30 * DAY
        assert leaves["audit_entries"] is None

    def test_tell_of_nothing_to_leave_where_there_is_nothing(self, town_hall: TownHall, folder: Path) -> None:
        held = look(town_hall, folder)

        assert {table.next_purge for table in held.tables} == {None}
        assert held.overdue == 0

    def test_tell_what_is_overdue_when_housekeeping_stopped(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], clerk: Actor, folder: Path
    ) -> None:
        make_card()
        town_hall.register(clerk)

        assert look(town_hall, folder, now=NOON + timedelta(minutes=71)).overdue == 1
        held = {table.name: table.overdue for table in look(town_hall, folder, now=NOON + 800 * DAY).tables}
        assert (held["drafts"], held["cards"]) == (1, 1)

    def test_tell_when_a_parked_form_leaves(self, town_hall: TownHall, clerk: Actor, folder: Path) -> None:
        typed = TypedForm("/registrations/new", (("name", "Y"),))
        with town_hall.transaction() as session:
            parked_forms.park(
                session,
                typed,
                staff_id=clerk.staff_id or 0,
                now=NOON,
                day_keys=town_hall.day_keys,
                token_bytes=os.urandom,
            )

        held = {
            minutes: look(town_hall, folder, now=NOON + timedelta(minutes=minutes)).tables for minutes in (0, 69, 70)
        }
        told = {
            minutes: (table.rows, table.next_purge, table.overdue)
            for minutes, tables in held.items()
            for table in tables
            if table.name == "parked_forms"
        }

        assert told == {0: (1, NOON.date(), 0), 69: (1, NOON.date(), 0), 70: (1, NOON.date(), 1)}

    def test_that_nobody_made_are_named(self, town_hall: TownHall, folder: Path) -> None:
        with town_hall.transaction() as session:
            session.execute(text("CREATE TABLE neighbours (name VARCHAR(9))"))
        try:
            assert look(town_hall, folder).unknown_tables == ("neighbours",)
        finally:
            with town_hall.transaction() as session:
                session.execute(text("DROP TABLE neighbours"))

        assert look(town_hall, folder).unknown_tables == ()


class TestFiles:
    def test_are_counted_by_kind(self, town_hall: TownHall, folder: Path) -> None:
        for name in ("config.toml", "audit-checkpoint.cose", "keys/card-0123456789abcdef.pem"):
            (folder / name).write_bytes(b"four")
        (folder / "keys" / "card-0123456789abcdef.pub.pem").write_bytes(b"public")

        held = {one.rule.name: one for one in look(town_hall, folder).files if one.rule}

        assert (held["private keys"].count, held["private keys"].bytes) == (1, 4)
        assert (held["public keys"].count, held["public keys"].bytes) == (1, 6)
        assert held["settings"].oldest is not None
        assert (held["logs"].count, held["logs"].oldest) == (0, None)

    def test_of_the_crest_are_the_towns_own_and_no_picture_of_the_kit(self, town_hall: TownHall, folder: Path) -> None:
        for name in ("crest.svg", "kit/mark.svg", "kit/verifier/icon.png"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"drawn")

        held = {one.rule.name: one.count for one in look(town_hall, folder).files if one.rule}

        assert (held["crest"], held["kit"]) == (1, 7)

    def test_of_the_kit_are_found_beside_the_folder_or_in_it(self, town_hall: TownHall, folder: Path) -> None:
        beside = {one.rule.name: one.count for one in look(town_hall, folder).files if one.rule}
        town_hall.kit.rename(folder / "kit")
        town_hall.kit = folder / "kit"
        inside = {one.rule.name: one.count for one in look(town_hall, folder).files if one.rule}

        assert beside["kit"] == inside["kit"] == 5

    def test_of_no_known_kind_are_counted_and_not_named(self, town_hall: TownHall, folder: Path) -> None:
        (folder / "passport of Karim.pdf").write_bytes(b"scanned")
        town_hall.kit = folder / "no kit yet"

        (unknown,) = (one for one in look(town_hall, folder).files if one.rule is None)

        assert unknown.count == 1
        assert "Karim" not in repr(unknown)
