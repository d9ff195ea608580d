"""Counters per month: all that is known about how much the town does. Cells under ten are never shown."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.domain.calendar import day_of, month_of
from cardservice.storage.models import Counter

# A smaller count could be one family.
SMALLEST_SHOWN = 10


def add(session: Session, name: str, *, now: datetime, by: int = 1) -> None:
    """Count `name` (a code, never a value) once more in the month of `now`."""
    month = month_of(day_of(now))
    counter = session.get(Counter, (month, name))
    if counter is None:
        session.add(Counter(month=month, name=name, count=by))
    else:
        counter.count += by
    session.flush()


def month(session: Session, month: str) -> dict[str, int | None]:
    """Return the counters of a month ("2026-11") by name; None stands for a count too small to be shown."""
    rows = session.scalars(select(Counter).where(Counter.month == month).order_by(Counter.name))
    return {row.name: row.count if row.count >= SMALLEST_SHOWN else None for row in rows}
