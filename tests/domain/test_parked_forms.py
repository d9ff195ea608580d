"""What was typed and not sent: for the same person, for an hour, and never readable in the register."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import as_shown, drafts, parked_forms, retention
from cardservice.domain.actor import Actor
from cardservice.domain.parked_forms import LONGEST_BYTES, MOST_OF_ONE, TypedForm, Waiting
from cardservice.domain.retention import DEFAULT_LIMITS, Limits, ParkedEnding
from cardservice.storage.models import Draft, LedgerEntry, ParkedForm

TYPED = TypedForm("/registrations/new", (("name", "Karim al-Haddad"), ("birth_day", "27"), ("name", "كريم")))
HOUR = timedelta(hours=1)

Park = Callable[..., str | None]
Look = Callable[..., TypedForm | None]
Find = Callable[..., Waiting | None]


@pytest.fixture
def park(town_hall: TownHall, clerk: Actor) -> Park:
    def park(
        typed: TypedForm = TYPED, *, actor: Actor = clerk, draft_id: str | None = None, now: datetime = NOON
    ) -> str | None:
        assert actor.staff_id is not None
        with town_hall.transaction() as session:
            return parked_forms.park(
                session,
                typed,
                staff_id=actor.staff_id,
                draft_id=draft_id,
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


@pytest.fixture
def find(town_hall: TownHall, clerk: Actor) -> Find:
    def find(
        path: str = TYPED.path, *, actor: Actor = clerk, draft_id: str | None = None, now: datetime = NOON
    ) -> Waiting | None:
        with town_hall.reading() as session:
            return parked_forms.find(
                session,
                path,
                draft_id=draft_id,
                actor=actor,
                now=now,
                day_keys=town_hall.day_keys,
                limits=DEFAULT_LIMITS,
            )

    return find


@pytest.fixture
def draft_id(town_hall: TownHall, clerk: Actor) -> str:
    """A registration that the clerk has begun."""
    return town_hall.register(clerk)


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
        kept = [park(replace(TYPED, path=f"/cards/{number}/revoke")) for number in range(MOST_OF_ONE + 2)]

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

    def test_tells_a_form_that_was_dropped_from_one_that_was_sent(
        self, park: Park, town_hall: TownHall, clerk: Actor
    ) -> None:
        form_id = park() or ""

        with town_hall.transaction() as session:
            parked_forms.use(session, form_id, actor=clerk, now=NOON, ending=ParkedEnding.DROPPED)

        assert ledger(town_hall) == {"parked form dropped": 1}


class TestWhoseItIs:
    def test_is_known(self, park: Park, town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        form_id = park() or ""

        with town_hall.reading() as session:
            told = [parked_forms.is_theirs(session, form_id, actor=actor) for actor in (clerk, other_clerk)]
            unknown = parked_forms.is_theirs(session, "0" * 32, actor=clerk)

        assert (told, unknown, rows(town_hall)) == ([True, False], False, 1)


class TestAPage:
    """One form of a person and a page, found without knowing its id: after a crash nothing knows it."""

    def test_has_what_was_typed_last(self, park: Park, find: Find, town_hall: TownHall) -> None:
        first, last = park(), park(replace(TYPED, fields=(("name", "Karim"),)))

        found = find()

        assert first == last
        assert found is not None
        assert (found.form_id, found.typed.fields, found.is_older) == (last, (("name", "Karim"),), False)
        assert rows(town_hall) == 1

    def test_has_nothing_of_another_page_or_person(self, park: Park, find: Find, other_clerk: Actor) -> None:
        park()

        assert find(path="/registrations/new/") is None
        assert find(actor=other_clerk) is None

    def test_has_nothing_whose_time_is_over(self, park: Park, find: Find) -> None:
        park()

        assert find(now=NOON + timedelta(minutes=59)) is not None
        assert find(now=NOON + HOUR) is None

    def test_counts_the_hour_from_what_was_typed_last(self, park: Park, find: Find) -> None:
        park()
        park(now=NOON + timedelta(minutes=50))

        assert find(now=NOON + timedelta(minutes=109)) is not None
        assert find(now=NOON + timedelta(minutes=110)) is None

    def test_has_nothing_whose_key_a_restart_has_destroyed(self, park: Park, find: Find, town_hall: TownHall) -> None:
        park()
        town_hall.day_keys = DayKeys.in_process()

        assert find() is None
        assert park() is not None

    def test_reads_what_an_older_version_has_sealed(self) -> None:
        assert TypedForm.from_bytes(b'["/x", [["name", "Ana"]]]') == TypedForm("/x", (("name", "Ana"),))


class TestTheFormOfARegistration:
    def test_ends_when_the_registration_is_discarded(
        self, park: Park, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        park(draft_id=draft_id)

        with town_hall.transaction() as session:
            drafts.discard(session, draft_id, actor=clerk, now=NOON)

        assert (rows(town_hall), ledger(town_hall)["parked form its draft over"]) == (0, 1)

    def test_ends_when_the_registration_does_by_itself(self, park: Park, town_hall: TownHall, draft_id: str) -> None:
        park(draft_id=draft_id, now=NOON)

        counts = keep_house(town_hall, NOON + HOUR)

        assert (counts, rows(town_hall)) == ({"draft idle": 1}, 0)
        assert ledger(town_hall)["parked form its draft over"] == 1

    def test_ends_when_its_card_is_made(self, park: Park, town_hall: TownHall, clerk: Actor, draft_id: str) -> None:
        park(draft_id=draft_id)

        town_hall.issue(draft_id, clerk)

        assert (rows(town_hall), ledger(town_hall)["parked form its draft over"]) == (0, 1)
        assert (park(draft_id=draft_id), rows(town_hall)) == (None, 0)

    def test_is_not_kept_when_the_registration_is_no_more(
        self, park: Park, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        with town_hall.transaction() as session:
            drafts.discard(session, draft_id, actor=clerk, now=NOON)

        assert (park(draft_id=draft_id), rows(town_hall)) == (None, 0)

    def test_keeps_the_registration_alive_as_long_as_somebody_types(
        self, park: Park, town_hall: TownHall, draft_id: str
    ) -> None:
        park(draft_id=draft_id, now=NOON + timedelta(minutes=50))

        before = keep_house(town_hall, NOON + HOUR)
        after = keep_house(town_hall, NOON + timedelta(minutes=110))

        assert (before, after) == ({}, {"draft idle": 1})

    def test_of_somebody_else_does_not(
        self, park: Park, town_hall: TownHall, other_clerk: Actor, draft_id: str
    ) -> None:
        park(draft_id=draft_id, now=NOON + timedelta(minutes=50), actor=other_clerk)

        assert keep_house(town_hall, NOON + HOUR) == {"draft idle": 1}

    def test_is_known_to_be_older_than_what_was_saved(
        self, park: Park, find: Find, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        with town_hall.reading() as session:
            mark = as_shown.mark(as_shown.nonce_of(session.get_one(Draft, draft_id)), os.urandom)
        park(replace(TYPED, mark=mark), draft_id=draft_id)
        before = find(draft_id=draft_id)
        with town_hall.transaction() as session:
            drafts.change(session, draft_id, REGISTRATION, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

        after = find(draft_id=draft_id)

        assert before is not None
        assert after is not None
        assert (before.is_older, after.is_older) == (False, True)

    def test_is_no_other_page_of_the_same_address(self, park: Park, find: Find, draft_id: str) -> None:
        park(draft_id=draft_id)

        assert find() is None
        assert find(draft_id=draft_id) is not None


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
