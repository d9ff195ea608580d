"""Faults that are planted in a copy of the program: the tests that should notice must notice.

A suite that passes proves only that it passes. So each fault of planted.toml is put into a copy, and the tests it names
run there. A third of the faults is tried in `make test`, all of them in the long run; that each can still be planted is
looked at for all, always.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nursery
import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG = bool(os.environ.get("CARDSERVICE_LONG"))
FAILED = 1
"""pytest's exit status where a test failed; an error of collection or no test at all has another."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    name: str
    file: str
    old: str
    new: str
    caught_by: list[str]

    def plant(self, program: Path) -> None:
        """Change the file in a copy of the program."""
        file = program / "cardservice" / self.file
        file.write_text(file.read_text().replace(self.old, self.new))


FAULTS = [
    Fault(**fault)
    for fault in tomllib.loads((Path(__file__).parent / "planted.toml").read_text(encoding="utf-8"))["fault"]
]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
some_faults = pytest.mark.parametrize("fault", FAULTS if LONG else FAULTS[::3], ids=lambda fault: fault.name)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program with its tests: the part that is changed as files of its own, the rest as it is."""
    for name in ("tests", "templates", "migrations", "bench", "docs", "pyproject.toml", "config.example.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    # With what was compiled before, by the time of each file: only the one that is changed is compiled again.
    shutil.copytree(
        ROOT / "cardservice", tmp_path / "cardservice", ignore=shutil.ignore_patterns("fonts", "node_modules")
    )
    (tmp_path / "cardservice" / "printing" / "fonts").symlink_to(ROOT / "cardservice" / "printing" / "fonts")
    return tmp_path


@dataclass(frozen=True)
class Done:
    """What became of the tests of a copy."""

    status: int
    said: str
    where: str


class Nursery:
    """Forks a process for each copy from one that has loaded everything that is not ours (nursery.py)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, program: Path, tests: list[str]) -> Done:
        """Run the tests in the copy, on SQLite where there is a choice, until the first that fails."""
        arguments = ["-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql"]
        job = {"program": str(program), "arguments": [*arguments, *(f"tests/{test}" for test in tests)]}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        where = program / nursery.WHERE
        return Done(status, (program / nursery.SAID).read_text()[-4000:], where.read_text() if where.exists() else "")


@pytest.fixture(scope="module")
def nurse() -> Iterator[Nursery]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_", "CARDSERVICE_"))
    }
    inherited.pop("PYTHONPATH", None)
    with subprocess.Popen(
        [sys.executable, nursery.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=inherited,
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


class TestAPlantedFault:
    @every_fault
    def test_can_still_be_planted(self, fault: Fault) -> None:
        assert (ROOT / "cardservice" / fault.file).read_text().count(fault.old) == 1
        compile((ROOT / "cardservice" / fault.file).read_text().replace(fault.old, fault.new), fault.file, "exec")

    @some_faults
    def test_is_caught(self, copy: Path, nurse: Nursery, fault: Fault) -> None:
        fault.plant(copy)

        done = nurse.run(copy, fault.caught_by)

        assert done.status == FAILED, done.said
        assert Path(done.where).is_relative_to(copy)

    def test_is_one_of_at_least_twenty(self) -> None:
        assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20


class TestACopyWithoutAFault:
    def test_passes(self, copy: Path, nurse: Nursery) -> None:
        """The control: it is the fault that fails the tests, not the copy."""
        tests = sorted({test for fault in FAULTS for test in fault.caught_by})

        done = nurse.run(copy, tests)

        assert done.status == 0, done.said
        assert Path(done.where).is_relative_to(copy)
