"""The town's keys from their announcement to their end: announce → wait one list period → activate → retire.

The rule here: a key signs nothing before every verifier with a usable kit has had a published trust list with it, and
a retired key's cards verify until the last of them expires; so there is no moment at which a good card fails. Only
"compromised" makes cards fail, on purpose. Private halves are in keystore.py, the lists are made in publication.py.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.domain import audit
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, midnight, years_later
from cardservice.domain.errors import Conflict, NotFound, Unavailable
from cardservice.domain.key_row import KeyRow, find_row
from cardservice.keystore import Purpose
from cardservice.storage.models import IssuerKey

SIGNING_YEARS = 1
"""How long a card key signs before its successor should; it is believed for as long again as a card is valid."""
OTHER_YEARS = 10
"""How long the other keys are believed: nothing they sign outlives their next rotation."""


class Stage(StrEnum):
    """Where a key stands, as the register keeps it."""

    ANNOUNCED = "announced"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class KeyNotFound(NotFound):
    """The register has no such key."""

    def __init__(self) -> None:
        super().__init__("The register knows no such key. Announce it first, or look at the list of keys.")


class KeyKnown(Conflict):
    """The key was announced before."""

    def __init__(self) -> None:
        super().__init__("This key was announced before. Go on with it, or create another one.")


class SuccessorWaits(Conflict):
    """A key of this purpose is announced and not active yet: a second one would follow nobody."""

    def __init__(self, purpose: str, key_id: str) -> None:
        super().__init__(
            f"The next {purpose} key is announced already: {key_id}. Go on with it, or retire it if it was a mistake."
        )
        self.purpose, self.key_id = purpose, key_id


class WrongStage(Conflict):
    """The key cannot take this step from where it stands."""

    def __init__(self, key: IssuerKey, to: Stage) -> None:
        super().__init__(f"Key {key.key_id} is {key.state}, so it cannot become {to}. Look at the list of keys.")
        self.key_id, self.state, self.to = key.key_id, key.state, to


class KeyNotPublished(Unavailable):
    """Verifiers cannot know the key yet."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Key {key_id} is in no published trust list yet. Unlock the anchor key and publish first.")
        self.key_id = key_id


class TooEarly(Unavailable):
    """Some verifiers may still use a kit without the key."""

    def __init__(self, key_id: str, ready_at: datetime) -> None:
        super().__init__(f"Key {key_id} can be activated from {ready_at:%d %B %Y, %H:%M} UTC on, not before.")
        self.key_id, self.ready_at = key_id, ready_at


class LastActiveKey(Conflict):
    """Nothing could be signed any more."""

    def __init__(self, purpose: str) -> None:
        super().__init__(f"This is the only active {purpose} key. Announce and activate its successor first.")
        self.purpose = purpose


class KeyNotActive(Unavailable):
    """The service holds a key that may not sign now."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            f"The {purpose} key that was unlocked is not active. Start the service with the active one, or activate it."
        )
        self.purpose = purpose


class KeyBeginsLater(Unavailable):
    """By the server's clock the card would be older than its key, and so valid nowhere."""

    def __init__(self) -> None:
        super().__init__("The card key begins on a later day than the server says it is. Set the server's clock.")


class KeyEndsTooEarly(Unavailable):
    """The card would be valid for longer than its key is believed."""

    def __init__(self) -> None:
        super().__init__("The card key ends before this card would. Announce and activate the next card key.")


def announce(
    session: Session, purpose: Purpose, public: PublicKey, *, validity_years: int, actor: Actor, now: datetime
) -> IssuerKey:
    """Make a new key known; the next trust list tells the verifiers. `validity_years` is that of the town's cards.

    Raises `KeyKnown`, `SuccessorWaits`.
    """
    key_id, today = public.key_id.hex(), day_of(now)
    if session.get(IssuerKey, key_id) is not None:
        raise KeyKnown
    check_none_waits(session, purpose)
    years = SIGNING_YEARS + validity_years if purpose is Purpose.CARD else OTHER_YEARS
    key = IssuerKey(
        key_id=key_id,
        purpose=purpose.value,
        state=Stage.ANNOUNCED.value,
        public_key=public.to_cose_key(),
        announced_at=_after_all_others(session, purpose, now),
        not_before=today,
        not_after=years_later(today, years),
    )
    session.add(key)
    session.flush()
    audit.record(session, actor, Action.KEY_ANNOUNCED, f"key:{key_id}", now=now)
    return key


def check_none_waits(session: Session, purpose: Purpose) -> None:
    """Return if a key of the purpose may be announced: asked also before its file is made. Raises `SuccessorWaits`."""
    for key in of_purpose(session, purpose):
        if key.state == Stage.ANNOUNCED:
            raise SuccessorWaits(purpose, key.key_id)


def _after_all_others(session: Session, purpose: Purpose, now: datetime) -> datetime:
    """Now, or the next second that no key has: of two that are announced in one second the later one is the younger."""
    taken = {key.announced_at for key in of_purpose(session, purpose)}
    moment = now.replace(microsecond=0)  # as the register keeps it
    while moment in taken:
        moment += timedelta(seconds=1)
    return moment


def activate(session: Session, key_id: str, *, wait: timedelta, actor: Actor, now: datetime) -> IssuerKey:
    """Let an announced key sign, once it has been published for `wait`: the time a status list may be used.

    The first key of its purpose waits for nothing, because there is no kit yet that could lack it. Nor does the
    successor of a status key or an anchor that is compromised: until it signs, every card is "cannot tell". Raises
    `KeyNotFound`, `WrongStage`, `KeyNotPublished`, `TooEarly`.
    """
    key = get(session, key_id)
    if key.state != Stage.ANNOUNCED:
        raise WrongStage(key, Stage.ACTIVE)
    purpose = Purpose(key.purpose)
    stages = {other.state for other in of_purpose(session, purpose)}
    first, succeeds = stages == {Stage.ANNOUNCED}, Stage.ACTIVE in stages
    # No verifier ever sees the audit key's signatures, and a compromised anchor has to be replaced by hand.
    unseen = purpose is Purpose.AUDIT or (purpose is Purpose.ANCHOR and not succeeds)
    if not first and not unseen:
        if key.published_at is None:
            raise KeyNotPublished(key.key_id)
        if (succeeds or purpose is Purpose.CARD) and now < key.published_at + wait:
            raise TooEarly(key.key_id, key.published_at + wait)
    return _enter(session, key, Stage.ACTIVE, Action.KEY_ACTIVATED, actor, now)


def retire(session: Session, key_id: str, *, actor: Actor, now: datetime) -> IssuerKey:
    """Let a key sign no more; what it signed until now goes on verifying. One that is announced never will.

    Raises `KeyNotFound`, `WrongStage`, `LastActiveKey`.
    """
    key = get(session, key_id)
    if key.state not in {Stage.ACTIVE, Stage.ANNOUNCED}:
        raise WrongStage(key, Stage.RETIRED)
    active_ones = [other for other in of_purpose(session, Purpose(key.purpose)) if other.state == Stage.ACTIVE]
    if active_ones == [key]:
        raise LastActiveKey(key.purpose)
    key.retired_at = now
    return _enter(session, key, Stage.RETIRED, Action.KEY_RETIRED, actor, now)


def retire_for_good(session: Session, purpose: Purpose, *, actor: Actor, now: datetime) -> None:
    """Let no key of a purpose sign any more, neither the last one nor one announced: for the end of a town alone."""
    for key in of_purpose(session, purpose):
        if key.state in {Stage.ACTIVE, Stage.ANNOUNCED}:
            key.retired_at = now
            _enter(session, key, Stage.RETIRED, Action.KEY_RETIRED, actor, now)


def mark_compromised(session: Session, key_id: str, *, actor: Actor, now: datetime) -> IssuerKey:
    """Others may have the key: from the next trust list on nothing it ever signed is believed. Final, at any stage.

    Raises `KeyNotFound`, `WrongStage`.
    """
    key = get(session, key_id)
    if key.state == Stage.COMPROMISED:
        raise WrongStage(key, Stage.COMPROMISED)
    return _enter(session, key, Stage.COMPROMISED, Action.KEY_COMPROMISED, actor, now)


def mark_published(session: Session, *, now: datetime) -> None:
    """Note on every key that a trust list has just told verifiers of that they know it from now on."""
    for key in everything(session):
        if key.published_at is None and key.purpose != Purpose.AUDIT:
            key.published_at = now
    session.flush()


def get(session: Session, key_id: str) -> IssuerKey:
    """Return the key of that id (16 hexadecimal digits). Raises `KeyNotFound`."""
    key = session.get(IssuerKey, key_id.lower())
    if key is None:
        raise KeyNotFound
    return key


def everything(session: Session) -> list[IssuerKey]:
    """Return all keys the town ever announced, by purpose and date."""
    return list(
        session.scalars(select(IssuerKey).order_by(IssuerKey.purpose, IssuerKey.announced_at, IssuerKey.key_id))
    )


def of_purpose(session: Session, purpose: Purpose) -> list[IssuerKey]:
    """Return the keys of one purpose, oldest first.

    Age is counted by the trust lists, which never go back in time as a clock may; a key in none of them is youngest.
    """
    keys = [key for key in everything(session) if key.purpose == purpose]
    return sorted(keys, key=lambda key: (key.published_at is None, key.published_at or key.announced_at))


def active(session: Session, purpose: Purpose) -> IssuerKey | None:
    """Return the key that should be unlocked for a purpose: the youngest active one."""
    found = [key for key in of_purpose(session, purpose) if key.state == Stage.ACTIVE]
    return found[-1] if found else None


def check_active(session: Session, key_id: bytes, purpose: Purpose) -> KeyRow:
    """Return what signing asks of the key that was unlocked, if it may sign for that purpose now.

    Raises `KeyNotActive`.
    """
    session.flush()
    row = find_row(session, key_id.hex())
    if row is None or row.purpose != purpose or row.state != Stage.ACTIVE:
        raise KeyNotActive(purpose)
    return row


def signing_key(session: Session, key_id: bytes, *, issued_on: date, expires_on: date) -> KeyRow:
    """Return the card key, if it may sign a card that is valid from one day until the beginning of the other.

    Raises `KeyNotActive`, `KeyNotPublished`, `KeyBeginsLater`, `KeyEndsTooEarly`.
    """
    key = check_active(session, key_id, Purpose.CARD)
    if key.published_at is None:
        raise KeyNotPublished(key.key_id)
    if issued_on < key.not_before:
        raise KeyBeginsLater
    if midnight(expires_on) > midnight(key.not_after):
        raise KeyEndsTooEarly
    return key


def _enter(session: Session, key: IssuerKey, stage: Stage, action: Action, actor: Actor, now: datetime) -> IssuerKey:
    key.state = stage.value
    session.flush()
    audit.record(session, actor, action, f"key:{key.key_id}", now=now)
    return key
