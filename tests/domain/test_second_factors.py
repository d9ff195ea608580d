"""Taking factors away: never the last by its owner, all of them for a recovery, and always with the sessions."""

import pytest
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import audit, second_factors, sessions, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.second_factors import FactorNotFound, Factors, LastFactor
from cardservice.domain.staff import StaffNotFound
from cardservice.storage.models import Passkey, Staff
from cardservice.terms import StaffRole


@pytest.fixture
def ana(session: Session) -> Staff:
    return staff.add(session, "ana", StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)


def give_passkey(session: Session, member: Staff, credential_id: bytes = b"one") -> Passkey:
    passkey = Passkey(
        staff_id=member.id,
        credential_id=credential_id,
        public_key=b"k",
        sign_count=0,
        label="key",
        added_on=NOON.date(),
    )
    session.add(passkey)
    session.flush()
    return passkey


def is_signed_in(session: Session, member: Staff) -> bool:
    return bool(sessions.live(session, member.id, now=NOON, limits=sessions.DEFAULT_LIMITS))


def last_action(session: Session) -> str:
    last = audit.newest(session)
    return last.action if last else ""


class TestFactors:
    def test_are_counted(self, session: Session, ana: Staff) -> None:
        assert second_factors.of(session, ana) == Factors()
        give_passkey(session, ana)
        ana.code_secret = b"sealed"

        assert second_factors.of(session, ana) == Factors(passkeys=1, code_app=True)
        assert second_factors.of(session, ana).count == 2


class TestRemovingOne:
    def test_ends_the_sessions_and_is_audited(self, session: Session, ana: Staff) -> None:
        passkey, other = give_passkey(session, ana), give_passkey(session, ana, b"two")
        sessions.begin(session, ana.id, b"1", now=NOON)

        second_factors.remove_passkey(session, ana.id, passkey.id, actor=CONSOLE, now=NOON)

        assert second_factors.passkeys_of(session, ana.id) == [other]
        assert not is_signed_in(session, ana)
        assert last_action(session) == "staff.passkey removed"

    def test_works_for_the_code_app(self, session: Session, ana: Staff) -> None:
        give_passkey(session, ana)
        ana.code_secret, ana.code_step = b"sealed", 7
        sessions.begin(session, ana.id, b"1", now=NOON)

        second_factors.remove_code_app(session, ana.id, actor=CONSOLE, now=NOON)

        assert ana.code_secret is None
        assert not is_signed_in(session, ana)
        assert last_action(session) == "staff.code app removed"

    def test_leaves_the_last_one(self, session: Session, ana: Staff) -> None:
        passkey = give_passkey(session, ana)
        with pytest.raises(LastFactor):
            second_factors.remove_passkey(session, ana.id, passkey.id, actor=CONSOLE, now=NOON)
        session.delete(passkey)
        ana.code_secret = b"sealed"
        session.flush()
        with pytest.raises(LastFactor):
            second_factors.remove_code_app(session, ana.id, actor=CONSOLE, now=NOON)

        assert ana.code_secret

    def test_takes_nobody_elses(self, session: Session, ana: Staff) -> None:
        other = staff.add(session, "bo", StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)
        theirs = give_passkey(session, other)

        for passkey_id in (theirs.id, 99):
            with pytest.raises(FactorNotFound):
                second_factors.remove_passkey(session, ana.id, passkey_id, actor=CONSOLE, now=NOON)
        with pytest.raises(FactorNotFound):
            second_factors.remove_code_app(session, ana.id, actor=CONSOLE, now=NOON)


class TestRemovingAll:
    def test_leaves_none_ends_the_sessions_and_is_audited(self, session: Session, ana: Staff) -> None:
        give_passkey(session, ana)
        give_passkey(session, ana, b"two")
        ana.code_secret = b"sealed"
        sessions.begin(session, ana.id, b"1", now=NOON)

        second_factors.remove_all(session, ana.id, actor=CONSOLE, now=NOON)

        assert second_factors.of(session, ana).count == 0
        assert not is_signed_in(session, ana)
        assert last_action(session) == "staff.factors removed"

    def test_needs_a_staff_member(self, session: Session) -> None:
        with pytest.raises(StaffNotFound):
            second_factors.remove_all(session, 99, actor=CONSOLE, now=NOON)
