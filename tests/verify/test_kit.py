"""The kit: which lists are believed, which are left out and named, and what is remembered."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential.claims import DAY
from cardservice.credential.errors import BadSignature, Malformed
from cardservice.credential.trust_list import KeyPurpose, KeyState
from cardservice.verify import AnotherAnchor, Kit, KitMemory, KitNotFound, Outcome, Reason, verify
from cardservice.verify import kit as module
from cardservice.verify.memory import RolledBack
from cardservice.verify.problems import in_groups
from tests.verify.town import MORNING, NOON, TestKey, Town, trusted

TOWN = Town()
NEXT_ANCHOR = TestKey("next anchor")


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return folder


def remember(kit: Kit) -> KitMemory:
    memory = kit.remember()
    assert memory is not None
    return memory


def why(kit: Kit) -> list[tuple[str, str]]:
    return [(problem.file, problem.why) for problem in kit.problems]


class TestLoad:
    def test_believes_a_good_folder(self, tmp_path: Path) -> None:
        kit = Kit.load(write(tmp_path, {**TOWN.files(), "README.txt": b"", "jwks.json": b"{}"}))

        assert kit.problems == ()
        assert verify(TOWN.text(), kit, now=NOON).verdict is Outcome.VALID

    def test_finds_a_list_by_the_uri_in_it_and_not_by_its_name(self, tmp_path: Path) -> None:
        files = TOWN.files()
        files["status/anything.cwt"] = files.pop("status/1.cwt")

        assert verify(TOWN.text(), Kit.load(write(tmp_path, files)), now=NOON).verdict is Outcome.VALID

    def test_takes_the_anchor_it_is_given(self, tmp_path: Path) -> None:
        folder = write(tmp_path, TOWN.files())

        assert Kit.load(folder, anchor=TOWN.anchor.public.to_cose_key()).problems == ()
        refused = Kit.load(folder, anchor=TestKey("another").public.to_cose_key())
        assert [(problem.file, type(problem.cause)) for problem in refused.problems] == [
            ("trust-list.cwt", AnotherAnchor)
        ]

    def test_refuses_an_anchor_that_is_no_key(self, tmp_path: Path) -> None:
        with pytest.raises(Malformed):
            Kit.load(write(tmp_path, TOWN.files()), anchor=b"no key")

    def test_says_so_where_there_is_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(KitNotFound):
            Kit.load(tmp_path / "nowhere")
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(KitNotFound):
            Kit.load(os.fspath(tmp_path / "file"))

    def test_goes_on_without_what_cannot_be_read(self, tmp_path: Path) -> None:
        folder = write(tmp_path, TOWN.files())
        (folder / "status" / "folder.cwt").mkdir()
        (folder / "status" / "link.cwt").symlink_to(tmp_path / "nowhere")
        os.mkfifo(folder / "status" / "pipe.cwt")

        kit = Kit.load(folder)

        assert why(kit) == [(f"status/{name}.cwt", "cannot be read") for name in ("folder", "link", "pipe")]
        assert verify(TOWN.text(), kit, now=NOON).verdict is Outcome.VALID

    def test_names_a_file_once(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {"status/1.cwt": b""})
        (folder / "trust-list.cwt").mkdir()

        assert why(Kit.load(folder)) == [("trust-list.cwt", "cannot be read")]

    def test_goes_on_without_what_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write(tmp_path, TOWN.files())
        opened = Path.open

        def refused(path: Path, *arguments: str) -> object:
            if path.name == "1.cwt":
                raise PermissionError
            return opened(path, *arguments)

        monkeypatch.setattr(Path, "open", refused)

        assert why(Kit.load(folder)) == [("status/1.cwt", "cannot be read")]

    def test_reads_no_more_than_a_kit_can_be(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        files = TOWN.files()
        folder = write(tmp_path, {**files, "status/2.cwt": bytes(1000)})
        monkeypatch.setattr(module, "KIT_LIMIT", sum(map(len, files.values())) + 1)

        kit = Kit.load(folder)

        assert [problem.file for problem in kit.problems] == ["status/2.cwt"]
        monkeypatch.setattr(module, "KIT_LIMIT", sum(map(len, files.values())) - 1)
        assert [problem.file for problem in Kit.load(folder).problems] == ["status/1.cwt", "status/2.cwt"]

    def test_cannot_tell_with_an_empty_folder(self, tmp_path: Path) -> None:
        kit = Kit.load(tmp_path)

        assert why(kit) == [("trust-list.cwt", "missing")]
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING


class TestFromFiles:
    @pytest.mark.parametrize("data", [b"", b"nonsense", b"\xd2\x84", bytes(100)])
    @pytest.mark.parametrize("file", ["trust-list.cwt", "anchor.cose", "status/1.cwt"])
    def test_cannot_tell_with_a_broken_file(self, file: str, data: bytes) -> None:
        kit = Kit.from_files({**TOWN.files(), file: data})

        assert len(kit.problems) == 1
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING

    @given(st.integers(0, 10_000))
    def test_never_believes_a_list_with_a_changed_bit(self, place: int) -> None:
        files = TOWN.files(None, TOWN.status_list(size=800))
        file = ("trust-list.cwt", "status/1.cwt")[place % 2]
        data = bytearray(files[file])
        data[place // 2 % len(data)] ^= 1 << place % 8

        kit = Kit.from_files({**files, file: bytes(data)})

        assert [problem.file for problem in kit.problems] == [file]

    def test_leaves_out_lists_of_the_wrong_type(self) -> None:
        files = TOWN.files()
        files["status/2.cwt"] = TOWN.trust_list().seal(TOWN.status_key)

        assert why(Kit.from_files(files)) == [("status/2.cwt", "a signed message that is not a status list")]

    @pytest.mark.parametrize("signer", [TOWN.card_key, TOWN.anchor, TestKey("stranger")])
    def test_leaves_out_lists_of_the_wrong_signer(self, signer: TestKey) -> None:
        files = {**TOWN.files(), "status/1.cwt": TOWN.status_list().seal(signer)}

        kit = Kit.from_files(files)

        assert why(kit) == [("status/1.cwt", "signed by a key that may not sign status lists")]
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING

    def test_leaves_out_a_list_signed_by_a_compromised_key(self) -> None:
        entry = TOWN.entry(
            trusted(TOWN.card_key), trusted(TOWN.status_key, KeyPurpose.STATUS, state=KeyState.COMPROMISED)
        )

        kit = TOWN.kit(TOWN.trust_list(entry))

        assert why(kit) == [("status/1.cwt", "signed by a compromised key")]

    @pytest.mark.parametrize(
        "changes",
        [
            {"not_before": MORNING + DAY},
            {"not_after": MORNING - 1},
            {"retired_at": MORNING - 1, "state": KeyState.RETIRED},
        ],
    )
    def test_leaves_out_a_list_signed_when_its_key_was_not_valid(self, changes: dict[str, object]) -> None:
        entry = TOWN.entry(trusted(TOWN.card_key), trusted(TOWN.status_key, KeyPurpose.STATUS, **changes))

        kit = TOWN.kit(TOWN.trust_list(entry))

        assert why(kit) == [("status/1.cwt", "signed when its key was not valid")]

    def test_uses_a_list_signed_on_its_keys_first_day(self) -> None:
        first_day = trusted(TOWN.status_key, KeyPurpose.STATUS, not_before=MORNING + 3600)

        kit = TOWN.kit(TOWN.trust_list(TOWN.entry(trusted(TOWN.card_key), first_day)))

        assert kit.problems == ()

    def test_leaves_out_a_list_of_a_town_that_does_not_publish_it(self) -> None:
        kit = TOWN.kit(None, TOWN.status_list(uri="https://outra.example/status/1"))

        assert why(kit) == [("status/1.cwt", "not one of its issuer's lists")]

    def test_uses_the_newest_of_two_lists_with_one_uri(self) -> None:
        old, new = TOWN.status_list(sequence=7), TOWN.status_list([77_123], sequence=8)

        for lists in ((old, new), (new, old)):
            assert verify(TOWN.text(), TOWN.kit(None, *lists), now=NOON).reason is Reason.REVOKED


class TestRemember:
    def test_goes_to_disk_and_comes_back(self) -> None:
        memory = remember(TOWN.kit(TOWN.trust_list(next_anchor=NEXT_ANCHOR.public), TOWN.status_list([3, 4])))

        assert KitMemory.from_bytes(memory.to_bytes()) == memory

    @pytest.mark.parametrize("data", [b"", b"\xa0", b"\x80", b"\xa3\x01\xa0\x02\x40\x03\x81\x00"])
    def test_refuses_a_memory_that_is_none(self, data: bytes) -> None:
        with pytest.raises(Malformed):
            KitMemory.from_bytes(data)

    def test_refuses_a_memory_with_a_broken_list(self) -> None:
        memory = remember(TOWN.kit())

        broken = memory.to_bytes().replace(
            b"\x82\x78\x1bhttps://vila-aberta.example", b"\x82\x58\x1bhttps://vila-aberta.example"
        )

        with pytest.raises(Malformed):
            KitMemory.from_bytes(broken)

    def test_takes_the_same_and_newer_lists(self) -> None:
        memory = remember(TOWN.kit())

        for sequence in (5, 6):
            trust_list = TOWN.trust_list(sequence=sequence, issued_at=MORNING + sequence - 5)
            status_list = TOWN.status_list([1], sequence=sequence + 2)
            assert TOWN.kit(trust_list, status_list, remembered=memory).problems == ()

    @pytest.mark.parametrize("changes", [{"sequence": 4}, {"issued_at": MORNING - 1}])
    def test_refuses_an_older_trust_list(self, changes: dict[str, object]) -> None:
        kit = TOWN.kit(TOWN.trust_list(**changes), remembered=remember(TOWN.kit()))

        assert why(kit) == [("trust-list.cwt", "older than the trust list used before")]
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING

    @pytest.mark.parametrize("changes", [{"sequence": 6}, {"issued_at": MORNING - 1}])
    def test_refuses_an_older_status_list(self, changes: dict[str, object]) -> None:
        kit = TOWN.kit(None, TOWN.status_list(**changes), remembered=remember(TOWN.kit()))

        assert why(kit) == [("status/1.cwt", "older than the status list used before")]
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING

    def test_takes_a_list_that_it_has_not_seen_before(self) -> None:
        entry = TOWN.entry(status_lists=(TOWN.uri, TOWN.issuer + "/status/2"))
        second = TOWN.status_list(uri=TOWN.issuer + "/status/2", sequence=1)

        kit = TOWN.kit(TOWN.trust_list(entry), TOWN.status_list(), second, remembered=remember(TOWN.kit()))

        assert kit.problems == ()

    def test_refuses_a_vanished_revocation_unless_it_was_reinstated(self) -> None:
        memory = remember(TOWN.kit(None, TOWN.status_list([77_123])))

        vanished = TOWN.kit(None, TOWN.status_list(sequence=8), remembered=memory)
        reinstated = TOWN.kit(None, TOWN.status_list(sequence=8, reinstated=(77_123,)), remembered=memory)

        assert why(vanished) == [("status/1.cwt", "a revocation has vanished from the status list")]
        assert verify(TOWN.text(), reinstated, now=NOON).reason is Reason.VALID

    def test_goes_on_remembering_where_a_kit_has_nothing_to_offer(self) -> None:
        memory = remember(TOWN.kit())

        assert Kit.from_files({}).remember(memory) is memory
        assert Kit.from_files({}).remember() is None
        only_trust = {name: data for name, data in TOWN.files().items() if not name.startswith("status")}
        assert Kit.from_files(only_trust).remember(memory) == memory

    def test_follows_the_anchor_that_was_announced_and_no_other(self) -> None:
        announced = remember(TOWN.kit(TOWN.trust_list(next_anchor=NEXT_ANCHOR.public)))
        files = {**TOWN.files(), "anchor.cose": NEXT_ANCHOR.public.to_cose_key()}
        files["trust-list.cwt"] = TOWN.trust_list(sequence=6).seal(NEXT_ANCHOR)

        followed = Kit.from_files(files, remembered=announced)
        not_announced = Kit.from_files(files, remembered=remember(TOWN.kit()))

        assert followed.problems == ()
        assert remember(followed).anchors == (NEXT_ANCHOR.public,)
        assert [problem.file for problem in not_announced.problems] == ["trust-list.cwt"]

    def test_keeps_to_the_anchors_that_descend_from_the_pinned_one(self) -> None:
        """A town's three anchors, each announced by the one before, and a verifier that pinned the first for ever."""
        first, second, third = TOWN.anchor, NEXT_ANCHOR, TestKey("third anchor")
        memory = None
        steps = [(first, second), (second, second), (second, third), (third, third)]
        for step, (signs, announced) in enumerate(steps):
            trust_list = TOWN.trust_list(
                sequence=6 + step, next_anchor=None if announced is signs else announced.public
            )
            files = {**TOWN.files(), "trust-list.cwt": trust_list.seal(signs)}
            kit = Kit.from_files(files, anchor=first.public, remembered=memory)
            assert kit.problems == ()
            memory = kit.remember(memory)
        assert memory is not None
        assert KitMemory.from_bytes(memory.to_bytes()).lineage == (first.public, second.public, third.public)

        files["trust-list.cwt"] = TOWN.trust_list(sequence=99).seal(first)
        for pinned in (None, first.public, second.public, third.public):
            assert Kit.from_files(files, anchor=pinned, remembered=memory).trust_list is None

    def test_goes_on_remembering_where_the_announced_anchor_is_pinned(self) -> None:
        announced = remember(TOWN.kit(TOWN.trust_list(sequence=6, next_anchor=NEXT_ANCHOR.public)))
        files = {**TOWN.files(), "trust-list.cwt": TOWN.trust_list(sequence=5).seal(NEXT_ANCHOR)}

        kit = Kit.from_files(files, anchor=NEXT_ANCHOR.public, remembered=announced)

        assert why(kit) == [("trust-list.cwt", "older than the trust list used before")]

    def test_forgets_an_anchor_in_other_hands_once_another_is_pinned(self) -> None:
        """Who had the old one may have signed a list with the highest number there is, and goes on handing it out."""
        forged = TOWN.files(TOWN.trust_list(sequence=10**9), TOWN.status_list(sequence=10**9))
        memory = remember(Kit.from_files(forged))
        new = TestKey("anchor after the break-in")
        files = {**TOWN.files(), "trust-list.cwt": TOWN.trust_list(sequence=6).seal(new)}

        still_forged = Kit.from_files(forged, anchor=new.public, remembered=memory)
        kit = Kit.from_files(files, anchor=new.public, remembered=memory)

        assert still_forged.trust_list is None
        assert still_forged.remember(memory) is memory
        assert kit.problems == ()
        now_known = kit.remember(memory)
        assert now_known == KitMemory((new.public,), kit.trust_list or TOWN.trust_list(), kit.status_lists)
        assert Kit.from_files(forged, remembered=now_known).trust_list is None

    def test_a_thousand_shuffled_updates_never_go_back(self) -> None:
        memory = remember(TOWN.kit(None, TOWN.status_list(size=800, sequence=1)))
        highest = 1
        for step in range(1000):
            sequence = step * 7919 % 1000 + 1
            newer = TOWN.status_list(size=800, sequence=sequence)
            if sequence < highest:
                with pytest.raises(RolledBack):
                    memory.check_status_list(TOWN.issuer, newer)
            else:
                memory.check_status_list(TOWN.issuer, newer)
                memory = replace(memory, status_lists={(TOWN.issuer, newer.uri): newer})
                highest = sequence
        assert highest == 1000


class TestAnotherAnchor:
    """What a verifier says that slept through two changes of anchor, and what it says of a kit by somebody else."""

    first, second, third = TOWN.anchor, NEXT_ANCHOR, TestKey("third anchor")

    def files(self, signs: TestKey, sequence: int, announced: TestKey | None = None) -> dict[str, bytes]:
        trust_list = TOWN.trust_list(sequence=sequence, next_anchor=announced and announced.public)
        return {
            **TOWN.files(),
            "trust-list.cwt": trust_list.seal(signs),
            "anchor.cose": signs.public.to_cose_key(),
        }

    def test_is_followed_once_by_memory_without_anybody_touching_the_verifier(self) -> None:
        memory = remember(Kit.from_files(self.files(self.first, 6, announced=self.second)))

        kit = Kit.from_files(self.files(self.second, 7), remembered=memory)

        assert kit.problems == ()
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.VALID

    def test_after_two_changes_that_were_missed_is_a_matter_for_people(self) -> None:
        memory = remember(Kit.from_files(self.files(self.first, 6, announced=self.second)))
        two_later = self.files(self.third, 9)

        kit = Kit.from_files(two_later, remembered=memory)

        (problem,) = kit.problems
        assert isinstance(problem.cause, AnotherAnchor)
        assert (problem.cause.pinned, problem.cause.offered) == (self.first.public, self.third.public)
        assert "signed by another anchor than the one pinned" in problem.why
        assert in_groups(self.third.public.fingerprint) in problem.why
        assert "poster" in problem.why
        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.STATUS_MISSING
        assert kit.remember(memory) is memory
        pinned_anew = Kit.from_files(two_later, anchor=self.third.public, remembered=memory)
        assert pinned_anew.problems == ()
        assert verify(TOWN.text(), pinned_anew, now=NOON).reason is Reason.VALID

    def test_is_said_of_a_kit_by_somebody_else_too(self) -> None:
        kit = Kit.from_files(self.files(TestKey("somebody"), 99), anchor=self.first.public)

        assert [type(problem.cause) for problem in kit.problems] == [AnotherAnchor]
        assert verify(TOWN.text(), kit, now=NOON).verdict is Outcome.CANNOT_TELL

    @pytest.mark.parametrize("lies_beside", [b"", TestKey("unrelated").public.to_cose_key()])
    def test_shows_no_fingerprint_where_the_kits_anchor_did_not_sign(self, lies_beside: bytes) -> None:
        kit = Kit.from_files({**self.files(self.third, 9), "anchor.cose": lies_beside}, anchor=self.first.public)

        (problem,) = kit.problems
        assert isinstance(problem.cause, AnotherAnchor)
        assert problem.cause.offered is None
        assert "of its anchor.cose with the poster" in problem.why

    def test_is_not_said_where_the_list_was_only_altered(self) -> None:
        files = self.files(self.first, 6)
        files["trust-list.cwt"] = files["trust-list.cwt"][:-1] + b"!"

        (problem,) = Kit.from_files(files, anchor=self.first.public).problems

        assert isinstance(problem.cause, BadSignature)

    def test_is_not_said_where_nothing_was_pinned(self) -> None:
        files = {**self.files(self.third, 9), "anchor.cose": self.first.public.to_cose_key()}

        (problem,) = Kit.from_files(files).problems

        assert isinstance(problem.cause, BadSignature)


class TestAnotherProcess:
    """A kit that was loaded once is handed to the other processes of a batch."""

    def test_judges_by_the_same_lists(self) -> None:
        kit = TOWN.kit()

        taken_over = Kit.from_bytes(kit.to_bytes())

        assert taken_over == kit

    def test_has_no_list_where_there_was_none(self) -> None:
        assert Kit.from_bytes(Kit.from_files({}).to_bytes()).trust_list is None
