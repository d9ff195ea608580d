"""The system's spooler: bytes go in by standard input, and every way to fail has a name and says nothing of the job."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_spooler import FakeSpooler

from cardservice import spooler
from cardservice.spooler import NoSpooler, PrinterGone, PrinterRefused, Queue, QueueState

PDF = b"%PDF-1.7 Maria Quintanilla \x00\xff"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSpooler:
    made = FakeSpooler(tmp_path / "spooler")
    monkeypatch.setenv("PATH", str(made.commands), prepend=":")
    return made


class TestPrinting:
    def test_hands_the_pdf_over_from_memory_at_actual_size(self, fake: FakeSpooler) -> None:
        fake.has(desk="good")

        job = spooler.print_pdf("desk", PDF, options=("sides=two-sided-long-edge",))

        assert fake.job(job) == PDF
        assert fake.asked[-2:] == [
            "lp -d desk -t Cards -H hold -o print-scaling=none -o sides=two-sided-long-edge -",
            f"lp -i {job} -H immediate",
        ]
        assert fake.printing == [job]

    def test_writes_no_file_of_ours(self, fake: FakeSpooler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake.has(desk="good")
        empty = tmp_path / "tmp"
        empty.mkdir()
        monkeypatch.setenv("TMPDIR", str(empty))

        spooler.print_pdf("desk", PDF)

        assert list(empty.iterdir()) == []

    def test_hands_no_passphrase_on(self, fake: FakeSpooler, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CARDSERVICE_PASSPHRASE", "correct horse")
        fake.has(desk="good")

        spooler.print_pdf("desk", PDF)

        assert {name for name in fake.environment if "CARD" in name} == set()

    @pytest.mark.parametrize(
        ("behaves", "error"),
        [("stopped", PrinterRefused), ("rejecting", PrinterRefused), ("full", PrinterRefused)],
    )
    def test_is_refused_by_a_queue_that_takes_nothing(
        self, fake: FakeSpooler, behaves: str, error: type[spooler.SpoolerError]
    ) -> None:
        fake.has(desk=behaves)

        with pytest.raises(error, match="desk takes no jobs now") as caught:
            spooler.print_pdf("desk", PDF)

        assert caught.value.queue == "desk"
        assert spooler.jobs("desk") == ()

    def test_fails_with_every_card_in_hand_when_the_printer_vanishes_in_the_middle_of_a_run(
        self, fake: FakeSpooler
    ) -> None:
        fake.has(desk="good", church="good")
        parts = [PDF + bytes([number]) for number in range(4)]
        first = [spooler.print_pdf("desk", part) for part in parts[:2]]
        fake.has(church="good")

        with pytest.raises(PrinterGone, match="desk cannot be reached"):
            spooler.print_pdf("desk", parts[2])

        rest = [spooler.print_pdf("church", part) for part in parts[2:]]
        assert [fake.job(job) for job in first + rest] == parts

    def test_ends_within_its_time_and_leaves_nothing_that_could_come_out(
        self, fake: FakeSpooler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spooler, "_JOB_SECONDS", 1.0)
        fake.has(desk="slow")
        begun = time.monotonic()

        with pytest.raises(PrinterGone, match="no answer in time"):
            spooler.print_pdf("desk", PDF)

        assert spooler.jobs("desk") == ()
        assert time.monotonic() - begun < 5

    def test_has_taken_nothing_where_nobody_says_in_time_how_the_queue_is(
        self, fake: FakeSpooler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never(command: list[str], **_: object) -> None:
            raise subprocess.TimeoutExpired(command, 1)

        fake.has(desk="good")
        monkeypatch.setattr(subprocess, "run", never)

        with pytest.raises(PrinterGone, match="no answer in time"):
            spooler.print_pdf("desk", PDF)

    def test_ends_a_job_that_was_taken_without_a_name_and_no_other(self, fake: FakeSpooler) -> None:
        fake.has(desk="good")
        somebodys = spooler.print_pdf("desk", PDF)
        (fake.folder / "held" / somebodys).touch()
        fake.has(desk="curt")

        with pytest.raises(PrinterGone):
            spooler.print_pdf("desk", PDF)

        assert spooler.jobs("desk") == (somebodys,)

    def test_says_where_a_job_without_a_name_is_left_and_holds_it_back(
        self, fake: FakeSpooler, caplog: pytest.LogCaptureFixture
    ) -> None:
        fake.has(desk="curt and stubborn")

        with pytest.raises(PrinterGone):
            spooler.print_pdf("desk", PDF)

        assert spooler.jobs("desk") == ("desk-1",)
        assert fake.printing == []
        assert "held and never printed" in caplog.text

    def test_says_so_too_where_the_spooler_itself_went_away(
        self, fake: FakeSpooler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def gone(name: str, *_: object) -> str:
            fake.has()
            raise PrinterGone(name)

        fake.has(desk="good")
        monkeypatch.setattr(spooler, "_give", gone)

        with pytest.raises(PrinterGone):
            spooler.print_pdf("desk", PDF)

        assert "held and never printed" in caplog.text

    def test_is_refused_where_the_spooler_does_not_let_a_job_go(self, fake: FakeSpooler) -> None:
        fake.has(desk="clinging")

        with pytest.raises(PrinterRefused):
            spooler.print_pdf("desk", PDF)

        assert spooler.jobs("desk") == ()

    def test_has_a_name_by_which_it_can_be_ended_where_nobody_says_that_it_was_let_go(
        self, fake: FakeSpooler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spooler, "_ANSWER_SECONDS", 2.0)
        fake.has(desk="slow to let go")

        job = spooler.print_pdf("desk", PDF)

        assert fake.printing == [job]
        assert spooler.cancel(job)
        assert fake.printing == []

    @pytest.mark.parametrize("name", ["-o raw", "a b", "", "desk;reboot", "a" * 200, "desk\n"])
    def test_takes_no_queue_that_is_no_name(self, fake: FakeSpooler, name: str) -> None:
        with pytest.raises(PrinterGone):
            spooler.print_pdf(name, PDF)

        assert not (fake.folder / "asked").exists()

    def test_says_so_where_there_is_no_spooler(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(NoSpooler, match="Print the PDF instead"):
            spooler.print_pdf("desk", PDF)
        with pytest.raises(NoSpooler):
            spooler.queues()

    @pytest.mark.parametrize("behaves", ["stopped", "full", "slow"])
    def test_says_nothing_of_the_job_when_it_fails(
        self, fake: FakeSpooler, behaves: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spooler, "_JOB_SECONDS", 0.3)
        fake.has(desk=behaves)

        with pytest.raises(spooler.SpoolerError) as caught:
            spooler.print_pdf("desk", PDF)

        error: BaseException | None = caught.value
        while error is not None:
            assert "Quintanilla" not in f"{error} {error.args} {vars(error)}"
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class TestQueues:
    def test_are_told_with_what_they_do(self, fake: FakeSpooler) -> None:
        fake.has(desk="good", hall="stopped", church="rejecting")

        assert spooler.queues() == (
            Queue("desk", QueueState.IDLE, accepting=True),
            Queue("hall", QueueState.STOPPED, accepting=True),
            Queue("church", QueueState.IDLE, accepting=False),
        )
        assert [one.ready for one in spooler.queues()] == [True, False, False]

    def test_that_are_gone_are_told_as_gone(self, fake: FakeSpooler) -> None:
        with pytest.raises(PrinterGone):
            spooler.jobs("desk")


class TestCancelling:
    def test_takes_a_job_out_of_the_queue_with_its_file(self, fake: FakeSpooler) -> None:
        fake.has(desk="good")
        first, second = (spooler.print_pdf("desk", PDF) for _ in range(2))

        assert spooler.cancel(first)

        assert spooler.jobs("desk") == (second,)
        assert f"cancel -x {first}" in fake.asked

    def test_leaves_a_finished_job_alone(self, fake: FakeSpooler) -> None:
        fake.has(desk="good")

        assert not spooler.cancel("desk-99")

    def test_says_when_the_job_goes_on_all_the_same(self, fake: FakeSpooler) -> None:
        fake.has(desk="stubborn")
        job = spooler.print_pdf("desk", PDF)

        with pytest.raises(PrinterRefused):
            spooler.cancel(job)

    @pytest.mark.parametrize("job", ["-a", "desk", "-a-1", "desk-1 desk-2", ""])
    def test_takes_nothing_that_is_no_job(self, fake: FakeSpooler, job: str) -> None:
        with pytest.raises(ValueError, match="not the name of a job"):
            spooler.cancel(job)


class TestWhatTheSpoolerKeeps:
    def test_is_noticed(self, fake: FakeSpooler) -> None:
        assert not spooler.remembers_finished_jobs()

        (fake.folder / "completed").write_text("desk-1  clerk  63488  Thu Nov 26 14:19:50 2026\n")

        assert spooler.remembers_finished_jobs()


needs_cups = pytest.mark.skipif(
    shutil.which("cupsd", path="/usr/sbin:/usr/bin") is None or os.geteuid() != 0,
    reason="CUPS (Debian package cups), or the right to start one of our own, is absent",
)


@pytest.fixture(scope="module")
def cups() -> Iterator[Path]:
    """A CUPS of the test's own on a socket: a queue whose printer is a file, a slow one, and one that is stopped."""
    # Not in pytest's folder, which is root's alone: the spooler prints as somebody else.
    with tempfile.TemporaryDirectory(prefix="cardservice-cups-") as folder:
        yield from _serve(Path(folder))


def _serve(folder: Path) -> Iterator[Path]:
    folder.chmod(0o755)
    for part in ("spool", "cache", "state", "tmp", "log", "out"):
        (folder / part).mkdir()
    (folder / "out").chmod(0o777)
    backend = folder / "bin" / "backend" / "keep"
    backend.parent.mkdir(parents=True)
    for part in ("filter", "daemon", "driver", "notifier"):
        (folder / "bin" / part).symlink_to(Path("/usr/lib/cups") / part)
    backend.write_text(f'#!/bin/sh\n[ $# -ne 0 ] && cat "$6" > {folder}/out/printed\nexit 0\n')
    backend.chmod(0o755)
    (slow := backend.with_name("sleep")).write_text("#!/bin/sh\n[ $# -eq 0 ] || exec sleep 30\n")
    slow.chmod(0o755)
    (folder / "files.conf").write_text(
        f"ServerRoot {folder}\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
        f"TempDir {folder}/tmp\nErrorLog {folder}/log/error\nAccessLog {folder}/log/access\n"
        f"PageLog {folder}/log/page\nPrintcap {folder}/printcap\nServerBin {folder}/bin\nSystemGroup root\n"
    )
    socket = folder / "s"
    (folder / "cupsd.conf").write_text(
        f"Listen {socket}\nWebInterface No\nBrowsing No\nPreserveJobFiles No\nPreserveJobHistory No\n"
        "<Location />\nAllow all\n</Location>\n<Policy default>\n<Limit All>\nAllow all\n</Limit>\n</Policy>\n"
    )
    arguments = ["/usr/sbin/cupsd", "-f", "-c", folder / "cupsd.conf", "-s", folder / "files.conf"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 10
            while not socket.exists() and time.monotonic() < until:
                time.sleep(0.05)
            environment = os.environ | {"CUPS_SERVER": str(socket)}
            for name, device in (("file", "keep"), ("slow", "sleep"), ("stopped", "keep")):
                make = ["/usr/sbin/lpadmin", "-p", name, "-E", "-v", f"{device}:/"]
                subprocess.run(make, env=environment, check=True, capture_output=True)
            subprocess.run(["/usr/sbin/cupsdisable", "stopped"], env=environment, check=True)
            yield folder
        finally:
            server.terminate()
            server.wait(timeout=10)


@needs_cups
class TestWithCups:
    @pytest.fixture(autouse=True)
    def _asks_our_own(self, cups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CUPS_SERVER", str(cups / "s"))

    def test_prints_the_very_bytes_and_leaves_no_file_in_the_spool(self, cups: Path) -> None:
        job = spooler.print_pdf("file", PDF, options=("sides=two-sided-long-edge",))

        _wait(lambda: not spooler.jobs("file") and (cups / "out" / "printed").exists())
        assert job.startswith("file-")
        assert (cups / "out" / "printed").read_bytes() == PDF
        assert [path.name for path in (cups / "spool").iterdir() if path.is_file()] == []
        assert list((cups / "tmp").iterdir()) == []
        assert not spooler.remembers_finished_jobs()

    def test_knows_its_queues(self) -> None:
        assert {queue.name: queue.ready for queue in spooler.queues()} == {"file": True, "slow": True, "stopped": False}

    def test_is_refused_by_a_stopped_queue_and_cancels_what_waits_in_one(self, cups: Path) -> None:
        with pytest.raises(PrinterRefused):
            spooler.print_pdf("stopped", PDF)
        told = subprocess.run(["lp", "-d", "stopped", "-"], input=PDF, capture_output=True, check=True)
        job = told.stdout.decode().split()[3]
        assert spooler.jobs("stopped") == (job,)
        assert [path.name for path in (cups / "spool").iterdir() if path.is_file()] != []

        spooler.cancel(job)

        assert spooler.jobs("stopped") == ()
        assert [path.name for path in (cups / "spool").iterdir() if path.is_file()] == []

    def test_ends_what_was_taken_without_a_word_before_it_can_be_printed(
        self, cups: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The spooler's own lp, which is cut off after it gave the job and before it says so.
        mute = cups / "mute"
        mute.mkdir()
        (mute / "lp").write_text(f'#!/bin/sh\n{shutil.which("lp")} "$@" > /dev/null\nexec sleep 30\n')
        (mute / "lp").chmod(0o755)
        monkeypatch.setenv("PATH", str(mute), prepend=":")
        monkeypatch.setattr(spooler, "_JOB_SECONDS", 1.0)
        (cups / "out" / "printed").unlink(missing_ok=True)

        with pytest.raises(PrinterGone, match="no answer in time"):
            spooler.print_pdf("file", PDF)

        assert spooler.jobs("file") == ()
        assert [path.name for path in (cups / "spool").iterdir() if path.is_file()] == []
        assert not (cups / "out" / "printed").exists()

    def test_takes_back_what_is_just_being_printed_and_knows_what_was_finished(self) -> None:
        job = spooler.print_pdf("slow", PDF)
        _wait(lambda: "now printing" in subprocess.run(["lpstat", "-p", "slow"], capture_output=True).stdout.decode())

        assert spooler.cancel(job)
        assert not spooler.cancel(job)

    def test_finds_neither_a_queue_that_was_never_there_nor_a_spooler_that_is_gone(
        self, cups: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(PrinterGone):
            spooler.print_pdf("church", PDF)
        monkeypatch.setenv("CUPS_SERVER", str(cups / "nobody"))
        with pytest.raises(PrinterGone):
            spooler.print_pdf("file", PDF)
        with pytest.raises(PrinterGone):
            spooler.jobs("file")
        with pytest.raises(NoSpooler):
            spooler.queues()


def _wait(until) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 10
    while not until() and time.monotonic() < end:
        time.sleep(0.05)
