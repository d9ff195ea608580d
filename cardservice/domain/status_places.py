"""Places in the status lists: drawn at random, each for one card, and never given out again.

The rule here: a row of `status_indices` is never deleted, so that a place stays burnt when its card has long left the
register. A new list begins with decoys: places that are set and nobody's, so that the number of set places is not the
number of ended cards (docs/decisions/0047-decoys.md). What the lists say is built from these rows in publication.py;
who sets a bit is lifecycle.py.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, cast, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from cardservice.domain.errors import Unavailable
from cardservice.storage.models import Publication, StatusIndex, StatusList

LIST_SIZE = 1 << 17
"""The same for every list of every town, so that a list's length tells nothing."""
DECOYS = range(4_096, 12_288)
"""How many places of a new list are decoys: they come out of the quarter that no card gets."""
_DRAWS = 1_000
_NAME = literal("status/") + cast(StatusList.number, String) + literal(".cwt")
_FIRST_USABLE = (
    select(StatusList.number)
    # Less than three quarters full, so that a free place is found in a few draws; and verifiers could have it.
    .where(4 * StatusList.used < 3 * StatusList.size, exists().where(Publication.name == _NAME))
    .order_by(StatusList.number)
    .limit(1)
)
_IS_TAKEN = select(
    exists().where(StatusIndex.list_number == bindparam("list_number"), StatusIndex.position == bindparam("position"))
)


_COUNT_ONE_MORE = (
    update(StatusList)
    .where(StatusList.number == _FIRST_USABLE.scalar_subquery())
    .values(used=StatusList.used + 1)
    .returning(StatusList.number, StatusList.size)
)
_TAKE = insert(StatusIndex)


class Place(NamedTuple):
    """Where the status of one card is: a list of the town and a position in it."""

    list_number: int
    position: int


class NoStatusListPublished(Unavailable):
    """Nobody could check a card whose list was never published."""

    def __init__(self) -> None:
        super().__init__("The lists that verifiers need are not published yet. Publish them, then issue.")


class ChanceFailed(Unavailable):
    """A thousand draws found no free place in a list that is a quarter empty: the randomness is broken."""

    def __init__(self) -> None:
        super().__init__("The server's source of randomness does not work. Stop issuing and tell whoever runs it.")


def reserve(session: Session, *, token_bytes: Callable[[int], bytes]) -> Place:
    """Return a place that was never used, in the first list that has room and is published.

    Raises `NoStatusListPublished`.
    """
    session.flush()
    database = session.connection()
    usable = database.execute(_COUNT_ONE_MORE).first()
    if usable is None:
        raise NoStatusListPublished
    place = _draw(database, usable.number, usable.size, token_bytes)
    database.execute(_TAKE, place._asdict())
    return place


def keep_a_spare(session: Session, *, decoys: range, token_bytes: Callable[[int], bytes]) -> list[StatusList]:
    """Return all lists in order, after opening a new one unless the last is still untouched.

    So the list of the next card is always published before that card exists. Raises `ChanceFailed`.
    """
    lists = list(session.scalars(select(StatusList).order_by(StatusList.number)))
    if not lists or lists[-1].used:
        lists.append(StatusList(number=len(lists) + 1, size=LIST_SIZE, used=0))
        session.add(lists[-1])
        session.flush()
        _burn_decoys(session, lists[-1], decoys, token_bytes)
    return lists


def _burn_decoys(session: Session, row: StatusList, decoys: range, token_bytes: Callable[[int], bytes]) -> None:
    """Set places of a list that has no card yet, as many as chance says. They are not counted as used."""
    wanted = decoys[int.from_bytes(token_bytes(4), "big") % len(decoys)]
    burnt: set[int] = set()
    for _ in range(_DRAWS + 2 * wanted):
        if len(burnt) == wanted:
            break
        burnt.add(int.from_bytes(token_bytes(4), "big") % row.size)
    else:
        raise ChanceFailed
    if burnt:
        places = [{"list_number": row.number, "position": position, "invalid": True} for position in sorted(burnt)]
        session.execute(_TAKE, places)


def publication_name(list_number: int) -> str:
    """Return the list's name among the publications, which is also its file's in the kit."""
    return f"status/{list_number}.cwt"


def invalid_positions(session: Session, list_number: int) -> list[int]:
    """Return every position of the list that is suspended, revoked, replaced or burnt."""
    chosen = select(StatusIndex.position).where(StatusIndex.list_number == list_number, StatusIndex.invalid)
    return list(session.scalars(chosen.order_by(StatusIndex.position)))


def reinstated_positions(session: Session, list_number: int) -> list[int]:
    """Return every position that was set once and is not now: the signed list names them for ever."""
    chosen = select(StatusIndex.position).where(
        StatusIndex.list_number == list_number, StatusIndex.reinstated, ~StatusIndex.invalid
    )
    return list(session.scalars(chosen.order_by(StatusIndex.position)))


def _draw(database: Connection, list_number: int, size: int, token_bytes: Callable[[int], bytes]) -> Place:
    for _ in range(_DRAWS):
        # The size is a power of two, so the remainder favours no place.
        place = Place(list_number, int.from_bytes(token_bytes(4), "big") % size)
        if not database.scalar(_IS_TAKEN, place._asdict()):
            return place
    raise ChanceFailed
