"""How a registration begins, or comes to nothing, at its first page: by a form that may be sent twice.

The rule here: the id of the form becomes the id of the draft. Sent again by a second click, a reload or the way back,
it finds the draft that it began, and neither a letter nor a refusal is counted a second time. What papers come to is
evidence.py; what happens to them later second_look.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import audit, drafts, second_look, sent_forms
from cardservice.domain.actor import Actor
from cardservice.domain.evidence import Evidence
from cardservice.domain.registration import Registration
from cardservice.domain.second_look import Papers
from cardservice.storage.models import Draft
from cardservice.terms import RefusedFor


def with_papers(
    session: Session,
    form_id: str,
    shown: Evidence,
    *,
    letters: Mapping[str, int],
    asks: bool = False,
    replaces: str | None = None,
    language: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> Draft:
    """Begin a registration with papers; `asks`: lay them before the supervisors. Sent again, return the one begun.

    `letters`: by kind, the organisation whose letter counts. Where other papers are ticked on the second sending, they
    are put into the draft that is there, unless another page has saved it since: `ChangedMeanwhile`. Raises what
    `drafts.open_draft` raises, `DraftNotFound` where the registration that the form began is over or somebody else's,
    `AlreadyIssued`, `LettersNoMore`, `OrganisationNotFound`.
    """
    if _is_first(session, form_id, now=now):
        draft = drafts.open_draft(
            session,
            evidence=shown,
            replaces=replaces,
            language=language,
            actor=actor,
            now=now,
            day_keys=day_keys,
            token_bytes=_as_id(form_id),
        )
        kept = drafts.contents(draft, day_keys=day_keys)
        counted = second_look.count_letters(session, kept.letters, letters, now=now)
        drafts.seal(draft, replace(kept, letters=counted, saved_by=form_id), day_keys=day_keys)
        session.flush()
    else:
        draft = _begun(session, form_id, actor=actor, now=now)
        before = drafts.contents(draft, day_keys=day_keys).evidence
        if before is not None and (before.kinds, before.faults) == (shown.kinds, shown.faults):
            return draft
        second_look.show(
            session, form_id, shown, letters=letters, marked=form_id, actor=actor, now=now, day_keys=day_keys
        )
    return second_look.ask(session, draft.id, actor=actor, now=now) if asks else draft


def with_old_card(
    session: Session,
    form_id: str,
    answers: Registration,
    *,
    is_child: bool = False,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> Draft:
    """Begin a registration with the answers of the card that it replaces. Sent again, return the one begun.

    `is_child`: whether the birth date is a child's, by the town's limit.
    Raises what `drafts.open_draft` raises, and `DraftNotFound` where the registration that the form began is over, or
    of another card: nobody may come upon somebody else's answers.
    """
    if not _is_first(session, form_id, now=now):
        draft = _begun(session, form_id, actor=actor, now=now)
        kept = drafts.contents(draft, day_keys=day_keys).registration
        if kept is None or kept.replaces != answers.replaces:
            raise drafts.DraftNotFound
        return draft
    draft = drafts.open_draft(
        session, answers, evidence=None, actor=actor, now=now, day_keys=day_keys, token_bytes=_as_id(form_id)
    )
    begun_with = drafts.contents(draft, day_keys=day_keys)
    drafts.seal(draft, replace(begun_with, is_of_old_card=True, is_child=is_child), day_keys=day_keys)
    session.flush()
    return draft


def begun(session: Session, form_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys) -> Papers | None:
    """Return the papers of the actor's own registration that the form began; None where there is none, or no more."""
    try:
        papers = second_look.read(session, form_id, actor=actor, now=now, day_keys=day_keys)
    except (drafts.DraftNotFound, drafts.DraftGone):
        return None
    return papers if papers.is_mine else None


def refuse(
    session: Session, form_id: str, because: RefusedFor | None, *, actor: Actor, now: datetime, day_keys: DayKeys
) -> None:
    """Count once that somebody was sent away; what the form had begun, if it had, ends with it.

    `because`: None counts nothing. Raises `AlreadyIssued`, `ChangedMeanwhile` where another page has saved it since,
    and `DraftNotFound` for somebody else's registration.
    """
    if _is_first(session, form_id, now=now):
        if because is not None:
            second_look.count_refusal(session, because, now=now)
    elif session.get(Draft, form_id) is not None:
        because = because or RefusedFor.POINTS
        second_look.refuse(session, form_id, because, marked=form_id, actor=actor, now=now, day_keys=day_keys)


def _is_first(session: Session, form_id: str, *, now: datetime) -> bool:
    # A draft of this id that another page began is none of this form's: it is looked at as one that was sent. So is one
    # that is over, however long: the audit is for ever, and an id in it means one registration.
    return sent_forms.is_first(session, form_id, now=now) and not audit.history(session, f"draft:{form_id}")


def _begun(session: Session, form_id: str, *, actor: Actor, now: datetime) -> Draft:
    draft = drafts.get(session, form_id, actor=actor, now=now, to_open=True)
    drafts.check_mine(draft, actor)
    return draft


def _as_id(form_id: str) -> Callable[[int], bytes]:
    return lambda _: bytes.fromhex(form_id)
