"""Sets of papers that would fill what is missing, put together so that people can read them (evidence.would_help)."""

from collections.abc import Sequence


def as_choices(sets: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return sets of as many kinds each as choices: of a choice, any one kind of each of its groups is one of the sets.

    Thirty-six pairs of four papers and nine others are one choice of two groups, which can be read.
    """
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
