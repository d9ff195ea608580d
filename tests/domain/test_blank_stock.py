"""Blanks that are counted: what came, what went, what is left, and what is said when the box holds something else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.domain import audit, blank_stock
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.blank_stock import MoreThanInTheBox, NotANumberOfBlanks
from cardservice.terms import BlankUse

KIND = "cr80"


@pytest.fixture
def box(session: Session, supervisor: Actor) -> Session:
    """A box of a hundred."""
    blank_stock.receive(session, KIND, 100, actor=supervisor, now=NOON)
    return session


@pytest.fixture
def session(town_hall: TownHall, supervisor: Actor) -> Iterator[Session]:
    assert supervisor.staff_id, "whoever acts is hired before the register is held"
    with town_hall.transaction() as opened:
        yield opened


class TestTheBox:
    def test_holds_what_came_less_what_went(self, box: Session, supervisor: Actor) -> None:
        blank_stock.add(box, KIND, BlankUse.ISSUED, now=NOON, by=3)
        blank_stock.spoil(box, KIND, 2, actor=supervisor, now=NOON)

        assert blank_stock.of_kind(box, KIND, now=NOON).left == 95

    def test_of_another_kind_is_another_box(self, box: Session) -> None:
        assert blank_stock.of_kind(box, "sheets", now=NOON).left == 0

    def test_has_the_figures_of_today_beside_those_of_ever(self, box: Session, supervisor: Actor) -> None:
        blank_stock.spoil(box, KIND, 2, actor=supervisor, now=NOON + DAY)

        stock = blank_stock.of_kind(box, KIND, now=NOON + DAY)

        assert (stock.today[BlankUse.SPOILT], stock.today[BlankUse.RECEIVED]) == (2, 0)
        assert stock.ever[BlankUse.RECEIVED] == 100

    @pytest.mark.parametrize(("kind", "number"), [(KIND, -1), (KIND, 100_001), ("", 1), ("a name", 1)])
    def test_takes_no_number_that_is_none(self, box: Session, supervisor: Actor, kind: str, number: int) -> None:
        for say in (blank_stock.receive, blank_stock.spoil, blank_stock.take_stock):
            with pytest.raises(NotANumberOfBlanks):
                say(box, kind, number, actor=supervisor, now=NOON)

    def test_takes_none_for_an_empty_box_and_for_nothing_that_came_or_was_spoilt(
        self, box: Session, supervisor: Actor
    ) -> None:
        blank_stock.take_stock(box, KIND, 0, actor=supervisor, now=NOON)

        assert blank_stock.of_kind(box, KIND, now=NOON).left == 0
        for say in (blank_stock.receive, blank_stock.spoil):
            with pytest.raises(NotANumberOfBlanks):
                say(box, KIND, 0, actor=supervisor, now=NOON)


class TestSpoilt:
    """Of what is in the box, as far as anybody has said what is in it."""

    @pytest.mark.parametrize("number", [98, 100_000])
    def test_are_no_more_than_the_box_holds(self, box: Session, supervisor: Actor, number: int) -> None:
        blank_stock.add(box, KIND, BlankUse.ISSUED, now=NOON, by=3)

        with pytest.raises(MoreThanInTheBox) as refused:
            blank_stock.spoil(box, KIND, number, actor=supervisor, now=NOON)

        assert refused.value.left == 97
        assert blank_stock.of_kind(box, KIND, now=NOON).left == 97
        blank_stock.spoil(box, KIND, 97, actor=supervisor, now=NOON)
        with pytest.raises(MoreThanInTheBox):
            blank_stock.spoil(box, KIND, 1, actor=supervisor, now=NOON)

    def test_are_believed_where_the_box_was_never_noted_or_not_all_of_it(
        self, session: Session, supervisor: Actor
    ) -> None:
        blank_stock.spoil(session, KIND, 4, actor=supervisor, now=NOON)
        blank_stock.receive(session, KIND, 2, actor=supervisor, now=NOON)

        blank_stock.spoil(session, KIND, 3, actor=supervisor, now=NOON)

        assert blank_stock.of_kind(session, KIND, now=NOON).left == -5


class TestCounting:
    @pytest.mark.parametrize(("counted", "difference"), [(100, 0), (98, -2), (101, 1)])
    def test_says_the_difference_and_goes_on_from_what_is_there(
        self, box: Session, supervisor: Actor, counted: int, difference: int
    ) -> None:
        assert blank_stock.take_stock(box, KIND, counted, actor=supervisor, now=NOON) == difference

        stock = blank_stock.of_kind(box, KIND, now=NOON)
        assert (stock.left, stock.difference, stock.counted_on) == (counted, difference, NOON.date())

    def test_stands_in_the_audit_with_whether_it_agreed(self, box: Session, supervisor: Actor) -> None:
        blank_stock.take_stock(box, KIND, 100, actor=supervisor, now=NOON)
        blank_stock.take_stock(box, KIND, 99, actor=supervisor, now=NOON)

        differs, agrees = audit.entries(box, limit=2)
        assert (agrees.action, differs.action) == (Action.BLANKS_COUNTED, Action.BLANKS_DIFFER)
        assert {agrees.subject, differs.subject} == {f"blanks:{KIND}"}

    @pytest.mark.parametrize(("first", "again", "found"), [(95, 100, 0), (103, 100, 0), (95, 98, -2), (103, 90, -10)])
    def test_again_on_the_same_day_is_said_with_what_was_found_before(
        self, box: Session, supervisor: Actor, first: int, again: int, found: int
    ) -> None:
        blank_stock.take_stock(box, KIND, first, actor=supervisor, now=NOON)

        assert blank_stock.take_stock(box, KIND, again, actor=supervisor, now=NOON) == found
        assert blank_stock.of_kind(box, KIND, now=NOON).difference == found
        assert blank_stock.differences(box, now=NOON) == ({KIND: found} if found else {})

    def test_hides_nothing_that_was_missing_behind_a_box_that_was_found(self, box: Session, supervisor: Actor) -> None:
        blank_stock.take_stock(box, KIND, 50, actor=supervisor, now=NOON)
        blank_stock.take_stock(box, KIND, 150, actor=supervisor, now=NOON + DAY)

        assert blank_stock.differences(box, now=NOON + DAY) == {KIND: -50}

    def test_is_remembered_for_a_week(self, box: Session, supervisor: Actor) -> None:
        blank_stock.take_stock(box, KIND, 98, actor=supervisor, now=NOON)

        assert blank_stock.differences(box, now=NOON + timedelta(days=6)) == {KIND: -2}
        assert blank_stock.differences(box, now=NOON + timedelta(days=7)) == {}
