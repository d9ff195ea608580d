"""Counters per month: all that is known about how much the town does. Cells under ten are never shown."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from cardservice.domain.calendar import day_of, month_of
from cardservice.storage.models import Counter

# A smaller count could be one family.
SMALLEST_SHOWN = 10
MET = "card.signed by policy: "
"""What the name of a counter begins with that counts cards by the version of the policy that they met."""
_ONCE_MORE = (
    update(Counter)
    .where(Counter.month == bindparam("of_month"), Counter.name == bindparam("of_name"))
    .values(count=Counter.count + bindparam("by"))
)


def add(session: Session, name: str, *, now: datetime, by: int = 1) -> None:
    """Count `name` (a code, never a value) once more in the month of `now`."""
    of_month = month_of(day_of(now))
    # In the database itself: no object that a session may hold is a counter's.
    database = session.connection()
    if not database.execute(_ONCE_MORE, {"of_month": of_month, "of_name": name, "by": by}).rowcount:
        database.execute(insert(Counter), {"month": of_month, "name": name, "count": by})


def counted(session: Session, month: str) -> dict[str, int]:
    """Return the counters of a month ("2026-11") by name, as they are: whoever shows them hides the small ones."""
    rows = session.execute(select(Counter.name, Counter.count).where(Counter.month == month).order_by(Counter.name))
    return {name: int(count) for name, count in rows}


def policies_met(session: Session, month: str) -> tuple[str, ...]:
    """Return the versions of the policy that the cards signed in a month met. A card does not say which (0034)."""
    return tuple(name.removeprefix(MET) for name in counted(session, month) if name.startswith(MET))


def month(session: Session, month: str) -> dict[str, int | None]:
    """Return the counters of a month by name; None stands for a count too small to be shown."""
    return {name: shown(count) for name, count in counted(session, month).items()}


def shown(count: int) -> int | None:
    """Return a count as it may be shown; None where it is too small."""
    return count if count >= SMALLEST_SHOWN else None
