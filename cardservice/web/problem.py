"""What the page of a problem says. Which error has which page: problems.py."""

from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True)
class Problem:
    """A page about something that went wrong. `bare`: without the menu, which would need the register."""

    status: int
    title: LazyString
    happened: LazyString
    next: LazyString
    bare: bool = False
