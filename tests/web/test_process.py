"""Memory that forgets and that nobody else reads: measured in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from cardservice.web import process, serve

HANDLED = 300
# A child that handles names as a request does, drops them, and counts the ones that are still in its memory. What it
# looks for is kept in another form, so that the search finds nothing but what was left.
CHILD = """
import gc, json, os, sys
names = [f"Canary-{os.urandom(8).hex()} of the applicants" for _ in range(int(sys.argv[1]))]
for name in names:
    kept = json.loads(json.dumps({"registration": {"name": name, "second": name[::-1]}}).encode())
    kept["registration"]["name"].encode("utf-16")
hidden = [bytes(byte ^ 0x5A for byte in name.encode()) for name in names]
del names, name, kept
gc.collect()
found = set()
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps.read().splitlines():
        where, allowed, *rest = line.split()
        start, end = (int(part, 16) for part in where.split("-"))
        if not allowed.startswith("rw") or rest[-1].startswith("[v"):
            continue
        memory.seek(start)
        piece = memory.read(end - start)
        found |= {n for n, one in enumerate(hidden) if bytes(byte ^ 0x5A for byte in one) in piece}
print(len(found))
"""


# What is there is looked at no more; a circle made afterwards still goes when the collector comes by of itself.
SETTLED = """
import gc, json, weakref
from cardservice.web import process
process.settle()
class Circle: pass
circle = Circle()
circle.itself, later = circle, weakref.ref(circle)
del circle
kept = []
while later() and len(kept) < 100_000:
    kept.append([])
print(json.dumps({"less is looked at": len(gc.get_objects()) < gc.get_freeze_count() / 10,
                  "later": "there" if later() else "gone"}))
"""


def run(code: str, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in process.FORGETFUL}
    told = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=kept | environment, capture_output=True, text=True, check=False
    )
    if "PermissionError" in told.stderr:
        pytest.skip("this machine lets no process read its own memory")
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


@pytest.mark.skipif(not process.is_glibc(), reason="freed memory is overwritten by the GNU C library only")
class TestMemory:
    def test_keeps_next_to_nothing_of_what_was_dropped(self) -> None:
        as_it_comes = int(run(CHILD, str(HANDLED)))
        forgetful = int(run(CHILD, str(HANDLED), **process.FORGETFUL))

        assert as_it_comes >= HANDLED * 0.9
        assert forgetful <= HANDLED * 0.02

    @pytest.mark.parametrize(
        ("without", "forgets"), [(None, True), *((name, False) for name in process.FORGETFUL)], ids=str
    )
    def test_is_tried_and_not_believed(self, without: str | None, forgets: bool) -> None:
        environment = {name: value for name, value in process.FORGETFUL.items() if name != without}

        told = run("from cardservice.web import process; print(process.forgets())", **environment)

        assert told == str(forgets)


class TestBeginningAgain:
    CODE = (
        "import os, sys; from cardservice.web import process; before = os.getpid(); process.begin_again();"
        "print(os.environ['GLIBC_TUNABLES'], os.read(int(sys.argv[1]), 99).decode(), process.forgets())"
    )

    def ask(self, **environment: str) -> str:
        """A child that begins again with a descriptor open, as `--passphrase-fd` is."""
        reader, writer = os.pipe()
        os.write(writer, b"six honest words")
        os.close(writer)
        told = subprocess.run(
            [sys.executable, "-c", self.CODE, str(reader)],
            env=os.environ | environment,
            pass_fds=(reader,),
            capture_output=True,
            text=True,
            check=True,
        )
        os.close(reader)
        return told.stdout.strip()

    def test_keeps_arguments_and_open_descriptors(self) -> None:
        told = self.ask(GLIBC_TUNABLES="")

        assert told == f"glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=0 six honest words {process.is_glibc()}"

    def test_keeps_what_else_was_tuned(self) -> None:
        told = self.ask(GLIBC_TUNABLES="glibc.malloc.tcache_count=7:glibc.malloc.arena_max=2")

        assert told.startswith("glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=0 ")

    def test_leaves_large_pages_to_whoever_decided_on_them(self) -> None:
        told = self.ask(GLIBC_TUNABLES="glibc.malloc.hugetlb=0")

        assert told.startswith("glibc.malloc.hugetlb=0:glibc.malloc.tcache_count=0 ")


@pytest.mark.skipif(not process.is_glibc(), reason="a tunable of the GNU C library")
class TestLargePages:
    CODE = """
import resource
from cardservice.domain import staff
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
staff._HASHER.hash("nine kettles beside a river")
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

    def test_spare_a_password_most_of_its_pages(self) -> None:
        if "[never]" in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text():
            pytest.skip("this system has small pages only")

        as_it_comes = int(run(self.CODE, GLIBC_TUNABLES="glibc.malloc.hugetlb=0"))
        served = int(run(self.CODE, GLIBC_TUNABLES=process.environment({})["GLIBC_TUNABLES"]))

        assert served < as_it_comes / 4


class TestSettling:
    def test_spares_the_collector_what_is_there_and_nothing_that_comes_later(self) -> None:
        told = run(SETTLED)

        assert json.loads(told) == {"less is looked at": True, "later": "gone"}

    def test_is_done_by_each_worker_before_its_first_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done: list[str] = []
        monkeypatch.setattr(process, "settle", lambda: done.append("settled"))
        monkeypatch.setattr(serve.timer, "start", lambda *_, **__: done.append("housekeeping"))
        monkeypatch.setattr(serve.quiet_log, "configure", lambda _: None)

        serve._in_worker(MagicMock(), MagicMock(), lambda: None)

        assert done == ["settled", "housekeeping"]


class TestHiding:
    def test_leaves_no_core_and_lets_nobody_look_in_workers_included(self) -> None:
        code = """
import json, os
from cardservice.web import process
before = process.is_hidden()
process.hide_memory()
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, json.dumps(process.is_hidden()).encode())
    os._exit(0)
os.wait()
print(json.dumps([before, process.is_hidden(), json.loads(os.read(reader, 99))]))
"""

        assert json.loads(run(code)) == [False, True, True]


class TestSwap:
    HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

    def test_is_named_by_its_device(self, tmp_path: Path) -> None:
        (tmp_path / "swaps").write_text(self.HEAD + "/dev/sda2    partition\t2097148\t0\t-2\n/swap file 9 9 -3\n")

        assert process.swap_devices(tmp_path / "swaps") == ["/dev/sda2", "/swap"]

    def test_is_none_where_there_is_none_or_nobody_can_tell(self, tmp_path: Path) -> None:
        (tmp_path / "swaps").write_text(self.HEAD)

        assert process.swap_devices(tmp_path / "swaps") == []
        assert process.swap_devices(tmp_path / "nothing") == []
