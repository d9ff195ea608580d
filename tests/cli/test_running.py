"""What the service does by itself, once a minute: what changed is published, and nothing without need."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from demo_town import Demo, make
from sqlalchemy import select

from cardservice.cli import running
from cardservice.cli.town import Town
from cardservice.day_keys import DayKeys
from cardservice.domain import revocation, staff
from cardservice.domain.actor import CONSOLE
from cardservice.keystore import Purpose
from cardservice.storage.models import StaffSession
from cardservice.verify import Kit


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("running")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n' * 2)
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


def sequences(folder: Path) -> list[int]:
    return [listed.sequence for listed in Kit.load(folder).status_lists.values()]


class TestARound:
    def test_publishes_what_a_command_changed_and_then_rests(self, demo: Demo) -> None:
        town = Town.open(demo.folder / "town")
        keys = running.unlock_some(town, lambda _purpose: demo.passphrase, list(Purpose))
        running.keep_house(town, keys, town.day_keys())
        rested = sequences(demo.folder / "kit")

        with town.transaction() as session:
            revocation.suspend(session, demo.cards[0]["card_number"], actor=CONSOLE, now=running.utc_now())
        rounds = []
        for _ in range(2):
            running.keep_house(town, keys, town.day_keys())
            rounds.append(sequences(demo.folder / "kit"))

        assert rounds == [[sequence + 1 for sequence in rested]] * 2

    def test_publishes_nothing_without_the_status_key(self, demo: Demo) -> None:
        town = Town.open(demo.folder / "town")
        with town.transaction() as session:
            revocation.suspend(session, demo.cards[1]["card_number"], actor=CONSOLE, now=running.utc_now())
        before = sequences(demo.folder / "kit")

        running.keep_house(town, {}, town.day_keys())

        assert sequences(demo.folder / "kit") == before

    def test_rewrites_the_rows_of_cards_once_a_day(self, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
        town, rewritten = Town.open(demo.folder / "town"), []
        monkeypatch.setattr("cardservice.storage.compaction.compact", rewritten.append)

        for hours in (24, 25, 48):
            running.erase(town, None, now=running.utc_now() + timedelta(hours=hours))

        assert rewritten == [town.engine] * 2


class TestAStart:
    @pytest.mark.parametrize("outlives", [False, True])
    def test_ends_the_sessions_whose_cookies_nobody_can_read_any_more(self, demo: Demo, outlives: bool) -> None:
        """Where the key of the cookies lies with day keys that outlive the service, whoever was typing goes on."""
        town = Town.open(demo.folder / "town")
        where = "/dev/shm/of-a-test" if outlives else "memory"
        kept = town.settings.retention.model_copy(update={"day_keys": where})
        town = replace(town, settings=town.settings.model_copy(update={"retention": kept}))
        now = running.utc_now()
        with town.transaction() as session:
            member = staff.everybody(session)[0]
            begun = StaffSession(digest=b"\1" * 32, staff_id=member.id, began_at=now, seen_at=now, confirmed_at=now)
            session.add(begun)

        running._put_right(town, DayKeys.in_process())

        with town.transaction() as session:
            assert len(session.scalars(select(StaffSession)).all()) == int(outlives)
