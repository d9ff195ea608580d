"""Day keys: in memory only, shared by the workers of a machine, and once destroyed never to be had again."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cardservice.day_keys import DayKeyGone, DayKeys, NotInMemory, file_system_of
from cardservice.keystore import ReadableByOthers

TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)
DRAFT, OTHER_DRAFT = "a" * 32, "b" * 32
PLAINTEXT = "Karim al-Haddad كريم الحدّاد".encode()
IN_MEMORY = Path("/dev/shm")
MOUNTS = r"""
22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
23 22 0:20 / /dev/shm rw,nosuid - tmpfs tmpfs rw
24 22 0:21 / /mnt/with\040space rw shared:1 - tmpfs tmpfs rw
25 24 254:2 / /mnt/with\040space/disk rw - ext4 /dev/vdb1 rw
26 22 0:22 / /mnt/hidden rw - tmpfs tmpfs rw
27 22 254:3 / /mnt/hidden rw - xfs /dev/vdc1 rw
""".strip()


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=IN_MEMORY) as made:
        yield Path(made) / "day-keys"


@pytest.fixture(params=["process", "folder"])
def day_keys(request: pytest.FixtureRequest, folder: Path) -> DayKeys:
    return DayKeys.in_process() if request.param == "process" else DayKeys.in_folder(folder)


class TestSeal:
    def test_gives_back_what_was_sealed(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        assert day_keys.open(DRAFT, TODAY, sealed) == PLAINTEXT

    def test_shows_nothing_of_the_plaintext(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        assert len(sealed) == 12 + len(PLAINTEXT) + 16
        assert all(PLAINTEXT[start : start + 4] not in sealed for start in range(len(PLAINTEXT) - 4))

    def test_never_seals_the_same_way_twice(self, day_keys: DayKeys) -> None:
        assert day_keys.seal(DRAFT, TODAY, PLAINTEXT) != day_keys.seal(DRAFT, TODAY, PLAINTEXT)

    def test_gives_each_draft_a_key_of_its_own(self) -> None:
        same_chance = DayKeys.in_process(token_bytes=bytes)

        one, other = (same_chance.seal(draft_id, TODAY, PLAINTEXT)[12:-16] for draft_id in (DRAFT, OTHER_DRAFT))

        assert one != other


class TestOpen:
    def test_refuses_the_ciphertext_of_another_draft(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        with pytest.raises(DayKeyGone):
            day_keys.open(OTHER_DRAFT, TODAY, sealed)

    def test_refuses_the_ciphertext_of_another_day(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TODAY, PLAINTEXT)
        day_keys.seal(DRAFT, TOMORROW, PLAINTEXT)

        with pytest.raises(DayKeyGone):
            day_keys.open(DRAFT, TOMORROW, sealed)

    def test_refuses_ciphertext_that_was_changed(self, day_keys: DayKeys) -> None:
        sealed = bytearray(day_keys.seal(DRAFT, TODAY, PLAINTEXT))
        sealed[-1] ^= 1

        with pytest.raises(DayKeyGone):
            day_keys.open(DRAFT, TODAY, bytes(sealed))

    def test_says_that_the_key_is_gone(self, day_keys: DayKeys) -> None:
        with pytest.raises(DayKeyGone, match="day is over"):
            day_keys.open(DRAFT, TODAY, bytes(40))


class TestDestroyBefore:
    def test_makes_what_was_sealed_unreadable_for_ever(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        destroyed = day_keys.destroy_before(TOMORROW)
        day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        assert destroyed == 1
        with pytest.raises(DayKeyGone):
            day_keys.open(DRAFT, TODAY, sealed)

    def test_leaves_the_keys_of_later_days(self, day_keys: DayKeys) -> None:
        sealed = day_keys.seal(DRAFT, TOMORROW, PLAINTEXT)

        assert day_keys.destroy_before(TOMORROW) == 0
        assert day_keys.open(DRAFT, TOMORROW, sealed) == PLAINTEXT
        assert (day_keys.has(TODAY), day_keys.has(TOMORROW)) == (False, True)


class TestDestroyAfter:
    def test_destroys_what_a_clock_that_was_ahead_left(self, day_keys: DayKeys) -> None:
        sealed, kept = day_keys.seal(DRAFT, TOMORROW, PLAINTEXT), day_keys.seal(DRAFT, TODAY, PLAINTEXT)

        assert day_keys.destroy_after(TODAY) == 1
        assert day_keys.open(DRAFT, TODAY, kept) == PLAINTEXT
        with pytest.raises(DayKeyGone):
            day_keys.open(DRAFT, TOMORROW, sealed)


class TestInFolder:
    def test_is_shared_by_the_workers_of_a_machine(self, folder: Path) -> None:
        sealed = DayKeys.in_folder(folder).seal(DRAFT, TODAY, PLAINTEXT)

        assert DayKeys.in_folder(folder).open(DRAFT, TODAY, sealed) == PLAINTEXT

    def test_gives_workers_who_begin_a_day_together_one_key(self, folder: Path) -> None:
        workers = [DayKeys.in_folder(folder) for _ in range(16)]
        with ThreadPoolExecutor(16) as pool:
            sealed = list(pool.map(lambda worker: worker.seal(DRAFT, TODAY, PLAINTEXT), workers))

        assert {workers[0].open(DRAFT, TODAY, each) for each in sealed} == {PLAINTEXT}
        assert [file.name for file in folder.iterdir()] == ["2026-11-22.key"]

    def test_has_one_key_for_the_cookies_of_all_workers_however_often_they_begin(self, folder: Path) -> None:
        workers = [DayKeys.in_folder(folder) for _ in range(16)]
        with ThreadPoolExecutor(16) as pool:
            keys = set(pool.map(DayKeys.of_the_cookies, workers))

        (key,) = keys
        assert len(key) == 32
        assert workers[0].days() == []
        assert DayKeys.in_process().of_the_cookies() not in keys

    def test_destroys_what_another_worker_destroyed_already(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day_keys = DayKeys.in_folder(folder)
        day_keys.seal(DRAFT, TODAY, PLAINTEXT)
        monkeypatch.setattr(day_keys._kept, "days", lambda: [TODAY - timedelta(days=1), TODAY])

        assert day_keys.destroy_before(TOMORROW) == 2
        assert list(folder.iterdir()) == []

    def test_keeps_the_folder_to_its_owner(self, folder: Path) -> None:
        DayKeys.in_folder(folder).seal(DRAFT, TODAY, PLAINTEXT)

        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}

    def test_refuses_a_folder_that_others_may_read(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)

        with pytest.raises(ReadableByOthers):
            DayKeys.in_folder(folder)

    @pytest.mark.parametrize("path", ["/var/lib/cardservice", "/mnt/with space/disk/keys", "/mnt/hidden/keys"])
    def test_refuses_a_folder_on_a_disk_and_says_why(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "mountinfo").write_text(MOUNTS)
        before = Path(path).exists()

        with pytest.raises(NotInMemory, match=r"file system of kind (ext4|xfs).*/dev/shm/cardservice"):
            DayKeys.in_folder(Path(path), mounts=tmp_path / "mountinfo")

        assert Path(path).exists() is before

    def test_refuses_a_real_folder_on_this_disk(self, tmp_path: Path) -> None:
        if file_system_of(tmp_path, Path("/proc/self/mountinfo").read_text()) in {"tmpfs", "ramfs"}:
            pytest.skip("the temporary folder of this machine is in memory")

        with pytest.raises(NotInMemory):
            DayKeys.in_folder(tmp_path / "day-keys")

    def test_follows_a_link_out_of_memory(self, folder: Path, tmp_path: Path) -> None:
        folder.symlink_to(tmp_path)
        (tmp_path / "mountinfo").write_text(MOUNTS)

        with pytest.raises(NotInMemory):
            DayKeys.in_folder(folder, mounts=tmp_path / "mountinfo")


class TestFileSystemOf:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [("/dev/shm/x", "tmpfs"), ("/dev/shmother", "ext4"), ("/mnt/with space/x", "tmpfs"), ("/", "ext4")],
    )
    def test_takes_the_nearest_mount(self, path: str, kind: str) -> None:
        assert file_system_of(Path(path), MOUNTS) == kind

    def test_is_unknown_where_no_mount_covers_the_path(self) -> None:
        assert file_system_of(Path("/x"), "23 22 0:20 / /dev/shm rw - tmpfs tmpfs rw") == "unknown"


class TestRandomness:
    def test_comes_from_where_it_was_told(self) -> None:
        asked: list[int] = []

        def counting(count: int) -> bytes:
            asked.append(count)
            return os.urandom(count)

        DayKeys.in_process(token_bytes=counting).seal(DRAFT, TODAY, PLAINTEXT)

        assert asked == [32, 12]
