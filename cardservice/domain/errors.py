"""The four ways in which the domain says no; each journey's own exceptions are kinds of these.

A message is written for the staff member at the desk: what happened, what to do next, and never a name or a date of
birth. What a refusal means over HTTP is one table in web/problems.py. A database that is gone or a disk that is full
is not among them: SQLAlchemy's OperationalError passes through untouched.
"""


class DomainError(Exception):
    """Something the desk asked for was not done, and nothing was left half done."""


class NotFound(DomainError):
    """There is no such card, draft, key or staff member, or none that this person may see."""


class Conflict(DomainError):
    """It cannot be done in the state things are in."""


class Refused(DomainError):
    """The values given are not acceptable, or this person may not do it."""


class Unavailable(DomainError):
    """It could be done, but not now: a key is locked, a list is not published."""
