"""Rows that are written anew lie in the order of their random keys, whatever order they came in."""

import random
from itertools import pairwise

import pytest
from on_disk import on_disk
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError
from town_hall import NOON

from cardservice.storage.compaction import compact
from cardservice.storage.models import Card, IssuerKey, StatusIndex, StatusList
from cardservice.storage.session import reading
from cardservice.terms import CardState

CARDS = 300


def fill(engine: Engine, *, backwards: bool = False) -> list[str]:
    """Put cards into the register, and return their numbers in the order in which they came."""
    chance = random.Random(9)
    cards = [(f"{chance.randrange(10**12):012}", place) for place in chance.sample(range(1 << 17), CARDS)]
    key = {"key_id": "00" * 8, "purpose": "card", "state": "active", "public_key": b"", "announced_at": NOON}
    month = {"issue_month": "2026-11", "expiry_month": "2028-10", "state": CardState.ACTIVE, "key_id": key["key_id"]}
    with engine.begin() as connection:
        for table in (Card, StatusIndex, StatusList, IssuerKey):
            connection.execute(delete(table))
        connection.execute(insert(IssuerKey), key | {"not_before": NOON.date(), "not_after": NOON.date()})
        connection.execute(insert(StatusList), {"number": 1, "size": 1 << 17})
        for number, position in reversed(cards) if backwards else cards:
            connection.execute(insert(StatusIndex), {"list_number": 1, "position": position})
            connection.execute(insert(Card), month | {"number": number, "list_number": 1, "position": position})
    return [number for number, _ in cards]


def share_of_rising_pairs(lie: list[list[str]], numbers: list[str]) -> float:
    """Of neighbours on the disk, how many lie in the order in which they came."""
    came = {number: place for place, number in enumerate(numbers)}
    pairs = [came[one] < came[next_one] for page in lie for one, next_one in pairwise(page)]
    return sum(pairs) / len(pairs)


class TestCompact:
    def test_takes_the_order_of_coming_out_of_the_disk(self, engine: Engine) -> None:
        numbers = fill(engine)
        before = share_of_rising_pairs(on_disk(engine, numbers), numbers)

        compact(engine)

        assert abs(before - 0.5) > 0.1
        assert abs(share_of_rising_pairs(on_disk(engine, numbers), numbers) - 0.5) < 0.06

    def test_lets_no_reader_write_afterwards(self, engine: Engine) -> None:
        fill(engine)
        with reading(engine).begin() as session:
            session.execute(select(Card)).all()

        compact(engine)

        with reading(engine).begin() as session, pytest.raises(DBAPIError):
            session.execute(delete(Card))

    def test_leaves_the_same_whatever_order_they_came_in(self, engine: Engine) -> None:
        numbers = fill(engine)
        compact(engine)
        forwards = on_disk(engine, numbers)

        fill(engine, backwards=True)
        compact(engine)

        assert on_disk(engine, numbers) == forwards

    def test_loses_nothing(self, engine: Engine) -> None:
        numbers = fill(engine)

        compact(engine)
        compact(engine)

        with engine.connect() as connection:
            assert sorted(connection.scalars(select(Card.number))) == sorted(numbers)
            assert len(connection.scalars(select(StatusIndex.position)).all()) == CARDS

    def test_writes_also_where_the_last_one_only_read(self, engine: Engine) -> None:
        with reading(engine).begin() as session:
            session.scalars(select(Card.number)).all()

        compact(engine)
