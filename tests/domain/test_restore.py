"""Backups and restores on both databases and across them: what comes back, and what never was in a backup."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from restored import backed_up, restore
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.domain import audit, drafts, partners, retention, staff
from cardservice.domain import restore as journey
from cardservice.domain import sessions as sign_ins
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.partners import Checks
from cardservice.domain.restore import ChainDiffers, FormatUnknown, NotABackup, Reader
from cardservice.storage.models import AuditEntry, Base, Card, Draft, StaffSession
from cardservice.storage.session import reading, sessions
from cardservice.terms import CardState, Service, StaffRole


@pytest.fixture(params=["sqlite", "postgresql"])
def other_engine(request: pytest.FixtureRequest, second_register: Callable[[str], Engine]) -> Engine:
    """An empty register on either system, whatever the first one is on."""
    return second_register(request.param)


def rows(session: Session, name: str) -> list[tuple[object, ...]]:
    table = Base.metadata.tables[name]
    return [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]


def lines_of(content: bytes) -> list[object]:
    return [json.loads(line) for line in content.splitlines()]


def read_whole(content: bytes, session: Session | None = None) -> journey.Head:
    reader = Reader(session)
    reader.take(content)
    return reader.end()


class TestABackup:
    def test_comes_back_row_by_row_on_either_database(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], other_engine: Engine
    ) -> None:
        for state in (CardState.ACTIVE, CardState.SUSPENDED, CardState.REVOKED):
            make_card(state)
        with town_hall.transaction() as session:
            checks = Checks(services=frozenset({Service.POOL}))
            partners.add(session, "Piscine n° 3", checks, actor=CONSOLE, now=NOON)
        content = backed_up(town_hall)

        with sessions(other_engine).begin() as session:
            read_whole(content, session)

        with town_hall.reading() as before, reading(other_engine).begin() as after:
            for name in Base.metadata.tables:
                assert rows(after, name) == rows(before, name), name

    def test_is_of_one_moment_while_others_write(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = make_card().card_number
        written = journey.Base.metadata.sorted_tables

        class Interrupted(list[object]):
            def __iter__(self) -> Iterator[object]:
                for table in written:
                    if table.name == "cards":
                        make_card()
                    yield table

        monkeypatch.setattr(type(Base.metadata), "sorted_tables", Interrupted(written))
        content = backed_up(town_hall)
        monkeypatch.undo()

        found = lines_of(content)
        assert [line[0] for line in found if isinstance(line, list) and len(line) == 10] == [before]
        assert found[-1]["end"]["cards"] == 1  # type: ignore[index, call-overload]

    def test_says_nothing_of_what_was_typed_nor_the_minute(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], clerk: Actor
    ) -> None:
        make_card(CardState.SIGNED)
        draft_id = town_hall.register(clerk)
        with town_hall.reading() as session:
            ciphertext = session.get_one(Draft, draft_id).ciphertext

        content = backed_up(town_hall)

        columns = next(line for line in lines_of(content) if isinstance(line, dict) and line.get("table") == "drafts")
        assert columns["columns"] == ["id", "creator_id", "approver_id", "state", "key_day"]
        assert ciphertext not in content
        assert journey.base64.b64encode(ciphertext) not in content
        assert REGISTRATION.name.encode() not in content

    def test_signs_nobody_in(self, town_hall: TownHall, clerk: Actor, other_engine: Engine) -> None:
        with town_hall.transaction() as session:
            sign_ins.begin(session, clerk.staff_id or 0, bytes(32), now=NOON)

        hall = restore(town_hall, backed_up(town_hall), other_engine, kit=town_hall.kit).hall

        with hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(StaffSession)) == 0

    def test_holds_no_private_key(self, town_hall: TownHall) -> None:
        assert b"PRIVATE" not in backed_up(town_hall)

    def test_lets_the_register_go_on_counting(self, town_hall: TownHall, clerk: Actor, other_engine: Engine) -> None:
        hall = restore(town_hall, backed_up(town_hall), other_engine, kit=town_hall.kit).hall

        with hall.transaction() as session:
            added = staff.add(session, "new", StaffRole.CLERK, "a password of five odd words", actor=CONSOLE, now=NOON)
            assert added.id == (clerk.staff_id or 0) + 1


class TestDrafts:
    @pytest.mark.parametrize("age", [0, 1, 7, 30])
    def test_of_an_old_backup_are_opened_by_nobody(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], other_engine: Engine, age: int
    ) -> None:
        """THREATS T6, with the day keys of the day still at hand, as nobody has them."""
        kept = town_hall.register(clerk)
        make_card(CardState.SIGNED)
        content = backed_up(town_hall)

        restored = restore(town_hall, content, other_engine, kit=town_hall.kit, days=age)

        assert restored.settled.drafts == 2
        with restored.hall.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Draft)) == 0
            with pytest.raises(DraftNotFound):
                drafts.read(session, kept, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

    def test_of_the_day_go_on_beside_the_backup_while_their_key_lives(self, town_hall: TownHall, clerk: Actor) -> None:
        kept = town_hall.register(clerk)
        backed_up(town_hall)

        with town_hall.transaction() as session:
            found = drafts.read(session, kept, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
        retention.housekeeping(town_hall.transaction, now=NOON + DAY, day_keys=town_hall.day_keys)

        assert found == REGISTRATION
        with town_hall.transaction() as session, pytest.raises(DraftNotFound):
            drafts.read(session, kept, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

    def test_take_their_unfinished_cards_with_them(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], other_engine: Engine
    ) -> None:
        signed, handed_over = make_card(CardState.SIGNED), make_card()

        restored = restore(town_hall, backed_up(town_hall), other_engine, kit=town_hall.kit)

        assert restored.settled.cards == 1
        assert restored.hall.card(signed.card_number).state is CardState.REVOKED
        assert restored.hall.card(handed_over.card_number).state is CardState.ACTIVE
        restored.hall.publish(now=NOON + DAY)
        assert restored.hall.verdict(signed.identity_code, now=NOON + DAY).reason == "revoked"
        assert restored.hall.verdict(handed_over.identity_code, now=NOON + DAY).reason == "valid"

    def test_leave_no_unfinished_card_without_a_draft_either(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], other_engine: Engine
    ) -> None:
        number = make_card(CardState.SIGNED).card_number
        with town_hall.transaction() as session:
            session.get_one(Card, number).draft = None

        restored = restore(town_hall, backed_up(town_hall), other_engine, kit=town_hall.kit)

        assert restored.hall.card(number).state is CardState.REVOKED


class TestTheAudit:
    def test_says_that_the_register_was_restored_and_goes_on(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], other_engine: Engine
    ) -> None:
        make_card(CardState.SIGNED)
        with town_hall.reading() as session:
            before = audit.verify_chain(session)
        assert before is not None

        hall = restore(town_hall, backed_up(town_hall), other_engine, kit=town_hall.kit, days=7).hall

        with hall.reading() as session:
            told = session.get_one(AuditEntry, before.sequence + 1)
            assert (told.action, told.subject) == ("register.restored", "backup:2026-11-22")
            assert told.day == date(2026, 11, 29)
            audit.verify_chain(session)

    def test_must_be_the_one_that_was_backed_up(self, town_hall: TownHall, other_engine: Engine) -> None:
        content = backed_up(town_hall)
        head, rest = content.split(b"\n", 1)
        changed = json.loads(head)
        changed["audit"]["digest"] = "00" * 32

        with sessions(other_engine)() as session, pytest.raises(ChainDiffers):
            read_whole(json.dumps(changed).encode() + b"\n" + rest, session)

    def test_may_be_empty(self, engine: Engine, tmp_path: Path, other_engine: Engine) -> None:
        town_hall = TownHall(engine, tmp_path / "kit")

        with sessions(other_engine)() as session:
            assert read_whole(backed_up(town_hall), session).audit_sequence == 0


class TestAReader:
    """One that only looks, as the command does before it makes anything."""

    @pytest.fixture
    def content(self, town_hall: TownHall) -> bytes:
        return backed_up(town_hall)

    def test_knows_a_whole_backup(self, content: bytes) -> None:
        reader = Reader()
        for at in range(0, len(content), 7):
            reader.take(content[at : at + 7])

        head = reader.end()

        assert (head.program, head.config, head.made_at) == ("1.2.3", "# a town", NOON)

    def test_refuses_one_that_ends_too_early(self, content: bytes) -> None:
        for cut in (0, 1, len(content) // 2, len(content) - 1):
            reader = Reader()
            reader.take(content[:cut])
            with pytest.raises(NotABackup):
                reader.end()

    def test_refuses_one_that_lost_a_line(self, content: bytes) -> None:
        lines = content.splitlines(keepends=True)
        for left_out in (0, 1, 5, len(lines) - 2):
            with pytest.raises(NotABackup):
                read_whole(b"".join(lines[:left_out] + lines[left_out + 1 :]))

    @pytest.mark.parametrize(
        "line",
        [
            b"nothing\n",
            b"[1]\n",
            b"{}\n",
            b'{"cardservice_backup":1}\n',
            b'{"table":"staff","columns":["id"]}\n',
            b'{"end":{}}\n',
        ],
    )
    def test_refuses_another_file(self, line: bytes) -> None:
        with pytest.raises(NotABackup):
            read_whole(line)

    def test_refuses_what_comes_after_the_end(self, content: bytes) -> None:
        for more in (b"[1]\n", b'{"table":"staff","columns":["id"]}\n', b"half"):
            with pytest.raises(NotABackup):
                read_whole(content + more)

    def test_refuses_a_row_of_another_shape(self, content: bytes) -> None:
        for wrong in (b"[1]\n", b'["not base64","x",1,1,1,1,1]\n'):
            lines = content.splitlines(keepends=True)
            at = next(n for n, line in enumerate(lines) if line.startswith(b'{"table":"audit_entries"'))
            with pytest.raises(NotABackup):
                read_whole(b"".join([*lines[: at + 1], wrong]))

    def test_names_the_version_that_writes_differently(self) -> None:
        with pytest.raises(FormatUnknown, match=r"9\.0"):
            Reader().take(b'{"cardservice_backup":2,"program":"9.0"}\n')


class TestAnOlderBackup:
    def test_may_lack_columns_and_have_others(self, engine: Engine) -> None:
        """The tables are then those of its own version; here a table of that name with a column nobody knows."""
        with sessions(engine)() as session:
            into = journey._Into("counters", ["month", "name", "count"], session)
            into.take(["2026-11", "card.signed", 3])
            into.flush()
            assert rows(session, "counters") == [("2026-11", "card.signed", 3)]

        into = journey._Into("counters", ["month", "long gone"], None)
        into.take(["2026-11", {"any": "value"}])
        into.flush()

    def test_goes_in_by_handfuls(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journey, "_ROWS_AT_ONCE", 2)
        with sessions(engine)() as session:
            into = journey._Into("counters", ["month", "name", "count"], session)
            for number in range(5):
                into.take(["2026-11", f"c{number}", number])
            assert len(rows(session, "counters")) == 4
            into.flush()
            assert len(rows(session, "counters")) == 5
