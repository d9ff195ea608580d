"""What is to be done, as counts: one question, in which everybody sees their own and nobody a colleague's."""

from dataclasses import replace

import pytest
from print_desk import Desk
from sqlalchemy import event, select
from town_hall import DAY, NOON, SHOWN, TownHall

from cardservice.domain import drafts, issuance, open_work, pick_up, second_look
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.open_work import OpenWork, Step
from cardservice.storage.models import Card, PrintedCard
from cardservice.terms import CameOut, CardState


def of(hall: TownHall, actor: Actor | None, now: object = NOON) -> OpenWork:
    with hall.reading() as session:
        if actor is None:
            return open_work.of_desk(session, now=now)  # type: ignore[arg-type]
        return open_work.of_person(session, actor=actor, now=now)  # type: ignore[arg-type]


def submit(hall: TownHall, actor: Actor, approver: Actor | None = None) -> str:
    draft_id = hall.register(actor)
    with hall.transaction() as session:
        issuance.submit(session, draft_id, actor=actor, now=NOON)
        if approver is not None:
            issuance.approve(session, draft_id, actor=approver, now=NOON)
    return draft_id


def doubted(hall: TownHall, actor: Actor) -> None:
    """Papers that are not enough, and that a supervisor is asked to look at."""
    with hall.transaction() as session:
        draft = drafts.open_draft(
            session,
            evidence=replace(SHOWN, is_met=False),
            actor=actor,
            now=NOON,
            day_keys=hall.day_keys,
            token_bytes=hall.token_bytes,
        )
        second_look.ask(session, draft.id, actor=actor, now=NOON)


@pytest.fixture
def busy(town_hall: TownHall, clerk: Actor, other_clerk: Actor, supervisor: Actor) -> TownHall:
    """A desk with one of the clerk's at each step, and one of a colleague's that is filled in."""
    town_hall.register(clerk)
    town_hall.register(other_clerk)
    doubted(town_hall, clerk)
    submit(town_hall, clerk)
    submit(town_hall, clerk, supervisor)
    desk = Desk(town_hall, clerk)
    _, printed = desk.sign(2)
    job = desk.begin([printed])
    desk.send(job)
    desk.answer(job, {printed.card_number: CameOut.WELL})
    town_hall.make_card(clerk, CardState.ACTIVE)
    return town_hall


class TestCounts:
    def test_are_of_what_a_clerk_does_next(self, busy: TownHall, clerk: Actor) -> None:
        assert of(busy, clerk) == OpenWork(dict.fromkeys(Step, 1), late=0)

    def test_are_of_nobody_elses_work(self, busy: TownHall, other_clerk: Actor) -> None:
        assert of(busy, other_clerk) == OpenWork({Step.FILL_IN: 1}, late=0)
        assert of(busy, CONSOLE) == OpenWork({}, late=0)

    def test_are_for_a_supervisor_also_of_what_waits_for_one(self, busy: TownHall, supervisor: Actor) -> None:
        assert of(busy, supervisor) == OpenWork({Step.LOOK: 1, Step.APPROVE: 1}, late=0)

    def test_of_the_whole_desk_are_of_everybody(self, busy: TownHall) -> None:
        assert of(busy, None) == OpenWork({**dict.fromkeys(Step, 1), Step.FILL_IN: 2}, late=0)

    def test_know_nothing_of_a_day_that_is_over(self, busy: TownHall, clerk: Actor) -> None:
        assert of(busy, clerk, NOON + DAY) == OpenWork({}, late=0)

    def test_are_one_question(self, busy: TownHall, clerk: Actor) -> None:
        asked: list[str] = []
        event.listen(busy.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

        of(busy, clerk)

        assert len([statement for statement in asked if "FROM drafts" in statement]) == 1


class TestPrinted:
    def test_are_those_on_paper_until_they_are_handed_over(self, busy: TownHall) -> None:
        with busy.reading() as session:
            on_paper = session.scalars(select(Card.draft_id).join(PrintedCard)).all()

            assert list(open_work.printed(session)) == on_paper
            assert len(on_paper) == 1


class TestAnApprovedCard:
    def test_is_printed_by_whoever_may(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        town_hall.issue(submit(town_hall, clerk, supervisor), clerk)

        assert of(town_hall, supervisor) == of(town_hall, clerk) == OpenWork({Step.PRINT: 1}, late=0)


class TestACardThatIsKept:
    @pytest.mark.parametrize(("on_day", "late"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1)])
    def test_is_late_on_its_last_two_days(self, town_hall: TownHall, clerk: Actor, on_day: int, late: int) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.issue(draft_id, clerk)
        with town_hall.transaction() as session:
            pick_up.keep(session, draft_id, days=4, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

        assert of(town_hall, clerk, NOON + on_day * DAY) == OpenWork({Step.PRINT: 1}, late=late)

    def test_is_late_for_whoever_registered_it(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        draft_id = submit(town_hall, clerk, supervisor)
        town_hall.issue(draft_id, clerk)
        with town_hall.transaction() as session:
            pick_up.keep(session, draft_id, days=1, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

        found = [of(town_hall, actor, NOON + DAY).late for actor in (clerk, supervisor, None)]

        assert found == [1, 0, 1]
