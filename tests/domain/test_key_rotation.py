"""Keys from their announcement to their end, played as scenes: who can check which card with which kit on which day.

A scene is a table: on each day something is done, the kit of that day is kept, and every card is checked with every
kit that a verifier may still be using. A good card must never fail.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from town_hall import DAY, NOON, TownHall

from cardservice.credential import qr_text
from cardservice.credential.claims import start_of_day
from cardservice.credential.keys import Algorithm
from cardservice.domain import key_rotation, publication
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.key_rotation import (
    KeyKnown,
    KeyNotActive,
    KeyNotFound,
    KeyNotPublished,
    LastActiveKey,
    SuccessorWaits,
    TooEarly,
    WrongStage,
)
from cardservice.domain.registration import Registration
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry, IssuerKey
from cardservice.verify import Kit, verify

ROTATED = [Purpose.CARD, Purpose.STATUS, Purpose.ANCHOR]
ISSUING_DAYS = {2, 16, 17, 18, 20, 21, 22, 36}
RESIDENT = Registration(name="Ana Sofia", birth_date="19900101", language="por")


@dataclass
class Scene:
    """A town over some weeks: its cards, and the kit of every day on which it published."""

    hall: TownHall
    clerk: Actor
    cards: list[tuple[datetime, IssuedCard]] = field(default_factory=list)
    kits: list[tuple[datetime, Kit]] = field(default_factory=list)

    def publish(self, now: datetime, *, anchor: bool = True) -> None:
        self.hall.publish(now=now, anchor=anchor)
        self.kits.append((now, Kit.load(self.hall.kit)))

    def issue(self, now: datetime) -> IssuedCard:
        issued = self.hall.issue(self.hall.register(self.clerk, RESIDENT, now=now), self.clerk, now=now)
        self.hall.hand_over(issued.card_number, self.clerk, now=now)
        self.cards.append((now, issued))
        return issued

    def announce(self, purpose: Purpose, now: datetime, algorithm: Algorithm = Algorithm.ES256) -> SigningKey:
        key = SigningKey.generate(purpose, algorithm)
        with self.hall.transaction() as session:
            key_rotation.announce(session, purpose, key.public, validity_years=2, actor=CONSOLE, now=now)
        return key

    def activate(self, key: SigningKey, now: datetime) -> None:
        with self.hall.transaction() as session:
            key_rotation.activate(session, key.key_id.hex(), wait=self.hall.town.list_period, actor=CONSOLE, now=now)

    def retire(self, key: SigningKey, now: datetime) -> None:
        with self.hall.transaction() as session:
            key_rotation.retire(session, key.key_id.hex(), actor=CONSOLE, now=now)

    def use(self, key: SigningKey) -> SigningKey:
        """Start the service anew with another key, and return the one before."""
        before = self.hall.keys[key.purpose]
        self.hall.keys[key.purpose] = key
        self.hall.issuing = replace(self.hall.issuing, key=self.hall.keys[Purpose.CARD])
        return before

    def reasons(self, now: datetime) -> set[str]:
        """What is said of the cards that exist at `now`, by everybody whose kit is not older than a list period."""
        said = set()
        for published, kit in self.kits:
            if published <= now < published + self.hall.town.list_period:
                assert kit.problems == ()
                said |= {verify(card.residence_code, kit, now=now).reason.value for at, card in self.cards if at <= now}
        return said


@pytest.fixture
def scene(town_hall: TownHall, clerk: Actor) -> Scene:
    opened = Scene(town_hall, clerk)
    opened.publish(NOON)
    opened.issue(NOON)
    return opened


@pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
class TestRotation:
    @pytest.mark.parametrize(
        ("purpose", "algorithm"),
        [
            (Purpose.CARD, Algorithm.ES256),
            (Purpose.CARD, Algorithm.EDDSA),
            (Purpose.STATUS, Algorithm.EDDSA),
            (Purpose.ANCHOR, Algorithm.ES256),
        ],
    )
    def test_never_makes_a_good_card_fail(self, scene: Scene, purpose: Purpose, algorithm: Algorithm) -> None:
        """Day 1 announce, 2 publish, 17 activate, 18 start with the new key, 21 retire, and on to day 40."""
        new = old = None
        for day in range(41):
            now = NOON + day * DAY
            if day == 1:
                new = scene.announce(purpose, now, algorithm)
            if day == 17 and new:
                scene.activate(new, now)
            if day == 18 and new:
                old = scene.use(new)
            if day == 21 and old:
                scene.retire(old, now)
            # Routine publications without the anchor key on odd days.
            scene.publish(now + timedelta(hours=1), anchor=day % 2 == 0)
            if day in ISSUING_DAYS:
                scene.issue(now + timedelta(hours=2))

            assert scene.reasons(now + timedelta(hours=3)) == {"valid"}, f"day {day}"

    @pytest.mark.parametrize("purpose", ROTATED)
    def test_is_followed_by_a_verifier_that_remembers(self, scene: Scene, purpose: Purpose) -> None:
        """It pinned the first anchor, fetches the kit every five days, and never takes an older list."""
        anchor = scene.hall.keys[Purpose.ANCHOR].public.to_cose_key()
        memory = Kit.load(scene.hall.kit, anchor=anchor).remember()
        new = scene.announce(purpose, NOON + timedelta(hours=1))
        old = None
        for day in range(1, 40):
            if day == 16:
                scene.activate(new, NOON + day * DAY)
            if day == 22:
                old = scene.use(new)
            if day == 23 and old:
                scene.retire(old, NOON + day * DAY)
            scene.publish(NOON + day * DAY)
            if day % 5 == 0:
                kit = Kit.load(scene.hall.kit, anchor=anchor, remembered=memory)
                assert kit.problems == (), f"day {day}"
                memory = kit.remember(memory)

    def test_lets_an_old_card_verify_until_it_expires(self, scene: Scene) -> None:
        (_, card), *_ = scene.cards
        new = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.activate(new, NOON + 15 * DAY)
        scene.retire(scene.use(new), NOON + 16 * DAY)
        said = []
        for now in (datetime(2028, 11, 21, 23, tzinfo=NOON.tzinfo), datetime(2028, 11, 22, 0, tzinfo=NOON.tzinfo)):
            scene.publish(now)
            said.append(scene.hall.verdict(card.identity_code, now=now).reason.value)

        assert said == ["valid", "expired"]

    def test_refuses_a_card_that_a_retired_key_signs_later(self, scene: Scene) -> None:
        """Somebody kept the key and the program: the register is not asked, the verifier is."""
        new = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.activate(new, NOON + 15 * DAY)
        stolen = scene.use(new)
        scene.retire(stolen, NOON + 16 * DAY)
        later = NOON + 20 * DAY
        scene.publish(later)

        forged = _forge(scene, stolen, later)

        assert scene.hall.verdict(forged, now=later).reason == "key-not-valid-then"

    def test_makes_every_card_of_a_compromised_key_fail_with_the_next_list(self, scene: Scene) -> None:
        (_, card), *_ = scene.cards
        new = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.activate(new, NOON + 15 * DAY)
        old = scene.use(new)
        good = scene.issue(NOON + 15 * DAY)
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(session, old.key_id.hex(), actor=CONSOLE, now=NOON + 15 * DAY)
        scene.publish(NOON + 16 * DAY)

        said = [scene.hall.verdict(c.identity_code, now=NOON + 16 * DAY).reason.value for c in (card, good)]

        assert said == ["key-compromised", "valid"]

    def test_makes_an_old_trust_list_useless_with_the_new_status_lists(self, scene: Scene) -> None:
        """Whoever hides that a key is compromised, by keeping the old trust list, gets "cannot tell", never "valid"."""
        (_, card), *_ = scene.cards
        hidden = (scene.hall.kit / "trust-list.cwt").read_bytes()
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(session, scene.hall.keys[Purpose.CARD].key_id.hex(), actor=CONSOLE, now=NOON)
        scene.publish(NOON + DAY)
        (scene.hall.kit / "trust-list.cwt").write_bytes(hidden)

        assert scene.hall.verdict(card.identity_code, now=NOON + DAY).reason == "status-stale"


class TestAnnounce:
    @pytest.mark.parametrize(
        ("purpose", "year"), [(Purpose.CARD, 2029), (Purpose.STATUS, 2036), (Purpose.ANCHOR, 2036)]
    )
    def test_believes_a_key_for_as_long_as_what_it_signs(self, scene: Scene, purpose: Purpose, year: int) -> None:
        key = scene.announce(purpose, NOON)

        with scene.hall.reading() as session:
            kept = key_rotation.get(session, key.key_id.hex().upper())
        assert (kept.not_before, kept.not_after) == (NOON.date(), NOON.date().replace(year=year))
        assert (kept.state, kept.published_at) == ("announced", None)

    def test_takes_a_key_once(self, scene: Scene) -> None:
        public = scene.hall.keys[Purpose.CARD].public
        with pytest.raises(KeyKnown), scene.hall.transaction() as session:
            key_rotation.announce(session, Purpose.CARD, public, validity_years=2, actor=CONSOLE, now=NOON)

    def test_of_a_second_key_waits_until_the_first_is_active_or_withdrawn(self, scene: Scene) -> None:
        first = scene.announce(Purpose.AUDIT, NOON)
        with pytest.raises(SuccessorWaits) as caught:
            scene.announce(Purpose.AUDIT, NOON)

        scene.activate(first, NOON)
        second = scene.announce(Purpose.AUDIT, NOON)
        scene.retire(second, NOON)
        scene.announce(Purpose.AUDIT, NOON)

        assert (caught.value.purpose, caught.value.key_id) == ("audit", first.key_id.hex())

    def test_of_one_purpose_leaves_the_others_free(self, scene: Scene) -> None:
        for purpose in Purpose:
            scene.announce(purpose, NOON)

    def test_keeps_the_order_of_keys_that_are_announced_within_one_second(self, scene: Scene) -> None:
        announced = []
        for moment in (NOON + timedelta(milliseconds=100 * n) for n in range(8)):
            key = scene.announce(Purpose.ANCHOR, moment)
            scene.retire(key, moment)
            announced.append(key.key_id.hex())

        with scene.hall.reading() as session:
            known = [key.key_id for key in key_rotation.of_purpose(session, Purpose.ANCHOR)]
        assert known[-8:] == announced

    def test_with_a_clock_that_is_behind_still_makes_a_successor(self, town_hall: TownHall) -> None:
        """The older date must not make it the older key: verifiers could not follow to an anchor nobody named."""
        coming = SigningKey.generate(Purpose.ANCHOR, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(
                session, Purpose.ANCHOR, coming.public, validity_years=2, actor=CONSOLE, now=NOON - DAY
            )

        town_hall.publish(now=NOON + DAY)

        trust_list = Kit.load(town_hall.kit).trust_list
        assert trust_list is not None
        assert trust_list.next_anchor == coming.public


class TestActivate:
    @pytest.mark.parametrize("purpose", ROTATED)
    def test_waits_for_a_published_list_and_then_a_list_period(self, scene: Scene, purpose: Purpose) -> None:
        new = scene.announce(purpose, NOON)
        with pytest.raises(KeyNotPublished):
            scene.activate(new, NOON + 100 * DAY)
        scene.publish(NOON + DAY, anchor=False)
        with pytest.raises(KeyNotPublished):
            scene.activate(new, NOON + 100 * DAY)
        scene.publish(NOON + 2 * DAY)
        ready = NOON + 16 * DAY
        with pytest.raises(TooEarly) as caught:
            scene.activate(new, ready - timedelta(seconds=1))

        scene.activate(new, ready)

        assert caught.value.ready_at == ready

    def test_does_not_count_from_a_later_list(self, scene: Scene) -> None:
        new = scene.announce(Purpose.CARD, NOON)
        for day in (1, 10):
            scene.publish(NOON + day * DAY)

        scene.activate(new, NOON + 15 * DAY)

    def test_lets_the_audit_key_follow_at_once(self, scene: Scene) -> None:
        scene.activate(scene.announce(Purpose.AUDIT, NOON), NOON)

    def test_never_says_that_verifiers_know_the_audit_key(self, scene: Scene) -> None:
        with scene.hall.reading() as session:
            known = {key.purpose: key.published_at for key in key_rotation.everything(session)}

        assert known == {"card": NOON, "status": NOON, "anchor": NOON, "audit": None}

    def test_needs_an_announced_key(self, scene: Scene) -> None:
        with pytest.raises(KeyNotFound):
            scene.activate(SigningKey.generate(Purpose.CARD, Algorithm.ES256), NOON)
        with pytest.raises(WrongStage, match="is active"):
            scene.activate(scene.hall.keys[Purpose.CARD], NOON)

    def test_of_the_first_key_after_a_compromise_waits_too(self, scene: Scene) -> None:
        """All keys of the purpose are lost, but the kits that are out there know only them."""
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(session, scene.hall.keys[Purpose.CARD].key_id.hex(), actor=CONSOLE, now=NOON)
        new = scene.announce(Purpose.CARD, NOON)

        with pytest.raises(KeyNotPublished):
            scene.activate(new, NOON)


class TestAfterACompromise:
    """Until the new key signs, every card is "cannot tell": the way out may not need the lost key, nor two weeks."""

    def test_of_the_status_key_lists_can_be_had_the_same_day(self, scene: Scene) -> None:
        (_, card), *_ = scene.cards
        lost = scene.hall.keys[Purpose.STATUS]
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(session, lost.key_id.hex(), actor=CONSOLE, now=NOON)
        new = scene.announce(Purpose.STATUS, NOON + timedelta(hours=1))
        said = []

        _publish_trust_list_only(scene, NOON + timedelta(hours=2))
        said.append(scene.hall.verdict(card.identity_code, now=NOON + timedelta(hours=2)).reason.value)
        scene.activate(new, NOON + timedelta(hours=3))
        scene.use(new)
        scene.publish(NOON + timedelta(hours=4))
        said.append(scene.hall.verdict(card.identity_code, now=NOON + timedelta(hours=4)).reason.value)

        assert said == ["status-missing", "valid"]

    def test_of_the_status_key_the_next_one_must_be_published_first(self, scene: Scene) -> None:
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(
                session, scene.hall.keys[Purpose.STATUS].key_id.hex(), actor=CONSOLE, now=NOON
            )
        new = scene.announce(Purpose.STATUS, NOON)

        with pytest.raises(KeyNotPublished):
            scene.activate(new, NOON)

    def test_of_the_anchor_the_next_one_signs_at_once(self, scene: Scene) -> None:
        """Nothing the old anchor could say would be worth anything: people compare the new fingerprint."""
        (_, card), *_ = scene.cards
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(
                session, scene.hall.keys[Purpose.ANCHOR].key_id.hex(), actor=CONSOLE, now=NOON
            )
        new = scene.announce(Purpose.ANCHOR, NOON)
        scene.activate(new, NOON)
        scene.use(new)

        scene.publish(NOON + DAY)

        kit = Kit.load(scene.hall.kit, anchor=new.public.to_cose_key())
        assert verify(card.identity_code, kit, now=NOON + DAY).reason == "valid"


class TestRetire:
    @pytest.mark.parametrize("purpose", list(Purpose))
    def test_keeps_the_last_active_key(self, scene: Scene, purpose: Purpose) -> None:
        with pytest.raises(LastActiveKey):
            scene.retire(scene.hall.keys[purpose], NOON)

    def test_needs_a_key_that_signs_or_will(self, scene: Scene) -> None:
        key = scene.announce(Purpose.CARD, NOON)
        scene.retire(key, NOON)

        with pytest.raises(WrongStage, match="is retired"):
            scene.retire(key, NOON)

    @pytest.mark.parametrize("purpose", ROTATED)
    def test_withdraws_a_key_that_was_announced_by_mistake(self, scene: Scene, purpose: Purpose) -> None:
        """Verifiers were told of it already; no good card fails, no anchor is named, and it never signs."""
        key = scene.announce(purpose, NOON)
        scene.publish(NOON + DAY)
        scene.retire(key, NOON + 2 * DAY)
        scene.publish(NOON + 2 * DAY)

        with pytest.raises(WrongStage, match="is retired"):
            scene.activate(key, NOON + 100 * DAY)
        trust_list = scene.kits[-1][1].trust_list
        assert trust_list is not None
        assert trust_list.next_anchor is None
        assert scene.reasons(NOON + 2 * DAY) == {"valid"}

    def test_makes_cards_of_a_withdrawn_key_fail(self, scene: Scene) -> None:
        """Somebody kept its file, and signs with it past every rule of the register."""
        key = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.retire(key, NOON + 2 * DAY)
        later = NOON + 3 * DAY
        scene.publish(later)

        forged = _forge(scene, key, later, like=scene.hall.keys[Purpose.CARD])

        assert scene.hall.verdict(forged, now=later).reason == "key-not-valid-then"

    def test_stops_the_key_from_signing_cards(self, scene: Scene) -> None:
        new = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.activate(new, NOON + 15 * DAY)
        scene.retire(scene.hall.keys[Purpose.CARD], NOON + 15 * DAY)

        with pytest.raises(KeyNotActive):
            scene.issue(NOON + 15 * DAY)


class TestMarkCompromised:
    def test_is_final(self, scene: Scene) -> None:
        key_id = scene.hall.keys[Purpose.CARD].key_id.hex()
        with scene.hall.transaction() as session:
            key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=NOON)

        for step in (key_rotation.mark_compromised, key_rotation.retire):
            with pytest.raises(WrongStage), scene.hall.transaction() as session:
                step(session, key_id, actor=CONSOLE, now=NOON)


class TestActive:
    def test_is_the_youngest_active_key(self, scene: Scene) -> None:
        new = scene.announce(Purpose.CARD, NOON + DAY)
        scene.publish(NOON + DAY)
        found = []
        for activate in (False, True):
            if activate:
                scene.activate(new, NOON + 15 * DAY)
            with scene.hall.reading() as session:
                active = key_rotation.active(session, Purpose.CARD)
                found.append(active.key_id if active else None)

        assert found == [scene.hall.keys[Purpose.CARD].key_id.hex(), new.key_id.hex()]

    def test_is_nobody_in_a_new_town(self, engine: Engine, tmp_path: Path) -> None:
        with TownHall(engine, tmp_path).reading() as session:
            assert key_rotation.active(session, Purpose.CARD) is None


class TestAudit:
    def test_has_one_entry_for_each_step(self, scene: Scene) -> None:
        new = scene.announce(Purpose.CARD, NOON)
        scene.publish(NOON + DAY)
        scene.activate(new, NOON + 15 * DAY)
        scene.retire(scene.hall.keys[Purpose.CARD], NOON + 15 * DAY)

        with scene.hall.reading() as session:
            written = list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("key.%"))))
            stages = set(session.scalars(select(IssuerKey.state)))
        assert sorted(written) == ["key.activated"] * 5 + ["key.announced"] * 5 + ["key.retired"]
        assert stages == {"active", "retired"}


def _publish_trust_list_only(scene: Scene, now: datetime) -> None:
    hall = scene.hall
    publication.publish(
        hall.transaction, hall.kit, town=hall.town, status_key=None, anchor_key=hall.keys[Purpose.ANCHOR],
        actor=CONSOLE, now=now, token_bytes=hall.token_bytes,
    )  # fmt: skip


def _forge(scene: Scene, key: SigningKey, now: datetime, *, like: SigningKey | None = None) -> str:
    """Sign a card with a key that was kept, past every rule of the register; `like` one that another key signed."""
    (_, card), *_ = scene.cards
    claims = qr_text.open_text(card.residence_code).open((like or key).public)
    today = start_of_day(now.date())
    return qr_text.seal(claims._replace(issued_at=today, expires_at=today + 86_400 * 30), key)
