"""Publishing: nothing a verifier believed is taken back, two publishers cannot interleave, and a crash leaves a kit."""

import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session
from town_hall import DAY, ISSUER, NOON, TownHall, status_uri

from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.credential.status_list import open_status_list
from cardservice.credential.trust_list import open_trust_list
from cardservice.domain import (
    audit,
    checkpoints,
    key_rotation,
    kit_folder,
    publication,
    published,
    revocation,
    status_places,
)
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.key_rotation import KeyNotActive, KeyNotPublished
from cardservice.domain.kit_folder import TRUST_LIST, NotReadBack
from cardservice.domain.publication import (
    AnchorNeeded,
    Published,
    TimeWentBack,
    VanishedRevocation,
    VerifierRefusedLists,
)
from cardservice.domain.trust import AnotherIssuer
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry, Card, Publication, StatusIndex
from cardservice.terms import CardState, RevocationReason
from cardservice.verify import Kit

HOUR = timedelta(hours=1)
FILES = {"SHA256SUMS", "anchor.cose", "jwks.json", "status/1.cwt", "trust-list.cwt"}


def files(kit: Path) -> dict[str, bytes]:
    return {str(file.relative_to(kit)): file.read_bytes() for file in kit.rglob("*") if file.is_file()}


def revoke(town_hall: TownHall, card: IssuedCard) -> None:
    with town_hall.transaction() as session:
        revocation.revoke(session, card.card_number, RevocationReason.LOST, actor=CONSOLE, now=NOON)


def forget_revocations(town_hall: TownHall) -> None:
    """What an old backup, or somebody at the database, does."""
    with town_hall.transaction() as session:
        session.execute(update(StatusIndex).values(invalid=False))


class TestPublish:
    def test_writes_a_kit_that_a_verifier_can_use(self, town_hall: TownHall) -> None:
        kit = Kit.load(town_hall.kit)

        assert set(files(town_hall.kit)) == FILES
        assert kit.problems == ()
        assert [uri for _issuer, uri in kit.status_lists] == [status_uri(1)]

    def test_says_what_the_town_decided(self, town_hall: TownHall) -> None:
        trust_list = open_trust_list(
            (town_hall.kit / "trust-list.cwt").read_bytes(), town_hall.keys[Purpose.ANCHOR].public
        )
        status_list = open_status_list(
            (town_hall.kit / "status/1.cwt").read_bytes(), town_hall.keys[Purpose.STATUS].public
        )

        (own,) = trust_list.issuers
        noon = int(NOON.timestamp())
        assert (own.issuer, own.name, trust_list.publisher) == (ISSUER, "Vila Aberta", ISSUER)
        assert own.status_lists[:2] == (status_uri(1), status_uri(2))
        assert (trust_list.issued_at, trust_list.next_update) == (noon, noon + 90 * 86_400)
        assert (status_list.issued_at, status_list.expires_at, status_list.ttl) == (noon, noon + 14 * 86_400, 43_200)
        assert (status_list.size, status_list.width, status_list.lowest_trust_sequence) == (2**17, 1, 1)

    def test_writes_keys_for_other_peoples_verifiers(self, town_hall: TownHall) -> None:
        keys = json.loads((town_hall.kit / "jwks.json").read_bytes())["keys"]

        assert keys == [town_hall.keys[Purpose.CARD].public.to_jwk()]
        anchor = PublicKey.from_cose_key((town_hall.kit / "anchor.cose").read_bytes())
        assert anchor == town_hall.keys[Purpose.ANCHOR].public

    def test_leaves_compromised_keys_out_of_the_keys_for_others(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            key_id = town_hall.keys[Purpose.CARD].key_id.hex()
            key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=NOON)

        town_hall.publish()

        assert json.loads((town_hall.kit / "jwks.json").read_bytes()) == {"keys": []}

    def test_says_in_the_list_exactly_what_the_register_says(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        """I6."""
        states = [CardState.ACTIVE, CardState.SUSPENDED, CardState.REVOKED, CardState.SIGNED]
        numbers = [make_card(state).card_number for state in states]

        town_hall.publish(now=NOON + HOUR)

        ((_, listed),) = [item for item in Kit.load(town_hall.kit).status_lists.items() if item[0][1] == status_uri(1)]
        bits = [listed.status(town_hall.card(number).position) for number in numbers]
        assert bits == [0, 1, 1, 0]
        assert sum(byte.bit_count() for byte in listed.packed) == 2

    def test_raises_every_sequence_by_one_and_audits_every_list(self, town_hall: TownHall) -> None:
        published = [town_hall.publish(now=NOON + hours * HOUR) for hours in (1, 2)]

        assert [each.trust_sequence for each in published] == [2, 3]
        assert [each.status_sequences for each in published] == [{1: 2}, {1: 3}]
        with town_hall.reading() as session:
            entries = select(AuditEntry.subject).where(AuditEntry.action == "list.published")
            assert set(session.scalars(entries)) == {
                f"list:{name}/{sequence}" for name in ("trust-list.cwt", "status/1.cwt") for sequence in (1, 2, 3)
            }

    def test_keeps_the_bytes_of_the_newest_only(self, town_hall: TownHall) -> None:
        town_hall.publish(now=NOON + HOUR)

        with town_hall.reading() as session:
            kept = {
                (row.name, row.sequence): row.content
                for row in session.scalars(select(Publication).order_by(Publication.sequence))
            }
        written = files(town_hall.kit)
        assert kept == {
            (name, sequence): None if sequence == 1 else written[name]
            for name in ("trust-list.cwt", "status/1.cwt")
            for sequence in (1, 2)
        }

    def test_has_the_next_list_ready_before_it_is_needed(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card()

        published = town_hall.publish(now=NOON + HOUR, anchor=False)

        assert published.status_sequences == {1: 2, 2: 1}
        assert not published.anchor_waits
        assert Kit.load(town_hall.kit).problems == ()

    def test_signs_the_audits_end_where_the_audit_key_is_at_hand(self, town_hall: TownHall) -> None:
        published = _publish(town_hall, audit=True)

        assert published.checkpoint is not None
        with town_hall.reading() as session:
            public = town_hall.keys[Purpose.AUDIT].public
            said = checkpoints.opened(published.checkpoint, [public])
            assert checkpoints.compare(audit.links(session), [said]) is not None


class TestWithoutTheAnchorKey:
    def test_uses_the_trust_list_again(self, town_hall: TownHall) -> None:
        before = (town_hall.kit / "trust-list.cwt").read_bytes()

        published = town_hall.publish(now=NOON + DAY, anchor=False)

        assert (published.trust_sequence, published.anchor_waits) == (1, False)
        assert (town_hall.kit / "trust-list.cwt").read_bytes() == before

    def test_brings_it_into_another_folder(self, town_hall: TownHall, tmp_path: Path) -> None:
        town_hall.kit = tmp_path / "stick"

        town_hall.publish(now=NOON + DAY, anchor=False)

        assert Kit.load(town_hall.kit).problems == ()

    def test_says_that_keys_have_changed(self, town_hall: TownHall) -> None:
        key = SigningKey.generate(Purpose.CARD, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(session, Purpose.CARD, key.public, validity_years=2, actor=CONSOLE, now=NOON)

        assert town_hall.publish(anchor=False).anchor_waits
        assert not town_hall.publish(anchor=True).anchor_waits

    def test_needs_it_when_the_trust_list_is_no_longer_current(self, town_hall: TownHall) -> None:
        with pytest.raises(AnchorNeeded):
            town_hall.publish(now=NOON + 90 * DAY, anchor=False)

    def test_needs_it_the_first_time(self, engine: Engine, tmp_path: Path) -> None:
        town_hall = TownHall(engine, tmp_path / "kit")
        with pytest.raises(KeyNotActive):
            town_hall.publish()
        with town_hall.transaction() as session:
            for purpose, key in town_hall.keys.items():
                key_rotation.announce(session, purpose, key.public, validity_years=2, actor=CONSOLE, now=NOON)
                key_rotation.activate(session, key.key_id.hex(), wait=DAY, actor=CONSOLE, now=NOON)

        with pytest.raises(AnchorNeeded):
            town_hall.publish(anchor=False)

    def test_needs_it_for_a_list_that_the_trust_list_does_not_name(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            for _ in range(6):
                spare = status_places.keep_a_spare(session, decoys=range(1), token_bytes=os.urandom)[-1]
                spare.used = 1

        with pytest.raises(AnchorNeeded):
            town_hall.publish(anchor=False)


class TestKeys:
    def test_must_be_active(self, town_hall: TownHall) -> None:
        for purpose in (Purpose.STATUS, Purpose.ANCHOR):
            right = town_hall.keys[purpose]
            town_hall.keys[purpose] = SigningKey.generate(purpose, Algorithm.ES256)
            with pytest.raises(KeyNotActive):
                town_hall.publish()
            town_hall.keys[purpose] = right

    def test_must_be_known_to_the_verifiers(self, town_hall: TownHall) -> None:
        """A status key that is active in the register and in no trust list yet."""
        key = SigningKey.generate(Purpose.STATUS, Algorithm.ES256)
        with town_hall.transaction() as session:
            made = key_rotation.announce(session, Purpose.STATUS, key.public, validity_years=2, actor=CONSOLE, now=NOON)
            made.state = "active"
        town_hall.keys[Purpose.STATUS] = key

        with pytest.raises(KeyNotPublished):
            town_hall.publish(anchor=False)

    def test_are_tried_with_our_own_verifier_first(self, town_hall: TownHall) -> None:
        before = files(town_hall.kit)
        with town_hall.transaction() as session:
            status = key_rotation.active(session, Purpose.STATUS)
            assert status is not None
            status.not_after = status.not_before

        with pytest.raises(VerifierRefusedLists, match=r"status/1\.cwt"):
            town_hall.publish(now=NOON + HOUR)

        assert files(town_hall.kit) == before


class TestRefuses:
    @pytest.mark.parametrize("anchor", [True, False])
    def test_time_that_goes_back(self, town_hall: TownHall, anchor: bool) -> None:
        before = files(town_hall.kit)

        with pytest.raises(TimeWentBack):
            town_hall.publish(now=NOON - timedelta(seconds=1), anchor=anchor)

        assert files(town_hall.kit) == before

    def test_time_behind_a_later_status_list(self, town_hall: TownHall) -> None:
        town_hall.publish(now=NOON + 2 * HOUR, anchor=False)

        with pytest.raises(TimeWentBack, match="status/1"):
            town_hall.publish(now=NOON + HOUR)

    @pytest.mark.parametrize("known_by", ["register and folder", "register", "folder"])
    def test_a_revocation_that_vanished(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], tmp_path: Path, known_by: str
    ) -> None:
        revoke(town_hall, make_card())
        town_hall.publish(now=NOON + HOUR)
        forget_revocations(town_hall)
        if known_by == "register":
            town_hall.kit = tmp_path / "another folder"
        if known_by == "folder":
            with town_hall.transaction() as session:
                session.execute(delete(Publication).where(Publication.name == "status/1.cwt"))
        before = files(town_hall.kit)

        with pytest.raises(VanishedRevocation, match="old backup"):
            town_hall.publish(now=NOON + 2 * HOUR)

        assert files(town_hall.kit) == before

    def test_nothing_of_the_kind_for_a_card_that_was_reinstated(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        town_hall.publish(now=NOON + HOUR)
        memory = Kit.load(town_hall.kit).remember()
        with town_hall.transaction() as session:
            revocation.reinstate(session, card.card_number, actor=clerk, now=NOON)

        for hours in (2, 3, 4):
            town_hall.publish(now=NOON + hours * HOUR)

        kit = Kit.load(town_hall.kit, remembered=memory)
        assert kit.problems == ()
        assert town_hall.verdict(card.identity_code, now=NOON + 4 * HOUR).reason == "valid"

    def test_a_revocation_that_vanished_after_it_was_once_reinstated(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        """The list has named the place as reinstated before; the register alone can then not be believed."""
        card = make_card(CardState.SUSPENDED)
        with town_hall.transaction() as session:
            revocation.reinstate(session, card.card_number, actor=clerk, now=NOON)
            revocation.revoke(session, card.card_number, RevocationReason.LOST, actor=clerk, now=NOON)
        town_hall.publish(now=NOON + HOUR)
        forget_revocations(town_hall)

        with pytest.raises(VanishedRevocation):
            town_hall.publish(now=NOON + 2 * HOUR)


class TestTheIssuer:
    """It is inside every card: with another one no card of before is good any more."""

    def test_stays_as_it_was_published(self, town_hall: TownHall) -> None:
        before = files(town_hall.kit)
        town_hall.town = replace(town_hall.town, issuer="https://other.example")

        with pytest.raises(AnotherIssuer) as refused:
            town_hall.publish()

        assert (refused.value.told, refused.value.now) == (ISSUER, "https://other.example")
        assert f'Write issuer = "{ISSUER}" there again' in str(refused.value)
        assert files(town_hall.kit) == before

    def test_is_asked_of_the_register_and_of_the_folder(self, town_hall: TownHall) -> None:
        other = replace(town_hall.town, issuer="https://other.example")

        with town_hall.transaction() as session:
            with pytest.raises(AnotherIssuer):
                publication.check_told(session, [], other)
            session.execute(delete(Publication))
            with pytest.raises(AnotherIssuer):
                publication.check_told(session, [town_hall.kit], other)
            publication.check_told(session, [town_hall.kit], town_hall.town)


class TestSequence:
    def test_goes_on_after_the_register_forgot(self, town_hall: TownHall) -> None:
        """C14, and restored backups: the folder knows better."""
        for hours in (1, 2, 3):
            town_hall.publish(now=NOON + hours * HOUR)
        with town_hall.transaction() as session:
            session.execute(delete(Publication).where(Publication.sequence > 1))

        published = town_hall.publish(now=NOON + 4 * HOUR)

        assert (published.trust_sequence, published.status_sequences) == (5, {1: 5})

    def test_goes_on_in_an_empty_folder(self, town_hall: TownHall, tmp_path: Path) -> None:
        town_hall.kit = tmp_path / "new"

        assert town_hall.publish(now=NOON + HOUR).status_sequences == {1: 2}

    @pytest.mark.parametrize("damage", [b"", b"half a list", b"\xd2\x84\x40\xa0\x40\x58\x40" + bytes(64)])
    def test_goes_on_over_damaged_files(self, town_hall: TownHall, damage: bytes) -> None:
        for name in ("trust-list.cwt", "status/1.cwt"):
            (town_hall.kit / name).write_bytes(damage)

        published = town_hall.publish(now=NOON + HOUR)

        assert (published.trust_sequence, published.status_sequences) == (2, {1: 2})
        assert Kit.load(town_hall.kit).problems == ()

    def test_takes_nothing_from_another_towns_kit(self, town_hall: TownHall, engine: Engine) -> None:
        stranger = SigningKey.generate(Purpose.STATUS, Algorithm.ES256)
        listed = open_status_list((town_hall.kit / "status/1.cwt").read_bytes(), town_hall.keys[Purpose.STATUS].public)
        (town_hall.kit / "status/1.cwt").write_bytes(replace(listed, sequence=900).seal(stranger))

        assert town_hall.publish(now=NOON + HOUR).status_sequences == {1: 2}

    def test_never_falls_whatever_the_order_of_steps(self, town_hall: TownHall) -> None:
        """T16 in small: publishing at random, into two folders, with and without the anchor key."""
        chance, highest = random.Random(7), {"trust": 1, "status": 1}
        folders = [town_hall.kit, town_hall.kit.with_name("mirror")]
        for step in range(1, 25):
            town_hall.kit = chance.choice(folders)
            published = town_hall.publish(now=NOON + step * HOUR, anchor=chance.random() < 0.5)

            assert published.trust_sequence >= highest["trust"]
            assert published.status_sequences[1] == highest["status"] + 1
            highest = {"trust": published.trust_sequence, "status": published.status_sequences[1]}


class TestIsDue:
    """Whatever changed is published, and an unchanged list before it gets old."""

    def is_due(self, town_hall: TownHall, now: datetime, *, every: timedelta = 12 * HOUR) -> bool:
        with town_hall.reading() as session:
            return publication.is_due(session, every=every, now=now)

    def test_when_nothing_was_published(self, engine: Engine, tmp_path: Path) -> None:
        assert self.is_due(TownHall(engine, tmp_path / "kit"), NOON)

    def test_when_a_list_is_older_than_verifiers_should_have_it(self, town_hall: TownHall) -> None:
        assert [self.is_due(town_hall, NOON + hours * HOUR) for hours in (0, 11, 12)] == [False, False, True]

    def test_when_half_of_its_time_is_over_however_seldom_verifiers_fetch(self, town_hall: TownHall) -> None:
        days = [self.is_due(town_hall, NOON + days * DAY, every=60 * DAY) for days in (6, 7)]

        assert days == [False, True]

    def test_not_while_the_clock_is_behind(self, town_hall: TownHall) -> None:
        assert not self.is_due(town_hall, NOON - DAY)

    @pytest.mark.parametrize("state", [CardState.REVOKED, CardState.SUSPENDED])
    def test_when_a_card_ended_or_paused_and_then_no_more(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        make_card(state)
        assert self.is_due(town_hall, NOON)

        town_hall.publish(anchor=False)

        assert not self.is_due(town_hall, NOON)

    def test_not_when_a_card_is_issued_and_handed_over(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card(CardState.ACTIVE)

        assert not self.is_due(town_hall, NOON)

    def test_when_a_card_came_back(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        card = make_card(CardState.SUSPENDED)
        town_hall.publish()
        with town_hall.transaction() as session:
            revocation.reinstate(session, card.card_number, actor=clerk, now=NOON)

        assert self.is_due(town_hall, NOON)

    def test_still_when_publishing_failed(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        make_card(CardState.REVOKED)

        with pytest.raises(TimeWentBack):
            town_hall.publish(now=NOON - HOUR)

        assert self.is_due(town_hall, NOON)

    def test_still_when_only_the_trust_list_was_published(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card(CardState.REVOKED)

        _publish(town_hall, status=False)

        assert self.is_due(town_hall, NOON)


class TestTwoPublishers:
    def test_cannot_interleave(self, town_hall: TownHall) -> None:
        together = threading.Barrier(8)

        def press(_button: int) -> tuple[int, int]:
            together.wait(30)
            published = town_hall.publish(now=NOON + HOUR)
            return published.trust_sequence, published.status_sequences[1]

        with ThreadPoolExecutor(8) as pool:
            made = sorted(pool.map(press, range(8)))

        assert made == [(sequence, sequence) for sequence in range(2, 10)]
        kit = Kit.load(town_hall.kit)
        assert kit.problems == ()
        assert [status_list.sequence for status_list in kit.status_lists.values()] == [9]
        with town_hall.reading() as session:
            audit.verify_chain(session)


class TestInterrupted:
    @pytest.mark.parametrize("dies_at", range(4))
    def test_at_any_file_leaves_a_kit_that_can_be_used_and_published_over(
        self,
        town_hall: TownHall,
        make_card: Callable[..., IssuedCard],
        monkeypatch: pytest.MonkeyPatch,
        dies_at: int,
    ) -> None:
        good, lost = make_card(), make_card()
        revoke(town_hall, lost)
        placed, real = [], kit_folder.place

        def die(path: Path, content: bytes) -> None:
            if len(placed) == dies_at:
                raise KeyboardInterrupt
            placed.append(path)
            real(path, content)

        with monkeypatch.context() as dying:
            dying.setattr(kit_folder, "place", die)
            with pytest.raises(KeyboardInterrupt):
                town_hall.publish(now=NOON + HOUR)

        assert Kit.load(town_hall.kit).problems == ()
        assert town_hall.verdict(good.identity_code, now=NOON + HOUR).reason == "valid"
        town_hall.publish(now=NOON + 2 * HOUR)
        assert town_hall.verdict(lost.identity_code, now=NOON + 2 * HOUR).reason == "revoked"

    def test_before_it_is_remembered_goes_on_above(self, town_hall: TownHall) -> None:
        @contextmanager
        def dying() -> Iterator[Session]:
            with town_hall.transaction() as session:
                yield session
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            _publish(town_hall, transaction=dying)

        assert town_hall.publish(now=NOON + HOUR).status_sequences == {1: 3}


class TestPlace:
    def test_replaces_as_one_step(self, tmp_path: Path) -> None:
        kit_folder.place(tmp_path / "deep" / "file", b"old")
        kit_folder.place(tmp_path / "deep" / "file", b"new")

        assert files(tmp_path) == {"deep/file": b"new"}

    def test_leaves_the_old_file_when_it_cannot_be_read_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kit_folder.place(tmp_path / "file", b"old")
        monkeypatch.setattr(Path, "read_bytes", lambda _path: b"something else")

        with pytest.raises(NotReadBack, match="Check the disk"):
            kit_folder.place(tmp_path / "file", b"new")

        monkeypatch.undo()
        assert files(tmp_path) == {"file": b"old"}

    def test_leaves_the_old_file_when_the_disk_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kit_folder.place(tmp_path / "file", b"old")

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as no_space:
            no_space.setattr(kit_folder.os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                kit_folder.place(tmp_path / "file", b"new")

        assert files(tmp_path) == {"file": b"old"}


class TestDue:
    def test_when_a_list_is_as_old_as_the_town_lets_it_get_and_overdue_at_its_end(self, town_hall: TownHall) -> None:
        moments = (NOON, NOON + 7 * DAY - HOUR, NOON + 7 * DAY, NOON + 14 * DAY)

        with town_hall.reading() as session:
            seen = [
                (publication.is_due(session, every=timedelta(days=7), now=at), publication.overdue(session, now=at))
                for at in moments
            ]

        assert seen == [(False, []), (False, []), (True, []), (True, ["status/1.cwt"])]

    def test_is_said_of_the_trust_list_four_weeks_before_it_ends(self, town_hall: TownHall) -> None:
        """Nothing but the anchor key renews it, and that lies elsewhere."""
        with town_hall.reading() as session:
            (ends,) = [last.expires_at for last in published.newest(session) if last.name == TRUST_LIST]
            seen = [
                publication.trust_ends(session, now=at)
                for at in (NOON, ends - publication.SOON - HOUR, ends - publication.SOON, ends + DAY)
            ]

        assert seen == [None, None, ends, ends]

    def test_is_said_in_the_last_third_where_the_trust_list_is_short(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            last = next(one for one in published.newest(session) if one.name == TRUST_LIST)
            last.expires_at = last.issued_at + 15 * DAY
        with town_hall.reading() as session:
            seen = [publication.trust_ends(session, now=NOON + days * DAY) for days in (9, 11)]

        assert [found is not None for found in seen] == [False, True]

    def test_where_nothing_was_published(self, session: Session) -> None:
        assert publication.trust_ends(session, now=NOON) is None
        assert publication.is_due(session, every=timedelta(days=7), now=NOON)
        assert publication.overdue(session, now=NOON) == []


class TestPrivacy:
    def test_names_no_holder_in_any_file(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        cards = [make_card() for _ in range(3)]

        town_hall.publish(now=NOON + HOUR)

        written = b"".join(files(town_hall.kit).values())
        for canary in ("Karim", "كريم", "19920229", *(card.card_number for card in cards)):
            assert canary.encode() not in written

    def test_makes_lists_of_one_length(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        make_card(CardState.REVOKED)
        town_hall.publish(now=NOON + HOUR)

        assert {listed.size for listed in Kit.load(town_hall.kit).status_lists.values()} == {2**17}
        with town_hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(Card)) == 1


def _publish(
    town_hall: TownHall,
    *,
    audit: bool = False,
    status: bool = True,
    transaction: Callable[..., object] | None = None,
    now: datetime = NOON,
) -> Published:
    return publication.publish(
        transaction or town_hall.transaction,  # type: ignore[arg-type]
        town_hall.kit,
        town=town_hall.town,
        status_key=town_hall.keys[Purpose.STATUS] if status else None,
        anchor_key=town_hall.keys[Purpose.ANCHOR],
        audit_key=town_hall.keys[Purpose.AUDIT] if audit else None,
        actor=CONSOLE,
        now=now,
        token_bytes=town_hall.token_bytes,
    )
