"""Which numbers of a published table are hidden, so that none of them can be computed from the others.

Counts under ten are hidden first. A total and its parts then say more than they show: what is left of the total after
the parts that are shown is a number as well. So more are hidden, in an order that is fixed beforehand: which ones says
nothing about how large they are. Which tables there are is numbers.py; docs/decisions/0068-numbers-for-the-council.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardservice.domain.statistics import SMALLEST_SHOWN


@dataclass(frozen=True, slots=True)
class Sum:
    """A total, its parts, and which of them are given up first where more has to be hidden. All of them are named."""

    total: str
    parts: tuple[str, ...]
    given_up: tuple[str, ...]


def hidden(counts: Mapping[str, int], sums: Iterable[Sum]) -> frozenset[str]:
    """Return the names of the numbers that may not be shown. Every name in a sum has a count."""
    found = {name for name, count in counts.items() if count < SMALLEST_SHOWN}
    known = tuple(sums)
    # A number may be in two sums, so hiding it for one may give another away. Each round hides one more, or ends.
    while (told := next((one for one in known if _tells(one, counts, found)), None)) is not None:
        found.add(next(name for name in told.given_up if name not in found))
    return frozenset(found)


def _tells(one: Sum, counts: Mapping[str, int], found: set[str]) -> bool:
    """Whether this sum gives a hidden number away.

    It does where a single one is left, where those that are left are under ten together, and where all that are left
    are known to be under ten: nines that add up to nine each. So the first to be given up always goes with the others,
    and may be of any size.
    """
    parts = [name for name in one.parts if name in found]
    if one.total in found:
        return not parts
    few = len(parts) == 1 or sum(counts[name] for name in parts) < SMALLEST_SHOWN
    return bool(parts) and (few or one.given_up[0] not in found)
