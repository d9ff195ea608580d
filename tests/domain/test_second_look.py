"""A second look at papers: a supervisor's, never at their own, and a refusal that leaves a count."""

import os
from dataclasses import replace

import pytest
from sqlalchemy import select
from town_hall import DAY, NOON, REGISTRATION, SHOWN, TownHall

from cardservice.domain import approval, correction, drafts, second_look
from cardservice.domain.actor import Actor
from cardservice.domain.age import Validity
from cardservice.domain.approval import OwnDraft
from cardservice.domain.draft_contents import Contents
from cardservice.domain.drafts import AlreadyIssued, DraftNotFound, EvidenceMissing, NothingTyped
from cardservice.domain.evidence import Evidence
from cardservice.domain.second_look import NobodyAsked
from cardservice.storage.models import AuditEntry, Card, Counter, Draft
from cardservice.terms import AcceptedFor, DraftState, PaperFault, RefusedFor

TOO_LITTLE = replace(SHOWN, kinds=("passport",), residency=0, is_met=False, refused_for=RefusedFor.RESIDENCY)


class Journey:
    """A registration that begins with papers."""

    def __init__(self, hall: TownHall, clerk: Actor, shown: Evidence | None = TOO_LITTLE) -> None:
        self.hall, self.clerk = hall, clerk
        with hall.transaction() as session:
            self.id = drafts.open_draft(
                session, evidence=shown, actor=clerk, now=NOON, day_keys=hall.day_keys, token_bytes=os.urandom
            ).id

    def papers(self, actor: Actor | None = None) -> second_look.Papers:
        with self.hall.reading() as session:
            return second_look.read(session, self.id, actor=actor or self.clerk, now=NOON, day_keys=self.hall.day_keys)

    def ask(self) -> None:
        with self.hall.transaction() as session:
            second_look.ask(session, self.id, actor=self.clerk, now=NOON)

    def show(self, shown: Evidence) -> None:
        with self.hall.transaction() as session:
            second_look.show(session, self.id, shown, actor=self.clerk, now=NOON, day_keys=self.hall.day_keys)

    def accept(self, actor: Actor) -> None:
        with self.hall.transaction() as session:
            second_look.accept(
                session, self.id, AcceptedFor.OTHER_KIND, actor=actor, now=NOON, day_keys=self.hall.day_keys
            )

    def decline(self, actor: Actor) -> None:
        with self.hall.transaction() as session:
            second_look.decline(session, self.id, actor=actor, now=NOON, day_keys=self.hall.day_keys)

    def refuse(self) -> None:
        with self.hall.transaction() as session:
            second_look.refuse(
                session, self.id, RefusedFor.RESIDENCY, actor=self.clerk, now=NOON, day_keys=self.hall.day_keys
            )

    def type(self) -> None:
        with self.hall.transaction() as session:
            drafts.change(session, self.id, REGISTRATION, actor=self.clerk, now=NOON, day_keys=self.hall.day_keys)

    @property
    def actions(self) -> list[str]:
        with self.hall.reading() as session:
            entries = select(AuditEntry).where(AuditEntry.subject == f"draft:{self.id}").order_by(AuditEntry.sequence)
            return [entry.action for entry in session.scalars(entries)]

    @property
    def counters(self) -> dict[str, int]:
        with self.hall.reading() as session:
            return {row.name: row.count for row in session.scalars(select(Counter)) if not row.name.startswith("draft")}


@pytest.fixture
def journey(town_hall: TownHall, clerk: Actor) -> Journey:
    return Journey(town_hall, clerk)


class TestPapers:
    def test_that_are_enough_lead_to_the_answers(self, town_hall: TownHall, clerk: Actor) -> None:
        journey = Journey(town_hall, clerk, SHOWN)

        assert journey.papers().state is DraftState.ANSWERS
        with pytest.raises(NothingTyped):
            town_hall.issue(journey.id, clerk)
        with town_hall.reading() as session, pytest.raises(NothingTyped):
            drafts.read(session, journey.id, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
        journey.type()
        assert journey.papers().state is DraftState.OPEN
        assert town_hall.issue(journey.id, clerk)
        assert journey.papers().is_issued
        assert journey.counters["card.signed by policy: test-1"] == 1

    def test_that_are_not_enough_make_no_card_and_burn_no_number(
        self, journey: Journey, town_hall: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        journey.type()

        with pytest.raises(EvidenceMissing):
            town_hall.issue(journey.id, clerk)
        with town_hall.transaction() as session, pytest.raises(EvidenceMissing):
            approval.submit(session, journey.id, actor=clerk, now=NOON)
        journey.ask()
        with town_hall.transaction() as session, pytest.raises(EvidenceMissing):
            approval.approve(session, journey.id, actor=supervisor, now=NOON)

        with town_hall.reading() as session:
            assert session.scalars(select(Card)).all() == []

    def test_that_nobody_showed_are_said_to_be_missing(self) -> None:
        with pytest.raises(EvidenceMissing):
            drafts.shown(Contents(registration=REGISTRATION))

    def test_are_kept_when_answers_change_and_answers_when_papers_do(self, journey: Journey) -> None:
        journey.type()
        journey.show(SHOWN)

        assert journey.papers().evidence == SHOWN
        assert journey.papers().state is DraftState.OPEN
        journey.type()
        assert journey.papers().evidence == SHOWN

    def test_that_change_take_an_approval_back(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        journey = Journey(town_hall, clerk, SHOWN)
        journey.type()
        with town_hall.transaction() as session:
            approval.submit(session, journey.id, actor=clerk, now=NOON)
        with town_hall.transaction() as session:
            approval.approve(session, journey.id, actor=supervisor, now=NOON)

        journey.show(TOO_LITTLE)

        assert journey.papers().state is DraftState.EVIDENCE
        assert journey.actions[-1] == "draft.reopened"

    def test_change_no_more_once_there_is_a_card(self, town_hall: TownHall, clerk: Actor) -> None:
        journey = Journey(town_hall, clerk, SHOWN)
        journey.type()
        town_hall.issue(journey.id, clerk)

        with pytest.raises(AlreadyIssued):
            journey.show(TOO_LITTLE)

    def test_know_the_card_that_is_replaced_before_anything_is_typed(self, town_hall: TownHall, clerk: Actor) -> None:
        old = town_hall.make_card(clerk).card_number
        keys = {"actor": clerk, "now": NOON, "day_keys": town_hall.day_keys, "token_bytes": os.urandom}
        with town_hall.transaction() as session:
            by_number = drafts.open_draft(session, evidence=SHOWN, replaces=old, **keys)
            scanned = drafts.open_draft(session, replace(REGISTRATION, replaces=old), evidence=None, **keys)

        with town_hall.reading() as session:
            found = [
                second_look.read(session, draft.id, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
                for draft in (by_number, scanned)
            ]
        assert [papers.replaces for papers in found] == [old, old]
        assert [papers.from_old_card for papers in found] == [False, True]


class TestPapersForAChild:
    """Papers that are enough for a child and not for an adult."""

    SHOWN = replace(SHOWN, kinds=("birth-certificate", "caretaker", "lease"), of_an_adult=TOO_LITTLE)

    @pytest.fixture
    def journey(self, town_hall: TownHall, clerk: Actor) -> Journey:
        return Journey(town_hall, clerk, self.SHOWN)

    def type(self, journey: Journey, *, is_child: bool) -> None:
        hall = journey.hall
        with hall.transaction() as session:
            drafts.change(
                session,
                journey.id,
                replace(REGISTRATION, birth_date="20190228" if is_child else "19920229"),
                is_child=is_child,
                actor=journey.clerk,
                now=NOON,
                day_keys=hall.day_keys,
            )

    def test_are_enough_until_the_birth_date_is_an_adults(self, journey: Journey) -> None:
        before = journey.papers()

        self.type(journey, is_child=False)

        after = journey.papers()
        assert (before.state, before.is_child, before.judged) == (DraftState.ANSWERS, None, self.SHOWN)
        assert (after.state, after.is_child, after.judged) == (DraftState.EVIDENCE, False, TOO_LITTLE)
        assert after.evidence == self.SHOWN

    def test_are_asked_about_by_a_supervisor_no_approval(
        self, journey: Journey, town_hall: TownHall, clerk: Actor
    ) -> None:
        self.type(journey, is_child=False)

        with town_hall.transaction() as session, pytest.raises(EvidenceMissing):
            approval.submit(session, journey.id, actor=clerk, now=NOON)
        with pytest.raises(EvidenceMissing):
            town_hall.issue(journey.id, clerk)

    def test_are_looked_at_by_the_limit_of_the_day_before_a_card_is_made(
        self, journey: Journey, town_hall: TownHall, clerk: Actor
    ) -> None:
        self.type(journey, is_child=True)
        assert journey.papers().state is DraftState.OPEN

        with pytest.raises(EvidenceMissing):
            town_hall.issue(journey.id, clerk)  # in this town nobody is a child

        with town_hall.reading() as session:
            assert session.scalars(select(Card)).all() == []
        town_hall.issuing = replace(town_hall.issuing, validity=Validity(years=2, child_age=16))
        issued = town_hall.issue(journey.id, clerk)
        assert town_hall.issue(journey.id, clerk) == issued

    def test_that_a_supervisor_accepted_are_enough_for_an_adult(
        self, journey: Journey, town_hall: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        self.type(journey, is_child=False)
        journey.ask()

        journey.accept(supervisor)

        assert journey.papers().state is DraftState.OPEN
        assert town_hall.issue(journey.id, clerk)

    def test_are_still_those_of_a_child_when_its_card_is_corrected(
        self, journey: Journey, town_hall: TownHall, clerk: Actor
    ) -> None:
        town_hall.issuing = replace(town_hall.issuing, validity=Validity(years=2, child_age=16))
        self.type(journey, is_child=True)
        number = town_hall.issue(journey.id, clerk).card_number

        with town_hall.transaction() as session:
            journey.id = correction.correct(
                session, number, actor=clerk, now=NOON, day_keys=town_hall.day_keys, token_bytes=os.urandom
            ).id

        assert journey.papers().is_child is True
        assert journey.papers().state is DraftState.OPEN

    def test_are_of_today_or_of_another_day(self, journey: Journey) -> None:
        assert journey.papers().is_of_today
        with journey.hall.transaction() as session:
            session.get_one(Draft, journey.id).created_at -= DAY

        assert not journey.papers().is_of_today

    def test_that_nobody_showed_are_judged_by_nobody(self, town_hall: TownHall, clerk: Actor) -> None:
        assert Journey(town_hall, clerk, None).papers().judged is None


class TestASecondLook:
    def test_is_seen_by_supervisors_once_it_is_asked_for(self, journey: Journey, supervisor: Actor) -> None:
        with pytest.raises(DraftNotFound):
            journey.papers(supervisor)

        journey.ask()
        journey.ask()

        assert journey.papers(supervisor).state is DraftState.SECOND_LOOK
        assert not journey.papers(supervisor).is_mine
        assert journey.actions == ["draft.opened", "draft.second look asked for"]

    def test_that_accepts_is_enough_and_says_by_whom_and_why(self, journey: Journey, supervisor: Actor) -> None:
        journey.ask()

        journey.accept(supervisor)

        kept = journey.papers().evidence
        assert kept is not None
        assert (kept.accepted_by, kept.accepted_for) == (supervisor.staff_id, AcceptedFor.OTHER_KIND)
        assert not kept.is_met
        assert journey.papers().is_accepted
        assert journey.papers().state is DraftState.ANSWERS
        assert journey.actions[-1] == "draft.second look accepted"
        assert journey.counters == {"second look accepted: paper of another kind": 1}

    def test_that_declines_goes_back_to_whoever_registers(self, journey: Journey, supervisor: Actor) -> None:
        journey.ask()

        journey.decline(supervisor)
        journey.refuse()

        assert journey.actions[-2:] == ["draft.second look declined", "draft.ended by refusal"]
        assert journey.counters == {"registration.refused: second look": 1}

    @pytest.mark.parametrize("left", [("passport",), ()])
    def test_that_declined_holds_for_the_same_papers_and_for_fewer(
        self, journey: Journey, supervisor: Actor, left: tuple[str, ...]
    ) -> None:
        journey.ask()
        journey.decline(supervisor)

        journey.show(replace(TOO_LITTLE, kinds=left))

        kept = journey.papers().evidence
        assert kept is not None
        assert kept.looked_at
        assert kept.was_declined_with(left)
        assert not kept.was_declined_with(("passport", "lease"))
        journey.refuse()
        assert journey.counters == {"registration.refused: second look": 1}

    def test_that_declined_is_no_answer_about_a_paper_that_is_new(self, journey: Journey, supervisor: Actor) -> None:
        journey.ask()
        journey.decline(supervisor)

        journey.show(replace(TOO_LITTLE, kinds=("passport", "lease")))

        kept = journey.papers().evidence
        assert kept is not None
        assert not kept.looked_at
        journey.ask()
        assert journey.papers(supervisor).state is DraftState.SECOND_LOOK

    def test_that_declined_is_an_answer_about_a_paper_that_did_not_count(
        self, journey: Journey, supervisor: Actor
    ) -> None:
        stale = replace(TOO_LITTLE, faults={"bill": PaperFault.TOO_OLD})
        journey.show(stale)
        journey.ask()
        journey.decline(supervisor)

        journey.show(replace(stale, faults={}))
        assert journey.papers().evidence == replace(stale, faults={}, looked_at=True)
        journey.show(replace(stale, faults={"lease": PaperFault.UNDATED}))

        assert journey.papers().evidence == replace(stale, faults={"lease": PaperFault.UNDATED})

    def test_is_nobodys_own(self, town_hall: TownHall, supervisor: Actor) -> None:
        journey = Journey(town_hall, supervisor)
        journey.ask()

        with pytest.raises(OwnDraft):
            journey.accept(supervisor)

    def test_is_taken_only_where_it_was_asked_for(
        self, journey: Journey, town_hall: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        journey.ask()
        journey.accept(supervisor)
        with pytest.raises(DraftNotFound):
            journey.accept(supervisor)

        journey.type()
        with town_hall.transaction() as session:
            approval.submit(session, journey.id, actor=clerk, now=NOON)
        with pytest.raises(NobodyAsked):
            journey.accept(supervisor)
        with pytest.raises(NobodyAsked):
            journey.ask()

    def test_lets_nobody_but_its_clerk_change_it(
        self, journey: Journey, town_hall: TownHall, supervisor: Actor
    ) -> None:
        journey.ask()
        theirs = {"actor": supervisor, "now": NOON, "day_keys": town_hall.day_keys}

        for change in (
            lambda session: second_look.show(session, journey.id, SHOWN, **theirs),
            lambda session: second_look.refuse(session, journey.id, RefusedFor.POINTS, **theirs),
            lambda session: second_look.ask(session, journey.id, actor=supervisor, now=NOON),
            lambda session: drafts.change(session, journey.id, REGISTRATION, **theirs),
        ):
            with town_hall.transaction() as session, pytest.raises(DraftNotFound):
                change(session)

        assert journey.papers().state is DraftState.SECOND_LOOK


class TestARefusal:
    @pytest.mark.parametrize("shown", [TOO_LITTLE, None, SHOWN])
    def test_leaves_a_count_by_reason_and_nothing_else(
        self, town_hall: TownHall, clerk: Actor, shown: Evidence | None
    ) -> None:
        journey = Journey(town_hall, clerk, shown)

        journey.refuse()

        with town_hall.reading() as session:
            assert session.scalars(select(Draft)).all() == []
        assert journey.counters == {"registration.refused: residency": 1}

    def test_is_not_for_a_card_that_was_made(self, town_hall: TownHall, clerk: Actor) -> None:
        journey = Journey(town_hall, clerk, SHOWN)
        journey.type()
        town_hall.issue(journey.id, clerk)

        with pytest.raises(AlreadyIssued):
            journey.refuse()
