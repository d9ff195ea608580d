"""Blank cards: how many were received, issued, spoilt, and how many should be left in the box.

The rule here (THREATS T1): blanks that left the box = issued + spoilt + printed and not handed over yet. Somebody
counts the box; where the figures differ, that is written down and said, because a blank that left without a card in the
register is a card that nobody can revoke. Only kinds of blank that are worth counting have a name; "" is plain paper.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.domain import audit
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Refused
from cardservice.storage.models import BlankCount, PrintedCard
from cardservice.terms import BlankUse, PrintState

ON_PAPER = frozenset({PrintState.SENT, PrintState.TAKEN_BACK, PrintState.CAME_OUT})
"""Where a blank has become a card that is still at the desk."""
MOST_AT_ONCE = 100_000
_KIND = re.compile(r"[A-Za-z0-9.-]{1,40}")


class NotANumberOfBlanks(Refused):
    """No box holds so many, or fewer than none."""

    def __init__(self) -> None:
        super().__init__(f"Give a number of blank cards from 0 to {MOST_AT_ONCE}.")


class MoreThanInTheBox(Refused):
    """So many cannot have been spoilt: the box held fewer."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} should be in the box. Look at the number again, or count the box first.")
        self.left = left


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One kind of blank at this moment; `today` has the same counts of one day."""

    blank: str
    ever: dict[BlankUse, int]
    today: dict[BlankUse, int]
    at_desk: int
    """Printed, and not handed over yet."""
    counted_on: date | None
    difference: int
    """What was found when it was counted last: below 0, so many were missing."""

    @property
    def left(self) -> int:
        """How many blanks should be in the box."""
        came = self.ever[BlankUse.RECEIVED] + self.ever[BlankUse.FOUND]
        went = self.ever[BlankUse.ISSUED] + self.ever[BlankUse.SPOILT] + self.ever[BlankUse.MISSING]
        return came - went - self.at_desk

    @property
    def is_counted(self) -> bool:
        """Whether anybody has said how many there are."""
        return bool(self.ever[BlankUse.RECEIVED] or self.ever[BlankUse.FOUND])


def add(session: Session, blank: str, what: BlankUse, *, now: datetime, by: int = 1) -> None:
    """Count blanks of a kind on the day of `now`; plain paper is not counted."""
    if not blank:
        return
    entry = session.get(BlankCount, (day_of(now), blank, what))
    if entry is None:
        session.add(BlankCount(day=day_of(now), blank=blank, what=what, count=by))
    else:
        entry.count += by
    session.flush()


def receive(session: Session, blank: str, number: int, *, actor: Actor, now: datetime) -> None:
    """Boxes came: so many blanks more, at least one. Raises `NotANumberOfBlanks`."""
    _check(blank, number, least=1)
    add(session, blank, BlankUse.RECEIVED, now=now, by=number)
    audit.record(session, actor, Action.BLANKS_RECEIVED, f"blanks:{blank}", now=now)


def spoil(session: Session, blank: str, number: int, *, actor: Actor, now: datetime) -> None:
    """Blanks that became nothing, at least one: test pages, jammed, dropped.

    A box that is below 0 already was not noted when it came: it says nothing against a number.
    Raises `NotANumberOfBlanks`, `MoreThanInTheBox`.
    """
    _check(blank, number, least=1)
    stock = of_kind(session, blank, now=now)
    if stock.is_counted and 0 <= stock.left < number:
        raise MoreThanInTheBox(stock.left)
    add(session, blank, BlankUse.SPOILT, now=now, by=number)
    audit.record(session, actor, Action.BLANKS_SPOILT, f"blanks:{blank}", now=now)


def take_stock(session: Session, blank: str, counted: int, *, actor: Actor, now: datetime) -> int:
    """Compare what somebody counted with what should be there, and go on from what is there.

    Returns what the counts of this day have found together: below 0, so many are missing. Whoever counts again and
    finds what was missing has missed nothing. Raises `NotANumberOfBlanks`.
    """
    _check(blank, counted)
    difference = counted - of_kind(session, blank, now=now).left
    if difference:
        what = BlankUse.FOUND if difference > 0 else BlankUse.MISSING
        add(session, blank, what, now=now, by=abs(difference))
    add(session, blank, BlankUse.COUNTED, now=now)
    action = Action.BLANKS_DIFFER if difference else Action.BLANKS_COUNTED
    audit.record(session, actor, action, f"blanks:{blank}", now=now)
    return of_kind(session, blank, now=now).difference


def of_kind(session: Session, blank: str, *, now: datetime) -> Stock:
    """Return the figures of one kind of blank; of one that was never heard of, all 0."""
    at_desk = select(func.count()).where(PrintedCard.blank == blank, PrintedCard.state.in_(ON_PAPER))
    was_counted = BlankCount.blank == blank, BlankCount.what == BlankUse.COUNTED, BlankCount.count > 0
    counted_on = session.scalar(select(func.max(BlankCount.day)).where(*was_counted))
    ever = _counts(session, blank)
    last = _counts(session, blank, counted_on) if counted_on else ever
    return Stock(
        blank=blank,
        ever=ever,
        today=_counts(session, blank, day_of(now)),
        at_desk=session.scalar(at_desk) or 0,
        counted_on=counted_on,
        difference=last[BlankUse.FOUND] - last[BlankUse.MISSING],
    )


def differences(session: Session, *, now: datetime, days: int = 7) -> dict[str, int]:
    """Return by kind of blank what did not agree on the last days: below 0, so many were missing.

    A box that nobody had noted, found on one day, hides nothing that was missing on another.
    """
    since = day_of(now) - timedelta(days=days)
    told = BlankCount.what.in_([BlankUse.MISSING, BlankUse.FOUND])
    found: dict[tuple[str, date], int] = defaultdict(int)
    for row in session.scalars(select(BlankCount).where(BlankCount.day > since, told)):
        found[row.blank, row.day] += row.count if row.what is BlankUse.FOUND else -row.count
    said = {}
    for blank in {blank for blank, _ in found}:
        days_of_it = [by for (kind, _), by in found.items() if kind == blank]
        if by := sum(day for day in days_of_it if day < 0) or sum(days_of_it):
            said[blank] = by
    return said


def _counts(session: Session, blank: str, day: date | None = None) -> dict[BlankUse, int]:
    """What happened to blanks of a kind, on a day or ever, added up by the database: there are years of days."""
    which = [BlankCount.blank == blank] if day is None else [BlankCount.blank == blank, BlankCount.day == day]
    counted = select(BlankCount.what, func.sum(BlankCount.count)).where(*which).group_by(BlankCount.what)
    return defaultdict(int, {what: int(number) for what, number in session.execute(counted)})


def _check(blank: str, number: int, least: int = 0) -> None:
    if not (_KIND.fullmatch(blank) and least <= number <= MOST_AT_ONCE):
        raise NotANumberOfBlanks
