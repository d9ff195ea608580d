"""The times that can be booked: the town's opening hours on a day of its own clock, as moments.

On a day when clocks change, a time that does not exist is not offered, and one that comes twice is offered once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[time, time]
_WHATEVER_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitingHours:
    """What a town decided about visits. `hours`: by weekday, Monday 0; without any, nobody can book."""

    zone: tzinfo = UTC
    hours: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    minutes: int = 30
    persons: int = 6
    """Who can be served within one time."""
    walk_ins: int = 2
    """Of them, those who simply come."""
    days: int = 14
    """How many days ahead visits can be booked, today included."""

    @property
    def bookable(self) -> int:
        """How many persons may book one time."""
        return self.persons - self.walk_ins

    def day_of(self, moment: datetime) -> date:
        """The day of a moment by the town's clock."""
        return moment.astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """A moment by the town's clock."""
        return moment.astimezone(self.zone)

    def times(self, day: date, *, now: datetime) -> tuple[datetime, ...]:
        """The moments at which the times of a day begin that can still be booked; none on a day that is not offered."""
        if day in self.closed or not 0 <= (day - self.day_of(now)).days < self.days:
            return ()
        begun = (self._moment(day, at) for span in self.hours.get(day.weekday(), ()) for at in self._within(span))
        return tuple(moment for moment in begun if moment is not None and moment > now)

    def open_days(self, *, now: datetime) -> tuple[date, ...]:
        """The days that have times which can still be booked."""
        first = self.day_of(now)
        return tuple(
            day for day in (first + timedelta(days=ahead) for ahead in range(self.days)) if self.times(day, now=now)
        )

    def _within(self, span: Span) -> list[time]:
        begins, ends = (datetime.combine(_WHATEVER_DAY, at) for at in span)
        length = timedelta(minutes=self.minutes)
        count = (ends - begins) // length
        return [(begins + one * length).time() for one in range(count)]

    def _moment(self, day: date, at: time) -> datetime | None:
        local = datetime.combine(day, at, self.zone)
        moment = local.astimezone(UTC)
        # What does not come back as it was is an hour that this day has not.
        return moment if moment.astimezone(self.zone).time() == at else None
