"""Four eyes: creator and approver are two people, and what is approved is what the draft says now."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON, REGISTRATION, TownHall

from cardservice.day_keys import DayKeys
from cardservice.domain import approval, drafts, issuance
from cardservice.domain.actor import Actor
from cardservice.domain.approval import NotApproved, OwnDraft
from cardservice.domain.drafts import AlreadyIssued, DraftNotFound
from cardservice.domain.errors import DomainError
from cardservice.storage.models import AuditEntry, Draft
from cardservice.terms import CardState, DraftState, StaffRole

SEQUENCES = 10_000 if os.environ.get("CARDSERVICE_LONG") else 2_000


@pytest.fixture
def four_eyes(town_hall: TownHall) -> TownHall:
    town_hall.issuing = replace(town_hall.issuing, four_eyes=True)
    return town_hall


def submit(town_hall: TownHall, draft_id: str, actor: Actor) -> None:
    with town_hall.transaction() as session:
        issuance.submit(session, draft_id, actor=actor, now=NOON)


def approve(town_hall: TownHall, draft_id: str, actor: Actor) -> None:
    with town_hall.transaction() as session:
        issuance.approve(session, draft_id, actor=actor, now=NOON)


class TestIssue:
    def test_waits_for_a_second_person(self, four_eyes: TownHall, clerk: Actor, supervisor: Actor) -> None:
        draft_id = four_eyes.register(clerk)
        with pytest.raises(NotApproved):
            four_eyes.issue(draft_id, clerk)
        submit(four_eyes, draft_id, clerk)
        with pytest.raises(NotApproved):
            four_eyes.issue(draft_id, clerk)

        approve(four_eyes, draft_id, supervisor)
        by_clerk = four_eyes.issue(draft_id, clerk)

        assert four_eyes.issue(draft_id, supervisor) == by_clerk

    def test_does_not_wait_where_the_town_wants_two_eyes(self, town_hall: TownHall, clerk: Actor) -> None:
        assert town_hall.issue(town_hall.register(clerk), clerk)

    def test_is_stopped_by_a_change_after_the_approval(
        self, four_eyes: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        draft_id = four_eyes.register(clerk)
        submit(four_eyes, draft_id, clerk)
        approve(four_eyes, draft_id, supervisor)
        with four_eyes.transaction() as session:
            drafts.change(
                session, draft_id, replace(REGISTRATION, name="Somebody Else"), actor=clerk, now=NOON,
                day_keys=four_eyes.day_keys,
            )  # fmt: skip

        with pytest.raises(NotApproved):
            four_eyes.issue(draft_id, clerk)

    def test_is_not_stopped_by_answers_that_are_saved_as_they_were(
        self, four_eyes: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        draft_id = four_eyes.register(clerk)

        def save() -> None:
            with four_eyes.transaction() as session:
                drafts.change(session, draft_id, REGISTRATION, actor=clerk, now=NOON, day_keys=four_eyes.day_keys)

        save()
        submit(four_eyes, draft_id, clerk)
        save()
        approve(four_eyes, draft_id, supervisor)
        save()

        assert four_eyes.issue(draft_id, clerk)
        assert "draft.reopened" not in _actions(four_eyes, draft_id)


class TestSubmit:
    def test_is_noted_once(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        submit(town_hall, draft_id, clerk)
        submit(town_hall, draft_id, clerk)

        assert _actions(town_hall, draft_id) == ["draft.opened", "draft.submitted"]

    def test_refuses_a_draft_that_became_a_card(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.issue(draft_id, clerk)

        with pytest.raises(AlreadyIssued):
            submit(town_hall, draft_id, clerk)


class TestApprove:
    def test_is_never_for_the_creator(self, town_hall: TownHall, supervisor: Actor) -> None:
        draft_id = town_hall.register(supervisor)
        submit(town_hall, draft_id, supervisor)

        with pytest.raises(OwnDraft):
            approve(town_hall, draft_id, supervisor)

    def test_is_not_for_another_clerk(self, town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        submit(town_hall, draft_id, clerk)

        with pytest.raises(DraftNotFound):
            approve(town_hall, draft_id, other_clerk)

    def test_is_noted_once_with_the_first_approver(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        second = town_hall.hire("supervisor two", StaffRole.SUPERVISOR)
        draft_id = town_hall.register(clerk)
        submit(town_hall, draft_id, clerk)

        approve(town_hall, draft_id, supervisor)
        approve(town_hall, draft_id, second)

        with town_hall.reading() as session:
            assert session.get_one(Draft, draft_id).approver_id == supervisor.staff_id
        assert _actions(town_hall, draft_id) == ["draft.opened", "draft.submitted", "draft.approved"]

    def test_refuses_a_draft_that_became_a_card(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        draft_id = town_hall.register(clerk)
        submit(town_hall, draft_id, clerk)
        town_hall.issue(draft_id, clerk)

        with pytest.raises(AlreadyIssued):
            approve(town_hall, draft_id, supervisor)


class TestCheck:
    @pytest.mark.parametrize("approver_id", [None, 1])
    def test_does_not_believe_a_state_without_a_second_person(self, approver_id: int | None) -> None:
        """Should the row ever say so, by a mistake elsewhere or by somebody's hand."""
        with pytest.raises(NotApproved):
            approval.check(Draft(state=DraftState.APPROVED, creator_id=1, approver_id=approver_id))


class TestRandomSequences:
    def test_never_issue_what_its_creator_alone_has_seen(self, four_eyes: TownHall, clerk: Actor) -> None:
        """T1: at random, by people who are both clerk and supervisor at different times."""
        chance = random.Random(11)
        people = [clerk, four_eyes.hire("s1", StaffRole.SUPERVISOR), four_eyes.hire("s2", StaffRole.SUPERVISOR)]
        open_drafts = [(four_eyes.register(creator), creator) for creator in people]
        issued = 0

        for _ in range(120):
            draft_id, _creator = chance.choice(open_drafts)
            actor = chance.choice(people)
            try:
                step = chance.choice([submit, approve, TownHall.issue])
                issued += step(four_eyes, draft_id, actor) is not None
            except DomainError:
                continue

        assert issued
        with four_eyes.reading() as session:
            for draft in session.scalars(select(Draft)):
                assert draft.approver_id != draft.creator_id
                if draft.card is not None:
                    assert draft.card.state is CardState.SIGNED
                    assert draft.state is DraftState.APPROVED
                    assert draft.approver_id is not None

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_thousands_of_them_never_make_creator_and_approver_one_person(
        self, four_eyes: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """T1: the steps themselves, without their entries in the audit, which take the most time."""
        monkeypatch.setattr(approval.audit, "record", lambda *_, **__: None)
        chance, passed = random.Random(1), 0
        hired = [four_eyes.hire(name, StaffRole.SUPERVISOR) for name in ("one", "two", "three")]
        people = [replace(actor, role=role) for actor in hired for role in BOTH]
        draft_id = four_eyes.register(clerk)
        with four_eyes.transaction() as session:
            draft = session.get_one(Draft, draft_id)
            for _ in range(SEQUENCES):
                creator = chance.choice(people).staff_id
                draft.state, draft.creator_id, draft.approver_id, seen_by = DraftState.OPEN, creator, None, set()
                for _ in range(chance.randint(1, 6)):
                    seen_by = _a_step(session, draft, chance, people, seen_by, four_eyes.day_keys)
                    assert draft.approver_id != creator
                if _is_approved(draft):
                    passed += 1
                    assert draft.approver_id in seen_by - {creator}
            session.rollback()
        assert 0.02 * SEQUENCES < passed < 0.98 * SEQUENCES


BOTH = (StaffRole.CLERK, StaffRole.SUPERVISOR)


def _a_step(
    session: Session, draft: Draft, chance: random.Random, people: list[Actor], seen_by: set[int | None], keys: DayKeys
) -> set[int | None]:
    """Somebody does something with the draft. Returns who has approved what it says now."""
    actor = chance.choice(people)
    step = chance.choice(["submit", "approve", "approve", "change"])
    try:
        if step == "submit":
            approval.submit(session, draft.id, actor=actor, now=NOON)
        elif step == "approve":
            approval.approve(session, draft.id, actor=actor, now=NOON)
            return seen_by | {actor.staff_id}
        else:
            other = replace(REGISTRATION, name="".join(chance.choices("abcdefghij", k=12)))
            drafts.change(session, draft.id, other, actor=actor, now=NOON, day_keys=keys)
            return set()
    except DomainError:
        pass
    return seen_by


def _is_approved(draft: Draft) -> bool:
    try:
        approval.check(draft)
    except NotApproved:
        return False
    return True


class TestSixtyFourAtOnce:
    def test_approve_once_with_one_approver(self, four_eyes: TownHall, clerk: Actor) -> None:
        draft_id = four_eyes.register(clerk)
        submit(four_eyes, draft_id, clerk)
        people = [four_eyes.hire(f"supervisor {number}", StaffRole.SUPERVISOR) for number in range(64)]
        together = threading.Barrier(64)

        def press(actor: Actor) -> None:
            together.wait(30)
            approve(four_eyes, draft_id, actor)

        with ThreadPoolExecutor(64) as pool:
            list(pool.map(press, people))

        with four_eyes.reading() as session:
            draft = session.get_one(Draft, draft_id)
        assert draft.state is DraftState.APPROVED
        assert draft.approver_id in {actor.staff_id for actor in people}
        assert _actions(four_eyes, draft_id).count("draft.approved") == 1


def _actions(town_hall: TownHall, draft_id: str) -> list[str]:
    with town_hall.reading() as session:
        found = select(AuditEntry.action).where(AuditEntry.subject == f"draft:{draft_id}")
        return list(session.scalars(found.order_by(AuditEntry.sequence)))
