"""A mistake that is seen on the printed card: the card ends, and its answers come back to be put right.

The rule here: one transaction, so that there is never a card without its answers, nor the answers without the card's
end. The card ends as any that is spoilt (issuance.py); how a draft ends is retention.py. docs/decisions/0072.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import cards, drafts, lifecycle, retention
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import NotIssued
from cardservice.domain.retention import Ending
from cardservice.storage.models import Draft
from cardservice.terms import CardState, RevocationReason


def correct(
    session: Session,
    card_number: str,
    *,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
    token_bytes: Callable[[int], bytes],
) -> Draft:
    """Spoil a card that was not handed over, and return its answers and photo as a new draft until the end of today.

    The new draft is as old as the one before: corrected or not, no card waits for longer than fourteen days.
    Raises `CardNotFound`, `NotIssued`, `MoveRefused` for a card that was handed over, and `DraftNotFound` or
    `DraftGone` where the actor may not open its draft.
    """
    card = cards.get(session, card_number)
    if card.draft_id is None:
        raise lifecycle.MoveRefused(card, CardState.REVOKED)
    wrong = drafts.get(session, card.draft_id, actor=actor, now=now)
    drafts.check_mine(wrong, actor)
    kept = drafts.contents(wrong, day_keys=day_keys)
    if kept.signed is None:
        raise NotIssued
    draft = drafts.open_draft(
        session,
        kept.registration,
        evidence=kept.evidence,
        actor=actor,
        now=now,
        day_keys=day_keys,
        token_bytes=token_bytes,
    )
    # What was counted for the wrong one is counted for the right one: a letter that is shown again is the same letter.
    again = drafts.contents(draft, day_keys=day_keys)
    kept_of_it = replace(again, letters=kept.letters, photo_asked=kept.photo_asked, is_child=kept.is_child)
    drafts.seal(draft, kept_of_it, day_keys=day_keys)
    draft.created_at = wrong.created_at
    session.flush()
    reason = RevocationReason.ISSUED_IN_ERROR
    retention.end_draft(session, wrong, Ending.SPOILT, actor=actor, now=now, reason=reason)
    return draft
