"""What a kill cannot show: that the intent is on the disk, not only in the system's memory, before a card is signed.

SIGKILL leaves the page cache as it is, so a forgotten fsync would pass every test of a kill. Here the system calls of a
visit are watched instead (strace): between the commit of the intent and the first signature SQLite waits for the disk.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import open_town
from crash_child import Place

from cardservice.storage.session import engine as open_engine

VISIT = (
    "import sys, pathlib; from crash_child import Place, live; "
    "live(Place(sys.argv[1], pathlib.Path(sys.argv[2])), 'issuing', None)"
)
CARELESS = (
    "import sqlalchemy, sqlalchemy.pool; sqlalchemy.event.listen(sqlalchemy.pool.Pool, 'checkout', "
    "lambda connection, *_: connection.execute('PRAGMA synchronous=OFF')); "
)


@pytest.fixture
def place(migrated_sqlite: Path, tmp_path: Path) -> Place:
    shutil.copy(migrated_sqlite, tmp_path / "register.db")
    return open_town(open_engine(f"sqlite:///{tmp_path / 'register.db'}"), tmp_path)


def watched(place: Place, program: str) -> str:
    """What a visit did, in order: "d" for waiting until the write-ahead log is on the disk, "s" for a signature."""
    calls = place.folder / "calls"
    strace = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,write", "-o", str(calls)]
    done = subprocess.run(
        [*strace, sys.executable, "-c", program, place.url, str(place.folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    if not calls.exists() or b"ptrace" in done.stderr:
        pytest.skip("the system calls of a process may not be watched here")
    assert done.returncode == 0, done.stderr[-2000:]
    seen = ""
    for line in calls.read_text(errors="replace").splitlines():
        if "sync(" in line and "register.db-wal>" in line:
            seen += "d"
        elif "write(" in line and f"{place.signed}>" in line:
            seen += "s"
    return seen


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
class TestAVisit:
    def test_signs_only_when_draft_and_intent_are_on_the_disk(self, place: Place) -> None:
        before, _, after = watched(place, VISIT).partition("ss")

        assert before.count("d") >= 2, "the draft and the intent"
        assert after.count("d") >= 2, "the signature and the hand-over"
        assert "s" not in before + after

    def test_would_be_seen_if_it_did_not_wait_for_the_disk(self, place: Place) -> None:
        """The control."""
        assert watched(place, CARELESS + VISIT) == "ss"
