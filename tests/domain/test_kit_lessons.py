"""What a restored register learns from the newest kit: nothing is un-revoked, no place is used twice, keys go on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from restored import Restored, backed_up, restore
from sqlalchemy import Engine, select
from town_hall import DAY, ISSUER, NOON, TownHall

from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.domain import audit, key_rotation, kit_lessons, revocation
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.kit_lessons import KitDamaged, KitNotOurs
from cardservice.domain.publication import AnchorNeeded
from cardservice.domain.status_places import NoStatusListPublished
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Card, IssuerKey, StatusIndex, StatusList
from cardservice.terms import CardState, RevocationReason
from cardservice.verify import Kit

HOUR = timedelta(hours=1)


@pytest.fixture
def again(town_hall: TownHall, second_register: Callable[[str], Engine]) -> Callable[..., Restored]:
    """Restore a backup into an empty register, with the kit that is published now."""

    def make(content: bytes, *, days: int = 1, kit: bool = True) -> Restored:
        other = second_register(town_hall.engine.dialect.name)
        return restore(town_hall, content, other, kit=town_hall.kit if kit else None, days=days)

    return make


def revoke(town_hall: TownHall, card: IssuedCard, *, now: datetime = NOON) -> None:
    with town_hall.transaction() as session:
        revocation.revoke(session, card.card_number, RevocationReason.LOST, actor=CONSOLE, now=now)


def bits(kit: Path) -> dict[str, int]:
    """How each list stands, by its address, as one large number."""
    lists = Kit.load(kit).status_lists
    return {uri: int.from_bytes(found.packed, "little") for (_, uri), found in lists.items()}


class TestRevocationsSince:
    @pytest.mark.parametrize("age", [1, 7, 30])
    def test_hold_in_every_list_that_is_published_afterwards(
        self,
        town_hall: TownHall,
        make_card: Callable[..., IssuedCard],
        again: Callable[..., Restored],
        age: int,
    ) -> None:
        """The sequence goes on, no bit vanishes, and a verifier with a memory follows."""
        known, kept = make_card(), make_card()
        content = backed_up(town_hall)
        unknown = make_card()
        revoke(town_hall, known)
        revoke(town_hall, unknown)
        town_hall.publish(now=NOON + HOUR)
        memory, before = Kit.load(town_hall.kit).remember(), bits(town_hall.kit)
        sequences = {uri: one.sequence for (_, uri), one in Kit.load(town_hall.kit).status_lists.items()}

        restored = again(content, days=age)
        restored.hall.publish(now=NOON + age * DAY)

        assert (restored.lessons.revoked, restored.lessons.burnt) == (1, 1)
        after, later = bits(town_hall.kit), NOON + age * DAY
        assert all(before[uri] & ~after[uri] == 0 for uri in before)
        kit = Kit.load(town_hall.kit, remembered=memory)
        assert kit.problems == ()
        assert all(kit.status_lists[ISSUER, uri].sequence > sequences[uri] for uri in sequences)
        verdicts = [restored.hall.verdict(card.identity_code, now=later).reason for card in (known, unknown, kept)]
        assert verdicts == ["revoked", "revoked", "valid"]
        assert restored.hall.card(known.card_number).state is CardState.REVOKED

    def test_are_lost_to_a_register_that_learns_nothing_and_then_nothing_is_published(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        """The control: what guards the lists when somebody restores the database by hand."""
        card = make_card()
        content = backed_up(town_hall)
        revoke(town_hall, card)
        town_hall.publish(now=NOON + HOUR)

        hall = again(content, kit=False).hall

        assert hall.card(card.card_number).state is CardState.ACTIVE
        with pytest.raises(Exception, match="valid again"):
            hall.publish(now=NOON + DAY)

    def test_count_for_a_card_that_was_suspended_because_a_bit_does_not_tell_which(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        content = backed_up(town_hall)
        revoke(town_hall, card)
        town_hall.publish(now=NOON + HOUR)

        assert again(content).hall.card(card.card_number).state is CardState.REVOKED

    def test_hold_for_a_place_whose_card_has_left_the_register(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        card = make_card(CardState.REVOKED)
        place = town_hall.card(card.card_number).position
        town_hall.publish(now=NOON + HOUR)
        with town_hall.transaction() as session:
            session.delete(session.get_one(Card, card.card_number))
        content = backed_up(town_hall)
        town_hall.publish(now=NOON + 2 * HOUR)

        restored = again(content)

        assert restored.lessons.burnt == 0
        with restored.hall.reading() as session:
            assert session.get_one(StatusIndex, (1, place)).invalid

    def test_are_not_read_out_of_a_kit_that_is_older_than_the_backup(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        town_hall.publish(now=NOON + HOUR)
        with town_hall.transaction() as session:
            revocation.reinstate(session, card.card_number, actor=clerk, now=NOON)

        restored = again(backed_up(town_hall))

        assert restored.hall.card(card.card_number).state is CardState.ACTIVE
        assert restored.lessons.revoked == 0


class TestReinstatementsSince:
    def test_hold_too(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        content = backed_up(town_hall)
        unknown = make_card(CardState.SUSPENDED)
        town_hall.publish(now=NOON + HOUR)
        memory = Kit.load(town_hall.kit).remember()
        for one in (card, unknown):
            with town_hall.transaction() as session:
                revocation.reinstate(session, one.card_number, actor=clerk, now=NOON)
        town_hall.publish(now=NOON + 2 * HOUR)

        restored = again(content)
        restored.hall.publish(now=NOON + DAY)

        assert restored.lessons.reinstated == 1
        assert Kit.load(town_hall.kit, remembered=memory).problems == ()
        for one in (card, unknown):
            assert restored.hall.verdict(one.identity_code, now=NOON + DAY).reason == "valid"

    def test_do_not_count_for_a_card_that_the_backup_has_as_revoked(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        with town_hall.transaction() as session:
            revocation.reinstate(session, card.card_number, actor=clerk, now=NOON)
        town_hall.publish(now=NOON + HOUR)
        revoke(town_hall, card)
        content = backed_up(town_hall)
        with town_hall.transaction() as session:
            # Somebody at the database undoes it, and the town publishes that.
            place = session.get_one(Card, card.card_number).place
            place.invalid, place.reinstated = False, True
        town_hall.publish(now=NOON + 2 * HOUR)

        restored = again(content)
        restored.hall.publish(now=NOON + DAY)

        assert restored.hall.verdict(card.identity_code, now=NOON + DAY).reason == "revoked"


class TestPlaces:
    def test_are_never_given_out_in_a_list_that_could_have_been_used_since(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        content = backed_up(town_hall)
        since = make_card()
        named = Kit.load(town_hall.kit).trust_list
        assert named is not None

        restored = again(content)
        hall = restored.hall

        assert restored.lessons.closed == len(named.issuers[0].status_lists)
        with pytest.raises(NoStatusListPublished):
            hall.issue(hall.register(clerk, now=NOON + DAY), clerk, now=NOON + DAY)
        with pytest.raises(AnchorNeeded):
            hall.publish(now=NOON + DAY, anchor=False)
        hall.publish(now=NOON + DAY)
        new = hall.issue(hall.register(clerk, now=NOON + DAY), clerk, now=NOON + DAY)
        assert hall.card(new.card_number).list_number == restored.lessons.closed + 1
        # The card that the register does not know goes on verifying.
        assert hall.verdict(since.identity_code, now=NOON + DAY).reason == "valid"
        assert hall.verdict(new.identity_code, now=NOON + DAY).reason == "valid"

    def test_of_a_list_that_was_opened_since_are_learned(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], again: Callable[..., Restored]
    ) -> None:
        content = backed_up(town_hall)
        with town_hall.transaction() as session:
            first = session.get_one(StatusList, 1)
            first.used = first.size
        town_hall.publish(now=NOON + HOUR)
        card = make_card()
        assert town_hall.card(card.card_number).list_number == 2
        revoke(town_hall, card)
        town_hall.publish(now=NOON + 2 * HOUR)

        hall = again(content).hall
        hall.publish(now=NOON + DAY)

        assert hall.verdict(card.identity_code, now=NOON + DAY).reason == "revoked"

    def test_are_closed_without_a_kit_too(self, town_hall: TownHall, again: Callable[..., Restored]) -> None:
        restored = again(backed_up(town_hall), kit=False)

        with restored.hall.reading() as session:
            assert all(one.used == one.size for one in session.scalars(select(StatusList)))


class TestKeysSince:
    def rotated(self, town_hall: TownHall, purpose: Purpose) -> SigningKey:
        """The successor of a key, a list period later."""
        old, new = town_hall.keys[purpose], SigningKey.generate(purpose, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(session, purpose, new.public, validity_years=2, actor=CONSOLE, now=NOON)
        town_hall.publish(now=NOON + HOUR)
        with town_hall.transaction() as session:
            later = NOON + 15 * DAY
            key_rotation.activate(session, new.key_id.hex(), wait=town_hall.town.list_period, actor=CONSOLE, now=later)
            key_rotation.retire(session, old.key_id.hex(), actor=CONSOLE, now=later)
        town_hall.keys[purpose] = new
        town_hall.publish(now=NOON + 15 * DAY)
        return new

    def test_are_learned_so_that_cards_of_them_go_on_verifying(
        self, town_hall: TownHall, clerk: Actor, again: Callable[..., Restored]
    ) -> None:
        content, old = backed_up(town_hall), town_hall.keys[Purpose.CARD]
        new = self.rotated(town_hall, Purpose.CARD)
        town_hall.issuing = replace(town_hall.issuing, key=new)
        card = town_hall.issue(town_hall.register(clerk, now=NOON + 15 * DAY), clerk, now=NOON + 15 * DAY)

        restored = again(content, days=16)
        restored.hall.publish(now=NOON + 16 * DAY)

        assert restored.lessons.keys == 2
        assert restored.hall.verdict(card.identity_code, now=NOON + 16 * DAY).reason == "valid"
        with restored.hall.reading() as session:
            stages = {key.key_id: key.state for key in key_rotation.of_purpose(session, Purpose.CARD)}
            assert stages == {old.key_id.hex(): "retired", new.key_id.hex(): "active"}
            assert session.get_one(IssuerKey, old.key_id.hex()).retired_at == NOON + 15 * DAY
            audit.verify_chain(session)

    def test_of_lists_are_learned(self, town_hall: TownHall, again: Callable[..., Restored]) -> None:
        content = backed_up(town_hall)
        self.rotated(town_hall, Purpose.STATUS)

        restored = again(content, days=16)
        restored.hall.publish(now=NOON + 16 * DAY)

        assert Kit.load(town_hall.kit).problems == ()

    @pytest.mark.parametrize("known", [True, False])
    def test_that_are_compromised_stay_so(
        self, town_hall: TownHall, again: Callable[..., Restored], known: bool
    ) -> None:
        content = backed_up(town_hall)
        lost = town_hall.keys[Purpose.CARD] if known else SigningKey.generate(Purpose.CARD, Algorithm.ES256)
        with town_hall.transaction() as session:
            if not known:
                key_rotation.announce(session, Purpose.CARD, lost.public, validity_years=2, actor=CONSOLE, now=NOON)
            key_rotation.mark_compromised(session, lost.key_id.hex(), actor=CONSOLE, now=NOON)
        town_hall.publish(now=NOON + HOUR)

        restored = again(content)

        with restored.hall.reading() as session:
            assert session.get_one(IssuerKey, lost.key_id.hex()).state == "compromised"

    def test_that_the_backup_knows_as_compromised_are_not_believed_again(
        self, town_hall: TownHall, again: Callable[..., Restored]
    ) -> None:
        lost = town_hall.keys[Purpose.CARD]
        with town_hall.transaction() as session:
            key_rotation.mark_compromised(session, lost.key_id.hex(), actor=CONSOLE, now=NOON)

        restored = again(backed_up(town_hall))

        with restored.hall.reading() as session:
            assert session.get_one(IssuerKey, lost.key_id.hex()).state == "compromised"


class TestTheAnchor:
    def successor(self, town_hall: TownHall) -> SigningKey:
        new = SigningKey.generate(Purpose.ANCHOR, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(session, Purpose.ANCHOR, new.public, validity_years=2, actor=CONSOLE, now=NOON)
        town_hall.publish(now=NOON + HOUR)
        return new

    def activated(self, town_hall: TownHall, new: SigningKey) -> None:
        with town_hall.transaction() as session:
            key_rotation.activate(
                session, new.key_id.hex(), wait=town_hall.town.list_period, actor=CONSOLE, now=NOON + 15 * DAY
            )
        town_hall.keys[Purpose.ANCHOR] = new
        town_hall.publish(now=NOON + 15 * DAY)

    def test_that_was_announced_in_the_backup_is_known(
        self, town_hall: TownHall, again: Callable[..., Restored]
    ) -> None:
        new = self.successor(town_hall)
        content = backed_up(town_hall)
        self.activated(town_hall, new)

        restored = again(content, days=16)
        restored.hall.publish(now=NOON + 16 * DAY)

        with restored.hall.reading() as session:
            assert session.get_one(IssuerKey, new.key_id.hex()).state == "active"

    def test_that_came_later_has_to_be_compared_by_hand(
        self, town_hall: TownHall, again: Callable[..., Restored]
    ) -> None:
        content = backed_up(town_hall)
        new = self.successor(town_hall)
        self.activated(town_hall, new)
        hall = again(content, days=16, kit=False).hall

        with hall.transaction() as session:
            with pytest.raises(KitNotOurs):
                kit_lessons.read(session, hall.kit, issuer=ISSUER)
            newest = kit_lessons.read(session, hall.kit, issuer=ISSUER, anchor=new.public)
            kit_lessons.learn(session, newest, actor=CONSOLE, now=NOON + 16 * DAY)

        with hall.reading() as session:
            found = session.get_one(IssuerKey, new.key_id.hex())
            assert (found.state, found.purpose) == ("active", "anchor")

    def test_that_is_compromised_is_not_believed(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            anchor = town_hall.keys[Purpose.ANCHOR].key_id.hex()
            key_rotation.mark_compromised(session, anchor, actor=CONSOLE, now=NOON)
            with pytest.raises(KitNotOurs):
                kit_lessons.read(session, town_hall.kit, issuer=ISSUER)


class TestAKit:
    def test_of_another_town_is_refused(self, town_hall: TownHall) -> None:
        with town_hall.reading() as session, pytest.raises(KitNotOurs):
            kit_lessons.read(session, town_hall.kit, issuer="https://other.example")

    def test_with_another_anchor_than_the_one_compared_is_refused(self, town_hall: TownHall) -> None:
        other: PublicKey = SigningKey.generate(Purpose.ANCHOR, Algorithm.ES256).public

        with town_hall.reading() as session, pytest.raises(KitNotOurs):
            kit_lessons.read(session, town_hall.kit, issuer=ISSUER, anchor=other)

    @pytest.mark.parametrize("name", ["trust-list.cwt", "status/1.cwt"])
    def test_that_is_damaged_is_refused(self, town_hall: TownHall, name: str) -> None:
        (town_hall.kit / name).write_bytes(b"half a list")

        with town_hall.reading() as session, pytest.raises(KitDamaged, match=name):
            kit_lessons.read(session, town_hall.kit, issuer=ISSUER)

    def test_without_a_trust_list_is_refused(self, town_hall: TownHall) -> None:
        (town_hall.kit / "trust-list.cwt").unlink()

        with town_hall.reading() as session, pytest.raises(KitDamaged):
            kit_lessons.read(session, town_hall.kit, issuer=ISSUER)
