"""What one request has: a transaction, who acts, one reading of the clock, and the keys that are open.

Views ask here and nowhere else; the rest of the web room never sees the engine or a private key. The one value `Desk`
is made by app.py when the service starts and is the same for all requests.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import cast
from urllib.parse import urlsplit

from flask import current_app, g
from flask_login import current_user
from sqlalchemy.orm import Session, sessionmaker

from cardservice import keystore
from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.day_keys import DayKeys
from cardservice.domain import drafts, passwords, retention, sessions
from cardservice.domain.actor import Actor
from cardservice.domain.calendar import day_of
from cardservice.domain.checkpoints import Checkpoint
from cardservice.domain.errors import Refused, Unavailable
from cardservice.domain.issuance import Issuing
from cardservice.domain.passkeys import Site
from cardservice.domain.publication import Published
from cardservice.domain.registration import Registration
from cardservice.factor_key import FactorKey
from cardservice.keystore import KeyFolder, SigningKey
from cardservice.keystore import Purpose as Purpose
from cardservice.settings import Settings
from cardservice.storage.session import reading as reading_sessions
from cardservice.web import decided

EXTENSION = "cardservice"


class KeyLocked(Unavailable):
    """A signing key was not unlocked when the service started."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(f"The {purpose} key is locked. Start the service with its passphrase.")
        self.purpose = purpose


class PassphraseTooShort(Refused):
    """A new key's passphrase has too few characters."""

    def __init__(self) -> None:
        super().__init__("The passphrase of a key has too few characters.")
        self.shortest = keystore.SHORTEST_PASSPHRASE


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The signing keys as they were unlocked at the start; None is one that stayed locked."""

    card: SigningKey | None = None
    status: SigningKey | None = None
    anchor: SigningKey | None = None
    audit: SigningKey | None = None

    def get(self, purpose: Purpose) -> SigningKey:
        """The key for a purpose, or `KeyLocked`."""
        key = cast(SigningKey | None, getattr(self, purpose.value))
        if key is None:
            raise KeyLocked(purpose)
        return key

    @property
    def ids(self) -> frozenset[str]:
        """The ids (hexadecimal) of the keys that are open."""
        return frozenset(key.key_id.hex() for key in (self.card, self.status, self.anchor, self.audit) if key)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every request of one service shares, and its housekeeping too."""

    settings: Settings
    sessions: sessionmaker[Session]
    keys: Keys
    day_keys: DayKeys
    clock: Callable[[], datetime]
    token_bytes: Callable[[int], bytes]
    factor_key: FactorKey

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that is committed when the block ends, and rolled back when it raises."""
        return self.sessions.begin()

    @cached_property
    def readers(self) -> sessionmaker[Session]:
        """Sessions that wait for no writer and cannot write."""
        return reading_sessions(self.sessions.kw["bind"])

    @property
    def issuing(self) -> Issuing:
        """What the town decided about its cards, with the key that signs them; `KeyLocked` without it."""
        return decided.issuing(self.settings, self.keys.get(Purpose.CARD))

    def publish(self, *, actor: Actor, now: datetime) -> Published:
        """Sign the lists and write the town's kit; `KeyLocked` without the status key."""
        return decided.publish(
            self.settings,
            self.transaction,
            status_key=self.keys.get(Purpose.STATUS),
            anchor_key=self.keys.anchor,
            audit_key=self.keys.audit,
            actor=actor,
            now=now,
            token_bytes=self.token_bytes,
        )

    def take_checkpoint(self, session: Session, *, now: datetime) -> Checkpoint:
        """Sign the audit's end and lay it where checkpoints are kept; `KeyLocked` without the audit key."""
        return decided.take_checkpoint(self.settings, session, self.keys.get(Purpose.AUDIT), now=now)

    def create_key(self, purpose: Purpose, passphrase: str) -> PublicKey:
        """Make a signing key in the town's folder, encrypted, and return its public half.

        Raises:
            PassphraseTooShort: the passphrase would not protect the key.
        """
        folder, algorithm = KeyFolder(self.settings.keys_folder), Algorithm[self.settings.card.algorithm.upper()]
        try:
            return folder.create(purpose, algorithm, passphrase).public
        except keystore.PassphraseTooShort:
            raise PassphraseTooShort from None


def here() -> Desk:
    """The desk this request is served by."""
    return cast(Desk, current_app.extensions[EXTENSION])


def settings() -> Settings:
    """What the town decided."""
    return here().settings


def transaction() -> AbstractContextManager[Session]:
    """A session that is committed when the block ends, and rolled back when it raises."""
    return here().transaction()


def reading() -> AbstractContextManager[Session]:
    """A session that waits for no writer and cannot write."""
    return here().readers.begin()


def registration(draft_id: str) -> Registration:
    """What was typed into a draft that this actor may see; somebody is at work on it from this minute."""
    with transaction() as session:
        return drafts.read(session, draft_id, actor=actor(), now=now(), day_keys=day_keys())


def actor() -> Actor:
    """Who acts in this request."""
    return cast(Actor, current_user.actor)


def staff_id() -> int:
    """The number of whoever acts in this request."""
    return cast(int, actor().staff_id)


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = here().clock()
    return cast(datetime, g.now)


def day_keys() -> DayKeys:
    """The keys that open today's drafts."""
    return here().day_keys


def factor_key() -> FactorKey:
    """The key that the secrets of code apps are sealed with."""
    return here().factor_key


def site() -> Site:
    """The desk as a passkey knows it. Never from the Host header, which whoever asks can write."""
    origin = settings().desk_address
    return Site(host=str(urlsplit(origin).hostname), origin=origin, name=settings().town.name)


def check_password(password: str, *, name: str) -> None:
    """Raise `PasswordRefused` unless the staff member of that name may use the password in this town."""
    passwords.check(password, name=name, town=settings().town.words)


def session_limits() -> sessions.Limits:
    """When a session ends by itself."""
    limits = settings().desk
    return sessions.Limits(idle=timedelta(minutes=limits.idle_minutes), longest=timedelta(hours=limits.session_hours))


def token_bytes(count: int) -> bytes:
    """Randomness, from where the service was told to take it."""
    return here().token_bytes(count)


def draft_limits() -> retention.Limits:
    """How long what was typed may lie untouched."""
    return retention.Limits(idle=timedelta(minutes=settings().retention.idle_minutes))


def valid_until(birth_date: str) -> date:
    """The last day of a card that is issued now to somebody of this birth date."""
    return decided.validity(settings()).end(birth_date, issued_on=day_of(now())) - timedelta(days=1)


def is_child(birth_date: str) -> bool:
    """Whether somebody of this birth date is a child in this town today."""
    return decided.validity(settings()).is_child(birth_date, today=day_of(now()))
