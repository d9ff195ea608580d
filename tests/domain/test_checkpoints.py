"""Checkpoints: what somebody outside keeps shows every change to the audit, a cut-off end included."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, text, update
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.credential.cose import sign1
from cardservice.credential.keys import Algorithm
from cardservice.domain import audit, checkpoints, key_rotation
from cardservice.domain.actor import CONSOLE, SERVICE
from cardservice.domain.audit import Action, ChainBroken
from cardservice.domain.checkpoints import Checkpoint, CopyNotLaid, NotACheckpoint, UnknownAuditKey
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry

KEY = SigningKey.generate(Purpose.AUDIT, Algorithm.ES256)
ENTRIES = 12
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chain(session: Session) -> Session:
    """A short chain by different people on different days."""
    for number in range(ENTRIES):
        actor = (CONSOLE, SERVICE)[number % 2]
        audit.record(session, actor, Action.CARD_SUSPENDED, f"card:{number}", now=NOON + timedelta(days=number))
    return session


def taken(session: Session, *, now: datetime = NOON) -> Checkpoint:
    return checkpoints.opened(checkpoints.sign(session, KEY, now=now), [KEY.public])


def compare(session: Session, *kept: Checkpoint) -> int:
    last = checkpoints.compare(audit.links(session), kept)
    return last.sequence if last else 0


class TestACheckpoint:
    def test_says_where_the_chain_ends_and_the_minute(self, chain: Session) -> None:
        said = taken(chain, now=NOON + timedelta(minutes=5, seconds=40))

        last = chain.get_one(AuditEntry, ENTRIES)
        assert (said.sequence, said.digest) == (ENTRIES, last.digest)
        assert said.at == NOON + timedelta(minutes=5)
        assert said.key_id == KEY.key_id

    def test_agrees_with_the_chain_as_it_was_and_as_it_grew(self, chain: Session) -> None:
        said = taken(chain)
        audit.record(chain, CONSOLE, Action.CARD_EXPIRED, "card:1", now=NOON)

        assert compare(chain, said) == ENTRIES + 1

    def test_agrees_with_an_empty_chain(self, session: Session) -> None:
        assert compare(session, taken(session)) == 0

    def test_agrees_with_others_that_were_kept_over_the_years(self, chain: Session) -> None:
        kept = []
        for year in range(3):
            kept.append(taken(chain, now=NOON + 365 * year * DAY))
            audit.record(chain, CONSOLE, Action.CARD_EXPIRED, "card:1", now=NOON)

        assert compare(chain, *reversed(kept)) == ENTRIES + 3

    def test_finds_an_end_that_was_cut_off(self, chain: Session) -> None:
        said = taken(chain)
        chain.execute(delete(AuditEntry).where(AuditEntry.sequence == ENTRIES))

        assert audit.verify_chain(chain) is not None
        with pytest.raises(ChainBroken, match="is missing"):
            compare(chain, said)

    def test_finds_an_end_that_was_written_anew(self, chain: Session) -> None:
        said = taken(chain)
        chain.execute(delete(AuditEntry).where(AuditEntry.sequence == ENTRIES))
        audit.record(chain, CONSOLE, Action.CARD_REVOKED, "card:other", now=NOON)

        with pytest.raises(ChainBroken, match="is not the one that was signed"):
            compare(chain, said)

    def test_is_not_followed_by_one_of_a_chain_that_lost_what_it_covered(self, chain: Session) -> None:
        said = taken(chain)
        chain.execute(delete(AuditEntry).where(AuditEntry.sequence == ENTRIES))

        with pytest.raises(ChainBroken, match="is missing"):
            checkpoints.sign(chain, KEY, after=[said], now=NOON)

    def test_is_read_from_the_text_of_its_qr_code_too(self, chain: Session) -> None:
        signed = checkpoints.sign(chain, KEY, now=NOON)

        assert checkpoints.opened(checkpoints.qr_text(signed).encode() + b"\n", [KEY.public]) == taken(chain)

    def test_of_earlier_versions_says_the_day_only(self) -> None:
        said = b'{"sequence": 3, "digest": "' + b"ab" * 32 + b'", "day": "2026-11-22"}'

        opened = checkpoints.opened(sign1(said, KEY, content_type=checkpoints.CONTENT_TYPE), [KEY.public])

        assert opened.at == datetime(2026, 11, 22, tzinfo=UTC)

    def test_is_believed_only_with_the_audit_keys_signature(self, chain: Session) -> None:
        signed = checkpoints.sign(chain, KEY, now=NOON)
        forged = signed[:-1] + bytes([signed[-1] ^ 1])
        of_another_type = sign1(b"{}", KEY, content_type="application/json")

        for bad in (forged, of_another_type, b"nothing", b"\xff\xfe"):
            with pytest.raises(NotACheckpoint):
                checkpoints.opened(bad, [KEY.public])

    def test_says_whose_it_is_where_that_key_is_not_trusted(self, chain: Session) -> None:
        other = SigningKey.generate(Purpose.AUDIT, Algorithm.ES256)

        with pytest.raises(UnknownAuditKey, match=other.key_id.hex()):
            checkpoints.opened(checkpoints.sign(chain, other, now=NOON), [KEY.public])


class TestAuditKeys:
    def test_are_remembered_after_they_are_retired(self, town_hall: TownHall) -> None:
        old, new = town_hall.keys[Purpose.AUDIT], SigningKey.generate(Purpose.AUDIT, Algorithm.ES256)
        with town_hall.transaction() as session:
            early = checkpoints.sign(session, old, now=NOON)
            key_rotation.announce(session, Purpose.AUDIT, new.public, validity_years=2, actor=CONSOLE, now=NOON)
            key_rotation.activate(session, new.key_id.hex(), wait=DAY, actor=CONSOLE, now=NOON)
            key_rotation.retire(session, old.key_id.hex(), actor=CONSOLE, now=NOON)
            late = checkpoints.sign(session, new, now=NOON)

        with town_hall.reading() as session:
            keys = checkpoints.audit_keys(session)
            kept = [checkpoints.opened(signed, keys) for signed in (early, late)]
            assert compare(session, *kept) == kept[1].sequence


class TestIsDue:
    def test_where_there_is_none(self) -> None:
        assert checkpoints.is_due(None, now=NOON)

    @pytest.mark.parametrize(
        ("later", "due"), [(59 * MINUTE, False), (60 * MINUTE, True), (-1 * MINUTE, True), (0 * MINUTE, False)]
    )
    def test_every_hour_and_after_a_clock_that_was_ahead(self, session: Session, later: timedelta, due: bool) -> None:
        assert checkpoints.is_due(taken(session), now=NOON + later) is due


class TestNewest:
    def test_is_the_one_in_the_file(self, town_hall: TownHall, tmp_path: Path) -> None:
        file = tmp_path / "audit-checkpoint.cose"
        with town_hall.transaction() as session:
            assert checkpoints.newest(session, file) is None
            file.write_bytes(checkpoints.sign(session, KEY, now=NOON))
            assert checkpoints.newest(session, file) is None
            file.write_bytes(checkpoints.sign(session, town_hall.keys[Purpose.AUDIT], now=NOON))

            newest = checkpoints.newest(session, file)

        assert newest is not None
        assert newest.at == NOON


class TestLay:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "town" / "audit-checkpoint.cose"

    def test_puts_it_into_the_towns_folder(self, chain: Session, file: Path) -> None:
        signed = checkpoints.sign(chain, KEY, now=NOON)

        checkpoints.lay(signed, taken(chain), file=file, copies=None)

        assert file.read_bytes() == signed

    def test_puts_a_copy_with_its_sequence_and_digest_where_somebody_else_is(
        self, chain: Session, file: Path, tmp_path: Path
    ) -> None:
        signed, said = checkpoints.sign(chain, KEY, now=NOON), taken(chain)
        (tmp_path / "share").mkdir()

        for _ in range(2):
            checkpoints.lay(signed, said, file=file, copies=tmp_path / "share")

        (copy,) = (tmp_path / "share").iterdir()
        assert copy.name == f"audit-checkpoint-{ENTRIES:08}-{said.digest.hex()[:8]}.cose"
        assert copy.read_bytes() == signed
        assert checkpoints.copy_is_laid(said, tmp_path / "share")

    def test_never_writes_over_another_copy(self, chain: Session, file: Path, tmp_path: Path) -> None:
        (tmp_path / "share").mkdir()
        checkpoints.lay(checkpoints.sign(chain, KEY, now=NOON), taken(chain), file=file, copies=tmp_path / "share")
        chain.execute(delete(AuditEntry).where(AuditEntry.sequence == ENTRIES))
        audit.record(chain, CONSOLE, Action.CARD_REVOKED, "card:other", now=NOON)

        checkpoints.lay(checkpoints.sign(chain, KEY, now=NOON), taken(chain), file=file, copies=tmp_path / "share")

        assert len(list((tmp_path / "share").iterdir())) == 2

    def test_says_when_the_share_is_not_there(self, chain: Session, file: Path, tmp_path: Path) -> None:
        signed, said = checkpoints.sign(chain, KEY, now=NOON), taken(chain)

        with pytest.raises(CopyNotLaid):
            checkpoints.lay(signed, said, file=file, copies=tmp_path / "share")

        assert file.read_bytes() == signed
        assert not checkpoints.copy_is_laid(said, tmp_path / "share")

    def test_says_when_the_share_is_full(
        self, chain: Session, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "share").mkdir()
        placed = checkpoints.kit_folder.place

        def full(path: Path, content: bytes) -> None:
            if path.parent.name == "share":
                raise OSError(28, "No space left on device")
            placed(path, content)

        monkeypatch.setattr(checkpoints.kit_folder, "place", full)

        with pytest.raises(CopyNotLaid):
            checkpoints.lay(checkpoints.sign(chain, KEY, now=NOON), taken(chain), file=file, copies=tmp_path / "share")

    def test_takes_a_share_that_may_not_be_read_for_one_without_the_copy(
        self, chain: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_path: Path) -> bool:
            raise PermissionError

        monkeypatch.setattr(Path, "is_file", refuse)

        assert not checkpoints.copy_is_laid(taken(chain), Path("share"))


MANIPULATIONS = 1_000


def edit(connection: Connection, chance: random.Random) -> None:
    """Change one field of one entry; half of the time as somebody who computes its digest anew."""
    sequence = chance.randint(1, ENTRIES)
    value = {
        "day": date(2020, 1, chance.randint(1, 28)),
        "actor": f"staff:{chance.randint(1, 99)}",
        "action": "card.reinstated",
        "subject": f"card:X{chance.randint(0, 9999)}",
        "digest": chance.randbytes(32),
        "previous": chance.randbytes(32),
    }
    field = chance.choice(list(value))
    connection.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values({field: value[field]}))
    if field != "digest" and chance.random() < 0.5:
        row = connection.execute(text(_ROW), {"sequence": sequence}).one()
        anew = audit.digest_of(audit.Link(sequence, date.fromisoformat(str(row[0])), *row[1:4], bytes(row[4]), b""))
        connection.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values(digest=anew))


_ROW = "SELECT day, actor, action, subject, previous FROM audit_entries WHERE sequence = :sequence"


def remove(connection: Connection, chance: random.Random) -> None:
    connection.execute(delete(AuditEntry).where(AuditEntry.sequence == chance.randint(1, ENTRIES)))


def swap(connection: Connection, chance: random.Random) -> None:
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    for sequence, to in ((one, 1000), (other, one), (1000, other)):
        connection.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values(sequence=to))


def cut_off(connection: Connection, chance: random.Random) -> None:
    connection.execute(delete(AuditEntry).where(AuditEntry.sequence > chance.randint(0, ENTRIES - 1)))


class TestAThousandManipulations:
    """THREATS T4: single rows edited, deleted, swapped, and ends cut off, against one checkpoint that was kept."""

    def test_are_all_found(self, chain: Session) -> None:
        kept, chance, found = taken(chain), random.Random(20261126), 0
        connection = chain.connection()
        for _ in range(MANIPULATIONS):
            with connection.begin_nested() as attempt:
                chance.choice((edit, remove, swap, cut_off))(connection, chance)
                try:
                    compare(chain, kept)
                except ChainBroken:
                    found += 1
                attempt.rollback()

        assert found == MANIPULATIONS
        assert compare(chain, kept) == ENTRIES

    def test_of_the_end_would_not_be_found_without_a_checkpoint(self, chain: Session) -> None:
        cut_off(chain.connection(), random.Random(1))

        compare(chain)
