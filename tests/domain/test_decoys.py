"""Decoys: a new list begins with places that are set and nobody's, so that counting them tells nobody how many ended.

T15: who has the newest lists learns nothing from their length, from where bits are set, or from how many are.
"""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from restored import backed_up, restore
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.domain import revocation, status_places
from cardservice.domain.actor import CONSOLE
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.status_places import DECOYS, LIST_SIZE, ChanceFailed
from cardservice.storage.models import StatusIndex, StatusList
from cardservice.terms import CardState, RevocationReason
from cardservice.verify import Kit

BINS = 64
SELDOM = 92.01
"""Of chance alone, chi-square with 63 degrees of freedom is above this once in a hundred times (p = 0.01)."""
LISTS = 6


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path) -> TownHall:
    """A town whose lists have decoys, by a source of randomness that comes out the same again."""
    hall = TownHall(engine, tmp_path / "kit", token_bytes=random.Random(15).randbytes)
    hall.town = replace(hall.town, decoys=DECOYS)
    return hall.open()


def decoys(hall: TownHall) -> dict[int, list[int]]:
    """The places that are set, by the list's number."""
    with hall.reading() as session:
        numbers = session.scalars(select(StatusList.number).order_by(StatusList.number)).all()
        return {number: status_places.invalid_positions(session, number) for number in numbers}


def chi_square(bins: list[int]) -> float:
    expected = len(bins) / BINS
    return sum((bins.count(number) - expected) ** 2 / expected for number in range(BINS))


def revoke(hall: TownHall, card: IssuedCard) -> None:
    with hall.transaction() as session:
        revocation.revoke(session, card.card_number, RevocationReason.LOST, actor=CONSOLE, now=NOON)


class TestANewList:
    def test_begins_with_decoys_that_the_published_list_shows_as_ended(self, guarded: TownHall) -> None:
        (burnt,) = decoys(guarded).values()
        (listed,) = Kit.load(guarded.kit).status_lists.values()

        assert len(burnt) in DECOYS
        assert len(set(burnt)) == len(burnt)
        assert sum(byte.bit_count() for byte in listed.packed) == len(burnt)
        assert all(listed.status(position) for position in burnt)
        assert listed.size == LIST_SIZE

    def test_counts_none_of_them_as_used_so_that_it_is_still_the_spare(self, guarded: TownHall) -> None:
        for days in (1, 2, 3):
            guarded.publish(now=NOON + days * DAY)

        assert list(decoys(guarded)) == [1]

    def test_gives_none_of_them_to_a_card(self, guarded: TownHall) -> None:
        burnt = set(decoys(guarded)[1])
        with guarded.transaction() as session:
            drawn = [status_places.reserve(session, token_bytes=guarded.token_bytes) for _ in range(500)]

        assert not burnt & {place.position for place in drawn}

    def test_holds_as_many_cards_as_without(self) -> None:
        """The decoys come out of the quarter that no card gets: at least an eighth stays free for drawing."""
        assert LIST_SIZE * 3 // 4 + DECOYS[-1] <= LIST_SIZE * 7 // 8

    def test_is_not_opened_where_chance_is_broken(self, session: Session) -> None:
        with pytest.raises(ChanceFailed):
            status_places.keep_a_spare(session, decoys=DECOYS, token_bytes=bytes)

    def test_keeps_the_decoys_of_its_opening(self, guarded: TownHall) -> None:
        before = decoys(guarded)

        guarded.publish(now=NOON + DAY)

        assert decoys(guarded) == before


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestAnOutsider:
    def open_lists(self, hall: TownHall) -> None:
        for day in range(1, LISTS):
            with hall.transaction() as session:
                session.get_one(StatusList, day).used = LIST_SIZE
            hall.publish(now=NOON + day * DAY)

    def test_sees_places_that_chance_alone_could_have_drawn(self, guarded: TownHall) -> None:
        """Decoys and ended cards together, over several lists."""
        for day in range(1, LISTS):
            with guarded.transaction() as session:
                drawn = [status_places.reserve(session, token_bytes=guarded.token_bytes) for _ in range(600)]
                ended = StatusIndex.position.in_([place.position for place in drawn[::3]])
                marked = update(StatusIndex).where(StatusIndex.list_number == day, ended).values(invalid=True)
                assert session.execute(marked).rowcount == 200  # type: ignore[attr-defined]
                session.get_one(StatusList, day).used = LIST_SIZE
            guarded.publish(now=NOON + day * DAY)

        lists = Kit.load(guarded.kit).status_lists
        assert len(lists) == LISTS
        assert {listed.size for listed in lists.values()} == {LIST_SIZE}
        for listed in lists.values():
            places = [place for place in range(LIST_SIZE) if listed.packed[place >> 3] >> (place & 7) & 1]
            assert chi_square([place * BINS // LIST_SIZE for place in places]) < SELDOM
            assert chi_square([place % BINS for place in places]) < SELDOM

    def test_cannot_take_the_number_of_set_places_for_the_number_of_ended_cards(self, guarded: TownHall) -> None:
        """Lists in which no card ended have numbers of set places that lie as far apart as ended cards could."""
        self.open_lists(guarded)

        counts = [len(burnt) for burnt in decoys(guarded).values()]

        assert all(count in DECOYS for count in counts)
        assert len(set(counts)) == LISTS
        assert max(counts) - min(counts) > 1_000

    def test_sees_a_number_that_chance_draws_evenly(self) -> None:
        chance = random.Random(15)
        drawn = [DECOYS[int.from_bytes(chance.randbytes(4), "big") % len(DECOYS)] for _ in range(20_000)]

        assert chi_square([(number - DECOYS[0]) * BINS // len(DECOYS) for number in drawn]) < SELDOM


class TestListsOfBefore:
    def test_stay_as_they_were_published(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        """A jump in a list that is known would tell itself; the next list that is opened has decoys."""
        make_card(CardState.REVOKED)
        town_hall.town = replace(town_hall.town, decoys=DECOYS)

        town_hall.publish(now=NOON + timedelta(hours=1))

        burnt = decoys(town_hall)
        assert len(burnt[1]) == 1
        assert len(burnt[2]) in DECOYS


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestARestoredRegister:
    @pytest.fixture
    def other(self, engine: Engine, second_register: Callable[[str], Engine]) -> Engine:
        return second_register(engine.dialect.name)

    def test_knows_decoys_as_burnt_out_of_the_backup_and_out_of_the_kit(self, guarded: TownHall, other: Engine) -> None:
        clerk = guarded.hire("clara", "clerk")  # type: ignore[arg-type]
        content = backed_up(guarded)
        since = guarded.make_card(clerk)
        guarded.publish(now=NOON + timedelta(hours=1))
        before = decoys(guarded)

        restored = restore(guarded, content, other, kit=guarded.kit, days=1)
        restored.hall.publish(now=NOON + DAY)

        after = decoys(restored.hall)
        assert restored.lessons.burnt == len(before[2])
        assert {number: after[number] for number in before} == before
        assert Kit.load(guarded.kit).problems == ()
        assert restored.hall.verdict(since.identity_code, now=NOON + DAY).reason == "valid"
        with restored.hall.reading() as session:
            rows = select(func.count()).select_from(StatusIndex).where(StatusIndex.list_number == 1)
            assert session.scalar(rows) == len(before[1])


class TestRandomness:
    def test_of_the_running_system_is_enough(self, session: Session) -> None:
        (row,) = status_places.keep_a_spare(session, decoys=DECOYS, token_bytes=os.urandom)

        assert len(status_places.invalid_positions(session, row.number)) in DECOYS
