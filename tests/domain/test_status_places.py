"""Places in the status lists: random, used once for ever, and in a list that is published."""

import os
import random
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from town_hall import TownHall

from cardservice.domain import status_places
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.status_places import LIST_SIZE, ChanceFailed, NoStatusListPublished
from cardservice.storage.models import Card, StatusIndex, StatusList
from cardservice.verify import Kit


def keep_a_spare(session: Session) -> list[StatusList]:
    """As publishing does it, without decoys: those are in test_decoys.py."""
    return status_places.keep_a_spare(session, decoys=range(1), token_bytes=os.urandom)


class TestReserve:
    def test_spreads_over_the_whole_list(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            positions = [status_places.reserve(session, token_bytes=os.urandom).position for _ in range(400)]

        assert len(set(positions)) == 400
        assert {position * 8 // LIST_SIZE for position in positions} == set(range(8))

    def test_tells_nothing_of_the_order(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            positions = [status_places.reserve(session, token_bytes=os.urandom).position for _ in range(600)]

        assert abs(_correlation(positions)) < 0.2

    def test_draws_again_where_a_place_is_taken(self, town_hall: TownHall) -> None:
        drawn = iter([7, 7, 7, 9])
        with town_hall.transaction() as session:
            places = [status_places.reserve(session, token_bytes=lambda _n: next(drawn).to_bytes(4)) for _ in range(2)]

            assert [place.position for place in places] == [7, 9]

    def test_never_gives_out_the_place_of_a_card_that_left_the_register(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number
        with town_hall.transaction() as session:
            card = session.get_one(Card, number)
            burnt = card.position
            session.delete(card)

        with town_hall.transaction() as session:
            drawn = iter([burnt, burnt, burnt + 1 if burnt + 1 < LIST_SIZE else 0])
            place = status_places.reserve(session, token_bytes=lambda _n: next(drawn).to_bytes(4))
            assert place.position != burnt

    def test_opens_the_next_list_when_one_is_three_quarters_full(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            session.get_one(StatusList, 1).used = LIST_SIZE * 3 // 4 - 1
        town_hall.publish()

        with town_hall.transaction() as session:
            lists = [status_places.reserve(session, token_bytes=os.urandom).list_number for _ in range(3)]

        assert lists == [1, 2, 2]

    def test_waits_for_a_list_to_be_published(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            session.get_one(StatusList, 1).used = LIST_SIZE
            session.add(StatusList(number=2, size=LIST_SIZE, used=0))

        with pytest.raises(NoStatusListPublished), town_hall.transaction() as session:
            status_places.reserve(session, token_bytes=os.urandom)

    def test_gives_up_when_chance_is_broken(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            status_places.reserve(session, token_bytes=bytes)
            with pytest.raises(ChanceFailed, match="Stop issuing"):
                status_places.reserve(session, token_bytes=bytes)


class TestKeepASpare:
    def test_has_an_untouched_list_ready(self, session: Session) -> None:
        first = [row.number for row in keep_a_spare(session)]
        again = [row.number for row in keep_a_spare(session)]
        session.get_one(StatusList, 1).used = 1
        with_spare = [row.number for row in keep_a_spare(session)]

        assert (first, again, with_spare) == ([1], [1], [1, 2])

    def test_makes_every_list_of_one_size(self, session: Session) -> None:
        assert [row.size for row in keep_a_spare(session)] == [2**17]


class TestPositions:
    def test_name_what_is_invalid_and_what_was(self, session: Session) -> None:
        keep_a_spare(session)
        for position, (invalid, reinstated) in enumerate([(False, False), (True, False), (False, True), (True, True)]):
            session.add(StatusIndex(list_number=1, position=position, invalid=invalid, reinstated=reinstated))
        session.flush()

        assert status_places.invalid_positions(session, 1) == [1, 3]
        assert status_places.reinstated_positions(session, 1) == [2]


def _burn(session: Session, places: list[status_places.Place]) -> None:
    positions = [place.position for place in places if place.list_number == 1]
    assert len(positions) == len(places)
    session.execute(update(StatusIndex).where(StatusIndex.position.in_(positions)).values(invalid=True))


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestWhatAListGivesAway:
    """T15: an outsider who has every list learns nothing from its length or from where its bits are set."""

    def test_is_nothing_by_its_length(self, town_hall: TownHall) -> None:
        lengths = set()
        for burnt in (0, 1, 3_000):
            with town_hall.transaction() as session:
                _burn(session, [status_places.reserve(session, token_bytes=os.urandom) for _ in range(burnt)])
            town_hall.publish()
            lengths |= {listed.size for listed in Kit.load(town_hall.kit).status_lists.values()}

        assert lengths == {LIST_SIZE}

    def test_is_nothing_by_the_places_of_revoked_cards(self, town_hall: TownHall) -> None:
        chance = random.Random(2026)
        with town_hall.transaction() as session:
            drawn = [status_places.reserve(session, token_bytes=chance.randbytes) for _ in range(6_000)]
            _burn(session, drawn[::3])
        town_hall.publish()

        revoked = _set_positions(Kit.load(town_hall.kit))

        assert len(revoked) == 2_000
        assert _chi_square([position * BINS // LIST_SIZE for position in revoked]) < SELDOM
        assert _chi_square([position % BINS for position in revoked]) < SELDOM

    @pytest.mark.parametrize(
        "positions",
        [
            list(range(2_000)),
            [place * 64 for place in range(2_000)],
            [int(random.Random(place).triangular(0, LIST_SIZE)) for place in range(2_000)],
        ],
    )
    def test_would_be_seen_in_places_that_are_not_random(self, positions: list[int]) -> None:
        figures = [
            _chi_square([position * BINS // LIST_SIZE for position in positions]),
            _chi_square([position % BINS for position in positions]),
        ]

        assert max(figures) > SELDOM


BINS = 64
SELDOM = 92.01
"""Of chance alone, chi-square with 63 degrees of freedom is above this once in a hundred times (p = 0.01)."""


def _chi_square(bins: list[int]) -> float:
    expected = len(bins) / BINS
    return sum((bins.count(number) - expected) ** 2 / expected for number in range(BINS))


def _set_positions(kit: Kit) -> list[int]:
    (first, *_) = [listed for (_, uri), listed in sorted(kit.status_lists.items()) if "/1." in uri]
    return [8 * place + bit for place, byte in enumerate(first.packed) if byte for bit in range(8) if byte >> bit & 1]


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestOrderOfRows:
    def test_tells_nothing_of_the_order_of_issue(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        """T9 in small: what a copy of the table gives away, in the order in which the file has it."""
        if town_hall.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps rows in the order of writing (docs/retention.md)")
        made = [make_card().card_number for _ in range(60)]

        with town_hall.reading() as session:
            kept = list(session.scalars(select(Card.number)))
            assert session.scalar(select(func.count()).select_from(Card)) == 60

        assert abs(_correlation([kept.index(number) for number in made])) < 0.6


def _correlation(values: list[int]) -> float:
    """Spearman's rank correlation of the values with their own order."""
    ranks = {value: rank for rank, value in enumerate(sorted(values))}
    count = len(values)
    squares = sum((place - ranks[value]) ** 2 for place, value in enumerate(values))
    return 1 - 6 * squares / (count * (count**2 - 1))


class TestCorrelation:
    def test_knows_order_from_chance(self) -> None:
        shuffled = list(range(500))
        random.Random(5).shuffle(shuffled)

        assert _correlation(list(range(500))) == 1
        assert abs(_correlation(shuffled)) < 0.2
