"""Everything a town hall does, in any order, with clocks that jump and commits that break: the invariants hold.

Each rule is one thing that somebody does at the desk, at the console or by a timer; what it asks for may be refused.
After every step the whole register and the published kit are compared with what they were (invariants.py). Rules may
break: the transaction that was about to commit is lost, as when the database goes away at that moment.
"""

import atexit
import functools
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from invariants import ENDED, NEVER_IN_A_HAND, Picture, Witness
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from town_hall import NOON, REGISTRATION, SHOWN, TownHall

from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.day_keys import DayKeys
from cardservice.domain import (
    audit,
    correction,
    drafts,
    issuance,
    key_rotation,
    pick_up,
    publication,
    renewal,
    retention,
    revocation,
)
from cardservice.domain.actor import CONSOLE, SERVICE, Actor
from cardservice.domain.drafts import DraftGone, DraftNotFound
from cardservice.domain.errors import DomainError
from cardservice.domain.issuance import IssuedCard, VerifierRefused
from cardservice.domain.registration import Registration
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Card, IssuerKey
from cardservice.storage.session import engine as open_engine
from cardservice.storage.upgrade import upgrade
from cardservice.terms import CardState, RevocationReason, StaffRole

# What it runs through is counted where each part has its own tests; here counting takes twice the time.
pytestmark = pytest.mark.uncounted

LONG = bool(os.environ.get("CARDSERVICE_LONG"))
STEPS = 100_000 if LONG else 1_000
SHARES = 4
"""In how many tests the steps are done, so that more than one process can do them."""
RUNS_AT_ONCE, STEPS_A_RUN = (500, 50) if LONG else (30, 50)

CLOCK_JUMPS = [
    timedelta(minutes=1),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(minutes=1),
    timedelta(minutes=61),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=15),
    timedelta(days=40),
    timedelta(days=366),
    -timedelta(minutes=5),
    -timedelta(days=1),
    -timedelta(days=40),
]
ZONES = [UTC, timezone(timedelta(hours=13)), timezone(-timedelta(hours=11))]

CLERK = 0
seldom = st.sampled_from([False, False, False, True])
approvers = st.sampled_from([1, 2, 0, None])
picks = st.integers(0, 999)
breaks = st.sampled_from([None, None, None, None, 0, 1, 2])
"""The how manieth transaction of a rule is lost as it commits."""


class CommitLost(Exception):
    """The database went away at the commit; nothing of the transaction is there."""


class PluggedKey:
    """The card key as hardware: it can be unplugged, and it sees what is committed when it is asked to sign (I1)."""

    def __init__(self, key: SigningKey, hall: TownHall) -> None:
        self._key, self._hall = key, hall
        self.unplugged = False
        self.key_id, self.algorithm = key.key_id, key.algorithm

    def sign(self, message: bytes) -> bytes:
        if self.unplugged:
            raise OSError("the key does not answer")
        with self._hall.reading() as session:
            intents = session.query(Card.number).filter(Card.state == CardState.INTENT)
            assert any(number.encode() in message for (number,) in intents), "signed without a committed intent"
        return self._key.sign(message)


@functools.cache
def _opened_town() -> tuple[TownHall, Path]:
    """A town that is open, made once: each run begins with a copy of it."""
    folder = _folder()
    atexit.register(shutil.rmtree, folder)
    made = open_engine(f"sqlite:///{folder / 'register.db'}")
    upgrade(made)
    hall = TownHall(made, folder / "kit").open()
    for name, role in (("clerk", StaffRole.CLERK), ("first", StaffRole.SUPERVISOR), ("second", StaffRole.SUPERVISOR)):
        hall.hire(name, role)
    with made.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    made.dispose()
    return hall, folder


def _folder() -> Path:
    """A new folder, in memory where there is one: nothing here has to survive."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="state-machine-", dir=memory if memory.is_dir() else None))


@functools.cache
def _running_town() -> tuple[Engine, Path]:
    """Where each run has its copy. One engine opens them all: a new one would have to compile every statement anew."""
    folder = _folder()
    atexit.register(shutil.rmtree, folder)
    engine = open_engine(f"sqlite:///{folder / 'town' / 'register.db'}")
    event.listen(engine, "connect", _faster)
    return engine, folder / "town"


def _faster(connection: Any, _record: object) -> None:
    """These registers need not survive the loss of power."""
    connection.execute("PRAGMA synchronous=OFF")


class TownOverYears(RuleBasedStateMachine):
    """One town, its three members of staff, and whatever happens."""

    steps = 0
    """After how many steps, in all towns, everything was looked at."""

    def __init__(self) -> None:
        super().__init__()
        original, prepared = _opened_town()
        self.engine, self.folder = _running_town()
        # A run that was broken off while it began leaves its town behind.
        self.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(prepared, self.folder)
        self.hall = TownHall(self.engine, self.folder / "kit")
        self.hall.keys, self.random = dict(original.keys), random.Random(24)
        self.private = {key.key_id.hex(): key for key in self.hall.keys.values()}
        self.plugged = PluggedKey(self.hall.keys[Purpose.CARD], self.hall)
        self.people = [
            Actor(name, role, number)
            for number, (name, role) in enumerate(
                [("clerk", StaffRole.CLERK), ("first", StaffRole.SUPERVISOR), ("second", StaffRole.SUPERVISOR)], 1
            )
        ]
        self.now, self.breaks_at = NOON + timedelta(minutes=1), None
        self.witness = Witness(self.hall.kit, Picture({}, {}, {}, {}, {}, {}, {}, [], {}))

    @initialize(four_eyes=st.booleans())
    def open(self, four_eyes: bool) -> None:
        self.hall.issuing = replace(self.hall.issuing, four_eyes=four_eyes, key=self.plugged)
        self.hall.day_keys = DayKeys.in_process(token_bytes=self.random.randbytes)
        for printed in (False, False, True):
            self.everything_holds()
            self.make_card(0, False, printed, 1, None)

    def teardown(self) -> None:
        """I22: whatever was left in the middle can be brought to an end by the desk, and the chain is whole."""
        self.plugged.unplugged, self.breaks_at = False, None
        try:
            issuance.recover(self.transaction, now=self.now)
            self.housekeep(None)
            for draft_id, row in self._picture().drafts.items():
                creator = self.people[row["creator_id"] - 1]
                with self.transaction() as session:
                    drafts.discard(session, draft_id, actor=creator, now=self.now)
            left = self._picture()
            assert not left.drafts
            assert not any(row["state"] in NEVER_IN_A_HAND for row in left.cards.values())
            with self.hall.reading() as session:
                audit.verify_chain(session)
        finally:
            self.engine.dispose()
            shutil.rmtree(self.folder)

    # What people do at the desk.

    @rule(who=picks, second=st.booleans(), old=picks, replaces=st.booleans(), at=breaks)
    def register(self, who: int, second: bool, old: int, replaces: bool, at: int | None) -> None:
        registration = REGISTRATION if second else replace(REGISTRATION, name_second=None, language_second=None)
        if replaces and (number := self._card(old)):
            registration = replace(registration, replaces=number)
        self._do(
            at,
            lambda session: drafts.open_draft(
                session,
                registration,
                evidence=SHOWN,
                day_keys=self.hall.day_keys,
                token_bytes=self.chance,
                **self._as(who),
            ),
        )

    @precondition(lambda self: self.witness.pockets)
    @rule(card=picks, who=picks, front=seldom, at=breaks)
    def renew(self, card: int, who: int, front: bool, at: int | None) -> None:
        """Somebody shows their old card: what is accepted is in use, and says what was registered."""
        number = sorted(self.witness.pockets)[card % len(self.witness.pockets)]
        shown = self.witness.pockets[number].issued
        code = shown.residence_code if front else shown.identity_code
        kit, issuer = self.hall.kit, self.hall.town.issuer
        keys = {"day_keys": self.hall.day_keys, "token_bytes": self.chance}

        def read_and_open(session: Session) -> Registration:
            answers = renewal.from_signed_card(session, code, kit, issuer=issuer, now=self.now)
            drafts.open_draft(session, answers, evidence=SHOWN, **keys, **self._as(who))
            return answers

        answers = self._do(at, read_and_open)
        if isinstance(answers, Registration):
            assert not front
            assert self.witness.before.cards[number]["state"] in {CardState.ACTIVE, CardState.EXPIRED}
            assert answers == replace(
                shown.registration, portrait_print=None, portrait_code=None, replaces=shown.card_number
            )

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, who=picks, at=breaks)
    def change(self, draft: int, who: int, at: int | None) -> None:
        if draft_id := self._draft(draft):
            corrected = replace(REGISTRATION, name="Karima al-Haddad")
            self._do(
                at,
                lambda session: drafts.change(
                    session, draft_id, corrected, day_keys=self.hall.day_keys, **self._as(who)
                ),
            )

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, who=picks, approve=st.booleans(), at=breaks)
    def submit_or_approve(self, draft: int, who: int, approve: bool, at: int | None) -> None:
        if draft_id := self._draft(draft):
            step = issuance.approve if approve else issuance.submit
            self._do(at, lambda session: step(session, draft_id, **self._as(who)))

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, approver=picks, at=breaks)
    def submit_and_approve(self, draft: int, approver: int, at: int | None) -> None:
        """The usual way, so that runs with four eyes get as far as the others."""
        if draft_id := self._draft(draft):
            creator = self.witness.before.drafts[draft_id]["creator_id"] - 1
            self._approve(draft_id, creator, 1 + approver % 2, at)

    @precondition(lambda self: self.witness.before.drafts)
    @rule(
        draft=picks,
        who=picks,
        others=seldom,
        unplugged=st.sampled_from([False, False, False, True]),
        at=breaks,
    )
    def issue(self, draft: int, who: int, others: bool, unplugged: bool, at: int | None) -> None:
        if not (draft_id := self._draft(draft)):
            return
        creator = self.witness.before.drafts[draft_id]["creator_id"] - 1
        self.plugged.unplugged = unplugged
        self._issue(draft_id, who if others else creator, at)
        self.plugged.unplugged = False

    @rule(old=picks, replaces=st.booleans(), printed=st.booleans(), approver=approvers, at=breaks)
    def make_card(self, old: int, replaces: bool, printed: bool, approver: int | None, at: int | None) -> None:
        """A visit that goes well, but for the commit that breaks: most of a town hall's day."""
        self.register(CLERK, True, old, replaces, None)
        opened = self._picture().drafts.keys() - self.witness.before.drafts.keys()
        if draft_id := next(iter(opened), None):
            if approver is not None:
                self._approve(draft_id, CLERK, approver, None)
            issued = self._issue(draft_id, CLERK, at)
            if isinstance(issued, IssuedCard) and not printed:
                self._hand_over(issued.card_number, CLERK, None)

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, who=picks)
    def reprint(self, draft: int, who: int) -> None:
        if draft_id := self._draft(draft):
            self._receive(
                self._do(
                    None,
                    lambda session: issuance.reprint(session, draft_id, day_keys=self.hall.day_keys, **self._as(who)),
                )
            )

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, days=st.integers(0, 20), who=picks, at=breaks)
    def keep_for_pick_up(self, draft: int, days: int, who: int, at: int | None) -> None:
        if draft_id := self._draft(draft):
            self._do(
                at,
                lambda session: pick_up.keep(
                    session, draft_id, days=min(days, 14), day_keys=self.hall.day_keys, **self._as(who)
                ),
            )

    @precondition(lambda self: self.witness.before.cards)
    @rule(card=picks, who=picks, at=breaks)
    def hand_over(self, card: int, who: int, at: int | None) -> None:
        if number := self._card(card, CardState.SIGNED):
            self._hand_over(number, who, at)

    @precondition(lambda self: self.witness.before.cards)
    @rule(card=picks, who=picks, at=breaks)
    def spoil(self, card: int, who: int, at: int | None) -> None:
        if number := self._card(card):
            reason = RevocationReason.DAMAGED
            self._do(at, lambda session: issuance.spoil(session, number, reason, **self._as(who)))

    @precondition(lambda self: self.witness.before.cards)
    @rule(card=picks, who=picks, at=breaks)
    def correct(self, card: int, who: int, at: int | None) -> None:
        if number := self._card(card, CardState.SIGNED):
            self._do(
                at,
                lambda session: correction.correct(
                    session,
                    number,
                    day_keys=self.hall.day_keys,
                    token_bytes=self.hall.token_bytes,
                    **self._as(who),
                ),
            )

    @precondition(lambda self: self.witness.before.drafts)
    @rule(draft=picks, who=picks, at=breaks)
    def discard(self, draft: int, who: int, at: int | None) -> None:
        if draft_id := self._draft(draft):
            self._do(at, lambda session: drafts.discard(session, draft_id, **self._as(who)))

    @precondition(lambda self: self.witness.before.cards)
    @rule(card=picks, who=picks, at=breaks)
    def revoke(self, card: int, who: int, at: int | None) -> None:
        if number := self._card(card):
            reason = RevocationReason.LOST
            self._do(at, lambda session: revocation.revoke(session, number, reason, **self._as(who)))

    @precondition(lambda self: self.witness.pockets)
    @rule(card=picks, at=breaks)
    def revoke_by_slip(self, card: int, at: int | None) -> None:
        """A holder ends a card with the code of its slip, in whatever state it is."""
        number = sorted(self.witness.pockets)[card % len(self.witness.pockets)]
        code = self.witness.pockets[number].issued.slip_code
        ended = self._do(at, lambda session: revocation.revoke_by_slip(session, code, now=self.now))
        if not isinstance(ended, Exception):
            assert self._picture().cards[number]["state"] in ENDED

    @precondition(lambda self: self.witness.before.cards)
    @rule(card=picks, who=picks, back=st.booleans(), at=breaks)
    def suspend_or_reinstate(self, card: int, who: int, back: bool, at: int | None) -> None:
        step, state = (revocation.reinstate, CardState.SUSPENDED) if back else (revocation.suspend, CardState.ACTIVE)
        if number := self._card(card, state) or self._card(card):
            self._do(at, lambda session: step(session, number, **self._as(who)))

    # What happens by itself, and at the console.

    @rule(at=breaks)
    def housekeep(self, at: int | None) -> None:
        self.breaks_at = at
        done = self._attempt(
            lambda: retention.housekeeping(self.transaction, now=self.now, day_keys=self.hall.day_keys)
        )
        if not isinstance(done, Exception):
            self._nothing_is_overdue()

    @rule(restart_loses_day_keys=st.booleans())
    def restart(self, restart_loses_day_keys: bool) -> None:
        """I22: a start puts right what a crash left: no intent is left, its draft goes on."""
        if restart_loses_day_keys:
            self.hall.day_keys = DayKeys.in_process(token_bytes=self.random.randbytes)
        self.breaks_at = None
        issuance.recover(self.transaction, now=self.now)
        assert not any(row["state"] is CardState.INTENT for row in self._picture().cards.values())

    @rule(anchor=st.sampled_from([True, True, True, False]), at=breaks)
    def publish(self, anchor: bool, at: int | None) -> None:
        self.breaks_at = at
        done = self._attempt(
            lambda: publication.publish(
                self.transaction,
                self.hall.kit,
                town=self.hall.town,
                status_key=self.hall.keys[Purpose.STATUS],
                anchor_key=self.hall.keys[Purpose.ANCHOR] if anchor else None,
                audit_key=self.hall.keys[Purpose.AUDIT],
                actor=SERVICE,
                now=self.now,
                token_bytes=self.random.randbytes,
            )
        )
        # I4, I5: a register that was never restored has forgotten nothing, and its lists can be used.
        assert not isinstance(done, publication.VanishedRevocation | publication.VerifierRefusedLists)

    @precondition(lambda self: self._key(0, "announced") is None)
    @rule(purpose=st.sampled_from([Purpose.CARD, Purpose.CARD, Purpose.STATUS, Purpose.AUDIT]), at=breaks)
    def announce_key(self, purpose: Purpose, at: int | None) -> None:
        if any(self.private[key_id].purpose is Purpose.ANCHOR for key_id in self._keys("announced")):
            # A trust list can name one next anchor: a second one waits until the first has followed.
            return
        key = SigningKey.generate(purpose, Algorithm.EDDSA)
        self.private[key.key_id.hex()] = key
        self._do(
            at,
            lambda session: key_rotation.announce(
                session, purpose, key.public, validity_years=2, actor=CONSOLE, now=self.now
            ),
        )

    @precondition(lambda self: self._key(0, "announced"))
    @rule(key=picks, at=breaks)
    def activate_key(self, key: int, at: int | None) -> None:
        if key_id := self._key(key, "announced"):
            self._activate(key_id, at)

    @rule(key=picks)
    def unlock_key(self, key: int) -> None:
        """The service is started again with another key, the youngest or not; relying parties follow one anchor."""
        key_id = self._key(key, "active")
        if key_id and self.private[key_id].purpose is not Purpose.ANCHOR:
            self._unlock(key_id)

    @rule(key=picks, mistaken=seldom, at=breaks)
    def retire_key(self, key: int, mistaken: bool, at: int | None) -> None:
        """An active key, or one that was announced by mistake."""
        if key_id := self._key(key, "announced" if mistaken else "active"):
            self._do(at, lambda session: key_rotation.retire(session, key_id, actor=CONSOLE, now=self.now))

    @rule(purpose=st.sampled_from([Purpose.CARD, *Purpose]), retire=st.booleans(), hasty=seldom, at=breaks)
    def rotate_key(self, purpose: Purpose, retire: bool, hasty: bool, at: int | None) -> None:
        """A rotation as it should go: announce, publish, wait, activate, unlock. The old key may stay, and somebody
        may try without waiting."""
        old = self.hall.keys[purpose].key_id.hex()
        self.announce_key(purpose, None)
        self.publish(True, at)
        # A relying party fetches this kit: without it, it could not follow to the next anchor.
        self.everything_holds()
        if not hasty:
            self.now += self.hall.town.list_period
            self.publish(True, None)
            self.everything_holds()
        for key_id in self._keys("announced"):
            self._activate(key_id, None)
            if self.private[key_id].purpose is purpose and key_id in self._keys("active"):
                self._unlock(key_id)
        if retire:
            self._do(at, lambda session: key_rotation.retire(session, old, actor=CONSOLE, now=self.now))
        self.publish(True, None)

    @rule(key=picks, really=st.integers(0, 9))
    def compromise_card_key(self, key: int, really: int) -> None:
        key_id = self._key(key, "active")
        if really == 9 and key_id and self.private[key_id].purpose is Purpose.CARD:
            self._do(None, lambda session: key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=self.now))

    @rule(jump=st.sampled_from(CLOCK_JUMPS), zone=st.sampled_from(ZONES))
    def set_clock(self, jump: timedelta, zone: timezone) -> None:
        self.now = (self.now + jump).astimezone(zone)
        self.witness.check_verdicts(self.now)

    # After every step.

    @invariant()
    def everything_holds_after_the_step(self) -> None:
        type(self).steps += 1
        self.everything_holds()

    def everything_holds(self) -> None:
        self.breaks_at = None
        utc_day = self.now.astimezone(UTC).date()
        self.witness.look(self._picture(), now_is=self.now, four_eyes=self.hall.issuing.four_eyes)
        for draft_id, row in self.witness.before.drafts.items():
            if utc_day > row["key_day"]:
                self._is_unreadable(draft_id, self.people[row["creator_id"] - 1])

    def _is_unreadable(self, draft_id: str, creator: Actor) -> None:
        """I14: a draft whose day is over opens for nobody, housekeeping or not."""
        with self.hall.reading() as session:
            try:
                drafts.read(session, draft_id, actor=creator, now=self.now, day_keys=self.hall.day_keys)
            except (DraftGone, DraftNotFound):
                return
        raise AssertionError("a draft was readable after its day")

    def _nothing_is_overdue(self) -> None:
        """I14: after housekeeping nothing is left that should be gone, by the clock as it is now."""
        today = self.now.astimezone(UTC).date()
        picture = self._picture()
        for row in picture.drafts.values():
            assert row["key_day"] >= today
            assert self.hall.day_keys.has(row["key_day"])
            made = any(card["draft_id"] == row["id"] for card in picture.cards.values())
            assert made or self.now - row["touched_at"] < timedelta(minutes=60)
        with self.hall.reading() as session:
            assert retention.overdue(session, now=self.now) == 0

    # Small help for the rules.

    def chance(self, count: int) -> bytes:
        """Randomness that repeats with the run. Places come from a small corner, so that draws meet used ones (I3)."""
        return self.random.randrange(32).to_bytes(4, "big") if count == 4 else self.random.randbytes(count)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that commits on leaving, unless it is the one that breaks."""
        with self.hall.transaction() as session:
            yield session
            session.flush()
            if self.breaks_at is not None:
                self.breaks_at -= 1
                if self.breaks_at < 0:
                    self.breaks_at = None
                    raise CommitLost

    def _do(self, at: int | None, step: Callable[[Session], Any]) -> Any:
        """Run one step in a transaction of its own, which may break."""
        self.breaks_at = None if at is None else 0

        def run() -> Any:
            with self.transaction() as session:
                return step(session)

        return self._attempt(run)

    def _activate(self, key_id: str, at: int | None) -> None:
        wait = self.hall.town.list_period
        self._do(at, lambda session: key_rotation.activate(session, key_id, wait=wait, actor=CONSOLE, now=self.now))
        if self.private[key_id].purpose is Purpose.ANCHOR and key_id in self._keys("active"):
            # Relying parties follow the anchor that was announced to them: it signs from now on.
            self._unlock(key_id)

    def _unlock(self, key_id: str) -> None:
        unlocked = self.private[key_id]
        self.hall.keys[unlocked.purpose] = unlocked
        if unlocked.purpose is Purpose.CARD:
            self.plugged = PluggedKey(unlocked, self.hall)
            self.hall.issuing = replace(self.hall.issuing, key=self.plugged)

    def _keys(self, state: str) -> list[str]:
        """The keys of that state, in the order in which they were made: ids would differ from run to run."""
        with self.hall.reading() as session:
            known = {row.key_id: row.state for row in session.execute(select(IssuerKey.key_id, IssuerKey.state))}
        return [key_id for key_id in self.private if known.get(key_id) == state]

    def _approve(self, draft_id: str, creator: int, approver: int, at: int | None) -> None:
        self._do(None, lambda session: issuance.submit(session, draft_id, **self._as(creator)))
        self._do(at, lambda session: issuance.approve(session, draft_id, **self._as(approver)))

    def _hand_over(self, number: str, who: int, at: int | None) -> None:
        keys = self.hall.day_keys
        self._do(at, lambda session: issuance.hand_over(session, number, day_keys=keys, **self._as(who)))

    def _issue(self, draft_id: str, who: int, at: int | None) -> object:
        self.breaks_at = at
        issued = self._attempt(
            lambda: issuance.issue(
                self.transaction,
                draft_id,
                day_keys=self.hall.day_keys,
                issuing=self.hall.issuing,
                token_bytes=self.chance,
                **self._as(who),
            )
        )
        self.breaks_at = None
        # I8: nothing that was registered is refused by our own verifier at the last moment.
        assert not isinstance(issued, VerifierRefused)
        self._receive(issued)
        return issued

    def _attempt(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except (DomainError, CommitLost, OSError) as refusal:
            return refusal

    def _receive(self, issued: object) -> None:
        if isinstance(issued, IssuedCard):
            with self.hall.reading() as session:
                key_id = self._picture().cards[issued.card_number]["key_id"]
                public = PublicKey.from_cose_key(key_rotation.get(session, key_id).public_key)
            self.witness.receive(issued, public)

    def _as(self, who: int) -> dict[str, Any]:
        return {"actor": self.people[who % len(self.people)], "now": self.now}

    def _picture(self) -> Picture:
        audited = self.witness.audited.sequence if self.witness.audited else 1
        with self.hall.reading() as session:
            return Picture.take(session, self.hall.kit, audited=audited)

    def _draft(self, pick: int) -> str | None:
        return _chosen(sorted(self.witness.before.drafts), pick)

    def _card(self, pick: int, state: CardState | None = None) -> str | None:
        cards = self.witness.before.cards
        return _chosen(sorted(number for number in cards if state in {None, cards[number]["state"]}), pick)

    def _key(self, pick: int, state: str) -> str | None:
        return _chosen(self._keys(state), pick)


def _chosen(candidates: list[str], pick: int) -> str | None:
    return candidates[pick % len(candidates)] if candidates else None


class TestTownOverYears:
    @pytest.mark.parametrize("share", range(SHARES))
    def test_keeps_every_invariant_after_every_step(self, share: int) -> None:
        """Hypothesis may end a run early, so the steps are counted, not hoped for."""
        TownOverYears.steps, wanted = 0, STEPS // SHARES

        while (left := wanted - TownOverYears.steps) > 0:
            run_state_machine_as_test(
                TownOverYears,
                settings=settings(
                    max_examples=min(RUNS_AT_ONCE, 1 + left // STEPS_A_RUN),
                    stateful_step_count=STEPS_A_RUN,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
