"""The times that can be booked, by the town's own clock, also on the days when it changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardservice.domain.visiting_hours import VisitingHours

LISBON = ZoneInfo("Europe/Lisbon")
MONDAY = date(2026, 11, 23)
EARLY = datetime(2026, 11, 23, 6, tzinfo=UTC)
MORNING = (time(9), time(10))


def hours(**changed: object) -> VisitingHours:
    return VisitingHours(**{"zone": LISBON, "hours": {0: (MORNING,)}, **changed})  # type: ignore[arg-type]


def clocks(open_hours: VisitingHours, day: date, now: datetime) -> list[str]:
    return [f"{open_hours.local(at):%H:%M}" for at in open_hours.times(day, now=now)]


class TestTheTimesOfADay:
    def test_follow_one_another_through_the_opening_hours(self) -> None:
        both = hours(hours={0: (MORNING, (time(14), time(15, 20)))})

        assert clocks(both, MONDAY, EARLY) == ["09:00", "09:30", "14:00", "14:30"]

    def test_are_moments(self) -> None:
        tokyo = hours(zone=ZoneInfo("Asia/Tokyo"))

        assert tokyo.times(MONDAY, now=EARLY - timedelta(hours=12))[0] == datetime(2026, 11, 23, 0, tzinfo=UTC)

    def test_are_over_when_they_have_begun(self) -> None:
        assert clocks(hours(), MONDAY, EARLY.replace(hour=9)) == ["09:30"]
        assert clocks(hours(), MONDAY, EARLY.replace(hour=10)) == []

    @pytest.mark.parametrize(
        ("day", "why"),
        [
            (date(2026, 11, 16), "over"),
            (date(2026, 11, 24), "not a day of opening"),
            (date(2026, 11, 30), "of closure"),
            (date(2026, 12, 7), "too far ahead"),
        ],
    )
    def test_are_none_on_other_days(self, day: date, why: str) -> None:
        assert hours(closed=frozenset({date(2026, 11, 30)})).times(day, now=EARLY) == (), why

    def test_leave_out_the_hour_that_a_day_has_not(self) -> None:
        """On the last Sunday of March clocks go from 01:00 to 02:00."""
        night = hours(hours={6: ((time(0), time(3)),)}, minutes=60)

        assert clocks(night, date(2027, 3, 28), datetime(2027, 3, 27, tzinfo=UTC)) == ["00:00", "02:00"]

    def test_have_the_hour_that_comes_twice_once(self) -> None:
        """On the last Sunday of October clocks go from 02:00 back to 01:00."""
        night = hours(hours={6: ((time(0), time(3)),)}, minutes=60)

        times = night.times(date(2026, 10, 25), now=datetime(2026, 10, 24, tzinfo=UTC))

        assert clocks(night, date(2026, 10, 25), datetime(2026, 10, 24, tzinfo=UTC)) == ["00:00", "01:00", "02:00"]
        assert len(set(times)) == 3

    def test_begin_at_the_same_clock_before_and_after_a_change(self) -> None:
        sundays = hours(hours={6: (MORNING,)})

        before = sundays.times(date(2026, 10, 18), now=datetime(2026, 10, 17, tzinfo=UTC))[0]
        after = sundays.times(date(2026, 10, 25), now=datetime(2026, 10, 17, tzinfo=UTC))[0]

        assert (before.hour, after.hour) == (8, 9)


class TestOpenDays:
    def test_are_those_with_times_left(self) -> None:
        assert hours().open_days(now=EARLY) == (MONDAY, date(2026, 11, 30))
        assert hours().open_days(now=EARLY.replace(hour=12)) == (date(2026, 11, 30),)

    def test_are_none_without_hours(self) -> None:
        assert VisitingHours().open_days(now=EARLY) == ()

    def test_begin_with_the_day_of_the_towns_clock(self) -> None:
        late = datetime(2026, 11, 22, 20, tzinfo=UTC)

        assert hours(zone=ZoneInfo("Asia/Tokyo")).day_of(late) == MONDAY
