"""How drafts and cards leave: each ending through one function, keys before rows, counts and never copies."""

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from town_hall import DAY, NOON, SHOWN, TownHall

import cardservice
from cardservice.day_keys import DayKeys
from cardservice.domain import decommission, drafts, issuance, retention, second_look
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.retention import Ending, Limits
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, Card, Draft, LedgerEntry, StatusIndex
from cardservice.terms import CardState, RefusedFor, RevocationReason

HOUR = timedelta(hours=1)


def keep_house(town_hall: TownHall, now: datetime, limits: Limits = retention.DEFAULT_LIMITS) -> dict[str, int]:
    return retention.housekeeping(town_hall.transaction, now=now, day_keys=town_hall.day_keys, limits=limits)


def draft_ids(town_hall: TownHall) -> list[str]:
    with town_hall.reading() as session:
        return list(session.scalars(select(Draft.id).order_by(Draft.created_at)))


def ledger(town_hall: TownHall) -> dict[str, int]:
    with town_hall.reading() as session:
        return {entry.rule: entry.count for entry in session.scalars(select(LedgerEntry))}


class TestEndDraft:
    def test_is_the_only_place_where_a_draft_is_deleted(self) -> None:
        package = Path(cardservice.__file__).parent
        deleting = [
            f"{file.relative_to(package)}: {ast.unparse(node)}"
            for file in package.rglob("*.py")
            if re.search(r"\b(Draft|Card)\b", file.read_text())
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "delete"
        ]

        assert sorted(deleting) == [
            "domain/retention.py: delete(ParkedForm)",
            "domain/retention.py: session.delete(card)",
            "domain/retention.py: session.delete(draft)",
            "domain/retention.py: session.delete(form)",
        ]

    def test_is_reached_by_every_ending(self, town_hall: TownHall, clerk: Actor) -> None:
        now = NOON
        discarded, handed_over, spoilt, refused, _idle = (town_hall.register(clerk) for _ in range(5))
        numbers = [town_hall.issue(draft_id, clerk).card_number for draft_id in (handed_over, spoilt)]
        with town_hall.transaction() as session:
            drafts.discard(session, discarded, actor=clerk, now=now)
            too_little, opened = (
                replace(SHOWN, is_met=False),
                {"actor": clerk, "now": now, "day_keys": town_hall.day_keys},
            )
            second_look.show(session, refused, too_little, **opened)
            second_look.refuse(session, refused, RefusedFor.POINTS, **opened)
        town_hall.hand_over(numbers[0], clerk)
        with town_hall.transaction() as session:
            issuance.spoil(session, numbers[1], RevocationReason.DAMAGED, actor=clerk, now=now)
        keep_house(town_hall, NOON + HOUR)
        town_hall.register(clerk, now=NOON + HOUR)
        keep_house(town_hall, NOON + DAY)
        town_hall.register(clerk, now=NOON + DAY)
        town_hall.day_keys = DayKeys.in_process()
        keep_house(town_hall, NOON + DAY)
        town_hall.register(clerk, now=NOON + DAY)
        decommission.close(
            town_hall.transaction,
            town_hall.kit,
            town=town_hall.town,
            status_key=town_hall.keys[Purpose.STATUS],
            anchor_key=town_hall.keys[Purpose.ANCHOR],
            actor=CONSOLE,
            now=NOON + DAY,
            token_bytes=town_hall.token_bytes,
        )

        assert draft_ids(town_hall) == []
        with town_hall.reading() as session:
            rules = set(session.scalars(select(LedgerEntry.rule)))
            ended = [entry.action for entry in session.scalars(select(AuditEntry)) if "draft.ended" in entry.action]
        assert rules == {f"draft {ending}" for ending in Ending}
        assert (len(ended), len(set(ended))) == (len(Ending), len(Ending))


class TestHousekeeping:
    def test_ends_a_draft_that_nobody_touched_for_an_hour(self, town_hall: TownHall, clerk: Actor) -> None:
        idle, at_work = town_hall.register(clerk), town_hall.register(clerk)
        with town_hall.transaction() as session:
            drafts.touch(session.get_one(Draft, at_work), now=NOON + timedelta(minutes=1))

        before = keep_house(town_hall, NOON + timedelta(minutes=59))
        after = keep_house(town_hall, NOON + HOUR)

        assert (before, after) == ({}, {"draft idle": 1})
        assert draft_ids(town_hall) == [at_work]
        assert idle not in draft_ids(town_hall)

    def test_ends_a_draft_that_was_made_while_the_clock_was_ahead(self, town_hall: TownHall, clerk: Actor) -> None:
        months, hours = town_hall.register(clerk, now=NOON + 60 * DAY), town_hall.register(clerk, now=NOON + 2 * HOUR)

        ended = keep_house(town_hall, NOON)

        assert ended == {"day keys destroyed": 1, "draft its day over": 1, "draft idle": 1}
        assert not {months, hours} & set(draft_ids(town_hall))

    def test_keeps_to_the_limit_that_the_town_set(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.register(clerk)

        counts = keep_house(town_hall, NOON + timedelta(minutes=15), Limits(idle=timedelta(minutes=15)))

        assert counts == {"draft idle": 1}

    def test_never_ends_a_finished_card_for_being_idle(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.issue(town_hall.register(clerk), clerk)

        assert keep_house(town_hall, NOON + 6 * HOUR) == {}

    def test_ends_everything_with_the_day_and_revokes_what_was_not_handed_over(
        self, town_hall: TownHall, clerk: Actor
    ) -> None:
        town_hall.register(clerk)
        number = town_hall.issue(town_hall.register(clerk), clerk).card_number

        counts = keep_house(town_hall, datetime(2026, 11, 23, 0, 0, tzinfo=UTC))

        assert counts == {"day keys destroyed": 1, "draft its day over": 2}
        assert (town_hall.card(number).state, town_hall.card(number).place.invalid) == (CardState.REVOKED, True)

    def test_burns_an_intent_whose_day_is_over(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        number = town_hall.issue(draft_id, clerk).card_number
        with town_hall.transaction() as session:
            session.get_one(Card, number).state = CardState.INTENT

        keep_house(town_hall, NOON + DAY)

        assert town_hall.card(number).state is CardState.REVOKED

    def test_destroys_the_key_before_it_deletes_a_row(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.register(clerk)

        def broken() -> object:
            raise RuntimeError("the database is gone")

        with pytest.raises(RuntimeError):
            retention.housekeeping(broken, now=NOON + DAY, day_keys=town_hall.day_keys)  # type: ignore[arg-type]

        assert not town_hall.day_keys.has(NOON.date())

    def test_ends_drafts_whose_key_a_restart_has_destroyed(self, town_hall: TownHall, clerk: Actor) -> None:
        number = town_hall.issue(town_hall.register(clerk), clerk).card_number
        town_hall.day_keys = DayKeys.in_process()

        counts = keep_house(town_hall, NOON)

        assert counts == {"draft its key gone": 1}
        assert town_hall.card(number).state is CardState.REVOKED

    def test_leaves_a_draft_alone_whose_key_another_process_holds(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.register(clerk)

        early = retention.housekeeping(town_hall.transaction, now=NOON, day_keys=None)
        late = retention.housekeeping(town_hall.transaction, now=NOON + DAY, day_keys=None)

        assert (early, late) == ({}, {"draft its day over": 1})

    def test_goes_on_where_it_was_interrupted(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            town_hall.register(clerk)
        ends, real = [], retention.end_draft

        def die_at_the_second(*args: object, **keywords: object) -> None:
            if len(ends) == 1:
                raise KeyboardInterrupt
            ends.append(args)
            real(*args, **keywords)  # type: ignore[arg-type]

        with monkeypatch.context() as dying:
            dying.setattr(retention, "end_draft", die_at_the_second)
            with pytest.raises(KeyboardInterrupt):
                keep_house(town_hall, NOON + HOUR)

        assert len(draft_ids(town_hall)) == 2
        assert keep_house(town_hall, NOON + HOUR) == {"draft idle": 2}
        assert ledger(town_hall) == {"draft idle": 3}

    def test_looks_again_before_it_ends_a_draft(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the look and the end, one clerk touches a draft and another discards one."""
        touched, discarded, idle = (town_hall.register(clerk, now=NOON + timedelta(seconds=n)) for n in range(3))
        real, met = retention._end_if_due, []

        def overtaken(*args: object, **keywords: object) -> list[str]:
            session = args[0]
            if not met:
                met.append(True)
                drafts.touch(session.get_one(Draft, touched), now=NOON + HOUR)  # type: ignore[arg-type, attr-defined]
                drafts.discard(session, discarded, actor=clerk, now=NOON)  # type: ignore[arg-type]
            return real(*args, **keywords)  # type: ignore[arg-type]

        monkeypatch.setattr(retention, "_end_if_due", overtaken)

        assert keep_house(town_hall, NOON + HOUR) == {"draft idle": 1}
        assert draft_ids(town_hall) == [touched]
        assert idle not in draft_ids(town_hall)

    def test_keeps_counts_and_never_copies(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.register(clerk)
        keep_house(town_hall, NOON + HOUR)

        assert {column.name for column in LedgerEntry.__table__.columns} == {"day", "rule", "count"}
        assert ledger(town_hall) == {"draft idle": 1}

    def test_lets_no_draft_live_longer_than_a_day_whatever_happens(self, town_hall: TownHall, clerk: Actor) -> None:
        """T7 in small: fourteen days on which housekeeping runs, or does not, at random hours."""
        for hours in range(0, 24 * 14, 5):
            now = NOON + hours * HOUR
            town_hall.register(clerk, now=now)
            if hours % 7 == 0:
                keep_house(town_hall, now)
                with town_hall.reading() as session:
                    oldest = session.scalar(select(func.min(Draft.created_at)))
                assert oldest is not None
                assert now - oldest < DAY


class TestCards:
    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.SUSPENDED])
    def test_expire_when_their_month_is_over(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        number = make_card(state).card_number

        before = keep_house(town_hall, datetime(2028, 11, 30, 23, 59, tzinfo=UTC))
        after = keep_house(town_hall, datetime(2028, 12, 1, tzinfo=UTC))

        assert ("card expired" in before, after["card expired"]) == (False, 1)
        assert town_hall.card(number).state is CardState.EXPIRED

    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.REVOKED])
    def test_leave_the_register_thirty_days_later_and_their_place_stays_burnt(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        make_card(state)
        last = datetime(2028, 12, 30, tzinfo=UTC)

        keep_house(town_hall, last)
        assert _rows(town_hall, Card) == 1
        counts = keep_house(town_hall, last + DAY)

        assert counts == {"card forgotten": 1}
        assert (_rows(town_hall, Card), _rows(town_hall, StatusIndex)) == (0, 1)
        with town_hall.reading() as session:
            assert session.scalars(select(StatusIndex)).one().invalid is (state is CardState.REVOKED)

    def test_leave_in_handfuls(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(5):
            make_card()
        monkeypatch.setattr(retention, "_CARDS_AT_ONCE", 2)

        counts = keep_house(town_hall, datetime(2029, 3, 1, tzinfo=UTC))

        assert counts == {"day keys destroyed": 1, "card expired": 5, "card forgotten": 5}


class TestBeginNight:
    def test_says_yes_once_a_day(self, town_hall: TownHall) -> None:
        said = []
        for now in (NOON, NOON + HOUR, NOON + DAY, NOON + DAY + HOUR):
            with town_hall.transaction() as session:
                said.append(retention.begin_night(session, now=now))

        assert said == [True, False, True, False]


class TestOverdue:
    def test_is_zero_as_long_as_housekeeping_runs(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.register(clerk)
        for minutes in (0, 59, 60, 61, 60 * 24):
            now = NOON + timedelta(minutes=minutes)
            keep_house(town_hall, now)
            with town_hall.reading() as session:
                assert retention.overdue(session, now=now) == 0

    def test_counts_what_should_be_gone(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card()
        town_hall.register(clerk)
        town_hall.issue(town_hall.register(clerk), clerk)
        with town_hall.reading() as session:
            seen = [
                retention.overdue(session, now=now)
                for now in (NOON + HOUR, NOON + 2 * HOUR, NOON + DAY, datetime(2029, 1, 1, tzinfo=UTC))
            ]

        assert seen == [0, 1, 2, 4]


def _rows(town_hall: TownHall, table: type) -> int:
    with town_hall.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
