"""Counters per month: all that is known about how much the town does. Cells under ten are never shown."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cardservice.domain.calendar import day_of, month_of
from cardservice.storage.models import Counter

# A smaller count could be one family.
SMALLEST_SHOWN = 10


def add(session: Session, name: str, *, now: datetime, by: int = 1) -> None:
    """Count `name` (a code, never a value) once more in the month of `now`."""
    counter = {"month": month_of(day_of(now)), "name": name}
    counted = update(Counter).filter_by(**counter).values(count=Counter.count + by)
    # In the database itself: no object that a session may hold is a counter's.
    if not session.connection().execute(counted).rowcount:
        session.connection().execute(insert(Counter).values(**counter, count=by))


def month(session: Session, month: str) -> dict[str, int | None]:
    """Return the counters of a month ("2026-11") by name; None stands for a count too small to be shown."""
    rows = session.scalars(select(Counter).where(Counter.month == month).order_by(Counter.name))
    return {row.name: row.count if row.count >= SMALLEST_SHOWN else None for row in rows}
