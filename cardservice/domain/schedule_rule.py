"""A rule of the retention schedule: the words that schedule.py and schedule_of_dealings.py are written in."""

from collections.abc import Mapping
from dataclasses import dataclass


def N_(words: str) -> str:  # noqa: N802 - what the translators' tool looks for
    """Mark a sentence for the translators; the desk translates it when it is shown."""
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Why a table is kept, and until when."""

    why: str
    ends: str
    columns: Mapping[str, str]
    """What each column holds."""
    oldest: str | None = None
    """The column that tells the age of a row, where one does."""
    in_backups: bool = True
    """Whether its rows go into a backup (docs/decisions/0028-backups.md)."""
