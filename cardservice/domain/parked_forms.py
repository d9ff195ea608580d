"""What somebody had typed when their session was over: sealed like a draft, and given back to the same person only.

The rule here: a form is parked, never acted on. Its path and fields are ciphertext under the day key of the day on
which it was typed; the row says whose it is and since when. How it ends is retention.py: used, somebody else signed in
instead, an hour, or the end of the day. What may be parked (never a password, never a file) is web/parked.py's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeyGone, DayKeys
from cardservice.domain import retention
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of, minute_of
from cardservice.domain.retention import Limits, ParkedEnding
from cardservice.storage.models import ParkedForm

LONGEST_BYTES = 64 * 1024
MOST_OF_ONE = 5
"""How many forms of one person may wait at a time: a copy of a cookie that ended must not fill the disk."""

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The page a form stands on, and its fields by name, in the order in which they came."""

    path: str
    fields: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return "TypedForm(…)"

    def to_bytes(self) -> bytes:
        """Return the plaintext to seal."""
        return json.dumps([self.path, self.fields]).encode()

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> "TypedForm":
        """Read what `to_bytes` wrote."""
        path, fields = json.loads(plaintext)
        return cls(path, tuple((name, value) for name, value in fields))


def park(
    session: Session,
    typed: TypedForm,
    *,
    staff_id: int,
    now: datetime,
    day_keys: DayKeys,
    token_bytes: Callable[[int], bytes],
) -> str | None:
    """Keep a form for the staff member it was typed by; return its id, or None where it is not kept."""
    plaintext = typed.to_bytes()
    waiting = session.scalar(select(func.count()).where(ParkedForm.staff_id == staff_id)) or 0
    if len(plaintext) > LONGEST_BYTES or waiting >= MOST_OF_ONE:
        return None
    form_id, today = token_bytes(_ID_BYTES).hex(), day_of(now)
    form = ParkedForm(
        id=form_id,
        staff_id=staff_id,
        created_at=minute_of(now),
        key_day=today,
        ciphertext=day_keys.seal(form_id, today, plaintext),
    )
    session.add(form)
    session.flush()
    return form_id


def look(
    session: Session, form_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys, limits: Limits
) -> TypedForm | None:
    """Return what this person had typed; None for anybody else, and where its time is over."""
    form = session.get(ParkedForm, form_id)
    if form is None or form.staff_id != actor.staff_id:
        return None
    if retention.parked_ending_due(form, now=now, day_keys=None, limits=limits):
        return None
    try:
        return TypedForm.from_bytes(day_keys.open(form.id, form.key_day, form.ciphertext))
    except DayKeyGone:
        return None


def claim(session: Session, form_id: str, *, actor: Actor, now: datetime) -> bool:
    """Tell whether a form waits for this person, who has just signed in; one that waits for somebody else ends."""
    form = session.get(ParkedForm, form_id)
    if form is not None and form.staff_id != actor.staff_id:
        retention.end_parked_form(session, form, ParkedEnding.NOT_THEIRS, now=now)
        return False
    return form is not None


def use(session: Session, form_id: str, *, actor: Actor, now: datetime) -> None:
    """End a form of this person that is not needed any more. Harmless where there is none."""
    form = session.get(ParkedForm, form_id)
    if form is not None and form.staff_id == actor.staff_id:
        retention.end_parked_form(session, form, ParkedEnding.USED, now=now)
