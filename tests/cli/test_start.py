"""Both commands begin at one place, which ends in words whenever Ctrl-C comes."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace

import pytest

from cardservice.cli import start

COMMANDS = {"cardservice": start.cardservice, "cardverify": start.cardverify}


class TestACommand:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_begins_where_ctrl_c_is_listened_for(self, name: str) -> None:
        (script,) = entry_points(group="console_scripts", name=name)

        assert script.load() is COMMANDS[name]

    @pytest.mark.parametrize("name", COMMANDS)
    def test_ends_in_words_when_it_is_interrupted_while_it_is_being_loaded(
        self, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(start, "import_module", interrupted)

        with pytest.raises(SystemExit) as ended:
            COMMANDS[name]()

        assert ended.value.code == 130
        assert capsys.readouterr().err.strip() == "Aborted!"

    @pytest.mark.parametrize("name", COMMANDS)
    def test_hands_on_what_it_ends_with(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(start, "import_module", lambda _: SimpleNamespace(main=lambda: 2))

        with pytest.raises(SystemExit) as ended:
            COMMANDS[name]()

        assert ended.value.code == 2

    @pytest.mark.parametrize("name", COMMANDS)
    def test_says_so_where_the_folder_that_one_stands_in_is_gone(self, name: str, tmp_path: Path) -> None:
        """As a process: what is loaded once, as in these tests, does not ask again where it is."""
        folder = tmp_path / "gone"
        folder.mkdir()
        begin = f"import os; os.rmdir(os.getcwd()); from cardservice.cli import start; start.{name}()"

        told = subprocess.run(
            [sys.executable, "-c", begin, "--help"], cwd=folder, capture_output=True, text=True, check=False
        )

        assert told.returncode == 1
        assert (told.stdout, told.stderr) == ("", "The folder that you stand in is gone. Change into another one.\n")


def interrupted(_: str) -> None:
    raise KeyboardInterrupt
