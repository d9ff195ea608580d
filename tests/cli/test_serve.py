"""`cardservice serve` as a process: what it refuses, what it does first, and what its memory keeps."""

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from demo_town import make
from few_rounds import few_rounds

from cardservice.keystore import KeyFolder, Purpose
from cardservice.web import process

COMMAND = [sys.executable, "-c", "from cardservice.cli.admin import main; main()"]
FORGETFUL = process.environment(os.environ)
"""Begun with these, the command does not begin itself again. Where that is what is tested, it is begun without."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
    return make(folder / "demo", "--people", str(folder / "people.jsonl")).folder


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Path:
    """A town of its own for each test: its folder's parent, where the passphrase file is."""
    copied = tmp_path / "demo"
    subprocess.run(["cp", "-a", made, copied], check=True)
    return copied


@dataclass
class Served:
    """A desk that `cardservice serve` opened."""

    process: subprocess.Popen[str]
    port: int
    said: str = ""

    def page(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]


@contextmanager
def served(demo: Path, *options: str, **popen: object) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, *options, "--town", str(demo / "town"), "serve", "--port", str(port)]
    running = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **popen
    )  # type: ignore[call-overload]
    end = time.monotonic() + 120
    while time.monotonic() < end and running.poll() is None and not _is_open(port):
        time.sleep(0.05)
    desk = Served(running, port)
    try:
        yield desk
    finally:
        running.send_signal(signal.SIGTERM)
        desk.said = running.communicate(timeout=60)[0]


def refused(demo: Path, **environment: str) -> str:
    told = subprocess.run(
        [*COMMAND, "--town", str(demo / "town"), "serve"],
        stdin=subprocess.DEVNULL,
        env=FORGETFUL | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 1, told.stdout
    return told.stderr


def change(demo: Path, old: str, new: str) -> None:
    config = demo / "town" / "config.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class TestServe:
    def test_refuses_day_keys_on_a_disk_with_the_reason(self, demo: Path) -> None:
        on_disk = next((place for place in ("/var/tmp", "/usr", "/etc") if not _in_memory(place)), None)
        if on_disk is None:
            pytest.skip("everything on this machine is in memory")
        change(demo, 'day_keys = "memory"', f'day_keys = "{on_disk}/day-keys"')

        told = refused(demo)

        assert "Day keys may not be kept" in told
        assert "can be found again" in told

    def test_says_all_at_once_what_would_leak(self, demo: Path) -> None:
        _without_auto_vacuum(demo / "town" / "register.db")

        told = refused(demo, FLASK_DEBUG="1")

        assert "for 2 reasons (docs/safety.md)" in told
        assert "unset FLASK_DEBUG" in told
        assert "auto_vacuum not FULL" in told

    def test_refuses_a_crest_that_is_not_a_picture_before_it_opens(self, demo: Path) -> None:
        change(demo, 'crest = ""', 'crest = "crest.svg"')
        (demo / "town" / "crest.svg").write_text("our coat of arms, please")

        assert "The crest cannot be used: it is not a picture." in refused(demo)

    def test_ends_what_is_due_and_the_sessions_of_an_earlier_run_before_the_first_request(self, demo: Path) -> None:
        """Of such sessions nobody can read the cookies."""
        register, now = demo / "town" / "register.db", datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        long_ago = now - timedelta(days=3)
        with sqlite3.connect(register) as opened:
            opened.execute(
                "INSERT INTO drafts (id, creator_id, state, created_at, touched_at, key_day, ciphertext) "
                "VALUES ('d', 1, 'open', ?, ?, ?, x'00')",
                (str(long_ago), str(long_ago), str(long_ago.date())),
            )
            opened.execute(
                "INSERT INTO sessions (digest, staff_id, began_at, seen_at, confirmed_at, refused) "
                "VALUES (x'00', 1, ?, ?, ?, 0)",
                (str(now),) * 3,
            )
        opened.close()

        with served(demo, env=FORGETFUL) as desk:
            assert desk.page("/sign-in") == 200
            with sqlite3.connect(register) as looking:
                left = looking.execute(
                    "SELECT (SELECT count(*) FROM drafts), (SELECT count(*) FROM sessions)"
                ).fetchone()
            looking.close()

        assert left == (0, 0)

    def test_forgets_its_passphrases_and_what_it_freed(self, demo: Path) -> None:
        change(demo, 'passphrase_file = "../passphrase.txt"', 'passphrase_file = ""')
        passphrase = (demo / "passphrase.txt").read_text().strip()

        with served(demo, env=os.environ | {"CARDSERVICE_PASSPHRASE": passphrase}) as desk:
            status, told = desk.page("/sign-in"), [_memory_settings(one) for one in desk.processes()]

        assert status == 200
        assert "stays locked" not in desk.said
        assert told == [_memory_settings_of(process.environment({}))] * len(told)

    def test_takes_the_passphrase_from_a_descriptor(self, demo: Path) -> None:
        change(demo, 'passphrase_file = "../passphrase.txt"', 'passphrase_file = ""')
        with (demo / "passphrase.txt").open() as secret:
            descriptor = secret.fileno()
            with served(demo, "--passphrase-fd", str(descriptor), pass_fds=(descriptor,)) as desk:
                status = desk.page("/sign-in")

        assert status == 200
        assert "stays locked" not in desk.said

    def test_leaves_an_anchor_locked_that_the_passphrase_of_the_others_does_not_open(self, demo: Path) -> None:
        """It was brought back for a rotation. The file is not for it, and what was given need not be."""
        passphrase = (demo / "passphrase.txt").read_text().strip()
        for given in ({}, {"CARDSERVICE_PASSPHRASE": passphrase}):
            with few_rounds():
                _seal_the_anchor(demo / "town" / "keys", passphrase, "another passphrase than theirs")

            with served(demo, env=FORGETFUL | given) as desk:
                status = desk.page("/sign-in")

            assert status == 200
            assert desk.said.count("stays locked") == 1
            assert "The anchor key stays locked: no passphrase that opens it was given." in desk.said
            with few_rounds():
                _seal_the_anchor(demo / "town" / "keys", "another passphrase than theirs", passphrase)


def _seal_the_anchor(keys: Path, before: str, after: str) -> None:
    """Put the anchor under another passphrase."""
    (file,) = (one for one in keys.glob("anchor-*.pem") if ".pub" not in one.name)
    file.write_bytes(KeyFolder(keys).unlock(Purpose.ANCHOR, before).sealed(after))


class TestTheRegistersFile:
    """Whoever updates the service stops it, and copies files aside (docs/operating.md)."""

    def test_is_whole_by_itself_when_the_service_was_stopped_right_after_a_write(
        self, demo: Path, tmp_path: Path
    ) -> None:
        with served(demo, env=FORGETFUL) as desk:
            sign_in(desk, demo)

        alone = shutil.copy(demo / "town" / "register.db", tmp_path / "alone.db")
        assert desk.process.returncode == 0
        assert not _log_of(demo).exists()
        assert asked(alone, "SELECT count(*) FROM sessions") == 1

    def test_is_whole_by_itself_when_a_command_has_ended_beside_somebody_who_has_it_open(
        self, demo: Path, tmp_path: Path
    ) -> None:
        beside = sqlite3.connect(demo / "town" / "register.db")
        beside.execute("SELECT count(*) FROM staff").fetchone()

        add_staff(demo, "rosa")

        alone = shutil.copy(demo / "town" / "register.db", tmp_path / "alone.db")
        beside.close()
        assert asked(alone, "SELECT count(*) FROM staff WHERE name = 'rosa'") == 1

    def test_is_copied_and_brought_back_as_operating_says_even_after_a_kill(self, demo: Path) -> None:
        copy, back = commands_of_an_update()
        town = demo / "town"
        write_and_be_killed(demo, "before")
        assert _log_of(demo).stat().st_size, "nothing would be lost by copying the register alone"

        subprocess.run(["sh", "-ec", copy], cwd=town, check=True)
        write_and_be_killed(demo, "after")
        assert _log_of(demo).stat().st_size, "the copy would have nothing in its way"
        subprocess.run(["sh", "-ec", back], cwd=town, check=True)

        assert asked(town / "register.db", "PRAGMA integrity_check") == "ok"
        assert (
            asked(town / "register.db", "SELECT group_concat(name) FROM counters WHERE month = '1999-01'") == "before"
        )

    def test_is_not_copied_among_the_files_of_an_earlier_update(self, demo: Path) -> None:
        copy, _ = commands_of_an_update()
        subprocess.run(["sh", "-ec", copy], cwd=demo / "town", check=True)

        assert subprocess.run(["sh", "-ec", copy], cwd=demo / "town", capture_output=True, check=False).returncode


def sign_in(desk: Served, demo: Path) -> None:
    """As the clerk, in a browser that keeps cookies: what is written is a session."""
    password = next(line for line in (demo / "staff.txt").read_text().splitlines() if "\tcarla\t" in line).split("\t")[
        2
    ]
    browser = build_opener(HTTPCookieProcessor())
    address = f"http://127.0.0.1:{desk.port}/sign-in"
    page = browser.open(address, timeout=20).read().decode()
    marks = dict(re.findall(r'name="(csrf_token|form_id|as_shown)"[^>]* value="([^"]+)"', page))
    typed = urlencode({**marks, "name": "carla", "password": password}).encode()
    with browser.open(Request(address, typed, {"Referer": address}), timeout=20) as answer:
        assert not answer.url.endswith("/sign-in")


def add_staff(demo: Path, name: str) -> None:
    subprocess.run(
        [
            *COMMAND,
            "--town",
            str(demo / "town"),
            "staff",
            "add",
            "--name",
            name,
            "--role",
            "clerk",
            "--password-fd",
            "0",
        ],
        input="four calm words here",
        text=True,
        timeout=60,
        check=True,
    )


def commands_of_an_update() -> list[str]:
    """The two blocks that operating.md gives for the register's files: copy them aside, and bring them back."""
    text = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    update = text.partition("\n## Update\n")[2].partition("\n## ")[0]
    return [block.strip() for block in re.findall(r"```\n(.*?)```", update, re.DOTALL)]


def write_and_be_killed(demo: Path, name: str) -> None:
    """Commit one row as the service does, in a process that ends before it can say goodbye."""
    code = (
        "import os, sys; from cardservice.storage.session import engine; opened = engine(sys.argv[1])\n"
        "with opened.begin() as connection:\n"
        "    connection.exec_driver_sql(\"INSERT INTO counters VALUES ('1999-01', ?, 1)\", (sys.argv[2],))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{demo / 'town' / 'register.db'}", name], check=False
    )
    assert killed.returncode == -signal.SIGKILL


def asked(register: Path, question: str) -> object:
    opened = sqlite3.connect(register)
    try:
        return opened.execute(question).fetchone()[0]
    finally:
        opened.close()


def _log_of(demo: Path) -> Path:
    return demo / "town" / "register.db-wal"


def _memory_settings(process_id: int) -> dict[str, str]:
    # The C library cuts its tunables apart where they lie.
    pairs = Path(f"/proc/{process_id}/environ").read_bytes().decode().replace("\0glibc.", ":glibc.").split("\0")
    return _memory_settings_of(dict(pair.partition("=")[::2] for pair in pairs if pair))


def _memory_settings_of(given: dict[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in process.FORGETFUL}


def _without_auto_vacuum(register: Path) -> None:
    """As a register looks that was copied by another program."""
    with sqlite3.connect(register) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        opened.execute("PRAGMA auto_vacuum=NONE")
        opened.execute("VACUUM")
        opened.execute("PRAGMA journal_mode=WAL")
    opened.close()


def _in_memory(place: str) -> bool:
    from cardservice.day_keys import IN_MEMORY, file_system_of

    return file_system_of(Path(place), Path("/proc/self/mountinfo").read_text()) in IN_MEMORY
