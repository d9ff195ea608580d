"""Pages that carry a mark of the registration that they show, and what a registration is beside them."""

from typing import Any

from sqlalchemy import select

from cardservice.domain import drafts
from cardservice.domain.registration import Registration
from cardservice.storage.models import AuditEntry, Card, Draft
from web.hall import ANSWERS, TownHall
from web.pages import Client

OTHER = ANSWERS | {"name": "Karima al-Haddad", "birth_day": "28"}
MEANWHILE = "changed this registration after this page was opened"
NEW = "/registrations/new"


def marks(page: Any) -> set[str]:
    return {one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "as_shown"}


def actions(page: Any) -> set[str]:
    """Where the forms of a registration on a page are sent."""
    return {form.attributes["action"] for form in page.all("form") if marks(form)}


def mark(browser: Client, path: str) -> dict[str, str]:
    """Open a page, and leave it open: what its forms will send along."""
    (one,) = marks(browser.get(path).main)
    return {"as_shown": one}


def kept(hall: TownHall, draft_id: str) -> Registration | None:
    with hall.sessions.begin() as session:
        return drafts.contents(session.get_one(Draft, draft_id), day_keys=hall.day_keys).registration


def row(hall: TownHall, draft_id: str) -> tuple[Any, ...] | None:
    """A draft as it lies in the register; None where it has ended."""
    with hall.sessions.begin() as session:
        draft = session.get(Draft, draft_id)
        return draft and (draft.ciphertext, draft.state, draft.approver_id, session.scalars(select(Card.number)).all())


def refused(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        return len(session.scalars(select(AuditEntry.sequence)).all())
