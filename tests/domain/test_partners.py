"""Partners: organisations by name, what they check, and a reason wherever a name is read."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import key_rotation, partners
from cardservice.domain.actor import CONSOLE
from cardservice.domain.key_rotation import KeyNotActive
from cardservice.domain.partners import (
    Checks,
    NothingToCheck,
    Partner,
    PartnerNameRefused,
    PartnerNameTaken,
    PartnerNotFound,
    ReasonMissing,
)
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage import models
from cardservice.storage.models import AuditEntry
from cardservice.terms import CardCode, IdentityReason, Service

LENDS = Checks(services=frozenset({Service.LIBRARY}))
HEALS = Checks(services=frozenset({Service.CLINIC}), code=CardCode.IDENTITY, reason=IdentityReason.RECORD)


def add(session: Session, name: str = "Library of the harbour", checks: Checks = LENDS) -> Partner:
    return partners.add(session, name, checks, actor=CONSOLE, now=NOON)


def entries(session: Session) -> list[tuple[str, str]]:
    chosen = select(AuditEntry).order_by(AuditEntry.sequence)
    return [(entry.action, entry.subject) for entry in session.scalars(chosen)]


class TestAdd:
    def test_lists_an_organisation_with_what_it_checks(self, session: Session) -> None:
        added = add(session, "Clinic", HEALS)

        assert partners.everybody(session) == [added]
        assert (added.name, added.checks) == ("Clinic", HEALS)

    def test_asks_for_the_residence_code_unless_told_otherwise(self, session: Session) -> None:
        assert add(session).checks.code is CardCode.RESIDENCE

    def test_leaves_an_entry_that_names_the_number_only(self, session: Session) -> None:
        added = add(session)

        assert entries(session) == [("partner.added", f"partner:{added.id}")]
        assert session.scalars(select(AuditEntry.sequence)).all() == [added.id]

    @pytest.mark.parametrize(
        "name", ["Piscine n° 3", "École Jean-Moulin", "مكتبة الميناء", "市立図書館", "D’Ávila & Fils", "L" * 60]
    )
    def test_takes_the_names_that_organisations_have(self, session: Session, name: str) -> None:
        assert add(session, name).name == name

    def test_keeps_a_name_composed_and_with_single_spaces(self, session: Session) -> None:
        assert add(session, "  E\u0301cole \t du  Port ").name == "École du Port"

    @pytest.mark.parametrize(
        ("name", "code", "character"),
        [
            ("", "blank", None),
            ("   ", "blank", None),
            ("L" * 61, "too-long", None),
            ("1234", "no-letter", None),
            ("Pool\u202eloop", "bad-character", "U+202E RIGHT-TO-LEFT OVERRIDE"),
            ("Pool\x1b[31m", "bad-character", "U+001B unnamed"),
            ("<b>Pool", "bad-character", "U+003C LESS-THAN SIGN"),
            ("ana@pool.example", "bad-character", "U+0040 COMMERCIAL AT"),
        ],
    )
    def test_refuses_what_is_no_name_of_an_organisation(
        self, session: Session, name: str, code: str, character: str | None
    ) -> None:
        with pytest.raises(PartnerNameRefused) as refused:
            add(session, name)

        assert (refused.value.code, refused.value.character) == (code, character)
        assert partners.everybody(session) == []

    @pytest.mark.parametrize("name", ["Library", "LIBRARY", " library "])
    def test_refuses_a_name_that_is_listed(self, session: Session, name: str) -> None:
        add(session, "Library")

        with pytest.raises(PartnerNameTaken):
            add(session, name)

    def test_refuses_a_partner_that_checks_nothing(self, session: Session) -> None:
        with pytest.raises(NothingToCheck):
            add(session, checks=Checks(services=frozenset()))

    def test_refuses_the_identity_code_without_a_reason(self, session: Session) -> None:
        with pytest.raises(ReasonMissing):
            add(session, checks=Checks(services=frozenset({Service.CLINIC}), code=CardCode.IDENTITY))

    def test_forgets_a_reason_that_nothing_needs(self, session: Session) -> None:
        idle = Checks(services=frozenset({Service.POOL}), code=CardCode.RESIDENCE, reason=IdentityReason.AGE)

        assert add(session, checks=idle).checks.reason is None


class TestByName:
    def test_finds_it_whatever_the_capitals(self, session: Session) -> None:
        added = add(session, "École du Port")

        assert partners.by_name(session, "ÉCOLE du port ") == added

    def test_refuses_one_that_is_not_listed(self, session: Session) -> None:
        with pytest.raises(PartnerNotFound):
            partners.by_name(session, "Pool")


class TestChange:
    def test_lists_it_as_it_is_now(self, session: Session) -> None:
        added = add(session)

        changed = partners.change(session, added.id, "Library and clinic", HEALS, actor=CONSOLE, now=NOON)

        assert partners.get(session, added.id) == changed
        assert (changed.name, changed.checks) == ("Library and clinic", HEALS)
        assert entries(session)[-1] == ("partner.changed", f"partner:{added.id}")

    def test_may_leave_the_name_as_it_is(self, session: Session) -> None:
        added = add(session)

        assert partners.change(session, added.id, added.name, HEALS, actor=CONSOLE, now=NOON).checks == HEALS

    def test_refuses_the_name_of_another(self, session: Session) -> None:
        add(session, "Pool")
        other = add(session, "Museum")

        with pytest.raises(PartnerNameTaken):
            partners.change(session, other.id, "pool", LENDS, actor=CONSOLE, now=NOON)

    def test_refuses_one_that_is_not_there(self, session: Session) -> None:
        with pytest.raises(PartnerNotFound):
            partners.change(session, 7, "Pool", LENDS, actor=CONSOLE, now=NOON)


class TestRemove:
    def test_takes_it_off_the_list(self, session: Session) -> None:
        added = add(session)

        partners.remove(session, added.id, actor=CONSOLE, now=NOON)

        assert partners.everybody(session) == []
        assert entries(session)[-1] == ("partner.removed", f"partner:{added.id}")
        with pytest.raises(PartnerNotFound):
            partners.get(session, added.id)

    def test_never_gives_its_number_to_another(self, session: Session) -> None:
        """The audit names partners by number, so a number means one organisation for ever."""
        first = add(session, "Pool")
        partners.remove(session, first.id, actor=CONSOLE, now=NOON)

        assert add(session, "Museum").id > first.id

    def test_refuses_one_that_is_not_there(self, session: Session) -> None:
        with pytest.raises(PartnerNotFound):
            partners.remove(session, 7, actor=CONSOLE, now=NOON)


class TestTheAnchor:
    def test_is_the_one_that_signed_the_newest_trust_list(self, town_hall: TownHall) -> None:
        """And not one that may sign and has not yet: no verifier shows its words."""
        fresh = SigningKey.generate(Purpose.ANCHOR, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(session, Purpose.ANCHOR, fresh.public, validity_years=2, actor=CONSOLE, now=NOON)
        town_hall.publish()
        with town_hall.transaction() as session:
            key_rotation.activate(session, fresh.key_id.hex(), wait=timedelta(0), actor=CONSOLE, now=NOON)

            assert partners.anchor(session) == town_hall.keys[Purpose.ANCHOR].public

    def test_is_the_active_one_before_there_is_any_list(self, session: Session) -> None:
        key = SigningKey.generate(Purpose.ANCHOR, Algorithm.ES256)
        key_rotation.announce(session, Purpose.ANCHOR, key.public, validity_years=2, actor=CONSOLE, now=NOON)
        key_rotation.activate(session, key.key_id.hex(), wait=timedelta(0), actor=CONSOLE, now=NOON)

        assert partners.anchor(session) == key.public

    def test_is_missed_where_there_is_none(self, session: Session) -> None:
        with pytest.raises(KeyNotActive):
            partners.anchor(session)


class TestWhatIsKept:
    def test_is_about_organisations_only(self) -> None:
        """No account, no person, no address, no count of checks, no date of any."""
        assert set(models.Partner.__table__.columns.keys()) == {"id", "name", "name_key", "services", "code", "reason"}
