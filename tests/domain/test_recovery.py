"""Recovery: two other people, half a code each, and nobody comes in with less."""

import itertools
import os
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import recovery, staff
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.passwords import PasswordRefused
from cardservice.domain.recovery import AlreadyVouched, MayNotVouch, OwnRecovery, RecoveryRefused
from cardservice.domain.staff import SignInRefused, StaffNotFound
from cardservice.storage.models import AuditEntry, Recovery, Staff
from cardservice.terms import StaffRole

OLD, NEW = "correct unlikely horse", "seven lamps under water"
HOUR = timedelta(hours=1)


def hire(session: Session, name: str, role: StaffRole = StaffRole.SUPERVISOR) -> Actor:
    member = Staff(name=name, name_key=name, role=role, password_hash="no sign-in in this test")
    session.add(member)
    session.flush()
    return Actor(name, role, member.id)


@pytest.fixture
def lost(session: Session) -> Staff:
    """Whoever has lost their telephone."""
    return staff.add(session, "carla", StaffRole.CLERK, OLD, actor=CONSOLE, now=NOON)


@pytest.fixture
def first(session: Session) -> Actor:
    return hire(session, "samir")


@pytest.fixture
def second(session: Session) -> Actor:
    return hire(session, "ana", StaffRole.ADMINISTRATOR)


def vouch(session: Session, member: Staff, actor: Actor, *, after: timedelta = timedelta()) -> str:
    return recovery.vouch(session, member.id, actor=actor, now=NOON + after, token_bytes=os.urandom)


class TestVouch:
    def test_gives_half_a_code_that_the_register_cannot_repeat(
        self, session: Session, lost: Staff, first: Actor
    ) -> None:
        half = vouch(session, lost, first)

        begun = session.scalars(select(Recovery)).one()
        assert len(half.replace("-", "")) == 24
        assert half.encode() not in begun.first_digest
        assert begun.second_id is None

    @pytest.mark.parametrize("role", [StaffRole.CLERK, StaffRole.AUDITOR])
    def test_is_for_supervisors_and_administrators(self, session: Session, lost: Staff, role: StaffRole) -> None:
        with pytest.raises(MayNotVouch):
            vouch(session, lost, hire(session, "somebody", role))

    def test_is_not_for_the_console(self, session: Session, lost: Staff) -> None:
        with pytest.raises(MayNotVouch):
            vouch(session, lost, CONSOLE)

    def test_is_never_for_oneself(self, session: Session, first: Actor) -> None:
        member = session.get_one(Staff, first.staff_id)

        with pytest.raises(OwnRecovery):
            vouch(session, member, first)

    def test_needs_two_different_people(self, session: Session, lost: Staff, first: Actor) -> None:
        vouch(session, lost, first)

        with pytest.raises(AlreadyVouched):
            vouch(session, lost, first)

    def test_needs_no_third_one(self, session: Session, lost: Staff, first: Actor, second: Actor) -> None:
        vouch(session, lost, first)
        vouch(session, lost, second)

        with pytest.raises(AlreadyVouched):
            vouch(session, lost, hire(session, "third"))

    def test_does_not_bring_back_a_closed_account(self, session: Session, lost: Staff, first: Actor) -> None:
        staff.disable(session, lost.id, actor=CONSOLE, now=NOON)

        with pytest.raises(StaffNotFound):
            vouch(session, lost, first)

    def test_begins_anew_when_the_first_one_waited_a_day(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        vouch(session, lost, first)

        vouch(session, lost, second, after=timedelta(hours=24))

        begun = session.scalars(select(Recovery)).one()
        assert (begun.first_id, begun.second_id) == (second.staff_id, None)

    def test_tells_who_waits_for_a_second_person(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        vouch(session, lost, first)
        before = recovery.waiting(session, now=NOON)

        vouch(session, lost, second)

        assert before == [lost]
        assert recovery.waiting(session, now=NOON) == []

    def test_is_audited_by_number(self, session: Session, lost: Staff, first: Actor) -> None:
        vouch(session, lost, first)

        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.action, entry.subject) == (first.code, "staff.vouched for", f"staff:{lost.id}")


class TestFinish:
    @pytest.mark.parametrize("crossed", [False, True])
    def test_sets_a_new_password_with_both_halves(
        self, session: Session, lost: Staff, first: Actor, second: Actor, crossed: bool
    ) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))

        recovery.finish(session, " Carla ", halves[::-1] if crossed else halves, NEW, now=NOON)

        assert staff.authenticate(session, "carla", NEW, now=NOON) is lost
        assert not lost.password_is_first
        assert recovery.find(session, lost.id, now=NOON) is None
        with pytest.raises(SignInRefused):
            staff.authenticate(session, "carla", OLD, now=NOON)

    def test_reads_halves_as_people_write_them(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        halves = [vouch(session, lost, each).lower().replace("-", " ").replace("0", "o") for each in (first, second)]

        assert recovery.finish(session, "carla", (halves[0], halves[1]), NEW, now=NOON) is lost

    def test_works_once(self, session: Session, lost: Staff, first: Actor, second: Actor) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))
        recovery.finish(session, "carla", halves, NEW, now=NOON)

        with pytest.raises(RecoveryRefused):
            recovery.finish(session, "carla", halves, OLD, now=NOON)

    def test_refuses_everything_less_than_both_halves(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        one, other = vouch(session, lost, first), vouch(session, lost, second)

        for halves in itertools.product((one, other, "", one + other, "0" * 16), repeat=2):
            if set(halves) != {one, other}:
                with pytest.raises(RecoveryRefused):
                    recovery.finish(session, "carla", halves, NEW, now=NOON)

    def test_refuses_when_only_one_person_has_vouched(self, session: Session, lost: Staff, first: Actor) -> None:
        half = vouch(session, lost, first)

        for halves in ((half, ""), ("", half), (half, half)):
            with pytest.raises(RecoveryRefused):
                recovery.finish(session, "carla", halves, NEW, now=NOON)

    def test_refuses_an_hour_after_the_second_person(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))

        with pytest.raises(RecoveryRefused):
            recovery.finish(session, "carla", halves, NEW, now=NOON + HOUR)

    def test_refuses_somebody_else_and_nobody(self, session: Session, lost: Staff, first: Actor, second: Actor) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))

        for name in ("samir", "nobody", ""):
            with pytest.raises(RecoveryRefused):
                recovery.finish(session, name, halves, NEW, now=NOON)

    def test_refuses_an_account_closed_meanwhile(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))
        staff.disable(session, lost.id, actor=CONSOLE, now=NOON)

        with pytest.raises(RecoveryRefused):
            recovery.finish(session, "carla", halves, NEW, now=NOON)

    def test_refuses_a_weak_password_and_keeps_the_halves_good(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))

        with pytest.raises(PasswordRefused):
            recovery.finish(session, "carla", halves, "short", now=NOON)

        assert recovery.finish(session, "carla", halves, NEW, now=NOON) is lost


class TestCancel:
    def test_ends_a_recovery_that_was_not_asked_for(
        self, session: Session, lost: Staff, first: Actor, second: Actor
    ) -> None:
        halves = (vouch(session, lost, first), vouch(session, lost, second))

        recovery.cancel(session, lost.id, actor=Actor("carla", lost.role, lost.id), now=NOON)

        with pytest.raises(RecoveryRefused):
            recovery.finish(session, "carla", halves, NEW, now=NOON)

    def test_is_harmless_without_one(self, session: Session, lost: Staff, first: Actor) -> None:
        recovery.cancel(session, lost.id, actor=first, now=NOON)

        assert "staff.recovery cancelled" not in set(session.scalars(select(AuditEntry.action)))

    def test_is_not_for_other_clerks(self, session: Session, lost: Staff) -> None:
        with pytest.raises(MayNotVouch):
            recovery.cancel(session, lost.id, actor=hire(session, "other", StaffRole.CLERK), now=NOON)


class TestForgetEnded:
    def test_deletes_what_is_over(self, session: Session, lost: Staff, first: Actor) -> None:
        vouch(session, lost, first)

        early = recovery.forget_ended(session, now=NOON + 23 * HOUR)
        late = recovery.forget_ended(session, now=NOON + 24 * HOUR)

        assert (early, late) == (0, 1)
        assert session.scalars(select(Recovery)).all() == []
