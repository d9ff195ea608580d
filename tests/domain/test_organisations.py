"""Organisations whose letters count: from when to when, so many a month, and no trace of whose letters they were."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from town_hall import NOON, TownHall

from cardservice.domain import organisations, retention
from cardservice.domain.actor import Actor
from cardservice.domain.organisations import (
    LettersNoMore,
    Organisation,
    OrganisationNameTaken,
    OrganisationNotFound,
    Standing,
    StandingRefused,
)
from cardservice.domain.partners import PartnerNameRefused
from cardservice.storage.models import AuditEntry, LetterCount
from cardservice.terms import PaperFault

TODAY = NOON.date()
ALWAYS = Standing(begins_on=TODAY)


def add(hall: TownHall, actor: Actor, name: str = "Night Shelter", standing: Standing = ALWAYS) -> int:
    with hall.transaction() as session:
        organisations.add(session, name, standing, actor=actor, now=NOON)
        return max(one.id for one in organisations.everybody(session, now=NOON))


def get(hall: TownHall, number: int, **later: int) -> Organisation:
    with hall.reading() as session:
        return organisations.get(session, number, now=NOON + timedelta(**later))


def letter(hall: TownHall, number: int, **later: int) -> None:
    with hall.transaction() as session:
        organisations.count_letter(session, number, now=NOON + timedelta(**later))


class TestTheList:
    def test_has_names_in_their_order_and_the_audit_who_changed_it(
        self, town_hall: TownHall, supervisor: Actor
    ) -> None:
        number = add(town_hall, supervisor, "  night   Shelter ")
        add(town_hall, supervisor, "Association of the Port")
        with town_hall.transaction() as session:
            organisations.change(session, number, "Night Shelter", ALWAYS, actor=supervisor, now=NOON)
            organisations.change(session, number, "NIGHT SHELTER", ALWAYS, actor=supervisor, now=NOON)

        with town_hall.transaction() as session:
            assert [one.name for one in organisations.everybody(session, now=NOON)] == [
                "Association of the Port",
                "NIGHT SHELTER",
            ]
            organisations.remove(session, number, actor=supervisor, now=NOON)
            entries = session.scalars(
                select(AuditEntry).where(AuditEntry.subject == f"organisation:{number}").order_by(AuditEntry.sequence)
            )
            assert [entry.action for entry in entries] == [
                "organisation.added",
                "organisation.changed",
                "organisation.changed",
                "organisation.removed",
            ]

    def test_takes_no_name_twice_and_none_that_is_none(self, town_hall: TownHall, supervisor: Actor) -> None:
        add(town_hall, supervisor)

        with pytest.raises(OrganisationNameTaken):
            add(town_hall, supervisor, "night shelter")
        with pytest.raises(PartnerNameRefused):
            add(town_hall, supervisor, "ana@example.org")

    @pytest.mark.parametrize(
        ("standing", "field"),
        [
            (Standing(begins_on=TODAY, ends_on=TODAY - timedelta(days=1)), "ends_on"),
            (Standing(begins_on=TODAY, letters_a_month=-1), "letters_a_month"),
            (Standing(begins_on=TODAY, letters_a_month=10_001), "letters_a_month"),
        ],
    )
    def test_takes_no_impossible_standing(
        self, town_hall: TownHall, supervisor: Actor, standing: Standing, field: str
    ) -> None:
        with pytest.raises(StandingRefused) as refused:
            add(town_hall, supervisor, standing=standing)

        assert refused.value.field == field

    def test_does_not_know_a_number_that_was_never_given(self, town_hall: TownHall) -> None:
        with pytest.raises(OrganisationNotFound):
            get(town_hall, 99)


class TestALetter:
    @pytest.mark.parametrize(
        ("first", "last", "fault"),
        [
            (TODAY, None, None),
            (TODAY, TODAY, None),
            (TODAY - timedelta(days=9), TODAY - timedelta(days=1), PaperFault.NOT_NOW),
            (TODAY + timedelta(days=1), None, PaperFault.NOT_NOW),
        ],
    )
    def test_counts_from_the_first_day_to_the_last(
        self, town_hall: TownHall, supervisor: Actor, first: date, last: date | None, fault: PaperFault | None
    ) -> None:
        number = add(town_hall, supervisor, standing=Standing(begins_on=first, ends_on=last))

        assert get(town_hall, number).fault is fault

    def test_counts_until_the_number_of_the_month_is_reached_and_again_in_the_next(
        self, town_hall: TownHall, supervisor: Actor
    ) -> None:
        number = add(town_hall, supervisor, standing=Standing(begins_on=TODAY, letters_a_month=2))

        letter(town_hall, number)
        assert (get(town_hall, number).letters, get(town_hall, number).fault) == (1, None)
        letter(town_hall, number)
        assert (get(town_hall, number).letters, get(town_hall, number).fault) == (2, PaperFault.ENOUGH_LETTERS)
        assert (get(town_hall, number, days=31).letters, get(town_hall, number, days=31).fault) == (0, None)

    def test_is_counted_for_nobody_whose_letters_have_ceased_to_count(
        self, town_hall: TownHall, supervisor: Actor
    ) -> None:
        number = add(town_hall, supervisor, standing=Standing(begins_on=TODAY, letters_a_month=1))
        letter(town_hall, number)

        with pytest.raises(LettersNoMore):
            letter(town_hall, number)
        with pytest.raises(OrganisationNotFound):
            letter(town_hall, number + 99)

        assert get(town_hall, number).letters == 1

    def test_is_counted_in_the_present_month_only(self, town_hall: TownHall, supervisor: Actor) -> None:
        number, other = add(town_hall, supervisor), add(town_hall, supervisor, "Other")
        letter(town_hall, number)
        letter(town_hall, other)

        letter(town_hall, number, days=31)

        with town_hall.reading() as session:
            rows = session.execute(select(LetterCount.organisation_id, LetterCount.month, LetterCount.count)).all()
        assert [tuple(row) for row in rows] == [(number, f"{NOON + timedelta(days=31):%Y-%m}", 1)]

    def test_count_ends_with_its_month_by_housekeeping(self, town_hall: TownHall, supervisor: Actor) -> None:
        letter(town_hall, add(town_hall, supervisor))

        for later, done in ((0, {}), (31, {"letter counts forgotten": 1})):
            counts = retention.housekeeping(
                town_hall.transaction, now=NOON + timedelta(days=later), day_keys=town_hall.day_keys
            )
            assert {name: count for name, count in counts.items() if "letter" in name} == done

    def test_count_goes_with_its_organisation(self, town_hall: TownHall, supervisor: Actor) -> None:
        number = add(town_hall, supervisor)
        letter(town_hall, number)

        with town_hall.transaction() as session:
            organisations.remove(session, number, actor=supervisor, now=NOON)

        with town_hall.reading() as session:
            assert session.scalars(select(LetterCount)).all() == []
