"""How many cards one person may issue on a day."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from town_hall import DAY, NOON, TownHall

from cardservice.domain import issuance
from cardservice.domain.actor import Actor
from cardservice.domain.daily_cap import EnoughForToday
from cardservice.storage.models import Card
from cardservice.terms import CardState, RevocationReason


@pytest.fixture
def capped(town_hall: TownHall) -> TownHall:
    """A town in which one person may issue two cards a day."""
    town_hall.issuing = replace(town_hall.issuing, cards_a_day=2)
    return town_hall


def issue(town_hall: TownHall, actor: Actor, **when: object) -> str:
    return town_hall.issue(town_hall.register(actor, **when), actor, **when).card_number  # type: ignore[arg-type]


def cards(town_hall: TownHall) -> int:
    with town_hall.reading() as session:
        return session.scalar(select(func.count()).select_from(Card)) or 0


class TestTheCap:
    def test_stops_the_card_after_the_last_one_and_burns_nothing(self, capped: TownHall, clerk: Actor) -> None:
        issue(capped, clerk)
        issue(capped, clerk)

        with pytest.raises(EnoughForToday) as refused:
            issue(capped, clerk)

        assert refused.value.cards_a_day == 2
        assert "register the person again tomorrow" in str(refused.value)
        assert cards(capped) == 2

    def test_is_each_persons_own(self, capped: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        for actor in (clerk, other_clerk, clerk, other_clerk):
            issue(capped, actor)

        assert cards(capped) == 4

    def test_begins_anew_the_next_day(self, capped: TownHall, clerk: Actor) -> None:
        for day in range(3):
            issue(capped, clerk, now=NOON + day * DAY)
            issue(capped, clerk, now=NOON + day * DAY)

        assert cards(capped) == 6

    def test_counts_a_card_that_was_spoilt(self, capped: TownHall, clerk: Actor) -> None:
        """A blank was used, and a card was signed."""
        for _ in range(2):
            number = issue(capped, clerk)
            with capped.transaction() as session:
                issuance.spoil(session, number, RevocationReason.DAMAGED, actor=clerk, now=NOON)

        with pytest.raises(EnoughForToday):
            issue(capped, clerk)

    def test_does_not_stop_a_second_click_or_a_card_that_was_begun(self, capped: TownHall, clerk: Actor) -> None:
        issue(capped, clerk)
        draft_id = capped.register(clerk)
        first = capped.issue(draft_id, clerk)

        assert capped.issue(draft_id, clerk) == first
        capped.hand_over(first.card_number, clerk)
        assert capped.card(first.card_number).state is CardState.ACTIVE

    def test_is_not_moved_by_a_clock_that_was_ahead(self, capped: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        issue(capped, clerk)
        issue(capped, other_clerk, now=NOON + DAY)
        issue(capped, clerk)

        with pytest.raises(EnoughForToday):
            issue(capped, clerk)

    def test_is_none_where_the_town_sets_no_number(self, town_hall: TownHall, clerk: Actor) -> None:
        for _ in range(4):
            issue(town_hall, clerk)

        assert cards(town_hall) == 4
