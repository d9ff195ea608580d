"""Days and months of the register: always UTC, and never finer than the rule asks for."""

from datetime import UTC, date, datetime, timedelta


def day_of(now: datetime) -> date:
    """Return the UTC day of an aware moment."""
    return now.astimezone(UTC).date()


def month_of(day: date) -> str:
    """Return the month of a day as the tables keep it: "2026-11"."""
    return f"{day:%Y-%m}"


def minute_of(now: datetime) -> datetime:
    """Return the moment without its seconds: fine enough to end an idle draft."""
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def first_day_after(month: str) -> date:
    """Return the first day after a month written as "2026-11"."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=32)).replace(day=1)


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; after 29 February comes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)


def midnight(day: date) -> datetime:
    """Return the first moment of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def seconds_of(day: date) -> int:
    """Return the first moment of a UTC day in seconds since 1970, as signed content has it."""
    return int(midnight(day).timestamp())
