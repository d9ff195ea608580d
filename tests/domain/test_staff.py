"""Staff: who may sign in, the same words for every refusal, and changes that end live sessions."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import audit, sessions, staff
from cardservice.domain.actor import CONSOLE, SERVICE, Actor
from cardservice.domain.passwords import LONGEST, PasswordRefused
from cardservice.domain.staff import (
    LastAdministrator,
    SignInRefused,
    StaffNameRefused,
    StaffNameTaken,
    StaffNotFound,
    WrongPassword,
)
from cardservice.storage.models import AuditEntry, Staff, StaffSession
from cardservice.terms import StaffRole

Transaction = Callable[[], AbstractContextManager[Session]]
PASSWORD = "correct unlikely horse"


def add(session: Session, name: str = "ana", role: StaffRole = StaffRole.CLERK) -> Staff:
    return staff.add(session, name, role, PASSWORD, actor=CONSOLE, now=NOON)


class TestAdd:
    def test_keeps_no_password(
        self, session: Session, costly_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staff, "_HASHER", costly_hasher)
        member = add(session)

        assert member.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert PASSWORD not in member.password_hash
        assert [entry.action for entry in session.scalars(select(AuditEntry))] == ["staff.added"]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 65, "ana\n", "a\u202eb", "ﷺ" * 20])
    def test_refuses_a_name_that_nobody_could_type(self, session: Session, name: str) -> None:
        if name.strip() == "ana":
            name = "an\na"
        with pytest.raises(StaffNameRefused):
            add(session, name)

    @pytest.mark.parametrize("name", ["ana", "ANA", " Ana ", "ａｎａ"])
    def test_refuses_a_name_that_is_taken(self, session: Session, name: str) -> None:
        add(session)

        with pytest.raises(StaffNameTaken):
            add(session, name)

    def test_refuses_a_weak_password(self, session: Session) -> None:
        with pytest.raises(PasswordRefused):
            staff.add(session, "ana", StaffRole.CLERK, "short", actor=CONSOLE, now=NOON)

        assert session.scalar(select(func.count()).select_from(Staff)) == 0


class TestAuthenticate:
    def test_knows_the_name_however_it_is_written(self, session: Session) -> None:
        member = add(session, "José")

        assert staff.authenticate(session, " JOSE\u0301 ", PASSWORD, now=NOON).id == member.id

    @pytest.mark.parametrize(
        ("name", "password"),
        [("ana", "wrong"), ("nobody", PASSWORD), ("", ""), ("closed", PASSWORD), ("ana", PASSWORD + "x" * 10_000)],
    )
    def test_says_the_same_for_every_cause(self, session: Session, name: str, password: str) -> None:
        add(session)
        staff.disable(session, add(session, "closed").id, actor=CONSOLE, now=NOON)

        with pytest.raises(SignInRefused) as caught:
            staff.authenticate(session, name, password, now=NOON)

        assert str(caught.value) == str(SignInRefused())

    @pytest.mark.parametrize(
        "almost", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], PASSWORD + "\0"]
    )
    def test_compares_the_password_exactly_as_it_was_typed(self, session: Session, almost: str) -> None:
        add(session)

        with pytest.raises(SignInRefused):
            staff.authenticate(session, "ana", almost, now=NOON)

    def test_compares_the_last_character_of_the_longest_password(self, session: Session) -> None:
        longest = "seven lamps " * 10 + "at night"
        member = staff.add(session, "ana", StaffRole.CLERK, longest, actor=CONSOLE, now=NOON)

        assert len(longest) == LONGEST
        assert staff.authenticate(session, "ana", longest, now=NOON).id == member.id
        with pytest.raises(SignInRefused):
            staff.authenticate(session, "ana", longest[:-1] + "T", now=NOON)

    def test_takes_as_long_for_an_unknown_name(self, session: Session) -> None:
        add(session)
        took: dict[str, list[float]] = {"ana": [], "nobody": []}

        for _ in range(5):
            for name, times in took.items():
                begun = time.process_time()
                with pytest.raises(SignInRefused):
                    staff.authenticate(session, name, "not the password", now=NOON)
                times.append(time.process_time() - begun)

        known, unknown = (statistics.median(times) for times in took.values())
        assert 0.5 < unknown / known < 2

    def test_compares_an_unknown_name_with_a_hash_that_is_whole_and_costs_as_much(
        self, costly_hasher: PasswordHasher
    ) -> None:
        nobodys = staff._hash_of_nobody(costly_hasher)

        assert not costly_hasher.check_needs_rehash(nobodys)
        with pytest.raises(VerifyMismatchError):
            costly_hasher.verify(nobodys, "")

    def test_refuses_a_hash_that_is_damaged(self, session: Session) -> None:
        add(session).password_hash = "!"

        with pytest.raises(SignInRefused):
            staff.authenticate(session, "ana", PASSWORD, now=NOON)


class TestFinding:
    def test_by_id_and_name(self, session: Session) -> None:
        member = add(session)

        assert staff.by_id(session, member.id) is member
        assert staff.by_name(session, "ANA") is member
        assert staff.by_id(session, member.id + 1) is None
        with pytest.raises(StaffNotFound):
            staff.by_name(session, "nobody")

    def test_everybody_in_the_order_of_names(self, session: Session) -> None:
        for name in ("Zoe", "ana", "Bo"):
            add(session, name)

        assert [member.name for member in staff.everybody(session)] == ["ana", "Bo", "Zoe"]


class TestChanges:
    @pytest.mark.parametrize(
        "change",
        [
            lambda *given, **by: staff.set_role(*given, StaffRole.SUPERVISOR, **by),
            lambda *given, **by: staff.set_password(*given, "another unlikely horse", **by),
            staff.disable,
        ],
        ids=["role", "password", "closed"],
    )
    def test_end_the_live_sessions_of_that_staff_member_only(
        self, session: Session, change: Callable[..., Staff]
    ) -> None:
        changed, other = add(session), add(session, "bo")
        sessions.begin(session, changed.id, b"one", now=NOON)
        sessions.begin(session, changed.id, b"two", now=NOON)
        sessions.begin(session, other.id, b"three", now=NOON)

        change(session, changed.id, actor=CONSOLE, now=NOON)

        assert [row.staff_id for row in session.scalars(select(StaffSession))] == [other.id]

    def test_are_audited(self, session: Session) -> None:
        member = add(session)

        staff.set_role(session, member.id, StaffRole.SUPERVISOR, actor=CONSOLE, now=NOON)
        staff.set_password(session, member.id, "another unlikely horse", actor=CONSOLE, now=NOON)
        staff.disable(session, member.id, actor=CONSOLE, now=NOON)

        assert (member.role, member.disabled) == (StaffRole.SUPERVISOR, True)
        assert [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))] == [
            "staff.added",
            "staff.role changed",
            "staff.password changed",
            "staff.disabled",
        ]
        audit.verify_chain(session)

    def test_make_the_new_password_the_only_one(self, session: Session) -> None:
        member = add(session)

        staff.set_password(session, member.id, "another unlikely horse", actor=CONSOLE, now=NOON)

        assert staff.authenticate(session, "ana", "another unlikely horse", now=NOON) is member
        with pytest.raises(SignInRefused):
            staff.authenticate(session, "ana", PASSWORD, now=NOON)

    def test_of_ones_own_password_need_the_present_one(self, session: Session) -> None:
        member = add(session)
        new = "another unlikely horse"

        with pytest.raises(WrongPassword):
            staff.change_own_password(session, member.id, "not this one", new, actor=CONSOLE, now=NOON)
        assert staff.authenticate(session, "ana", PASSWORD, now=NOON) is member
        staff.change_own_password(session, member.id, PASSWORD, new, actor=CONSOLE, now=NOON)

        assert staff.authenticate(session, "ana", new, now=NOON) is member

    def test_need_a_staff_member(self, session: Session) -> None:
        with pytest.raises(StaffNotFound):
            staff.disable(session, 99, actor=CONSOLE, now=NOON)

    def test_keep_one_administrator(self, session: Session) -> None:
        first = add(session, "first", StaffRole.ADMINISTRATOR)

        with pytest.raises(LastAdministrator):
            staff.disable(session, first.id, actor=CONSOLE, now=NOON)
        with pytest.raises(LastAdministrator):
            staff.set_role(session, first.id, StaffRole.CLERK, actor=CONSOLE, now=NOON)
        staff.set_role(session, first.id, StaffRole.ADMINISTRATOR, actor=CONSOLE, now=NOON)
        add(session, "second", StaffRole.ADMINISTRATOR)
        staff.disable(session, first.id, actor=CONSOLE, now=NOON)

        assert first.disabled
        staff.disable(session, first.id, actor=CONSOLE, now=NOON)


class TestActor:
    def test_is_a_code_in_the_audit_and_never_a_name(self) -> None:
        assert Actor("Ana Sofia", StaffRole.CLERK, 7).code == "staff:7"
        assert (CONSOLE.code, SERVICE.code) == ("console", "service")
