"""The papers of a registration in flight: shown, looked at a second time by a supervisor, accepted or not.

The rule here: nobody takes the second look at a registration of their own, and a registration that comes to nothing
leaves a count by reason. What papers come to is evidence.py; what a draft keeps of them is `Evidence` and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from cardservice.day_keys import DayKeys
from cardservice.domain import as_shown, audit, drafts, organisations, retention, statistics
from cardservice.domain.actor import Actor
from cardservice.domain.age import Validity
from cardservice.domain.approval import NotBeforeYou, OwnDraft
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.domain.draft_contents import Contents
from cardservice.domain.errors import Conflict
from cardservice.domain.evidence import Evidence
from cardservice.domain.in_flight import InFlight
from cardservice.domain.retention import Ending
from cardservice.storage.models import Draft
from cardservice.terms import AcceptedFor, DraftState, RefusedFor

_NO_LETTERS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """A registration in flight, as far as it is about papers."""

    draft_id: str
    state: DraftState
    is_mine: bool
    is_issued: bool
    evidence: Evidence | None
    replaces: str | None
    language: str | None
    """The language of the name, ISO 639-3, where it is known."""
    is_child: bool | None
    """Whether the birth date is a child's; None: it is not typed yet."""
    is_of_today: bool
    """Whether it was begun today: part of a visit that may still go on."""
    from_old_card: bool
    """Whether it began with the old card's code, so that this paper was on the counter."""
    nonce: bytes
    """What is other after each save: what a mark is made of (as_shown.py)."""

    @property
    def judged(self) -> Evidence | None:
        """What the papers come to for whoever was born on this date."""
        return self.evidence.of(is_child=self.is_child) if self.evidence else None

    @property
    def is_accepted(self) -> bool:
        """Whether a supervisor has accepted what was shown."""
        return self.evidence is not None and self.evidence.accepted_by is not None


class NobodyAsked(Conflict):
    """The registration does not wait for a second look."""

    def __init__(self) -> None:
        super().__init__("This registration does not wait for a second look. Look at where it stands.")


def show(
    session: Session,
    draft_id: str,
    shown: Evidence,
    *,
    letters: Mapping[str, int] = _NO_LETTERS,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> Draft:
    """Put what the papers come to into a draft, in the place of what was there.

    `letters`: by kind, the organisation whose letter counts. For a draft a letter of a kind is counted once, whether
    it is taken away and shown again or not. What a supervisor has declined stays declined, also when one is taken away.
    `marked`: as what the page showed it (as_shown.py).
    Raises `AlreadyIssued`, `ChangedMeanwhile`, `DraftNotFound`, `DraftGone`, `LettersNoMore`, `OrganisationNotFound`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    drafts.check_mine(draft, actor)
    drafts.check_not_issued(draft)
    kept = drafts.contents(draft, day_keys=day_keys)
    declined = kept.evidence is not None and kept.evidence.was_declined_with(shown.on_counter)
    evidence = replace(shown, looked_at=declined)
    if as_shown.is_there_already(draft, kept, marked, is_same=kept.evidence == evidence):
        return draft
    changed = replace(kept, evidence=evidence, letters=count_letters(session, kept.letters, letters, now=now))
    drafts.put(session, draft, changed, marked=marked, actor=actor, now=now, day_keys=day_keys)
    return draft


def count_letters(
    session: Session, counted: tuple[str, ...], letters: Mapping[str, int], *, now: datetime
) -> tuple[str, ...]:
    """Count letters of kinds of which none was counted, each for its organisation; return the kinds counted by now.

    Raises `LettersNoMore`, `OrganisationNotFound`.
    """
    new = [kind for kind in letters if kind not in counted]
    for kind in new:
        organisations.count_letter(session, letters[kind], now=now)
    return (*counted, *new)


def read(session: Session, draft_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys) -> Papers:
    """Return what a draft keeps of papers, and where it stands. Raises `DraftNotFound`, `DraftGone`."""
    draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    kept = drafts.contents(draft, day_keys=day_keys)
    replaces = kept.registration.replaces if kept.registration else kept.replaces
    return Papers(
        draft_id=draft.id,
        state=draft.state,
        is_mine=draft.creator_id == actor.staff_id,
        is_issued=draft.card is not None,
        evidence=kept.evidence,
        replaces=replaces,
        language=kept.registration.language if kept.registration else kept.language,
        is_child=kept.is_child,
        is_of_today=day_of(draft.created_at) == day_of(now),
        from_old_card=kept.evidence is None and replaces is not None,
        nonce=as_shown.nonce_of(draft),
    )


def ask(session: Session, draft_id: str, *, actor: Actor, now: datetime) -> Draft:
    """Lay papers that are not enough before the supervisors. Harmless when they lie there already.

    Raises `NobodyAsked` for a draft whose papers are enough, `DraftNotFound`, `DraftGone`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now)
    drafts.check_mine(draft, actor)
    if draft.state is DraftState.EVIDENCE:
        draft.state = DraftState.SECOND_LOOK
        drafts.touch(draft, now=now)
        session.flush()
        audit.record(session, actor, Action.SECOND_LOOK_ASKED, f"draft:{draft.id}", now=now)
    if draft.state is not DraftState.SECOND_LOOK:
        raise NobodyAsked
    return draft


def accept(
    session: Session,
    draft_id: str,
    because: AcceptedFor,
    *,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> Draft:
    """Say that the papers are enough, by a supervisor's judgement of those that the page showed.

    Raises `ChangedMeanwhile` where they are other ones by now, `OwnDraft`, `NobodyAsked`, `NotBeforeYou`, `DraftGone`.
    """
    draft, kept, shown = _asked(session, draft_id, marked, actor=actor, now=now, day_keys=day_keys)
    accepted = replace(shown, accepted_by=actor.staff_id, accepted_for=because)
    drafts.put(session, draft, replace(kept, evidence=accepted), actor=actor, now=now, day_keys=day_keys)
    audit.record(session, actor, Action.SECOND_LOOK_ACCEPTED, f"draft:{draft.id}", now=now)
    statistics.add(session, f"second look accepted: {because}", now=now)
    return draft


def decline(
    session: Session, draft_id: str, *, marked: str | None = None, actor: Actor, now: datetime, day_keys: DayKeys
) -> Draft:
    """Say that they are not enough: whoever registers can add a paper, or end it. Raises as `accept`."""
    draft, kept, shown = _asked(session, draft_id, marked, actor=actor, now=now, day_keys=day_keys)
    looked_at = replace(shown, looked_at=True)
    drafts.put(session, draft, replace(kept, evidence=looked_at), actor=actor, now=now, day_keys=day_keys)
    audit.record(session, actor, Action.SECOND_LOOK_DECLINED, f"draft:{draft.id}", now=now)
    return draft


def refuse(
    session: Session,
    draft_id: str,
    because: RefusedFor,
    *,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
) -> None:
    """End a registration whose papers are not enough; a count by reason stays.

    Raises `AlreadyIssued`, `ChangedMeanwhile`, `DraftNotFound`, `DraftGone`.
    """
    draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    drafts.check_mine(draft, actor)
    drafts.check_not_issued(draft)
    kept = drafts.contents(draft, day_keys=day_keys)
    as_shown.is_there_already(draft, kept, marked, is_same=False)
    looked_at = kept.evidence is not None and kept.evidence.looked_at
    retention.end_draft(session, draft, Ending.REFUSED, actor=actor, now=now)
    count_refusal(session, RefusedFor.SECOND_LOOK if looked_at else because, now=now)


def check_age(draft: Draft | InFlight, validity: Validity, *, now: datetime, day_keys: DayKeys) -> None:
    """Raise `EvidenceMissing` where papers are enough for a child only, and by today's limit it is for an adult."""
    kept = drafts.contents(draft, day_keys=day_keys)
    if kept.evidence is None or kept.evidence.of_an_adult is None:
        return
    is_child = validity.is_child(drafts.typed(kept).birth_date, today=day_of(now))
    if replace(kept, is_child=is_child).is_enough_for_a_child_only:
        raise drafts.EvidenceMissing


def count_refusal(session: Session, reason: RefusedFor, *, now: datetime) -> None:
    """Count that somebody was sent away, and why: all that is kept of it."""
    statistics.add(session, f"registration.refused: {reason}", now=now)


def _asked(
    session: Session, draft_id: str, marked: str | None, *, actor: Actor, now: datetime, day_keys: DayKeys
) -> tuple[Draft, Contents, Evidence]:
    try:
        draft = drafts.get(session, draft_id, actor=actor, now=now, to_open=True)
    except drafts.DraftNotFound:
        raise NotBeforeYou from None
    if draft.creator_id == actor.staff_id:
        raise OwnDraft
    as_shown.check(draft, marked)
    kept = drafts.contents(draft, day_keys=day_keys)
    if draft.state is not DraftState.SECOND_LOOK or kept.evidence is None:
        raise NobodyAsked
    return draft, kept, kept.evidence
