"""The numbers for the council: counts of finished months, with everything hidden that could be somebody.

The rule here: what is published of a month depends on the counters of that month alone, which nothing changes once it
is over, so that the answer is the same whenever it is asked for. There are no sums over months. A new kind of number is
one line in MEASURES, its counter, and its words in web/words.py; in SUMS a name is added and never moved.
docs/decisions/0068-numbers-for-the-council.md; the columns for readers are docs/numbers.md.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.domain import suppression
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, first_day_after, month_of
from cardservice.domain.statistics import SMALLEST_SHOWN
from cardservice.domain.suppression import Sum
from cardservice.storage.models import Counter
from cardservice.terms import RefusedFor, RevocationReason

REFUSED = "registration.refused: "
"""What the counters of registrations that were refused begin with; the rest of their name is the reason."""

ISSUED, HANDED_OVER, NOT_HANDED_OVER = "issued", "handed-over", "not-handed-over"
FIRST, RENEWED = "first", "renewed"
ENDED, EXPIRED, REFUSED_TOTAL, REFUSED_OTHERWISE = "ended", "expired", "refused", "refused-otherwise"

# What is counted under one name. Names are for ever: files of other people use them.
COUNTERS: dict[str, str] = {
    ISSUED: str(Action.CARD_SIGNED),
    HANDED_OVER: str(Action.CARD_HANDED_OVER),
    NOT_HANDED_OVER: f"card.revoked: {RevocationReason.NOT_HANDED_OVER}",
    RENEWED: str(Action.CARD_REPLACED),
    "revoked-lost": f"card.revoked: {RevocationReason.LOST}",
    "revoked-stolen": f"card.revoked: {RevocationReason.STOLEN}",
    "revoked-damaged": f"card.revoked: {RevocationReason.DAMAGED}",
    "revoked-given-back": f"card.revoked: {RevocationReason.WITHDRAWN}",
    "revoked-issued-in-error": f"card.revoked: {RevocationReason.ISSUED_IN_ERROR}",
    EXPIRED: str(Action.CARD_EXPIRED),
}
# Registrations refused, by reason: a reason that has no name here counts as "refused-otherwise".
REFUSALS: dict[str, str] = {
    "refused-identity": f"{REFUSED}{RefusedFor.IDENTITY}",
    "refused-residency": f"{REFUSED}{RefusedFor.RESIDENCY}",
    "refused-points": f"{REFUSED}{RefusedFor.POINTS}",
    "refused-photo": f"{REFUSED}{RefusedFor.PHOTO}",
    "refused-birth-date": f"{REFUSED}{RefusedFor.BIRTH_DATE}",
    "refused-too-old": f"{REFUSED}{RefusedFor.TOO_OLD}",
    "refused-expired": f"{REFUSED}{RefusedFor.EXPIRED}",
    "refused-not-accredited": f"{REFUSED}{RefusedFor.NOT_ACCREDITED}",
    "refused-second-look": f"{REFUSED}{RefusedFor.SECOND_LOOK}",
}

_REVOKED = tuple(name for name in COUNTERS if name.startswith("revoked-"))
_REFUSED = (REFUSED_OTHERWISE, *REFUSALS)

SUMS = (
    # A card that is still at the desk when the month ends makes this one less exact, never more.
    Sum(ISSUED, (HANDED_OVER, NOT_HANDED_OVER), (ISSUED, NOT_HANDED_OVER, HANDED_OVER)),
    Sum(HANDED_OVER, (FIRST, RENEWED), (FIRST, RENEWED, HANDED_OVER)),
    # Where hardly any card was revoked, how many were renewed says more than how many ended.
    Sum(ENDED, (*_REVOKED, RENEWED), (*reversed(_REVOKED), ENDED, RENEWED)),
    Sum(REFUSED_TOTAL, _REFUSED, (*_REFUSED, REFUSED_TOTAL)),
)
MEASURES = (ISSUED, HANDED_OVER, FIRST, RENEWED, NOT_HANDED_OVER, ENDED, *_REVOKED, EXPIRED, REFUSED_TOTAL, *_REFUSED)
"""Every number that is published, in the order of the file."""
PART_OF = {part: one.total for one in SUMS for part in one.parts} | {RENEWED: HANDED_OVER, HANDED_OVER: ISSUED}


class Precision(StrEnum):
    """How a number is published."""

    EXACT = "exact"
    TENS = "tens"
    HIDDEN = "hidden"


IN_TENS = frozenset({EXPIRED})
"""Rounded down: a month's cards all expire in one later month, and what is missing there ended early."""
COLUMNS = ("month", "measure", "part_of", "count", "precision")


@dataclass(frozen=True, slots=True)
class Published:
    """One number of one month, as everybody may see it. `count` is None where it is hidden."""

    count: int | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Month:
    """A finished month ("2026-11") and its numbers by measure."""

    month: str
    numbers: Mapping[str, Published]


def finished_months(session: Session, *, now: datetime) -> list[Month]:
    """Return what is published of every finished month, from the first with a counter on, oldest first."""
    last = last_finished(now)
    by_month: dict[str, dict[str, int]] = {}
    counters = select(Counter.month, Counter.name, Counter.count).where(Counter.month <= last)
    for month, name, number in session.execute(counters):
        by_month.setdefault(month, {})[name] = number
    return [Month(month, publish(count(by_month.get(month, {})))) for month in _months(min(by_month, default=""), last)]


def state(session: Session, *, now: datetime) -> tuple[str, int, int]:
    """Return what `finished_months` depends on: the last of them, how many counters they have, and the counters' sum.

    Counters only grow, and only those of the present month; a register that was put back has others.
    """
    last = last_finished(now)
    counters = select(func.count(), func.coalesce(func.sum(Counter.count), 0)).where(Counter.month <= last)
    number, total = session.execute(counters).one()
    return last, int(number), int(total)


def last_finished(now: datetime) -> str:
    """Return the last month that is published: from the second day (UTC) after it, when its last request is over."""
    return month_of((day_of(now) - timedelta(days=1)).replace(day=1) - timedelta(days=1))


def next_to_come(now: datetime) -> tuple[str, date]:
    """Return the month that is published next, and from which day on."""
    month = month_of(first_day_after(last_finished(now)))
    return month, first_day_after(month) + timedelta(days=1)


def count(counters: Mapping[str, int]) -> dict[str, int]:
    """Return every measure of a month out of its counters."""
    counts = {name: counters.get(counter, 0) for name, counter in (COUNTERS | REFUSALS).items()}
    refused = sum(number for name, number in counters.items() if name.startswith(REFUSED))
    return counts | {
        FIRST: counts[HANDED_OVER] - counts[RENEWED],
        ENDED: counts[RENEWED] + sum(counts[name] for name in _REVOKED),
        REFUSED_TOTAL: refused,
        REFUSED_OTHERWISE: refused - sum(counts[name] for name in REFUSALS),
    }


def publish(counts: Mapping[str, int]) -> dict[str, Published]:
    """Return what everybody may see of a month's measures."""
    hidden = suppression.hidden(counts, SUMS)
    return {name: _published(name, counts[name], is_hidden=name in hidden) for name in MEASURES}


def to_csv(months: list[Month]) -> str:
    """Return the months as a table (RFC 4180, with a header): one line for each number, the hidden ones too."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in months:
        for name, number in one.numbers.items():
            shown = "" if number.count is None else number.count
            writer.writerow((one.month, name, PART_OF.get(name, ""), shown, number.precision.value))
    return file.getvalue()


def _published(name: str, number: int, *, is_hidden: bool) -> Published:
    if is_hidden:
        return Published(None, Precision.HIDDEN)
    if name in IN_TENS:
        return Published(number - number % SMALLEST_SHOWN, Precision.TENS)
    return Published(number, Precision.EXACT)


def _months(first: str, last: str) -> list[str]:
    """Every month from the first to the last; none where there is no first."""
    found: list[str] = []
    while first and first <= last:
        found.append(first)
        first = month_of(first_day_after(first))
    return found
