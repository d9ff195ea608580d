"""Drafts: sealed from the first commit on, seen by few, never changed under an approval, and gone with their day."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import drafts, issuance, pick_up
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.card_numbers import draw
from cardservice.domain.cards import CardNotFound
from cardservice.domain.drafts import AlreadyIssued, DraftGone, DraftNotFound, OnlyForStaff
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.pick_up import NotWaiting
from cardservice.domain.registration import RegistrationRefused
from cardservice.domain.renewal import NotHandedOver
from cardservice.storage.models import AuditEntry, Draft
from cardservice.terms import CardState, DraftState, StaffRole

CANARIES = [
    "Karim", "al-Haddad", "كريم", "19920229", "fra", "ara", "a drawing",
]  # fmt: skip
KEPT = {"id", "creator_id", "approver_id", "state", "created_at", "touched_at", "key_day", "ciphertext"}


def read(town_hall: TownHall, draft_id: str, actor: Actor, now: datetime = NOON) -> object:
    with town_hall.reading() as session:
        return drafts.read(session, draft_id, actor=actor, now=now, day_keys=town_hall.day_keys)


class TestOpenDraft:
    def test_gives_back_what_was_registered(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        assert read(town_hall, draft_id, clerk) == REGISTRATION

    def test_keeps_nothing_readable_in_the_row(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with town_hall.reading() as session:
            row = session.execute(text("SELECT * FROM drafts")).one()._mapping
        written = " ".join(str(value) for value in row.values()) + bytes(row["ciphertext"]).decode("latin-1")
        assert set(row) == KEPT
        assert row["id"] == draft_id
        assert [canary for canary in CANARIES if canary in written] == []

    def test_has_no_column_for_anything_else(self) -> None:
        assert {column.key for column in inspect(Draft).columns} == KEPT

    def test_never_writes_the_plaintext_to_the_database_file(
        self, town_hall: TownHall, clerk: Actor, request: pytest.FixtureRequest
    ) -> None:
        file = town_hall.engine.url.database
        if town_hall.engine.dialect.name != "sqlite" or file is None:
            pytest.skip("the files of a PostgreSQL server are another user's")
        draft_id = town_hall.register(clerk)
        town_hall.issue(draft_id, clerk)

        on_disk = b"".join(path.read_bytes() for path in Path(file).parent.glob("register.db*"))

        assert draft_id.encode() in on_disk
        assert [canary for canary in CANARIES if len(canary) > 3 and canary.encode() in on_disk] == []

    def test_notes_minutes_and_the_day_only(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk, now=NOON + timedelta(seconds=59))

        with town_hall.reading() as session:
            draft = session.get_one(Draft, draft_id)
            assert (draft.created_at, draft.touched_at, draft.key_day) == (NOON, NOON, NOON.date())
            assert (draft.state, draft.creator_id, draft.card_number) == (DraftState.OPEN, clerk.staff_id, None)

    def test_refuses_what_could_not_be_issued(self, town_hall: TownHall, clerk: Actor) -> None:
        with pytest.raises(RegistrationRefused):
            town_hall.register(clerk, replace(REGISTRATION, name=""))

    def test_is_for_staff_only(self, town_hall: TownHall) -> None:
        with pytest.raises(OnlyForStaff):
            town_hall.register(CONSOLE)

    def test_refuses_to_replace_a_card_that_is_not_there(self, town_hall: TownHall, clerk: Actor) -> None:
        with pytest.raises(CardNotFound):
            town_hall.register(clerk, replace(REGISTRATION, replaces=draw(os.urandom)))

    def test_refuses_to_replace_a_card_that_was_not_handed_over(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        signed = make_card(CardState.SIGNED)

        with pytest.raises(NotHandedOver):
            town_hall.register(clerk, replace(REGISTRATION, replaces=signed.card_number))


class TestRead:
    """Who may see a draft: every role × whose it is × where it stands."""

    @pytest.mark.parametrize("state", list(DraftState))
    @pytest.mark.parametrize("role", list(StaffRole))
    @pytest.mark.parametrize("own", [True, False])
    def test_is_for_its_creator_and_the_supervisor_who_approves(
        self, town_hall: TownHall, clerk: Actor, role: StaffRole, own: bool, state: DraftState
    ) -> None:
        draft_id = town_hall.register(clerk)
        reader = replace(clerk, role=role) if own else town_hall.hire("another", role)
        with town_hall.transaction() as session:
            session.get_one(Draft, draft_id).state = state
        approves = role is StaffRole.SUPERVISOR and state in {
            DraftState.SECOND_LOOK,
            DraftState.WAITING,
            DraftState.APPROVED,
        }

        if own or approves:
            assert read(town_hall, draft_id, reader) == REGISTRATION
            return
        with pytest.raises(DraftNotFound):
            read(town_hall, draft_id, reader)

    def test_is_not_for_the_console(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with pytest.raises(DraftNotFound):
            read(town_hall, draft_id, CONSOLE)

    def test_says_the_same_of_a_draft_that_never_was(self, town_hall: TownHall, clerk: Actor) -> None:
        with pytest.raises(DraftNotFound):
            read(town_hall, "0" * 32, clerk)

    def test_ends_with_the_day_even_if_nothing_cleaned_up(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        before_midnight = NOON.replace(hour=23, minute=59)

        assert read(town_hall, draft_id, clerk, before_midnight) == REGISTRATION
        with pytest.raises(DraftGone):
            read(town_hall, draft_id, clerk, before_midnight + timedelta(minutes=1))

    def test_says_plainly_when_the_machine_was_restarted(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.day_keys = DayKeys.in_process()

        with pytest.raises(DraftGone, match="Register the person again"):
            read(town_hall, draft_id, clerk)


class TestChange:
    def test_replaces_what_was_registered(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        changed = replace(REGISTRATION, name="Karim Haddad", portrait_code=None)

        _change(town_hall, draft_id, clerk, changed)

        assert read(town_hall, draft_id, clerk) == changed

    def test_takes_an_approval_back(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        draft_id = town_hall.register(clerk)
        with town_hall.transaction() as session:
            issuance.submit(session, draft_id, actor=clerk, now=NOON)
            issuance.approve(session, draft_id, actor=supervisor, now=NOON)

        _change(town_hall, draft_id, clerk, REGISTRATION)

        with town_hall.transaction() as session:
            draft = session.get_one(Draft, draft_id)
            assert (draft.state, draft.approver_id) == (DraftState.OPEN, None)
            assert "draft.reopened" in set(session.scalars(select(AuditEntry.action)))

    def test_refuses_a_draft_that_became_a_card(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        issued = town_hall.issue(draft_id, clerk)

        with pytest.raises(AlreadyIssued) as caught:
            _change(town_hall, draft_id, clerk, REGISTRATION)

        assert caught.value.card_number == issued.card_number

    def test_refuses_what_could_not_be_issued(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with pytest.raises(RegistrationRefused):
            _change(town_hall, draft_id, clerk, replace(REGISTRATION, birth_date="2025"))

        assert read(town_hall, draft_id, clerk) == REGISTRATION

    def test_counts_as_work_and_time_never_goes_back(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        for hour in (14, 13):
            _change(town_hall, draft_id, clerk, REGISTRATION, now=NOON.replace(hour=hour))

        with town_hall.reading() as session:
            assert session.get_one(Draft, draft_id).touched_at == NOON.replace(hour=14)


class TestDiscard:
    def test_leaves_nothing(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with town_hall.transaction() as session:
            drafts.discard(session, draft_id, actor=clerk, now=NOON)

        with town_hall.reading() as session:
            assert session.get(Draft, draft_id) is None

    def test_revokes_a_card_that_was_signed_from_it(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        issued = town_hall.issue(draft_id, clerk)

        with town_hall.transaction() as session:
            drafts.discard(session, draft_id, actor=clerk, now=NOON)

        card = town_hall.card(issued.card_number)
        assert (card.state, card.place.invalid, card.draft_id) == (CardState.REVOKED, True, None)

    def test_is_not_for_others(self, town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        for target in (draft_id, "0" * 32):
            with pytest.raises(DraftNotFound), town_hall.transaction() as session:
                drafts.discard(session, target, actor=other_clerk, now=NOON)


class TestWaiting:
    def test_lists_what_the_actor_may_see_oldest_first(
        self, town_hall: TownHall, clerk: Actor, other_clerk: Actor, supervisor: Actor
    ) -> None:
        later = town_hall.register(clerk, now=NOON + timedelta(minutes=5))
        earlier = town_hall.register(clerk)
        submitted = town_hall.register(other_clerk, now=NOON + timedelta(minutes=9))
        town_hall.register(clerk, now=NOON - DAY)
        with town_hall.transaction() as session:
            issuance.submit(session, submitted, actor=other_clerk, now=NOON)

        seen = {}
        with town_hall.reading() as session:
            for actor in (clerk, other_clerk, supervisor):
                seen[actor.name] = [draft.id for draft in drafts.waiting(session, actor=actor, now=NOON)]

        assert seen == {"clerk one": [earlier, later], "clerk two": [submitted], "supervisor one": [submitted]}

    def test_knows_the_card_after_the_session_is_closed(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        with town_hall.reading() as session:
            (draft,) = drafts.waiting(session, actor=clerk, now=NOON)

        assert draft.card_number == issued.card_number


class TestKeepForPickUp:
    def test_moves_a_signed_card_under_the_key_of_a_later_day(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        issued = town_hall.issue(draft_id, clerk)

        _keep(town_hall, draft_id, clerk, days=7)
        town_hall.day_keys.destroy_before(NOON.date() + DAY)

        with town_hall.reading() as session:
            later = NOON + 7 * DAY
            again = issuance.reprint(session, draft_id, actor=clerk, now=later, day_keys=town_hall.day_keys)
            assert again == issued
            with pytest.raises(DraftGone):
                drafts.get(session, draft_id, actor=clerk, now=later + DAY)

    def test_never_reaches_beyond_fourteen_days_from_registration(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.issue(draft_id, clerk)

        for days_later in range(0, 14, 3):
            _keep(town_hall, draft_id, clerk, now=NOON + days_later * DAY)

        with town_hall.reading() as session:
            assert session.get_one(Draft, draft_id).key_day == NOON.date() + 14 * DAY

    def test_is_for_signed_cards_only(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with pytest.raises(NotWaiting):
            _keep(town_hall, draft_id, clerk)


class TestMessages:
    def test_name_nobody(self) -> None:
        for error in (DraftNotFound(), DraftGone(), AlreadyIssued("000000000000"), OnlyForStaff(), NotWaiting()):
            assert re.search(r"[A-Z].*\.", str(error))


def _change(town_hall: TownHall, draft_id: str, actor: Actor, to: drafts.Registration, now: datetime = NOON) -> None:
    with town_hall.transaction() as session:
        drafts.change(session, draft_id, to, actor=actor, now=now, day_keys=town_hall.day_keys)


def _keep(town_hall: TownHall, draft_id: str, actor: Actor, now: datetime = NOON, days: int = 14) -> None:
    with town_hall.transaction() as session:
        pick_up.keep(
            session, draft_id, days=days, actor=actor, now=now, day_keys=town_hall.day_keys
        )  # fmt: skip
