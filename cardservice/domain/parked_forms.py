"""What somebody typed and did not send: sealed like a draft, and given back to the same person only.

The rule here: a form is parked, never acted on. Its path and fields are ciphertext under the day key of the day on
which it was typed; the row says whose it is, since when, and for which registration. There is one of a person and a
page. How it ends is retention.py: used, dropped, its registration over, an hour, or the end of the day. What may be
parked (never a password, never a file) is web/parked.py's. docs/decisions/0033, 0086
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from cardservice.day_keys import DayKeyGone, DayKeys
from cardservice.domain import as_shown, drafts, retention
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of, minute_of
from cardservice.domain.retention import Limits, ParkedEnding
from cardservice.storage.models import Draft, ParkedForm

LONGEST_BYTES = 64 * 1024
MOST_OF_ONE = 12
"""How many forms of one person may wait at a time: a copy of a cookie that ended must not fill the disk."""

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The page a form stands on, and its fields by name, in the order in which they came."""

    path: str
    fields: tuple[tuple[str, str], ...]
    mark: str = ""
    """As what the page showed its draft (as_shown.py); "" where the page is about none."""

    def __repr__(self) -> str:
        return "TypedForm(…)"

    def to_bytes(self) -> bytes:
        """Return the plaintext to seal."""
        return json.dumps([self.path, self.fields, self.mark]).encode()

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> "TypedForm":
        """Read what `to_bytes` wrote."""
        # What an older version sealed within the hour has no mark.
        path, fields, *mark = json.loads(plaintext)
        return cls(path, tuple((name, value) for name, value in fields), *mark)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person typed on a page and did not send; `is_older`: its draft was saved since by another page."""

    form_id: str
    typed: TypedForm
    is_older: bool


def park(
    session: Session,
    typed: TypedForm,
    *,
    staff_id: int,
    draft_id: str | None = None,
    now: datetime,
    day_keys: DayKeys,
    token_bytes: Callable[[int], bytes],
) -> str | None:
    """Keep a form for the staff member it was typed by, in the place of what they typed on that page before.

    Returns its id, or None where it is not kept: it is too long, too many wait, or its draft is no more or
    issued. Whoever types in a registration of their own is at work on it.
    """
    plaintext = typed.to_bytes()
    draft = session.get(Draft, draft_id) if draft_id is not None else None
    if len(plaintext) > LONGEST_BYTES or (draft is None) is not (draft_id is None):
        return None
    if draft is not None and draft.card is not None:
        return None
    found = _on_page(session, typed.path, staff_id, draft_id, day_keys)
    form = found[0] if found else _new(session, staff_id, draft_id, token_bytes)
    if form is None:
        return None
    form.created_at, form.key_day = minute_of(now), day_of(now)
    form.ciphertext = day_keys.seal(form.id, form.key_day, plaintext)
    session.add(form)
    if draft is not None and draft.creator_id == staff_id:
        drafts.touch(draft, now=now)
    session.flush()
    return form.id


def find(
    session: Session,
    path: str,
    *,
    draft_id: str | None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
    limits: Limits,
) -> Waiting | None:
    """Return what this person typed on a page and did not send; None where there is nothing, or its time is over."""
    found = _on_page(session, path, actor.staff_id, draft_id, day_keys)
    if found is None or retention.parked_ending_due(found[0], now=now, day_keys=None, limits=limits):
        return None
    form, typed = found
    draft = session.get(Draft, draft_id, options=[undefer(Draft.ciphertext)]) if draft_id is not None else None
    is_older = draft is not None and typed.mark != "" and not as_shown.is_of(typed.mark, as_shown.nonce_of(draft))
    return Waiting(form.id, typed, is_older=is_older)


def look(
    session: Session, form_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys, limits: Limits
) -> TypedForm | None:
    """Return what this person had typed; None for anybody else, and where its time is over."""
    form = session.get(ParkedForm, form_id)
    if form is None or form.staff_id != actor.staff_id:
        return None
    if retention.parked_ending_due(form, now=now, day_keys=None, limits=limits):
        return None
    return _open(form, day_keys)


def is_theirs(session: Session, form_id: str, *, actor: Actor) -> bool:
    """Tell whether a form waits for this person."""
    form = session.get(ParkedForm, form_id)
    return form is not None and form.staff_id == actor.staff_id


def use(
    session: Session, form_id: str, *, actor: Actor, now: datetime, ending: ParkedEnding = ParkedEnding.USED
) -> None:
    """End a form of this person that is not needed any more. Harmless where there is none."""
    form = session.get(ParkedForm, form_id)
    if form is not None and form.staff_id == actor.staff_id:
        retention.end_parked_form(session, form, ending, now=now)


def _on_page(
    session: Session, path: str, staff_id: int | None, draft_id: str | None, day_keys: DayKeys
) -> tuple[ParkedForm, TypedForm] | None:
    """Return what somebody typed on a page. Which page it is, is sealed with it."""
    theirs = select(ParkedForm).where(ParkedForm.staff_id == staff_id, ParkedForm.draft_id == draft_id)
    for form in session.scalars(theirs.options(undefer(ParkedForm.ciphertext))):
        typed = _open(form, day_keys)
        if typed is not None and typed.path == path:
            return form, typed
    return None


def _new(
    session: Session, staff_id: int, draft_id: str | None, token_bytes: Callable[[int], bytes]
) -> ParkedForm | None:
    waiting = session.scalar(select(func.count()).where(ParkedForm.staff_id == staff_id)) or 0
    if waiting >= MOST_OF_ONE:
        return None
    return ParkedForm(id=token_bytes(_ID_BYTES).hex(), staff_id=staff_id, draft_id=draft_id)


def _open(form: ParkedForm, day_keys: DayKeys) -> TypedForm | None:
    try:
        return TypedForm.from_bytes(day_keys.open(form.id, form.key_day, form.ciphertext))
    except DayKeyGone:
        return None
