"""Which papers could still be brought, and which of them together would fill what is missing.

The rule here: nobody is sent for a paper who could come with others, so sets of one paper more than the smallest are
named too. How sets are put together so that people can read them is paper_choices.py.
"""

from functools import lru_cache
from itertools import combinations

from cardservice.domain.evidence import Missing, Outcome, Paper, Policy, lacking

MOST_TOGETHER = 3
"""How many further papers are looked through for a set that would do."""


def further(policy: Policy, outcome: Outcome, *, are_listed: bool = True) -> list[Paper]:
    """Return the papers that could still be brought, in the order of the policy: for an adult none for a child, and of
    no organisation where none is listed."""
    not_theirs = outcome.is_child is False
    others = (p for p in policy.papers if p.kind not in outcome.kinds and (are_listed or not p.accredited))
    return [paper for paper in others if not (paper.child_only and not_theirs)]


def would_help(policy: Policy, outcome: Outcome, *, are_listed: bool = True) -> tuple[tuple[str, ...], ...]:
    """Return the sets of further kinds that would fill what is missing, in the order of the policy: the smallest ones,
    then those of one paper more of which none could be left out. Whoever has no passport is not sent for one.

    Empty where nothing is missing, or where more than `MOST_TOGETHER` papers are needed.
    """
    if not outcome.missing:
        return ()
    others = tuple(paper.kind for paper in further(policy, outcome, are_listed=are_listed))
    return _filling(policy, outcome.kinds, others)


@lru_cache(maxsize=512)
def _filling(policy: Policy, have: tuple[str, ...], others: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Of kinds and not of anybody: the same at every counter, and asked for at every tick."""
    papers = [paper for paper in policy.papers if paper.kind in others]
    lacks = lacking(policy, have)
    found: list[tuple[str, ...]] = []
    for count in range(1, MOST_TOGETHER + 1):
        smaller = [set(one) for one in found]
        if smaller and count > len(smaller[0]) + 1:
            break
        for more in combinations(papers, count):
            kinds = tuple(paper.kind for paper in more)
            if _fills(lacks, more) and not any(one.issubset(kinds) for one in smaller):
                found.append(kinds)
    return tuple(found)


def _fills(lacks: Missing, more: tuple[Paper, ...]) -> bool:
    identity, residency = sum(paper.identity for paper in more), sum(paper.residency for paper in more)
    enough = identity >= lacks.identity and residency >= lacks.residency and identity + residency >= lacks.points
    return enough and lacks.shows.issubset(shown for paper in more for shown in paper.shows)
