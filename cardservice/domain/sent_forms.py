"""Forms that were sent, by the random id that their page drew: one that is sent twice does what it does once.

The rule here: an id is nobody's name. It says neither who sent the form nor what was in it, and is forgotten at
the end of the following day. One writer at a time (docs/decisions/0011) makes the first of two be the first.
docs/decisions/0085-a-form-sent-twice-is-one-thing.md
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from cardservice.domain.calendar import day_of
from cardservice.storage.models import SentForm

ID_BYTES = 16
_ID = re.compile(r"[0-9a-f]{32}")


def draw(token_bytes: Callable[[int], bytes]) -> str:
    """Return a new id: 32 hexadecimal digits."""
    return token_bytes(ID_BYTES).hex()


def is_id(text: str) -> bool:
    """Tell whether a text could be the id of a form."""
    return _ID.fullmatch(text) is not None


def is_first(session: Session, form_id: str, *, now: datetime) -> bool:
    """Tell whether the form is sent for the first time, and remember that it was."""
    if is_known(session, form_id):
        return False
    session.add(SentForm(id=form_id, day=day_of(now)))
    session.flush()
    return True


def is_known(session: Session, form_id: str) -> bool:
    """Tell whether the form was sent before, today or yesterday."""
    return session.get(SentForm, form_id) is not None


def once(session: Session, form_id: str, do: Callable[[], int | None], *, now: datetime) -> int | None:
    """Return the number that `do` makes, or makes none; for a form that was sent before what it made then.

    What `do` raises ends the transaction, and the form can be sent again.
    """
    if is_first(session, form_id, now=now):
        session.get_one(SentForm, form_id).made = do()
        session.flush()
    return session.get_one(SentForm, form_id).made


def forget_over(session: Session, *, now: datetime) -> int:
    """Delete the forms of days before yesterday, and of a clock that was ahead; return how many there were."""
    today = day_of(now)
    over = or_(SentForm.day < today - timedelta(days=1), SentForm.day > today + timedelta(days=1))
    return session.execute(delete(SentForm).where(over)).rowcount  # type: ignore[attr-defined, no-any-return]
