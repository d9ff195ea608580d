"""Registrations in flight: sealed from their first commit on, seen by few, and gone with their day.

The rule here: nothing about a resident is outside the ciphertext, and only the creator, or the supervisor who
approves, opens it. How a draft ends is retention.py; how it becomes a card is issuance.py.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from cardservice.day_keys import DayKeyGone, DayKeys
from cardservice.domain import as_shown, audit, in_flight, registration, renewal, retention, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, minute_of
from cardservice.domain.draft_contents import Contents, ContentsUnreadable
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.domain.evidence import Evidence
from cardservice.domain.in_flight import InFlight
from cardservice.domain.registration import Registration as Registration
from cardservice.domain.retention import Ending
from cardservice.storage.models import Draft
from cardservice.terms import DraftState, StaffRole

Seen = TypeVar("Seen", Draft, InFlight)

_ID_BYTES = 16
_SEEN_BY_SUPERVISORS = frozenset({DraftState.SECOND_LOOK, DraftState.WAITING, DraftState.APPROVED})


class DraftNotFound(NotFound):
    """The draft does not exist, or not for this person; the words do not tell which."""

    def __init__(self) -> None:
        super().__init__("There is no such registration: it was handed over, discarded, or its time is over.")


class DraftGone(NotFound):
    """The row is still there and its time is over, or its day key is gone."""

    def __init__(self) -> None:
        super().__init__("This registration's time is over and its data is erased. Register the person again.")


class AlreadyIssued(Conflict):
    """A card was made of the draft, so what it says is signed."""

    def __init__(self, card_number: str) -> None:
        super().__init__("A card was made of this registration already. Print it again, or spoil it and start anew.")
        self.card_number = card_number


class EvidenceMissing(Conflict):
    """The papers that were shown are not enough, and no supervisor has accepted them."""

    def __init__(self) -> None:
        super().__init__("The papers shown so far are not enough for a card. Add one: their page says which would do.")


class NothingTyped(Conflict):
    """Papers were looked at, and the answers for the card are still to be typed."""

    def __init__(self) -> None:
        super().__init__("The answers for the card are not typed yet. Type them first.")


class OnlyForStaff(Refused):
    """The console and the service itself register nobody."""

    def __init__(self) -> None:
        super().__init__("Registrations are made by a staff member who is signed in. Sign in at the desk.")


def open_draft(
    session: Session,
    registered: Registration | None = None,
    *,
    evidence: Evidence | None,
    replaces: str | None = None,
    language: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
    token_bytes: Callable[[int], bytes],
) -> Draft:
    """Keep a new registration, sealed until the end of the day: papers that were looked at, answers, or both.

    Without evidence, or with too little of it, no card is made of it. Where nothing was typed yet, `replaces` is the
    number of the card that it will replace, and `language` (ISO 639-3) what the answers begin with.
    Raises `RegistrationRefused`, `NotReplaceable`, `OnlyForStaff`.
    """
    if actor.staff_id is None:
        raise OnlyForStaff
    if registered is not None:
        _check(session, registered, now)
    elif replaces is not None:
        renewal.check_replaceable(session, replaces)
    draft_id, today = token_bytes(_ID_BYTES).hex(), day_of(now)
    kept = Contents(registration=registered, evidence=evidence, replaces=replaces, language=language)
    draft = Draft(
        id=draft_id,
        creator_id=actor.staff_id,
        state=state_of(kept),
        created_at=minute_of(now),
        touched_at=minute_of(now),
        key_day=today,
        ciphertext=day_keys.seal(draft_id, today, kept.to_bytes()),
    )
    session.add(draft)
    session.flush()
    audit.record(session, actor, Action.DRAFT_OPENED, f"draft:{draft_id}", now=now)
    statistics.add(session, str(Action.DRAFT_OPENED), now=now)
    return draft


def get(session: Session, draft_id: str, *, actor: Actor, now: datetime, to_open: bool = False) -> Draft:
    """Return a draft's row, if the actor may see it and it may still live. Raises `DraftNotFound`, `DraftGone`.

    `to_open` fetches what is sealed in it with the same question.
    """
    draft = session.get(Draft, draft_id, options=[undefer(Draft.ciphertext)] if to_open else [])
    return seen(draft, actor=actor, now=now)


def seen(draft: Seen | None, *, actor: Actor, now: datetime) -> Seen:
    """Return what was found, if the actor may see it and it may still live. Raises `DraftNotFound`, `DraftGone`."""
    if draft is None or not _may_see(draft, actor):
        raise DraftNotFound
    if day_of(now) > draft.key_day:
        raise DraftGone
    return draft


def read(session: Session, draft_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys) -> Registration:
    """Return what was registered. Looking is not work: the draft still ends when nobody changes it.

    Raises `NothingTyped`, `DraftNotFound`, `DraftGone`.
    """
    kept = contents(get(session, draft_id, actor=actor, now=now, to_open=True), day_keys=day_keys)
    return typed(kept)


def typed(kept: Contents) -> Registration:
    """Return the answers in a draft's contents. Raises `NothingTyped`."""
    if kept.registration is None:
        raise NothingTyped
    return kept.registration


def check_mine(draft: Draft, actor: Actor) -> None:
    """Raise `DraftNotFound` unless the actor registers it: a supervisor who looks at it changes nothing of it."""
    if draft.creator_id != actor.staff_id:
        raise DraftNotFound


def shown(kept: Contents) -> Evidence:
    """Return what a draft's contents keep of papers. Raises `EvidenceMissing`."""
    if kept.evidence is None:
        raise EvidenceMissing
    return kept.evidence


def change(
    session: Session,
    draft_id: str,
    registered: Registration,
    *,
    is_child: bool = False,
    photo_asked: bool = False,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> Draft:
    """Replace what was registered; an approval given to another content is void.

    `is_child`: whether the birth date is a child's, by the town's limit. `photo_asked`: whether it is what came of
    asking for a photo. `marked`: as what the page showed it that this was typed on (as_shown.py).
    Raises `RegistrationRefused`, `AlreadyIssued`, `ChangedMeanwhile`, `DraftNotFound`, `DraftGone`.
    """
    draft = get(session, draft_id, actor=actor, now=now, to_open=True)
    check_mine(draft, actor)
    check_not_issued(draft)
    _check(session, registered, now)
    kept = contents(draft, day_keys=day_keys)
    changed = replace(
        kept,
        registration=registered,
        replaces=None,
        language=None,
        is_of_old_card=kept.is_of_old_card and photo_asked,
        photo_asked=kept.photo_asked or photo_asked,
        is_child=is_child,
    )
    is_same = kept == changed
    is_done = as_shown.is_there_already(draft, kept, marked, is_same=is_same)
    if is_same and not is_done:  # whoever approved has approved this
        touch(draft, now=now)
    elif not is_done:
        put(session, draft, changed, marked=marked, actor=actor, now=now, day_keys=day_keys)
    return draft


def put(
    session: Session,
    draft: Draft,
    changed: Contents,
    *,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> None:
    """Seal changed contents and say where the draft stands; an approval or a wait for a supervisor is over."""
    seal(draft, replace(changed, saved_by=marked), day_keys=day_keys)
    touch(draft, now=now)
    before, draft.state, draft.approver_id = draft.state, state_of(changed), None
    session.flush()
    if before in {DraftState.WAITING, DraftState.APPROVED}:
        audit.record(session, actor, Action.DRAFT_REOPENED, f"draft:{draft.id}", now=now)


def state_of(kept: Contents) -> DraftState:
    """Return where a draft stands by what is in it, before anybody is asked about it."""
    if kept.judged is None or not kept.judged.is_enough:
        return DraftState.EVIDENCE
    return DraftState.ANSWERS if kept.registration is None or kept.is_of_old_card else DraftState.OPEN


def check_complete(draft: Draft | InFlight) -> None:
    """Raise `EvidenceMissing` or `NothingTyped` unless there is all that a card needs."""
    if draft.state in {DraftState.EVIDENCE, DraftState.SECOND_LOOK}:
        raise EvidenceMissing
    if draft.state is DraftState.ANSWERS:
        raise NothingTyped


def discard(session: Session, draft_id: str, *, marked: str | None = None, actor: Actor, now: datetime) -> None:
    """End a draft that comes to nothing; a card signed from it is revoked.

    Raises `ChangedMeanwhile` where the page showed it otherwise, `DraftNotFound`.
    """
    draft = session.get(Draft, draft_id, options=[undefer(Draft.ciphertext)])
    if draft is None or not _may_see(draft, actor):
        raise DraftNotFound
    as_shown.check(draft, marked)
    retention.end_draft(session, draft, Ending.DISCARDED, actor=actor, now=now)


def waiting(session: Session, *, actor: Actor, now: datetime) -> list[Draft]:
    """Return the drafts that this actor may see and that may still live, oldest first."""
    drafts = session.scalars(select(Draft).order_by(Draft.created_at, Draft.id))
    return [d for d in drafts if _may_see(d, actor) and d.key_day >= day_of(now)]


def contents(draft: Draft | InFlight, *, day_keys: DayKeys) -> Contents:
    """Open what is sealed in a draft. Raises `DraftGone`."""
    try:
        return Contents.from_bytes(day_keys.open(draft.id, draft.key_day, draft.ciphertext))
    except (DayKeyGone, ContentsUnreadable):
        raise DraftGone from None


def seal(draft: Draft, kept: Contents, *, day_keys: DayKeys) -> None:
    """Put new contents into a draft, under the key of its last day."""
    draft.ciphertext = day_keys.seal(draft.id, draft.key_day, kept.to_bytes())


def touch(draft: Draft, *, now: datetime) -> None:
    """Note that somebody is at work on the draft; a clock that went back notes nothing."""
    draft.touched_at = max(draft.touched_at, minute_of(now))


def keep(session: Session, draft: InFlight, kept: Contents, *, now: datetime, day_keys: DayKeys) -> None:
    """Seal new contents and note that somebody is at work, as `seal` and `touch` do."""
    sealed = day_keys.seal(draft.id, draft.key_day, kept.to_bytes())
    in_flight.keep(session, draft.id, sealed, max(draft.touched_at, minute_of(now)))


def _may_see(draft: Draft | InFlight, actor: Actor) -> bool:
    if actor.staff_id is None:
        return False
    approves = actor.role is StaffRole.SUPERVISOR and draft.state in _SEEN_BY_SUPERVISORS
    return actor.staff_id == draft.creator_id or approves


def check_not_issued(draft: Draft) -> None:
    """Raise `AlreadyIssued` if there is a card of this draft."""
    if draft.card is not None:
        raise AlreadyIssued(draft.card.number)


def _check(session: Session, registered: Registration, now: datetime) -> None:
    registration.check(registered, today=day_of(now))
    if registered.replaces is not None:
        renewal.check_replaceable(session, registered.replaces)
