"""Days and months: UTC, and what comes after 29 February."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cardservice.domain import calendar


class TestDayOf:
    def test_is_the_day_in_utc(self) -> None:
        late = datetime(2026, 11, 22, 20, 30, tzinfo=timezone(timedelta(hours=-5)))

        assert calendar.day_of(late) == date(2026, 11, 23)


class TestMinuteOf:
    def test_leaves_out_seconds(self) -> None:
        assert calendar.minute_of(datetime(2026, 11, 22, 12, 34, 56, 789, tzinfo=UTC)) == datetime(
            2026, 11, 22, 12, 34, tzinfo=UTC
        )


class TestFirstDayAfter:
    @pytest.mark.parametrize(
        ("month", "after"),
        [("2026-11", date(2026, 12, 1)), ("2026-12", date(2027, 1, 1)), ("2028-02", date(2028, 3, 1))],
    )
    def test_is_the_first_of_the_next_month(self, month: str, after: date) -> None:
        assert calendar.first_day_after(month) == after


class TestYearsLater:
    @pytest.mark.parametrize(
        ("day", "later"),
        [
            (date(2026, 11, 22), date(2028, 11, 22)),
            (date(2028, 2, 29), date(2030, 3, 1)),
            (date(2026, 2, 28), date(2028, 2, 28)),
        ],
    )
    def test_is_the_same_day_or_the_one_after(self, day: date, later: date) -> None:
        assert calendar.years_later(day, 2) == later


class TestSecondsOf:
    def test_counts_from_1970(self) -> None:
        assert calendar.seconds_of(date(1970, 1, 2)) == 86_400
        assert calendar.midnight(date(1970, 1, 2)) == datetime(1970, 1, 2, tzinfo=UTC)
