"""Who may have a card: the papers that were shown, the town's policy, and a day, to points and what is missing.

The rule here: nothing is known of a paper but its kind, its dates and whether its organisation is accredited, and of
these only the kinds outlive the moment (`Evidence`). Papers can only help: more of them never give fewer points. The
policy's words and the example are docs/evidence.md; which organisation's letters count is organisations.py, and how
the sets of papers that would do can be read paper_choices.py.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Self

from cardservice.terms import AcceptedFor, PaperFault, RefusedFor, Shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A kind of paper in the policy: what it is worth, and when it counts."""

    kind: str
    identity: int = 0
    residency: int = 0
    shows: frozenset[Shows] = frozenset()
    days_old: int | None = None
    """It counts through the day so many days after its date: dated on the 1st with 30, through the 31st.

    None: its date is not asked for.
    """
    expired_days: int | None = None
    """For how many days after it expired it counts; None: it must not have expired, and nothing is asked."""
    accredited: bool = False
    """Whether only an accredited organisation may write it."""
    child_only: bool = False
    """Whether it counts for nobody but a child (age.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The town's rules for evidence, and the version by which they are known."""

    version: str
    points: int
    identity: int
    residency: int
    shows: frozenset[Shows]
    papers: tuple[Paper, ...]

    def paper(self, kind: str) -> Paper | None:
        """Return the paper of that kind, if the policy has one."""
        return next((paper for paper in self.papers if paper.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A paper on the counter. Its dates are looked at and not kept."""

    kind: str
    dated: date | None = None
    expired_on: date | None = None
    organisation: PaperFault | None = PaperFault.NOT_ACCREDITED
    """What is wrong with the organisation that wrote it; None: it is accredited."""
    fault: PaperFault | None = None
    """Why it did not count when it was looked at before, where nothing else was said of it since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How much is missing of what the policy asks for."""

    points: int = 0
    identity: int = 0
    residency: int = 0
    shows: frozenset[Shows] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.points or self.identity or self.residency or self.shows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the papers on the counter come to."""

    identity: int
    residency: int
    kinds: tuple[str, ...]
    """The kinds that count, in the order of the policy."""
    faults: Mapping[str, PaperFault]
    """By kind, why a paper that was shown does not count."""
    missing: Missing
    is_child: bool | None = None
    """Whether it is for a child; None: nobody knows yet, and papers for a child count."""

    @property
    def points(self) -> int:
        return self.identity + self.residency

    @property
    def is_met(self) -> bool:
        """Whether it is enough."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a draft keeps of the papers: kinds, points, what is missing, who checked, and by which policy's version."""

    version: str
    kinds: tuple[str, ...]
    identity: int
    residency: int
    is_met: bool
    refused_for: RefusedFor | None = None
    """What would be counted if it stayed as it is."""
    checked_by: int | None = None
    accepted_by: int | None = None
    """The supervisor who accepted after a second look."""
    accepted_for: AcceptedFor | None = None
    looked_at: bool = False
    """Whether a supervisor has looked and not accepted."""
    faults: Mapping[str, PaperFault] = field(default_factory=dict)
    """By kind, why a paper that was shown does not count; nothing of what was written on it."""
    missing: Missing = Missing()
    of_an_adult: Self | None = None
    """What the same papers come to for somebody who is no child, where that is less."""

    @property
    def is_enough(self) -> bool:
        """Whether a card may be made: the policy is met, or a supervisor accepted."""
        return self.is_met or self.accepted_by is not None

    @property
    def on_counter(self) -> tuple[str, ...]:
        """The kinds that were shown, whether they count or not."""
        return (*self.kinds, *self.faults)

    def was_declined_with(self, kinds: Iterable[str]) -> bool:
        """Whether a supervisor has looked and not accepted, and none of these kinds is new since."""
        return self.looked_at and set(kinds).issubset(self.on_counter)

    def of(self, *, is_child: bool | None) -> Self:
        """Return what it is for a child, or for an adult; None: the birth date is not known yet."""
        if is_child is not False or self.of_an_adult is None:
            return self
        by, because = self.accepted_by, self.accepted_for
        return replace(self.of_an_adult, accepted_by=by, accepted_for=because, looked_at=self.looked_at)


@dataclass(slots=True)
class _Sum:
    identity: int = 0
    residency: int = 0
    shows: set[Shows] = field(default_factory=set)


def evaluate(policy: Policy, shown: Iterable[Shown], *, today: date, is_child: bool | None = None) -> Outcome:
    """Say what the papers on the counter come to. A kind that the policy does not have counts for nothing.

    `is_child`: whether they are shown for a child, as far as the birth date is known.
    """
    by_kind = {one.kind: one for one in shown}
    faults = {
        paper.kind: fault
        for paper in policy.papers
        if (one := by_kind.get(paper.kind)) and (fault := _fault(paper, one, today, is_child))
    }
    counted = [paper for paper in policy.papers if paper.kind in by_kind and paper.kind not in faults]
    total = _total(counted)
    return Outcome(
        identity=total.identity,
        residency=total.residency,
        kinds=tuple(paper.kind for paper in counted),
        faults=faults,
        missing=_missing(policy, total),
        is_child=is_child,
    )


def refused_for(policy: Policy, outcome: Outcome) -> RefusedFor | None:
    """Return the one reason that is counted where it is not enough; None where it is.

    A paper that would have been enough, were it newer or accredited, comes before what is missing without it.
    """
    if outcome.is_met:
        return None
    better = {kind: fault for kind, fault in outcome.faults.items() if fault in _BY_FAULT}
    with_better = [paper for paper in policy.papers if paper.kind in outcome.kinds or paper.kind in better]
    if better and not _missing(policy, _total(with_better)):
        return _BY_FAULT[next(iter(better.values()))]
    missing = outcome.missing
    if missing.identity:
        return RefusedFor.IDENTITY
    if missing.residency:
        return RefusedFor.RESIDENCY
    if missing.points:
        return RefusedFor.POINTS
    return RefusedFor.PHOTO if Shows.PHOTO in missing.shows else RefusedFor.BIRTH_DATE


def kept(policy: Policy, shown: Iterable[Shown], *, today: date, checked_by: int | None) -> Evidence:
    """Return what a draft keeps of the papers on the counter, whether a child's birth date is typed later or not."""
    papers = list(shown)
    child, adult = (evaluate(policy, papers, today=today, is_child=is_child) for is_child in (True, False))
    of_a_child, of_an_adult = (_kept(policy, outcome, checked_by) for outcome in (child, adult))
    return of_a_child if child.kinds == adult.kinds else replace(of_a_child, of_an_adult=of_an_adult)


def _kept(policy: Policy, outcome: Outcome, checked_by: int | None) -> Evidence:
    return Evidence(
        version=policy.version,
        kinds=outcome.kinds,
        identity=outcome.identity,
        residency=outcome.residency,
        is_met=outcome.is_met,
        refused_for=refused_for(policy, outcome),
        checked_by=checked_by,
        faults=outcome.faults,
        missing=outcome.missing,
    )


_BY_FAULT = {
    PaperFault.UNDATED: RefusedFor.TOO_OLD,
    PaperFault.LATER: RefusedFor.TOO_OLD,
    PaperFault.TOO_OLD: RefusedFor.TOO_OLD,
    PaperFault.EXPIRED: RefusedFor.EXPIRED,
    PaperFault.NOT_ACCREDITED: RefusedFor.NOT_ACCREDITED,
    PaperFault.NOT_NOW: RefusedFor.NOT_ACCREDITED,
    PaperFault.ENOUGH_LETTERS: RefusedFor.NOT_ACCREDITED,
}
"""Not of a paper for a child: nobody is told that they would have a card if they were younger."""


def _fault(paper: Paper, shown: Shown, today: date, is_child: bool | None) -> PaperFault | None:
    """What is wrong with the paper itself comes first: whose it is may turn out otherwise."""
    return shown.fault or _own_fault(paper, shown, today) or _not_theirs(paper, is_child)


def _not_theirs(paper: Paper, is_child: bool | None) -> PaperFault | None:
    return PaperFault.NOT_A_CHILD if paper.child_only and is_child is False else None


def _own_fault(paper: Paper, shown: Shown, today: date) -> PaperFault | None:
    if paper.accredited and shown.organisation is not None:
        return shown.organisation
    if paper.days_old is not None:
        if shown.dated is None:
            return PaperFault.UNDATED
        if shown.dated > today:
            return PaperFault.LATER
        if shown.dated < today - timedelta(days=paper.days_old):
            return PaperFault.TOO_OLD
    if paper.expired_days is None or shown.expired_on is None:
        return None
    return PaperFault.EXPIRED if shown.expired_on < today - timedelta(days=paper.expired_days) else None


def _total(papers: Collection[Paper]) -> _Sum:
    total = _Sum()
    for paper in papers:
        total.identity += paper.identity
        total.residency += paper.residency
        total.shows |= paper.shows
    return total


def lacking(policy: Policy, kinds: Collection[str]) -> Missing:
    """Return what is missing where papers of these kinds count, and no others."""
    return _missing(policy, _total([paper for paper in policy.papers if paper.kind in kinds]))


def _missing(policy: Policy, total: _Sum) -> Missing:
    return Missing(
        points=max(0, policy.points - total.identity - total.residency),
        identity=max(0, policy.identity - total.identity),
        residency=max(0, policy.residency - total.residency),
        shows=policy.shows - total.shows,
    )
