"""Sets of papers that would fill what is missing, put together so that people can read them (further_papers.py)."""

from collections.abc import Sequence
from typing import TypeVar

Group = TypeVar("Group", list[str], tuple[str, ...])
"""Kinds of which one is needed, or what they are called."""


def as_choices(sets: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return sets of kinds as choices: of a choice, any one kind of each of its groups is one of the sets.

    Thirty-six pairs of four papers and nine others are one choice of two groups, which can be read.
    """
    sizes = dict.fromkeys(map(len, sets))
    return tuple(choice for size in sizes for choice in _of_one_size([one for one in sets if len(one) == size]))


def in_each(choices: Sequence[Sequence[Group]]) -> tuple[list[Group], list[list[Group]]]:
    """Return the groups that stand in every one of several choices, and what else each choice has.

    What shows where somebody lives is asked for once, whatever shows who they are.
    """
    each = [group for group in choices[0] if all(group in choice for choice in choices)] if len(choices) > 1 else []
    return each, [[group for group in choice if group not in each] for choice in choices]


def _of_one_size(sets: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    found: list[tuple[tuple[str, ...], ...]] = [tuple((kind,) for kind in one) for one in sets]
    before = len(found) + 1
    while len(found) < before:
        before = len(found)
        for place in range(len(found[0]) if found else 0):
            alike: dict[tuple[tuple[str, ...], ...], tuple[str, ...]] = {}
            for choice in found:
                rest = choice[:place] + choice[place + 1 :]
                alike[rest] = alike.get(rest, ()) + choice[place]
            found = [(*rest[:place], group, *rest[place:]) for rest, group in alike.items()]
    return tuple(found)
