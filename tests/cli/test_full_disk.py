"""`init` and `restore` on a real disk that is too small, and again when there is room: nothing is left in the way."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make, people_file
from small_disk import small_disk

from cardservice.cli import town
from cardservice.cli.admin import main
from cardservice.storage.session import UnsafeDatabase

PASSPHRASE = "six words drawn by honest dice"
FULL = "No space left on the disk"


def init(folder: Path) -> Result:
    asked = ["--town", str(folder), "init", "--name", "X", "--issuer", "https://x.example"]
    return CliRunner().invoke(main, asked, env={"CARDSERVICE_PASSPHRASE": PASSPHRASE})


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a backup, its identity and the kit."""
    folder = tmp_path_factory.mktemp("backed-up")
    demo: Demo = make(folder / "out", "--people", str(people_file(folder)))
    key = CliRunner().invoke(main, ["backup-key", "--out", str(folder / "identity.txt")])
    told = demo.run("backup", "--to", str(folder / "x.age"), "--recipient", key.output.splitlines()[-1])
    assert told.exit_code == 0, told.output
    return folder


class TestInit:
    # With nothing for the register, with a part of what it needs, and with enough for all of it but not for the kit.
    @pytest.mark.parametrize("kilobytes", [4, 60, 400, 1600])
    def test_on_a_full_disk_says_so_and_leaves_nothing(self, tmp_path: Path, kilobytes: int) -> None:
        with small_disk(tmp_path / "disk", kilobytes * 1024) as disk:
            told = init(disk / "town")

            assert told.exit_code == 1
            assert FULL in told.output
            assert list(disk.iterdir()) == []

    def test_can_be_done_again_in_the_same_folder_when_there_is_room(self, tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk", 400 * 1024) as disk:
            (disk / "town").mkdir()
            (disk / "town" / "notes.txt").write_text("ours")
            assert init(disk / "town").exit_code == 1
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)

            told = init(disk / "town")

            assert told.exit_code == 0, told.output
            assert (disk / "town" / "notes.txt").read_text() == "ours"

    def test_that_fails_at_its_very_end_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(town.Town, "publish", _refuse)

        assert init(tmp_path / "town").exit_code == 1
        assert list(tmp_path.iterdir()) == []

    def test_writes_over_no_register_that_an_interrupted_one_left(self, tmp_path: Path) -> None:
        assert init(tmp_path).exit_code == 0
        (tmp_path / "config.toml").unlink()
        before = (tmp_path / "register.db").read_bytes()

        told = init(tmp_path)

        assert told.exit_code == 1
        assert "register.db is there already, without a config.toml" in told.output
        assert (tmp_path / "register.db").read_bytes() == before


class TestRestore:
    @pytest.mark.parametrize("kilobytes", [4, 60, 400])
    def test_on_a_full_disk_says_so_and_is_done_again_when_there_is_room(
        self, backed_up: Path, tmp_path: Path, kilobytes: int
    ) -> None:
        with small_disk(tmp_path / "disk", kilobytes * 1024) as disk:
            told = self._bring_back(disk / "town", backed_up)

            assert told.exit_code == 1
            assert FULL in told.output
            assert list((disk / "town").iterdir()) == []
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            again = self._bring_back(disk / "town", backed_up)
            assert again.exit_code == 0, again.output

    def test_leaves_a_register_whose_file_is_whole_by_itself(self, backed_up: Path, tmp_path: Path) -> None:
        assert self._bring_back(tmp_path / "town", backed_up).exit_code == 0

        assert {file.name for file in (tmp_path / "town").iterdir()} == {"config.toml", "register.db"}

    def _bring_back(self, folder: Path, backed_up: Path) -> Result:
        source, identity, kit = (str(backed_up / name) for name in ("x.age", "identity.txt", "out/kit"))
        asked = ["--town", str(folder), "restore", "--from", source, "--identity", identity, "--kit", kit]
        return CliRunner().invoke(main, asked)


def _refuse(*_: object, **__: object) -> None:
    raise UnsafeDatabase("no")
