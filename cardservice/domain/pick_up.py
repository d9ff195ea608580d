"""A finished card that waits for its holder: its draft is kept until a later day, and fourteen days at the most.

The rule here: its draft is sealed anew under the key of that day. How it ends then is retention.py.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import audit, drafts
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Conflict
from cardservice.domain.retention import LONGEST_PICK_UP_DAYS
from cardservice.storage.models import Draft
from cardservice.terms import CardState


class NotWaiting(Conflict):
    """Only a card that was signed and not handed over can be kept for pick-up."""

    def __init__(self) -> None:
        super().__init__("Only a finished card can be kept for pick-up. Issue it first.")


def keep(
    session: Session, draft_id: str, *, days: int = LONGEST_PICK_UP_DAYS, actor: Actor, now: datetime, day_keys: DayKeys
) -> Draft:
    """Keep a signed card's draft until its holder comes: sealed anew under the key of that later day.

    At most 14 days from registration, however often it is asked for; today's own key goes tonight as ever.
    Raises `NotWaiting`, `DraftNotFound`, `DraftGone`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now)
    if draft.card is None or draft.card.state is not CardState.SIGNED:
        raise NotWaiting
    kept = drafts.contents(draft, day_keys=day_keys)
    draft.key_day = min(day_of(now) + timedelta(days=min(max(days, 0), LONGEST_PICK_UP_DAYS)), latest_day(draft))
    drafts.seal(draft, kept, day_keys=day_keys)
    session.flush()
    audit.record(session, actor, Action.DRAFT_KEPT, f"draft:{draft.id}", now=now)
    return draft


def latest_day(draft: Draft) -> date:
    """Return the last day until which a draft may be kept, its holder late or not."""
    return day_of(draft.created_at) + timedelta(days=LONGEST_PICK_UP_DAYS)
