"""What was typed when a session was over: for the same person, for an hour, and never readable in the register."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from town_hall import DAY, NOON, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import parked_forms, retention
from cardservice.domain.actor import Actor
from cardservice.domain.parked_forms import LONGEST_BYTES, MOST_OF_ONE, TypedForm
from cardservice.domain.retention import DEFAULT_LIMITS, Limits, ParkedEnding
from cardservice.storage.models import LedgerEntry, ParkedForm

TYPED = TypedForm("/registrations/new", (("name", "Karim al-Haddad"), ("birth_day", "27"), ("name", "كريم")))
HOUR = timedelta(hours=1)

Park = Callable[..., str | None]
Look = Callable[..., TypedForm | None]


@pytest.fixture
def park(town_hall: TownHall, clerk: Actor) -> Park:
    def park(typed: TypedForm = TYPED, *, now: datetime = NOON) -> str | None:
        assert clerk.staff_id is not None
        with town_hall.transaction() as session:
            return parked_forms.park(
                session,
                typed,
                staff_id=clerk.staff_id,
                now=now,
                day_keys=town_hall.day_keys,
                token_bytes=os.urandom,
            )

    return park


@pytest.fixture
def look(town_hall: TownHall, clerk: Actor) -> Look:
    def look(form_id: str | None, actor: Actor = clerk, *, now: datetime = NOON) -> TypedForm | None:
        with town_hall.reading() as session:
            return parked_forms.look(
                session, form_id or "", actor=actor, now=now, day_keys=town_hall.day_keys, limits=DEFAULT_LIMITS
            )

    return look


def keep_house(town_hall: TownHall, now: datetime) -> dict[str, int]:
    return retention.housekeeping(town_hall.transaction, now=now, day_keys=town_hall.day_keys)


def rows(town_hall: TownHall) -> int:
    with town_hall.reading() as session:
        return session.scalar(select(func.count()).select_from(ParkedForm)) or 0


def ledger(town_hall: TownHall) -> dict[str, int]:
    with town_hall.reading() as session:
        return {entry.rule: entry.count for entry in session.scalars(select(LedgerEntry))}


class TestPark:
    def test_keeps_what_was_typed_for_the_person_who_typed_it(self, park: Park, look: Look) -> None:
        form_id = park()

        assert (look(form_id), look(form_id)) == (TYPED, TYPED)

    def test_keeps_nothing_that_can_be_read_in_the_register(self, park: Park, town_hall: TownHall) -> None:
        park()

        with town_hall.reading() as session:
            row = session.scalars(select(ParkedForm)).one()
            assert b"Karim" not in row.ciphertext
            assert b"registrations" not in row.ciphertext
            assert row.created_at == NOON.replace(second=0)

    def test_keeps_nothing_that_is_too_long(self, park: Park, town_hall: TownHall) -> None:
        frame = len(TypedForm("/x", (("name", ""),)).to_bytes())
        fits, too_long = ("x" * (LONGEST_BYTES - frame + more) for more in (0, 1))

        assert park(TypedForm("/x", (("name", fits),))) is not None
        assert park(TypedForm("/x", (("name", too_long),))) is None
        assert rows(town_hall) == 1

    def test_keeps_a_few_of_one_person_at_a_time(self, park: Park, town_hall: TownHall) -> None:
        kept = [park() for _ in range(MOST_OF_ONE + 2)]

        assert kept[MOST_OF_ONE:] == [None, None]
        assert rows(town_hall) == MOST_OF_ONE

    def test_shows_nothing_of_it_in_a_traceback(self) -> None:
        assert repr(TYPED) == "TypedForm(…)"


class TestLook:
    def test_shows_nobody_else_what_was_typed(self, park: Park, look: Look, other_clerk: Actor) -> None:
        form_id = park()

        assert look(form_id, other_clerk) is None

    def test_finds_nothing_that_was_never_parked(self, look: Look) -> None:
        assert look("0" * 32) is None

    @pytest.mark.parametrize("later", [HOUR, DAY, -HOUR])
    def test_finds_nothing_whose_time_is_over(self, park: Park, look: Look, later: timedelta) -> None:
        form_id = park()

        assert look(form_id, now=NOON + later) is None

    def test_finds_nothing_whose_key_a_restart_has_destroyed(self, park: Park, look: Look, town_hall: TownHall) -> None:
        form_id = park()
        town_hall.day_keys = DayKeys.in_process()

        assert look(form_id) is None

    def test_opens_nothing_that_was_put_into_another_row(self, park: Park, look: Look, town_hall: TownHall) -> None:
        first, second = park(), park(replace(TYPED, path="/another"))
        with town_hall.transaction() as session:
            taken, given = (session.get_one(ParkedForm, form_id) for form_id in (first, second))
            given.ciphertext = taken.ciphertext

        assert look(second) is None


class TestUse:
    def test_ends_a_form_once(self, park: Park, town_hall: TownHall, clerk: Actor) -> None:
        form_id = park()
        assert form_id is not None

        for _ in range(2):
            with town_hall.transaction() as session:
                parked_forms.use(session, form_id, actor=clerk, now=NOON)

        assert (rows(town_hall), ledger(town_hall)) == (0, {"parked form used": 1})

    def test_ends_no_form_of_somebody_else(self, park: Park, town_hall: TownHall, other_clerk: Actor) -> None:
        form_id = park()
        assert form_id is not None

        with town_hall.transaction() as session:
            parked_forms.use(session, form_id, actor=other_clerk, now=NOON)

        assert rows(town_hall) == 1


class TestClaim:
    def claim(self, town_hall: TownHall, form_id: str | None, actor: Actor) -> bool:
        assert form_id is not None
        with town_hall.transaction() as session:
            return parked_forms.claim(session, form_id, actor=actor, now=NOON)

    def test_knows_whose_form_it_is(self, park: Park, town_hall: TownHall, clerk: Actor) -> None:
        assert self.claim(town_hall, park(), clerk)
        assert not self.claim(town_hall, "0" * 32, clerk)
        assert rows(town_hall) == 1

    def test_ends_a_form_when_somebody_else_signs_in_instead(
        self, park: Park, town_hall: TownHall, other_clerk: Actor
    ) -> None:
        assert not self.claim(town_hall, park(), other_clerk)

        assert (rows(town_hall), ledger(town_hall)) == (0, {"parked form of somebody else": 1})


class TestHousekeeping:
    def test_ends_a_form_after_an_hour(self, park: Park, town_hall: TownHall) -> None:
        park()

        before = keep_house(town_hall, NOON + timedelta(minutes=59))
        after = keep_house(town_hall, NOON + HOUR)

        assert (before, after, rows(town_hall)) == ({}, {"parked form idle": 1}, 0)

    @pytest.mark.parametrize("now", [datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 21, 23, 59, tzinfo=UTC)])
    def test_ends_a_form_with_its_day_whichever_way_the_clock_went(
        self, park: Park, town_hall: TownHall, now: datetime
    ) -> None:
        park()

        counts = keep_house(town_hall, now)

        assert (counts["parked form its day over"], rows(town_hall)) == (1, 0)

    def test_ends_a_form_whose_key_is_gone(self, park: Park, town_hall: TownHall) -> None:
        park()
        town_hall.day_keys = DayKeys.in_process()

        assert keep_house(town_hall, NOON) == {"parked form its key gone": 1}

    def test_leaves_a_form_alone_whose_key_another_process_holds(self, park: Park, town_hall: TownHall) -> None:
        park()

        retention.housekeeping(town_hall.transaction, now=NOON, day_keys=None)

        assert rows(town_hall) == 1

    def test_counts_each_ending_by_its_own_rule(self) -> None:
        assert all(len(f"parked form {ending}") <= 32 for ending in ParkedEnding)


class TestOverdue:
    def test_counts_a_form_that_should_be_gone(self, park: Park, town_hall: TownHall) -> None:
        park()

        with town_hall.reading() as session:
            seen = [
                retention.overdue(session, now=NOON + later, limits=Limits(idle=timedelta(minutes=30)))
                for later in (timedelta(minutes=39), timedelta(minutes=40), DAY)
            ]

        assert seen == [0, 1, 1]
