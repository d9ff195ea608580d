"""From a draft to a card in a hand, in an order that loses nothing when it is interrupted anywhere.

reserve and record the intent (committed) → lint → sign → lint again → record (committed) → print → hand over → erase.
The rule here: every step can be asked for again and does nothing twice; the draft's id is what makes two requests the
same. Signing itself is signing.py, states are lifecycle.py, and how a draft ends is retention.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.orm import Session

from cardservice.credential.claims import StatusReference
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import Signer
from cardservice.credential.personal import InvalidPersonalData
from cardservice.day_keys import DayKeys
from cardservice.domain import (
    approval,
    as_shown,
    audit,
    card_claims,
    card_numbers,
    cards,
    daily_cap,
    drafts,
    in_flight,
    key_rotation,
    lifecycle,
    renewal,
    retention,
    second_look,
    signing,
    slip_codes,
    statistics,
    status_places,
    waiting_times,
)
from cardservice.domain.actor import SERVICE, Actor
from cardservice.domain.age import Validity
from cardservice.domain.approval import approve as approve
from cardservice.domain.approval import submit as submit
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, month_of
from cardservice.domain.draft_contents import Contents, SignedCodes
from cardservice.domain.draft_contents import IssuedCard as IssuedCard
from cardservice.domain.errors import Conflict, Refused
from cardservice.domain.in_flight import CardInFlight, InFlight
from cardservice.domain.registration import Registration
from cardservice.domain.retention import Ending, Transaction
from cardservice.storage.models import Card
from cardservice.terms import CardState, RevocationReason
from cardservice.verify import lint

ONE_DAY = timedelta(days=1)
_INTEND = insert(Card)
_IS_A_CARD = select(exists().where(Card.number == bindparam("card_number")))


class IssuingInterrupted(Conflict):
    """The intent was cancelled in between, by a restart or by somebody who ended the draft; nothing was signed."""

    def __init__(self) -> None:
        super().__init__("Issuing was interrupted before the card was signed. Issue it again.")


class VerifierRefused(Refused):
    """Our own verifier would not accept the card. Its number and place are burnt; no code of it left the service."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"The card would not be accepted anywhere ({code}). Correct the registration and issue it again."
        )
        self.code = code


class NotIssued(Conflict):
    """There is nothing to print yet."""

    def __init__(self) -> None:
        super().__init__("No card has been issued of this registration yet. Issue it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """What the town decided about its cards, and the key that signs them."""

    issuer: str
    """The town's https URI."""
    status_uri: Callable[[int], str]
    """From a status list's number to its URI."""
    validity: Validity
    four_eyes: bool
    key: Signer
    cards_a_day: int = 0
    """How many cards one person may issue on a day; 0: as many as there are."""


def issue(
    transaction: Transaction,
    draft_id: str,
    *,
    marked: str | None = None,
    actor: Actor,
    now: datetime,
    day_keys: DayKeys,
    issuing: Issuing,
    token_bytes: Callable[[int], bytes],
) -> IssuedCard:
    """Make the card of a draft as the page showed it, or return the one that was made of it before.

    Two transactions: the intent; then the proof that it is committed, and the signature. Must not be called inside
    another one. From the intent on the draft cannot be changed.
    Raises `ChangedMeanwhile`, `EvidenceMissing`, `NothingTyped`, `NotApproved`, `DraftNotFound`, `DraftGone`,
    `IssuingInterrupted`, `VerifierRefused`, `KeyNotActive`, `KeyBeginsLater`, `KeyEndsTooEarly`,
    `NoStatusListPublished`, `EnoughForToday`, `ReplacedAlready`.
    """
    with transaction() as session:
        draft = drafts.seen(in_flight.read(session, draft_id), actor=actor, now=now)
        intended = draft.card.number if draft.card else None
        number = intended or _record_intent(session, draft, issuing, token_bytes, marked, actor=actor, now=now)
        if not intended:
            second_look.check_age(draft, issuing.validity, now=now, day_keys=day_keys)
            renewal.check_not_replaced(session, drafts.typed(drafts.contents(draft, day_keys=day_keys)).replaces)
    try:
        with signing.prove_intent(transaction, draft_id) as (session, found, permission):
            draft = drafts.seen(found, actor=actor, now=now)
            if draft.card is None or draft.card.number != number:
                raise IssuingInterrupted
            kept = drafts.contents(draft, day_keys=day_keys)
            if permission is not None:
                said = drafts.typed(kept)
                signed, known = _sign(session, draft.card, said, permission, issuing, token_bytes, now=now)
                kept = kept.with_codes(signed)
                drafts.keep(session, draft, kept, now=now, day_keys=day_keys)
                retention.end_parked_forms_of(session, draft_id, now=now)
                lifecycle.sign(session, number, known, actor=actor, now=now)
                statistics.add(session, f"{statistics.MET}{drafts.shown(kept).version}", now=now)
            return _issued(kept)
    except (CredentialError, InvalidPersonalData) as refusal:
        _burn(transaction, number, actor=actor, now=now)
        # The cause is left out: it may hold what was typed.
        raise VerifierRefused(_code_of(refusal)) from None


def reprint(session: Session, draft_id: str, *, actor: Actor, now: datetime, day_keys: DayKeys) -> IssuedCard:
    """Return the signed card again, the same to the last byte; after hand-over there is none.

    Raises `NotIssued`, `DraftNotFound`, `DraftGone`.
    """
    return _issued(drafts.contents(drafts.get(session, draft_id, actor=actor, now=now), day_keys=day_keys))


def hand_over(session: Session, card_number: str, *, actor: Actor, now: datetime, day_keys: DayKeys) -> Card:
    """The card is in its holder's hand: it becomes active, the one it replaces ends, the draft is erased.

    Harmless for a card that is active already. Raises `CardNotFound`, `MoveRefused`, `ReplacedAlready`, `DraftGone`.
    """
    card = cards.get(session, card_number)
    if card.state is CardState.ACTIVE:
        return card
    if card.draft is None:  # handed over before: a suspended card comes back by being reinstated, not by this
        raise lifecycle.MoveRefused(card, CardState.ACTIVE)
    replaces = drafts.typed(drafts.contents(card.draft, day_keys=day_keys)).replaces
    renewal.check_not_replaced(session, replaces)
    lifecycle.move(session, card, CardState.ACTIVE, actor=actor, now=now)
    if replaces is not None:
        renewal.replace(session, replaces, actor=actor, now=now)
    waiting_times.count(session, card.draft.created_at, now=now)
    retention.end_draft(session, card.draft, Ending.HANDED_OVER, actor=actor, now=now)
    return card


def spoil(session: Session, card_number: str, reason: RevocationReason, *, actor: Actor, now: datetime) -> Card:
    """End a card that was printed wrong or never fetched: revoked for good, its draft erased.

    Raises `CardNotFound`, and `MoveRefused` for a card that was handed over.
    """
    card = cards.get(session, card_number)
    if card.draft is None:
        raise lifecycle.MoveRefused(card, CardState.REVOKED)
    retention.end_draft(session, card.draft, Ending.SPOILT, actor=actor, now=now, reason=reason)
    return card


def recover(transaction: Transaction, *, now: datetime) -> int:
    """At start: burn every intent that was never signed, and return how many there were.

    Its draft stays, so that the journey goes on. A signed card needs nothing: it can be printed again or spoilt.
    """
    with transaction() as session:
        left = list(session.scalars(select(Card.number).where(Card.state == CardState.INTENT)))
    for number in left:
        _burn(transaction, number, actor=SERVICE, now=now)
    return len(left)


def _record_intent(
    session: Session,
    draft: InFlight,
    issuing: Issuing,
    token_bytes: Callable[[int], bytes],
    marked: str | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Reserve number and place, and write down what is about to be signed."""
    as_shown.check(draft, marked)
    drafts.check_complete(draft)
    if issuing.four_eyes:
        approval.check(draft)
    daily_cap.check(session, issuing.cards_a_day, actor=actor, now=now)
    issued_on = day_of(now)
    # Whose it is lies sealed still: until it is signed it counts as good for as long as any card of the town.
    expires_on = issuing.validity.longest(issued_on)
    key = key_rotation.signing_key(session, issuing.key.key_id, issued_on=issued_on, expires_on=expires_on)
    place = status_places.reserve(session, token_bytes=token_bytes)
    number = _unused_number(session, token_bytes)
    intent = {
        "number": number,
        "state": CardState.INTENT,
        "list_number": place.list_number,
        "position": place.position,
        "key_id": key.key_id,
        "issue_month": month_of(issued_on),
        "expiry_month": month_of(expires_on - ONE_DAY),
        "draft_id": draft.id,
    }
    session.connection().execute(_INTEND, intent)
    audit.record(session, actor, Action.CARD_INTENT, f"card:{number}", now=now)
    return number


def _sign(
    session: Session,
    intent: CardInFlight,
    registration: Registration,
    permission: signing.Permission,
    issuing: Issuing,
    token_bytes: Callable[[int], bytes],
    *,
    now: datetime,
) -> tuple[SignedCodes, lifecycle.SignedRow]:
    """Lint, sign, and lint again what was signed, as a verifier reads it; draw the code of the slip beside it."""
    issued_on = day_of(now)
    expires_on = issuing.validity.end(registration.birth_date, issued_on=issued_on)
    key = key_rotation.signing_key(session, issuing.key.key_id, issued_on=issued_on, expires_on=expires_on)
    claims = card_claims.of(
        registration,
        issuer=issuing.issuer,
        number=intent.number,
        status=StatusReference(uri=issuing.status_uri(intent.list_number), index=intent.position),
        issued_on=issued_on,
        expires_on=expires_on,
    )
    for said in (claims, claims.residence()):
        lint.check_claims(said, today=issued_on)
    identity_code, residence_code = signing.sign(permission, claims, issuing.key)
    lint.check_text(identity_code, claims, key.public)
    lint.check_text(residence_code, claims.residence(), key.public)
    slip_code = slip_codes.draw(token_bytes)
    signed = SignedCodes(
        card_number=intent.number,
        identity_code=identity_code,
        residence_code=residence_code,
        slip_code=slip_code,
        issued_on=issued_on,
        valid_until=claims.valid_until,
    )
    months = month_of(issued_on), month_of(expires_on - ONE_DAY)
    return signed, lifecycle.SignedRow(key.key_id, *months, slip_codes.digest(slip_code))


def _burn(transaction: Transaction, card_number: str, *, actor: Actor, now: datetime) -> None:
    """End an intent without a signature: number and place are never used again, the draft is free for a new one."""
    with transaction() as session:
        card = session.get(Card, card_number)
        if card is not None and card.state is CardState.INTENT:
            lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)
            card.draft = None
            session.flush()


def _issued(kept: Contents) -> IssuedCard:
    if (issued := kept.issued) is None:
        raise NotIssued
    return issued


def _unused_number(session: Session, token_bytes: Callable[[int], bytes]) -> str:
    while session.connection().scalar(_IS_A_CARD, {"card_number": (number := card_numbers.draw(token_bytes))}):
        pass
    return number


def _code_of(refusal: CredentialError | InvalidPersonalData) -> str:
    return refusal.code if isinstance(refusal, InvalidPersonalData) else str(refusal.reason)
