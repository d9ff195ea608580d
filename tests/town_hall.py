"""A town hall for tests: a register, staff, keys made at run time, and short ways to bring a card into any state.

What is set up goes through the domain's own doors, each in a transaction of its own, so that a test starts from what a
real town would have. Nobody in here exists.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from cardservice.credential.keys import Algorithm
from cardservice.day_keys import DayKeys
from cardservice.domain import cards, drafts, issuance, key_rotation, publication, revocation
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.age import Validity
from cardservice.domain.evidence import Evidence
from cardservice.domain.issuance import IssuedCard, Issuing
from cardservice.domain.publication import Published, Town
from cardservice.domain.registration import Registration
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Card, Staff
from cardservice.storage.session import reading, sessions
from cardservice.terms import CardState, RevocationReason, StaffRole
from cardservice.verify import Kit, verify
from cardservice.verify.verdict import Verdict

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ISSUER = "https://vila-aberta.example"
JPEG = b"\xff\xd8\xff\xe0 a drawing \xff\xd9"
WEBP = b"RIFF\x20\x00\x00\x00WEBPVP8 a drawing"
SHOWN = Evidence(version="test-1", kinds=("passport", "lease"), identity=3, residency=1, is_met=True)
REGISTRATION = Registration(
    name="Karim al-Haddad",
    birth_date="19920229",
    language="fra",
    name_second="كريم الحدّاد",
    language_second="ara",
    portrait_print=JPEG,
    portrait_code=WEBP,
)


def status_uri(number: int) -> str:
    """Where the town publishes a status list."""
    return f"{ISSUER}/status/{number}.cwt"


@dataclass
class TownHall:
    """A town with four active keys whose lists were published at noon, unless a test wants it otherwise."""

    engine: Engine
    kit: Path
    algorithm: Algorithm = Algorithm.ES256
    day_keys: DayKeys = field(default_factory=DayKeys.in_process)
    token_bytes: Callable[[int], bytes] = os.urandom
    keys: dict[Purpose, SigningKey] = field(default_factory=dict)
    town: Town = field(init=False)
    issuing: Issuing = field(init=False)

    def __post_init__(self) -> None:
        self.keys = self.keys or {purpose: SigningKey.generate(purpose, self.algorithm) for purpose in Purpose}
        self.town = Town(
            issuer=ISSUER,
            names={"pt": "Vila Aberta", "en": "Vila Aberta"},
            status_uri=status_uri,
            status_days=14,
            ttl=12 * 3600,
            trust_days=90,
            # What the tests count are cards' places; those of decoys are tests/domain/test_decoys.py's business.
            decoys=range(1),
        )
        self.issuing = Issuing(
            issuer=ISSUER,
            status_uri=status_uri,
            validity=Validity(years=2),
            four_eyes=False,
            key=self.keys[Purpose.CARD],
        )

    @property
    def transaction(self) -> Callable[[], AbstractContextManager[Session]]:
        """What issuing, publishing and housekeeping take."""
        return self._writers.begin

    @property
    def reading(self) -> Callable[[], AbstractContextManager[Session]]:
        """A transaction that only reads."""
        return self._readers.begin

    @cached_property
    def _writers(self) -> sessionmaker[Session]:
        """Made once, as the service does: SQLAlchemy makes a class for each, and looks up all its listeners anew."""
        return sessions(self.engine)

    @cached_property
    def _readers(self) -> sessionmaker[Session]:
        return reading(self.engine)

    def open(self) -> "TownHall":
        """Announce and activate the four keys, and publish."""
        with self.transaction() as session:
            for purpose, key in self.keys.items():
                made = key_rotation.announce(session, purpose, key.public, validity_years=2, actor=CONSOLE, now=NOON)
                key_rotation.activate(session, made.key_id, wait=self.town.list_period, actor=CONSOLE, now=NOON)
        self.publish()
        return self

    def hire(self, name: str, role: StaffRole) -> Actor:
        """Add a staff member without the costly password."""
        with self.transaction() as session:
            member = Staff(name=name, name_key=name, role=role, password_hash="no sign-in in this test")
            session.add(member)
            session.flush()
            return Actor(name, role, member.id)

    def publish(self, *, now: datetime = NOON, anchor: bool = True) -> Published:
        """Publish into the kit folder, with or without the anchor key."""
        return publication.publish(
            self.transaction,
            self.kit,
            town=self.town,
            status_key=self.keys[Purpose.STATUS],
            anchor_key=self.keys[Purpose.ANCHOR] if anchor else None,
            actor=CONSOLE,
            now=now,
            token_bytes=self.token_bytes,
        )

    def register(self, actor: Actor, registration: Registration = REGISTRATION, *, now: datetime = NOON) -> str:
        """Open a draft and return its id."""
        with self.transaction() as session:
            return drafts.open_draft(
                session,
                registration,
                evidence=SHOWN,
                actor=actor,
                now=now,
                day_keys=self.day_keys,
                token_bytes=self.token_bytes,
            ).id

    def issue(self, draft_id: str, actor: Actor, *, now: datetime = NOON) -> IssuedCard:
        """Issue the card of a draft."""
        return issuance.issue(
            self.transaction,
            draft_id,
            actor=actor,
            now=now,
            day_keys=self.day_keys,
            issuing=self.issuing,
            token_bytes=self.token_bytes,
        )

    def hand_over(self, card_number: str, actor: Actor, *, now: datetime = NOON) -> None:
        """Hand a signed card over."""
        with self.transaction() as session:
            issuance.hand_over(session, card_number, actor=actor, now=now, day_keys=self.day_keys)

    def make_card(
        self,
        actor: Actor,
        state: CardState = CardState.ACTIVE,
        registration: Registration = REGISTRATION,
        *,
        now: datetime = NOON,
    ) -> IssuedCard:
        """Return a card that was brought into a state by the way that real cards take."""
        issued = self.issue(self.register(actor, registration, now=now), actor, now=now)
        number = issued.card_number
        if state is not CardState.SIGNED:
            self.hand_over(number, actor, now=now)
        with self.transaction() as session:
            if state is CardState.SUSPENDED:
                revocation.suspend(session, number, actor=actor, now=now)
            if state is CardState.REVOKED:
                revocation.revoke(session, number, RevocationReason.LOST, actor=actor, now=now)
        return issued

    def card(self, card_number: str) -> Card:
        """Return the card's row as it is now."""
        with self.reading() as session:
            return cards.get(session, card_number)

    def verdict(self, text: str, *, now: datetime = NOON, kit: Path | None = None) -> Verdict:
        """Check a code with the published kit, as a relying party would."""
        return verify(text, Kit.load(kit or self.kit), now=now)
