"""A second pair of eyes before a card is issued, where the town wants it: creator and approver are two people.

The rule here: an approval is given to what the draft says now; drafts.change takes it back. Part of the journey of
issuance.py, which offers `submit` and `approve` as its own.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cardservice.domain import as_shown, audit, drafts
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.domain.in_flight import InFlight
from cardservice.storage.models import Draft
from cardservice.terms import DraftState


class NotApproved(Conflict):
    """The town wants four eyes, and only two have seen this draft."""

    def __init__(self) -> None:
        super().__init__("Somebody else has to approve this registration before it is issued. Ask a supervisor.")


class OwnDraft(Refused):
    """Creator and approver are one person."""

    def __init__(self) -> None:
        super().__init__("Nobody approves a registration of their own. Ask another supervisor.")


class NotBeforeYou(DraftNotFound):
    """The draft does not wait for this supervisor: it was taken back, has ended, or never did; it is not told which."""

    def __init__(self) -> None:
        NotFound.__init__(
            self, "This registration does not wait for you: it was changed or ended, or never laid before you."
        )


def submit(session: Session, draft_id: str, *, marked: str | None = None, actor: Actor, now: datetime) -> Draft:
    """Lay a draft before the supervisors, where the town wants four eyes. Harmless when it lies there already.

    `marked`: as what the page showed it (as_shown.py).
    Raises `ChangedMeanwhile`, `EvidenceMissing`, `NothingTyped`, `DraftNotFound`, `DraftGone`, `AlreadyIssued`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    drafts.check_not_issued(draft)
    as_shown.check(draft, marked)
    drafts.check_complete(draft)
    if draft.state is DraftState.OPEN:
        draft.state = DraftState.WAITING
        drafts.touch(draft, now=now)
        audit.record(session, actor, Action.DRAFT_SUBMITTED, f"draft:{draft.id}", now=now)
    return draft


def approve(session: Session, draft_id: str, *, marked: str | None = None, actor: Actor, now: datetime) -> Draft:
    """Approve what somebody else registered, as the page showed it. Harmless when it is approved already.

    Raises `ChangedMeanwhile`, `OwnDraft`, `EvidenceMissing`, `NothingTyped`, `NotBeforeYou`, `DraftGone`,
    `AlreadyIssued`.
    """
    try:
        draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    except DraftNotFound:
        raise NotBeforeYou from None
    drafts.check_not_issued(draft)
    as_shown.check(draft, marked)
    if draft.creator_id == actor.staff_id:
        raise OwnDraft
    drafts.check_complete(draft)
    if draft.state is not DraftState.APPROVED:
        draft.state, draft.approver_id = DraftState.APPROVED, actor.staff_id
        drafts.touch(draft, now=now)
        audit.record(session, actor, Action.DRAFT_APPROVED, f"draft:{draft.id}", now=now)
    return draft


def check(draft: Draft | InFlight) -> None:
    """Raise `NotApproved` unless somebody other than its creator approved the draft as it is."""
    if draft.state is not DraftState.APPROVED or draft.approver_id in {None, draft.creator_id}:
        raise NotApproved
