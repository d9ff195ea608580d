"""The kit as a folder: its checksums say all its names, and only what we wrote is ever removed."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from town_hall import NOON, TownHall

from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.domain import key_rotation, kit_folder, publication
from cardservice.domain.actor import CONSOLE
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.publication import TimeWentBack, VanishedRevocation, VerifierRefusedLists
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Publication, StatusIndex
from cardservice.terms import CardState
from cardservice.verify import Kit

HOUR = timedelta(hours=1)
KIT = {"trust-list.cwt": b"list", "status/1.cwt": b"places", "index.html": b"page", "page/scan.js": b"script"}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestChecksums:
    def test_name_every_file_but_their_own_sorted_by_name(self, tmp_path: Path) -> None:
        kit_folder.lay(tmp_path, KIT)

        lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
        assert lines == [f"{hashlib.sha256(KIT[name]).hexdigest()}  {name}" for name in sorted(KIT)]
        assert kit_folder.checksums((tmp_path / "SHA256SUMS").read_bytes()).keys() == KIT.keys()

    @pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
    def test_are_what_sha256sum_checks(self, tmp_path: Path) -> None:
        kit_folder.lay(tmp_path, KIT)
        (tmp_path / "index.html").write_bytes(b"another page")

        told = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True)

        assert told.returncode == 1
        assert told.stdout.splitlines() == [
            f"{name}: {'FAILED' if name == 'index.html' else 'OK'}" for name in sorted(KIT)
        ]

    @pytest.mark.parametrize(
        "name",
        ["../up", "/etc/passwd", "a/../../b", ".hidden", "a//b", "a/", "-rf", "two words", "back\\slash", "a/./b", ""],
    )
    def test_are_not_read_where_a_name_could_lead_elsewhere(self, name: str) -> None:
        assert kit_folder.checksums(f"{'0' * 64}  {name}\n".encode()) == {}

    @pytest.mark.parametrize("line", [b"", b"half", b"\xff" * 70, b"0" * 64 + b" *name", b"0" * 63 + b"  name"])
    def test_are_not_read_out_of_what_is_none(self, line: bytes) -> None:
        assert kit_folder.checksums(line) == {}


class TestLay:
    def test_writes_checksums_last_and_the_others_in_their_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        placed: list[str] = []
        real = kit_folder.place

        def watched(path: Path, content: bytes) -> None:
            placed.append(path.relative_to(tmp_path).as_posix())
            real(path, content)

        monkeypatch.setattr(kit_folder, "place", watched)
        kit_folder.lay(tmp_path, KIT)
        kit_folder.lay(tmp_path, KIT | {"status/1.cwt": b"other places"})

        assert placed == [*KIT, "SHA256SUMS", "status/1.cwt", "SHA256SUMS"]

    def test_removes_what_an_earlier_kit_had_and_nothing_else(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_bytes(b"somebody's own")
        kit_folder.lay(tmp_path, KIT)
        kit_folder.lay(tmp_path, {"trust-list.cwt": b"list"})

        assert files(tmp_path).keys() == {"trust-list.cwt", "SHA256SUMS", "mine.txt"}

    def test_leaves_alone_what_is_no_longer_as_it_was_written(self, tmp_path: Path) -> None:
        """Whoever can write into the folder cannot have another file removed by naming it."""
        kit_folder.lay(tmp_path, KIT)
        (tmp_path / "index.html").write_bytes(b"somebody's own page")
        (tmp_path / "page/scan.js").unlink()
        (tmp_path / "page/scan.js").mkdir()

        kit_folder.lay(tmp_path, {"trust-list.cwt": b"list"})

        assert (tmp_path / "index.html").read_bytes() == b"somebody's own page"
        assert (tmp_path / "page/scan.js").is_dir()

    def test_removes_nothing_outside_the_folder(self, tmp_path: Path) -> None:
        kit, outside = tmp_path / "kit", tmp_path / "register.db"
        outside.write_bytes(b"register")
        kit_folder.lay(kit, KIT)
        with (kit / "SHA256SUMS").open("a") as sums:
            sums.write(f"{kit_folder.digest(b'register')}  ../register.db\n")

        kit_folder.lay(kit, KIT)

        assert outside.exists()

    def test_writes_a_file_in_place_of_a_link(self, tmp_path: Path) -> None:
        """Also where what is linked to is as the file should be: it may be another one tomorrow."""
        kit, outside = tmp_path / "kit", tmp_path / "outside"
        kit_folder.lay(kit, KIT)
        outside.write_bytes(b"page")
        (kit / "index.html").unlink()
        (kit / "index.html").symlink_to(outside)

        kit_folder.lay(kit, KIT)

        assert not (kit / "index.html").is_symlink()
        assert (kit / "index.html").read_bytes() == b"page"

    def test_lets_another_program_read_the_kit_whatever_the_services_umask(self, tmp_path: Path) -> None:
        before = os.umask(0o077)
        try:
            kit_folder.lay(tmp_path / "kit", KIT)
        finally:
            os.umask(before)

        found = (tmp_path / "kit").rglob("*")
        assert {oct(path.stat().st_mode & 0o777) for path in found if path.is_file()} == {"0o644"}
        assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "kit", tmp_path / "kit/page")} == {"0o755"}


class TestPlace:
    def test_never_writes_through_a_link_that_waits_for_it(self, tmp_path: Path) -> None:
        victim = tmp_path / "register.db"
        victim.write_bytes(b"register")
        victim.chmod(0o600)
        (tmp_path / "kit").mkdir()
        (tmp_path / "kit" / ".trust-list.cwt.new").symlink_to(victim)

        kit_folder.place(tmp_path / "kit" / "trust-list.cwt", b"list")

        assert victim.read_bytes() == b"register"
        assert victim.stat().st_mode & 0o777 == 0o600
        assert files(tmp_path) == {"register.db": b"register", "kit/trust-list.cwt": b"list"}

    def test_goes_on_over_half_a_file_that_a_crash_left(self, tmp_path: Path) -> None:
        (tmp_path / ".file.new").write_bytes(b"half a much longer file")

        kit_folder.place(tmp_path / "file", b"whole")

        assert files(tmp_path) == {"file": b"whole"}


class TestRead:
    def test_gives_a_file_by_its_name_also_where_the_folder_itself_is_a_link(self, tmp_path: Path) -> None:
        kit_folder.lay(tmp_path / "kit", KIT)
        (tmp_path / "link").symlink_to(tmp_path / "kit")

        assert {name: kit_folder.read(tmp_path / "link", name) for name in KIT} == KIT

    def test_gives_nothing_for_what_is_no_file_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "register.db").write_bytes(b"register")
        kit = tmp_path / "kit"
        (kit / "status").mkdir(parents=True)
        (kit / "linked").symlink_to(tmp_path / "secrets" / "register.db")
        (kit / "folder").symlink_to(tmp_path / "secrets")
        os.mkfifo(kit / "pipe")

        for name in ("linked", "folder/register.db", "../secrets/register.db", "pipe", "status", "nothing"):
            assert kit_folder.read(kit, name) is None, name


class TestBeside:
    """What lies beside the signed lists comes from elsewhere, and cannot spoil them."""

    def publish(self, hall: TownHall, beside: publication.Beside, *, hours: int, status: bool = True) -> None:
        publication.publish(
            hall.transaction,
            hall.kit,
            town=hall.town,
            status_key=hall.keys[Purpose.STATUS] if status else None,
            anchor_key=hall.keys[Purpose.ANCHOR],
            beside=beside,
            actor=CONSOLE,
            now=NOON + hours * HOUR,
            token_bytes=hall.token_bytes,
        )

    def test_is_given_the_anchor_that_signed_and_is_in_the_kit_until_it_is_no_more(self, town_hall: TownHall) -> None:
        told: list[PublicKey] = []

        def note(anchor: PublicKey) -> dict[str, bytes]:
            told.append(anchor)
            return {"README.txt": b"a note"}

        self.publish(town_hall, note, hours=1)
        with_note = files(town_hall.kit)
        self.publish(town_hall, publication.nothing, hours=2)

        assert told == [town_hall.keys[Purpose.ANCHOR].public]
        assert with_note["README.txt"] == b"a note"
        assert files(town_hall.kit).keys() == with_note.keys() - {"README.txt"}

    def test_takes_no_list_s_place(self, town_hall: TownHall) -> None:
        self.publish(town_hall, lambda _: {"trust-list.cwt": b"", "status/1.cwt": b"", "anchor.cose": b""}, hours=1)

        assert Kit.load(town_hall.kit).problems == ()

    def test_is_left_out_where_it_is_a_list_that_no_verifier_would_use(self, town_hall: TownHall) -> None:
        self.publish(town_hall, lambda _: {"status/other-1.cwt": b"half a list"}, hours=1)

        assert "status/other-1.cwt" not in kit_folder.checksums((town_hall.kit / "SHA256SUMS").read_bytes())
        assert Kit.load(town_hall.kit).problems == ()

    def test_is_no_excuse_for_a_list_of_our_own(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            status = key_rotation.active(session, Purpose.STATUS)
            assert status is not None
            status.not_after = status.not_before

        with pytest.raises(VerifierRefusedLists, match=r"^Nothing is published: .*status/1\.cwt: "):
            self.publish(town_hall, lambda _: {"status/other-1.cwt": b"half a list"}, hours=1)

    def test_keeps_the_lists_of_before_where_there_is_no_status_key(self, town_hall: TownHall) -> None:
        before = files(town_hall.kit)["status/1.cwt"]

        self.publish(town_hall, publication.nothing, hours=1, status=False)

        assert files(town_hall.kit)["status/1.cwt"] == before
        assert "status/1.cwt" in kit_folder.checksums((town_hall.kit / "SHA256SUMS").read_bytes())
        assert Kit.load(town_hall.kit).problems == ()

    def test_does_not_keep_lists_that_a_compromised_key_signed(self, town_hall: TownHall) -> None:
        """Else a mirror, which takes no kit with a list that is no good, would never learn of the key."""
        with town_hall.transaction() as session:
            key_id = town_hall.keys[Purpose.STATUS].key_id.hex()
            key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=NOON)

        self.publish(town_hall, publication.nothing, hours=1, status=False)

        assert "status/1.cwt" not in files(town_hall.kit)
        assert Kit.load(town_hall.kit).problems == ()

    def test_finds_no_lists_of_before_in_a_new_folder(self, town_hall: TownHall, tmp_path: Path) -> None:
        town_hall.kit = tmp_path / "new"

        self.publish(town_hall, publication.nothing, hours=1, status=False)

        assert files(town_hall.kit).keys() == {"anchor.cose", "trust-list.cwt", "jwks.json", "SHA256SUMS"}

    @pytest.mark.parametrize("names", [["notes/.evil.txt"], [f"notes/{n}.txt" for n in range(1000)]])
    def test_is_not_published_with_names_for_which_verifiers_would_refuse_the_kit(
        self, town_hall: TownHall, names: list[str]
    ) -> None:
        self.publish(town_hall, publication.nothing, hours=1)
        before = files(town_hall.kit)

        with pytest.raises(VerifierRefusedLists, match="SHA256SUMS: "):
            self.publish(town_hall, lambda _anchor: dict.fromkeys(names, b""), hours=2)

        assert files(town_hall.kit) == before


class TestTheSameAgain:
    @pytest.mark.parametrize("algorithm", Algorithm)
    def test_is_signed_alike_by_the_keys_of_lists_and_never_by_a_cards(self, algorithm: Algorithm) -> None:
        alike = {}
        for purpose in Purpose:
            key = SigningKey.generate(purpose, algorithm)
            alike[purpose] = len({key.sign(b"the same message") for _ in range(8)}) == 1

        expected = dict.fromkeys((Purpose.CARD, Purpose.AUDIT), algorithm is Algorithm.EDDSA)
        assert alike == {Purpose.STATUS: True, Purpose.ANCHOR: True, **expected}


class TestAnotherFolder:
    """T16: an old register that publishes onto a stick is asked what the town's own kit says."""

    def publish(self, hall: TownHall, out: Path, *, hours: int) -> publication.Published:
        return publication.publish(
            hall.transaction,
            out,
            town=hall.town,
            status_key=hall.keys[Purpose.STATUS],
            anchor_key=hall.keys[Purpose.ANCHOR],
            known_in=[hall.kit],
            actor=CONSOLE,
            now=NOON + hours * HOUR,
            token_bytes=hall.token_bytes,
        )

    def forget(self, hall: TownHall) -> None:
        """What a backup that was brought back by hand does: the publications since are forgotten, and revocations."""
        with hall.transaction() as session:
            session.execute(delete(Publication).where(Publication.sequence > 1))
            session.execute(update(StatusIndex).values(invalid=False))

    def test_gets_no_lower_sequence(self, town_hall: TownHall, tmp_path: Path) -> None:
        for hours in (1, 2):
            town_hall.publish(now=NOON + hours * HOUR)
        self.forget(town_hall)

        done = self.publish(town_hall, tmp_path / "stick", hours=3)

        assert (done.trust_sequence, done.status_sequences) == (4, {1: 4})

    def test_gets_no_older_list(self, town_hall: TownHall, tmp_path: Path) -> None:
        town_hall.publish(now=NOON + 2 * HOUR)
        self.forget(town_hall)

        with pytest.raises(TimeWentBack):
            self.publish(town_hall, tmp_path / "stick", hours=1)

        assert not (tmp_path / "stick").exists()

    def test_gets_no_list_from_which_a_revocation_vanished(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], tmp_path: Path
    ) -> None:
        make_card(CardState.REVOKED)
        town_hall.publish(now=NOON + HOUR)
        self.forget(town_hall)

        with pytest.raises(VanishedRevocation):
            self.publish(town_hall, tmp_path / "stick", hours=2)

        assert not (tmp_path / "stick").exists()
