"""An audit that takes no entry stops every state change with the next request (THREATS T4), on both databases.

The database refuses the entry by a trigger, as a full disk or a read-only table does. What is tried is one table, and a
second test shows that each line of it would be done with an audit.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, REGISTRATION, SHOWN, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import (
    approval,
    audit,
    correction,
    decommission,
    drafts,
    in_flight,
    issuance,
    key_rotation,
    legal_answer,
    partners,
    pick_up,
    recognition,
    recovery,
    retention,
    revocation,
    second_factors,
    sessions,
    staff,
)
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.audit import Action, AuditNotWritten
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.partners import Checks
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry, Base, Passkey, Recovery, Staff
from cardservice.terms import CardState, RevocationReason, Service, StaffRole
from tests.verify.town import TestKey, Town

PASSWORD = "a password of five odd words"
OUTRA = Town(issuer="https://outra.example", names={"pt": "Outra"})
THIRD = Town(issuer="https://third.example", names={"en": "Third"})
NEXT_ANCHOR = TestKey("next anchor")
LENDS = Checks(services=frozenset({Service.LIBRARY}))


@contextmanager
def no_audit(town_hall: TownHall) -> Iterator[None]:
    """The register takes no audit entry inside the block."""
    sqlite = town_hall.engine.dialect.name == "sqlite"
    with town_hall.transaction() as session:
        if sqlite:
            session.execute(
                text(
                    "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries "
                    "BEGIN SELECT RAISE(ABORT, 'the audit takes nothing'); END"
                )
            )
        else:
            session.execute(
                text(
                    "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'the audit takes nothing'; END $$"
                )
            )
            session.execute(
                text("CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION no_audit()")
            )
    try:
        yield
    finally:
        with town_hall.transaction() as session:
            session.execute(text("DROP TRIGGER no_audit" + ("" if sqlite else " ON audit_entries")))
            if not sqlite:
                session.execute(text("DROP FUNCTION no_audit()"))


def everything(town_hall: TownHall) -> dict[str, list[tuple[object, ...]]]:
    with town_hall.reading() as session:
        return {
            table.name: sorted(tuple(row) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


class Journey:
    """Everything that a state change may need, made before the audit stops."""

    def __init__(self, town_hall: TownHall, clerk: Actor, other: Actor) -> None:
        self.hall, self.clerk, self.other = town_hall, clerk, other
        self.draft, self.waiting = town_hall.register(clerk), town_hall.register(clerk)
        with town_hall.transaction() as session:
            approval.submit(session, self.waiting, actor=clerk, now=NOON)
        self.active = town_hall.make_card(clerk).card_number
        self.suspended = town_hall.make_card(clerk, CardState.SUSPENDED).card_number
        self.slip_code = town_hall.make_card(clerk).slip_code
        self.issued = town_hall.register(clerk)
        self.signed = town_hall.issue(self.issued, clerk).card_number
        self.new_key = SigningKey.generate(Purpose.AUDIT, Algorithm.ES256)
        with town_hall.transaction() as session:
            made = key_rotation.announce(
                session, Purpose.AUDIT, self.new_key.public, validity_years=2, actor=CONSOLE, now=NOON
            )
            self.announced = made.key_id
            self.partner = partners.add(session, "Library", LENDS, actor=CONSOLE, now=NOON).id
            _recognise(self, session, OUTRA, OUTRA.files(OUTRA.trust_list(next_anchor=NEXT_ANCHOR.public)))
            self.passkeys = [
                Passkey(
                    staff_id=clerk.staff_id,
                    credential_id=one,
                    public_key=b"",
                    sign_count=0,
                    label="",
                    added_on=NOON.date(),
                )
                for one in (b"one", b"two")
            ]
            session.add_all(self.passkeys)
            member = session.get_one(Staff, clerk.staff_id)
            member.code_secret = b"sealed"
            session.add(
                Recovery(staff_id=other.staff_id, first_id=clerk.staff_id, first_digest=b"", expires_at=NOON + DAY)
            )


def _recognise(j: Journey, s: Session, city: Town, files: dict[str, bytes]) -> object:
    return recognition.recognise(
        s,
        files,
        anchor=city.anchor.public.to_cose_key(),
        services=["library"],
        address=None,
        town=j.hall.town,
        actor=CONSOLE,
        now=NOON,
    )


def _follow(j: Journey, s: Session) -> object:
    files = {"trust-list.cwt": OUTRA.trust_list(sequence=6).seal(NEXT_ANCHOR)}
    return recognition.refresh(s, OUTRA.issuer, files, town=j.hall.town, actor=CONSOLE, now=NOON)


def _in_one(step: Callable[[Journey, Session], object]) -> Callable[[Journey], object]:
    def run(journey: Journey) -> object:
        with journey.hall.transaction() as session:
            return step(journey, session)

    return run


def _open(j: Journey, s: Session) -> object:
    return drafts.open_draft(
        s, REGISTRATION, evidence=SHOWN, actor=j.clerk, now=NOON, day_keys=j.hall.day_keys, token_bytes=os.urandom
    )


def _keep(j: Journey, s: Session) -> object:
    return pick_up.keep(s, j.issued, actor=j.clerk, now=NOON, day_keys=j.hall.day_keys)


def _change(j: Journey, s: Session) -> object:
    return drafts.change(s, j.waiting, REGISTRATION, actor=j.clerk, now=NOON, day_keys=j.hall.day_keys)


def _hand_over(j: Journey, s: Session) -> object:
    return issuance.hand_over(s, j.signed, actor=j.clerk, now=NOON, day_keys=j.hall.day_keys)


def _spoil(j: Journey, s: Session) -> object:
    return issuance.spoil(s, j.signed, RevocationReason.DAMAGED, actor=j.clerk, now=NOON)


def _correct(j: Journey, s: Session) -> object:
    return correction.correct(s, j.signed, actor=j.clerk, now=NOON, day_keys=j.hall.day_keys, token_bytes=os.urandom)


def _announce(j: Journey, s: Session) -> object:
    key = SigningKey.generate(Purpose.CARD, Algorithm.ES256).public
    return key_rotation.announce(s, Purpose.CARD, key, validity_years=2, actor=CONSOLE, now=NOON)


def _close(j: Journey) -> object:
    keys = j.hall.keys
    return decommission.close(
        j.hall.transaction,
        j.hall.kit,
        town=j.hall.town,
        status_key=keys[Purpose.STATUS],
        anchor_key=keys[Purpose.ANCHOR],
        actor=CONSOLE,
        now=NOON,
        token_bytes=os.urandom,
    )


def _vouch(j: Journey, s: Session) -> object:
    return recovery.vouch(s, j.clerk.staff_id or 0, actor=j.other, now=NOON, token_bytes=os.urandom)


def _remove_passkey(j: Journey, s: Session) -> object:
    return second_factors.remove_passkey(s, j.clerk.staff_id or 0, j.passkeys[0].id, actor=j.clerk, now=NOON)


CHANGES: dict[str, Callable[[Journey], object]] = {
    "open a registration": _in_one(_open),
    "change one that waits": _in_one(_change),
    "submit": _in_one(lambda j, s: approval.submit(s, j.draft, actor=j.clerk, now=NOON)),
    "approve": _in_one(lambda j, s: approval.approve(s, j.waiting, actor=j.other, now=NOON)),
    "discard": _in_one(lambda j, s: drafts.discard(s, j.draft, actor=j.clerk, now=NOON)),
    "keep for pick-up": _in_one(_keep),
    "issue": lambda j: j.hall.issue(j.draft, j.clerk),
    "hand over": _in_one(_hand_over),
    "spoil": _in_one(_spoil),
    "correct": _in_one(_correct),
    "revoke": _in_one(lambda j, s: revocation.revoke(s, j.active, RevocationReason.LOST, actor=j.clerk, now=NOON)),
    "revoke by the slip": _in_one(lambda j, s: revocation.revoke_by_slip(s, j.slip_code, now=NOON)),
    "suspend": _in_one(lambda j, s: revocation.suspend(s, j.active, actor=j.clerk, now=NOON)),
    "reinstate": _in_one(lambda j, s: revocation.reinstate(s, j.suspended, actor=j.clerk, now=NOON)),
    "keep house": lambda j: retention.housekeeping(j.hall.transaction, now=NOON + DAY, day_keys=None),
    "publish": lambda j: j.hall.publish(now=NOON + timedelta(hours=1)),
    "add staff": _in_one(lambda _, s: staff.add(s, "new", StaffRole.CLERK, PASSWORD, actor=CONSOLE, now=NOON)),
    "change a role": _in_one(
        lambda j, s: staff.set_role(s, j.clerk.staff_id or 0, StaffRole.AUDITOR, actor=CONSOLE, now=NOON)
    ),
    "change a password": _in_one(
        lambda j, s: staff.set_password(s, j.clerk.staff_id or 0, PASSWORD, actor=CONSOLE, now=NOON)
    ),
    "disable staff": _in_one(lambda j, s: staff.disable(s, j.clerk.staff_id or 0, actor=CONSOLE, now=NOON)),
    "remove a passkey": _in_one(_remove_passkey),
    "remove a code app": _in_one(
        lambda j, s: second_factors.remove_code_app(s, j.clerk.staff_id or 0, actor=j.clerk, now=NOON)
    ),
    "remove all factors": _in_one(
        lambda j, s: second_factors.remove_all(s, j.clerk.staff_id or 0, actor=CONSOLE, now=NOON)
    ),
    "vouch for somebody": _in_one(_vouch),
    "cancel a recovery": _in_one(lambda j, s: recovery.cancel(s, j.other.staff_id or 0, actor=j.other, now=NOON)),
    "sign somebody out": _in_one(lambda j, s: sessions.sign_out(s, j.clerk.staff_id or 0, actor=CONSOLE, now=NOON)),
    "announce a key": _in_one(_announce),
    "activate a key": _in_one(lambda j, s: key_rotation.activate(s, j.announced, wait=DAY, actor=CONSOLE, now=NOON)),
    "mark a key compromised": _in_one(
        lambda j, s: key_rotation.mark_compromised(s, j.announced, actor=CONSOLE, now=NOON)
    ),
    "list a partner": _in_one(lambda _, s: partners.add(s, "Pool", LENDS, actor=CONSOLE, now=NOON)),
    "change a partner": _in_one(lambda j, s: partners.change(s, j.partner, "Museum", LENDS, actor=CONSOLE, now=NOON)),
    "remove a partner": _in_one(lambda j, s: partners.remove(s, j.partner, actor=CONSOLE, now=NOON)),
    "recognise a city": _in_one(lambda j, s: _recognise(j, s, THIRD, THIRD.files())),
    "follow a city to its next anchor": _in_one(_follow),
    "forget a city": _in_one(lambda _, s: recognition.forget(s, OUTRA.issuer, actor=CONSOLE, now=NOON)),
    "answer a demand": _in_one(lambda j, s: legal_answer.about_a_person(s, actor=j.clerk, now=NOON)),
    "end the town": _close,
}


@pytest.fixture
def journey(town_hall: TownHall, clerk: Actor, supervisor: Actor) -> Journey:
    return Journey(town_hall, clerk, supervisor)


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestWithoutAnAudit:
    def test_nothing_at_all_is_done(self, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each change in turn: refused in words, every table as before, and no signature was made of any card."""
        signatures: list[bytes] = []
        key = journey.hall.keys[Purpose.CARD]
        sign = key.sign
        monkeypatch.setattr(
            SigningKey,
            "sign",
            lambda self, message: signatures.append(message) or sign(message) if self is key else _sign(self, message),
        )
        before = everything(journey.hall)
        done = []
        with no_audit(journey.hall):
            for what, change in CHANGES.items():
                try:
                    change(journey)
                except AuditNotWritten:
                    pass
                else:
                    done.append(what)

        assert done == []
        assert everything(journey.hall) == before
        assert signatures == []

    @pytest.mark.parametrize("what", list(CHANGES))
    def test_each_of_them_would_be_done_with_one(self, journey: Journey, what: str) -> None:
        """The control: what is tried above is no change that would be refused anyway."""
        with journey.hall.reading() as session:
            count = len(session.scalars(select(AuditEntry)).all())

        CHANGES[what](journey)

        with journey.hall.reading() as session:
            assert len(session.scalars(select(AuditEntry)).all()) > count


_sign = SigningKey.sign


def test_whoever_catches_it_keeps_no_change_without_its_entry(town_hall: TownHall, clerk: Actor) -> None:
    with no_audit(town_hall), town_hall.transaction() as session:
        session.get_one(Staff, clerk.staff_id).name = "somebody else"
        with suppress(AuditNotWritten):
            audit.record(session, clerk, Action.STAFF_ROLE, "staff:1", now=NOON)

    with town_hall.reading() as session:
        assert session.get_one(Staff, clerk.staff_id).name == clerk.name


def test_issuing_stops_in_the_middle_too(
    town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
) -> None:
    """The entry of the signature cannot be written: no signed card leaves, and the next request may go on."""
    draft_id = town_hall.register(clerk)
    with town_hall.transaction() as session:
        draft = in_flight.read(session, draft_id)
        assert draft is not None
        number = issuance._record_intent(session, draft, town_hall.issuing, os.urandom, actor=clerk, now=NOON)

    with no_audit(town_hall), pytest.raises(AuditNotWritten):
        town_hall.issue(draft_id, clerk)

    assert town_hall.card(str(number)).state is CardState.INTENT
    assert town_hall.issue(draft_id, clerk).card_number == number
