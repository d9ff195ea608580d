"""The first page after signing in: what is open, what waits, and the two things done most."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from cardservice.domain import blank_stock, drafts, key_ending, open_work, publication, retention
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of
from cardservice.domain.key_ending import Ending
from cardservice.domain.open_work import Step
from cardservice.terms import DraftState, StaffRole
from cardservice.web import checkpoints, decided, desk, interpreter_languages
from cardservice.web.access import requires
from cardservice.web.cards import FindForm
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("start", __name__)

ASKED = (DraftState.SECOND_LOOK, DraftState.WAITING)
"""Where a registration waits for a supervisor."""
_SEES_THE_KEYS_END = frozenset({StaffRole.ADMINISTRATOR, StaffRole.SUPERVISOR})


@dataclass(frozen=True)
class OpenRegistration:
    """A registration in flight as a list shows it."""

    id: str
    begun_at: datetime
    state: DraftState
    is_issued: bool
    is_printed: bool
    is_mine: bool
    waits_until: date | None
    """Where the finished card is kept for pick-up: the last day."""


@dataclass(frozen=True)
class Overdue:
    """What a running service would have done by now: more than nothing means that it stopped doing it."""

    to_erase: int
    lists: int


@bp.get("/")
@requires(*StaffRole)
def today() -> ResponseReturnValue:
    """Registrations by the minute they were begun, never by name: a screen is read by the whole queue."""
    interpreter_languages.forget()  # what was begun for somebody ends here: handed over, refused or discarded
    actor, overdue = desk.actor(), _overdue()
    if actor.role not in DESK_ROLES:
        warnings = checkpoints.warnings() if actor.role in checkpoints.SEES_WARNINGS else []
        return render_template(
            "start/today.html",
            work=None,
            find=None,
            warnings=warnings,
            overdue=overdue,
            blanks={},
            keys_end=_keys_end(),
            trust_ends=_trust_ends(),
        )
    with desk.reading() as session:
        work = open_work.of_person(session, actor=actor, now=desk.now())
        seen = _seen(session, actor)
        # Whoever counts the box is told again, until a week later somebody has had the time to find out.
        blanks = blank_stock.differences(session, now=desk.now()) if actor.role is StaffRole.SUPERVISOR else {}
    return render_template(
        "start/today.html",
        work=work,
        steps=Step,
        mine=[one for one in seen if one.is_mine],
        to_approve=[one for one in seen if not one.is_mine and one.state in ASKED],
        find=FindForm(),
        overdue=overdue,
        blanks=blanks,
        keys_end=_keys_end(),
        trust_ends=_trust_ends(),
    )


def _seen(session: Session, actor: Actor) -> list[OpenRegistration]:
    printed = open_work.printed(session)
    return [
        OpenRegistration(
            id=draft.id,
            begun_at=draft.created_at,
            state=draft.state,
            is_issued=draft.card_number is not None,
            is_printed=draft.id in printed,
            is_mine=draft.creator_id == actor.staff_id,
            waits_until=draft.key_day if draft.key_day > day_of(desk.now()) else None,
        )
        for draft in drafts.waiting(session, actor=actor, now=desk.now())
    ]


def _keys_end() -> Ending | None:
    """Of the card key, to those who see to its successor."""
    if desk.actor().role not in _SEES_THE_KEYS_END:
        return None
    with desk.reading() as session:
        return key_ending.near(session, decided.validity(desk.settings()), now=desk.now())


def _trust_ends() -> datetime | None:
    """Of the trust list, to the same people: without the anchor key nothing is published that could take its place."""
    if desk.actor().role not in _SEES_THE_KEYS_END:
        return None
    with desk.reading() as session:
        return publication.trust_ends(session, now=desk.now())


def _overdue() -> Overdue:
    with desk.reading() as session:
        return Overdue(
            to_erase=retention.overdue(session, now=desk.now(), limits=desk.draft_limits()),
            lists=len(publication.overdue(session, now=desk.now())),
        )
