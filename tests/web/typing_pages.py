"""Somebody who types at the desk and has not sent it yet."""

from datetime import datetime

from sqlalchemy import select

from cardservice.domain import retention
from cardservice.storage.models import StaffSession
from cardservice.terms import StaffRole
from cardservice.web import parked
from web.hall import TownHall
from web.pages import Client

NEW = "/registrations/new"
HALF = {"name": "Karim al-Had", "language": "eng", "birth_day": "27"}
SAVED_SINCE = "This registration was saved since"
PERHAPS_ANOTHER = "It may have been for somebody else"


def mark(browser: Client, path: str) -> str:
    """What stands for the registration on a page that shows it."""
    fields = browser.get(path).main.all("input")
    return next(one.attributes["value"] for one in fields if one.attributes["name"] == parked.MARK)


def types(browser: Client, path: str, data: dict[str, str], expect: int = 204) -> None:
    """Somebody types, and the page sends it as it stands."""
    assert browser.submit("/half-typed", {"page": path} | data).status_code == expect


def keep_house(hall: TownHall) -> None:
    retention.housekeeping(hall.sessions.begin, now=hall.clock(), day_keys=hall.day_keys)


def seen(hall: TownHall) -> list[datetime]:
    """When each session was last used."""
    with hall.sessions.begin() as session:
        return list(session.scalars(select(StaffSession.seen_at)))


def started_anew(hall: TownHall) -> Client:
    """The same clerk in a browser that knows nothing."""
    return hall.browser(StaffRole.CLERK)
