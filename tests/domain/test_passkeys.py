"""Passkeys: what a right answer needs, and that every wrong one is refused and writes nothing."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from authenticator import Passkey as Device
from authenticator import bytes_of, text_of
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import audit, passkeys, second_factors, sessions, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.passkeys import LabelRefused, PasskeyRefused, Site
from cardservice.domain.staff import StaffNotFound
from cardservice.storage.models import Passkey, SpentChallenge, Staff
from cardservice.terms import StaffRole

Transaction = Callable[[], AbstractContextManager[Session]]
SITE = Site(host="desk.town.example", origin="https://desk.town.example", name="Town")
FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))
FALSE_SITE = "https://desk.town-example.net"


@pytest.fixture
def ana(session: Session) -> Staff:
    return staff.add(session, "ana", StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)


@pytest.fixture
def device() -> Device:
    return Device(SITE.origin)


def add(session: Session, member: Staff, device: Device, *, challenge: bytes = FIRST, label: str = "key") -> Passkey:
    options = passkeys.creation_options(session, member.id, challenge, site=SITE)
    return passkeys.add(
        session, member.id, device.create(options), label, challenge=challenge, site=SITE, actor=CONSOLE, now=NOON
    )


def answer(session: Session, device: Device, challenge: bytes = SECOND) -> str:
    return device.get(passkeys.request_options(session, challenge, site=SITE))


def check(session: Session, told: str, *, challenge: bytes = SECOND, staff_id: int | None = None) -> Staff:
    return passkeys.check(session, told, challenge=challenge, site=SITE, now=NOON, staff_id=staff_id)


class TestAdding:
    def test_keeps_the_public_half_and_what_it_is_called(self, session: Session, ana: Staff, device: Device) -> None:
        made = add(session, ana, device, label="  blue   key ")

        assert (made.label, made.added_on, made.credential_id) == ("blue key", NOON.date(), device.credential_id)
        assert second_factors.of(session, ana).passkeys == 1

    def test_ends_the_sessions_and_is_audited(self, session: Session, ana: Staff, device: Device) -> None:
        sessions.begin(session, ana.id, b"old", now=NOON)

        add(session, ana, device)

        assert sessions.live(session, ana.id, now=NOON, limits=sessions.DEFAULT_LIMITS) == []
        last = audit.newest(session)
        assert last
        assert (last.action, last.subject) == ("staff.passkey added", f"staff:{ana.id}")

    def test_asks_for_a_verified_person_no_attestation_and_no_second_passkey_on_one_device(
        self, session: Session, ana: Staff, device: Device
    ) -> None:
        add(session, ana, device)

        asked = json.loads(passkeys.creation_options(session, ana.id, SECOND, site=SITE))

        assert asked["authenticatorSelection"]["userVerification"] == "required"
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert asked["attestation"] == "none"
        assert [one["id"] for one in asked["excludeCredentials"]] == [text_of(device.credential_id)]
        assert "ana" not in str(bytes_of(asked["user"]["id"]))

    @pytest.mark.parametrize("label", ["", "   ", "x" * 41, "a\x07b"])
    def test_refuses_a_label_that_nobody_could_read(
        self, session: Session, ana: Staff, device: Device, label: str
    ) -> None:
        with pytest.raises(LabelRefused):
            add(session, ana, device, label=label)

    @pytest.mark.parametrize(
        "wrong",
        [Device(FALSE_SITE), Device(SITE.origin, rp_id="town.example"), Device(SITE.origin, verified=False)],
        ids=["origin", "relying party", "nobody verified"],
    )
    def test_refuses_a_passkey_that_is_not_for_this_desk(self, session: Session, ana: Staff, wrong: Device) -> None:
        with pytest.raises(PasskeyRefused):
            add(session, ana, wrong)

        assert second_factors.of(session, ana).count == 0

    def test_refuses_an_answer_to_another_challenge(self, session: Session, ana: Staff, device: Device) -> None:
        told = device.create(passkeys.creation_options(session, ana.id, FIRST, site=SITE))

        with pytest.raises(PasskeyRefused):
            passkeys.add(session, ana.id, told, "key", challenge=SECOND, site=SITE, actor=CONSOLE, now=NOON)

    def test_refuses_the_same_passkey_twice(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)

        with pytest.raises(PasskeyRefused):
            add(session, ana, device, challenge=SECOND)

    def test_needs_a_staff_member(self, session: Session) -> None:
        with pytest.raises(StaffNotFound):
            passkeys.creation_options(session, 99, FIRST, site=SITE)


class TestChecking:
    def test_says_whose_passkey_it_is(self, session: Session, ana: Staff, device: Device) -> None:
        kept = add(session, ana, device)

        assert check(session, answer(session, device)) is ana
        assert kept.sign_count == 1

    def test_takes_passkeys_that_never_count(self, session: Session, ana: Staff) -> None:
        device = Device(SITE.origin, count=None)
        add(session, ana, device)

        assert check(session, answer(session, device)) is ana
        assert check(session, answer(session, device, THIRD), challenge=THIRD) is ana

    @pytest.mark.parametrize(
        "wrong",
        [{"origin": FALSE_SITE}, {"rp_id": "town.example"}, {"verified": False}, {"handle": b"\0\0\0\0\0\0\0\x63"}],
        ids=["origin", "relying party", "nobody verified", "somebody else's"],
    )
    def test_refuses_an_answer_that_is_not_for_this_desk_and_person(
        self, session: Session, ana: Staff, device: Device, wrong: dict[str, Any]
    ) -> None:
        add(session, ana, device)

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, replace(device, **wrong)))

    def test_refuses_another_signature(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)
        forged = replace(device, key=Device(SITE.origin).key)

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, forged))

    def test_refuses_an_answer_to_another_challenge(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, device, SECOND), challenge=THIRD)

    @pytest.mark.parametrize("count", [0, None])
    def test_refuses_an_answer_that_was_given_before(self, session: Session, ana: Staff, count: int | None) -> None:
        device = Device(SITE.origin, count=count)
        add(session, ana, device)
        told = answer(session, device)
        check(session, told)

        with pytest.raises(PasskeyRefused):
            check(session, told)

    def test_refuses_a_copy_of_the_key_whose_count_is_behind(
        self, session: Session, ana: Staff, device: Device
    ) -> None:
        add(session, ana, device)
        copy = replace(device)
        check(session, answer(session, device))

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, copy, THIRD), challenge=THIRD)

    def test_refuses_a_closed_account(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)
        staff.disable(session, ana.id, actor=CONSOLE, now=NOON)

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, device))

    def test_of_one_person_refuses_everybody_elses(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, device), staff_id=ana.id + 1)
        assert check(session, answer(session, device), staff_id=ana.id) is ana

    @pytest.mark.parametrize(
        "told",
        ["", "no json", "[]", "{}", '{"rawId": 5, "response": {}}', '{"rawId": "AA", "response": {}}', "[" * 100_000],
    )
    def test_refuses_what_is_no_answer(self, session: Session, told: str) -> None:
        with pytest.raises(PasskeyRefused):
            check(session, told)

    def test_writes_nothing_for_a_wrong_answer(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)
        spent = len(session.scalars(select(SpentChallenge)).all())

        with pytest.raises(PasskeyRefused):
            check(session, answer(session, replace(device, origin=FALSE_SITE)))

        assert len(session.scalars(select(SpentChallenge)).all()) == spent

    def test_names_the_passkeys_of_the_person_who_confirms(self, session: Session, ana: Staff, device: Device) -> None:
        add(session, ana, device)

        anybodys = json.loads(passkeys.request_options(session, SECOND, site=SITE))
        hers = json.loads(passkeys.request_options(session, SECOND, site=SITE, staff_id=ana.id))

        assert not anybodys.get("allowCredentials")
        assert [one["id"] for one in hers["allowCredentials"]] == [text_of(device.credential_id)]


class TestSpentChallenges:
    def test_are_forgotten_when_they_could_not_be_used_any_more(
        self, session: Session, ana: Staff, device: Device
    ) -> None:
        add(session, ana, device)

        passkeys.forget_spent(session, now=NOON + passkeys.CHALLENGE_LIVES)
        assert len(session.scalars(select(SpentChallenge)).all()) == 1
        passkeys.forget_spent(session, now=NOON + 2 * passkeys.CHALLENGE_LIVES + timedelta(seconds=1))

        assert session.scalars(select(SpentChallenge)).all() == []
