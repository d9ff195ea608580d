"""The order in which cards were made is in nothing that is kept of them, to be put beside the film of a camera.

THREATS T9. What the audit says by design is left out: an order of numbers within a day (docs/retention.md).
"""

import os
import random
from collections.abc import Sequence
from itertools import pairwise

from on_disk import on_disk
from sqlalchemy import Engine, select
from town_hall import TownHall

from cardservice.domain import card_numbers
from cardservice.domain.actor import Actor
from cardservice.storage.compaction import compact
from cardservice.storage.models import Card

CARDS = 2_000 if os.environ.get("CARDSERVICE_LONG") else 100
DRAWS = 20_000
NEARLY_NONE = 0.05
# Of sets of 2,000 that are drawn by chance one in forty goes beyond 0.05. So this chance is always the same.
SEED = 2026


def rank_correlation(values: Sequence[object]) -> float:
    """Spearman's rho between values that are all different and the order in which they stand."""
    size, ranks = len(values), {value: rank for rank, value in enumerate(sorted(values))}
    assert len(ranks) == size
    return 1 - 6 * sum((place - ranks[value]) ** 2 for place, value in enumerate(values)) / (size * (size**2 - 1))


class TestTheOrderOfIssue:
    def test_is_neither_in_numbers_nor_in_places_nor_on_the_disk(
        self, engine: Engine, town_hall: TownHall, clerk: Actor
    ) -> None:
        town_hall.token_bytes = random.Random(SEED).randbytes
        came = [town_hall.make_card(clerk).card_number for _ in range(CARDS)]
        order = {number: place for place, number in enumerate(came)}
        rising_before = _rising(on_disk(engine, came), order)

        compact(engine)

        with town_hall.reading() as session:
            places = dict(session.execute(select(Card.number, Card.position)).all())
        lie, chance = on_disk(engine, came), NEARLY_NONE * (2_000 / CARDS) ** 0.5
        assert abs(rank_correlation(came)) < chance
        assert abs(rank_correlation([places[number] for number in came])) < chance
        assert abs(_rising(lie, order) - 0.5) < chance
        if engine.dialect.name == "postgresql":
            assert abs(rank_correlation([order[number] for number in lie[0]])) < chance
        # The control: before the rows were written anew, it was there to be seen.
        assert abs(rising_before - 0.5) > min(chance, 0.1)

    def test_is_not_in_numbers_whatever_chance_draws_them(self) -> None:
        """So many that a true 0 leaves 0.05 once in a million million times."""
        assert abs(rank_correlation([card_numbers.draw(os.urandom) for _ in range(DRAWS)])) < NEARLY_NONE


def _rising(lie: list[list[str]], order: dict[str, int]) -> float:
    """Of neighbours on the disk, how many lie in the order in which they came."""
    pairs = [order[one] < order[other] for page in lie for one, other in pairwise(page)]
    return sum(pairs) / len(pairs)
