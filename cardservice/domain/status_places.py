"""Places in the status lists: drawn at random, each for one card, and never given out again.

The rule here: a row of `status_indices` is never deleted, so that a place stays burnt when its card has long left the
register. What the lists say is built from these rows in publication.py; who sets a bit is lifecycle.py.
"""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.domain.errors import Unavailable
from cardservice.storage.models import Publication, StatusIndex, StatusList

LIST_SIZE = 1 << 17
"""The same for every list of every town, so that a list's length tells nothing."""
_DRAWS = 1_000


class NoStatusListPublished(Unavailable):
    """Nobody could check a card whose list was never published."""

    def __init__(self) -> None:
        super().__init__("The lists that verifiers need are not published yet. Publish them, then issue.")


class ChanceFailed(Unavailable):
    """A thousand draws found no free place in a list that is a quarter empty: the randomness is broken."""

    def __init__(self) -> None:
        super().__init__("The server's source of randomness does not work. Stop issuing and tell whoever runs it.")


def reserve(session: Session, *, token_bytes: Callable[[int], bytes]) -> StatusIndex:
    """Return a place that was never used, in the first list that has room and is published.

    Raises `NoStatusListPublished`.
    """
    for candidate in session.scalars(select(StatusList).order_by(StatusList.number)):
        if has_room(candidate) and is_published(session, candidate.number):
            break
    else:
        raise NoStatusListPublished
    place = StatusIndex(list_number=candidate.number, position=_draw(session, candidate, token_bytes))
    candidate.used += 1
    session.add(place)
    session.flush()
    return place


def keep_a_spare(session: Session) -> list[StatusList]:
    """Return all lists in order, after opening a new one unless the last is still untouched.

    So the list of the next card is always published before that card exists.
    """
    lists = list(session.scalars(select(StatusList).order_by(StatusList.number)))
    if not lists or lists[-1].used:
        lists.append(StatusList(number=len(lists) + 1, size=LIST_SIZE, used=0))
        session.add(lists[-1])
        session.flush()
    return lists


def has_room(status_list: StatusList) -> bool:
    """Tell whether the list is less than three quarters full: then a free place is found in a few draws."""
    return 4 * status_list.used < 3 * status_list.size


def is_published(session: Session, list_number: int) -> bool:
    """Tell whether verifiers could have the list."""
    return bool(session.scalar(select(func.count()).where(Publication.name == publication_name(list_number))))


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


def _draw(session: Session, status_list: StatusList, token_bytes: Callable[[int], bytes]) -> int:
    for _ in range(_DRAWS):
        # The size is a power of two, so the remainder favours no place.
        position = int.from_bytes(token_bytes(4), "big") % status_list.size
        if session.get(StatusIndex, (status_list.number, position)) is None:
            return position
    raise ChanceFailed
