"""The system's spooler, where there is one: PDFs go to a queue from memory, and never through a file of ours.

`lp`, `lpstat` and `cancel` of CUPS (docs/decisions/0058). Every call ends within a time limit. Errors carry the name of
the queue, which is a setting, and nothing of what was printed. What the spooler keeps is docs/printers.md's subject.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ACTUAL_SIZE = "print-scaling=none"

_TITLE, _ANY, _GIVE = "Cards", "(any)", "lp"
_ANSWER_SECONDS, _JOB_SECONDS = 10.0, 60.0
_JOB = re.compile(r"^request id is (\S+-\d+)\b", re.MULTILINE)
# What CUPS allows for a name, and no command takes for an option.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}")
_JOB_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*-[0-9]+")
_PRINTER = re.compile(r"^printer (\S+) (is idle|now printing|disabled)", re.MULTILINE)
_REJECTING = re.compile(r"^(\S+) not accepting requests", re.MULTILINE)
_GONE = re.compile(
    r"does not exist|Invalid destination|Unable to connect|not responding|refused|No such", re.IGNORECASE
)
# Nothing else of our environment: the passphrases of the keys may be in it.
_HANDED_ON = ("PATH", "HOME", "CUPS_SERVER")


class SpoolerError(Exception):
    """A queue cannot be used as asked."""

    def __init__(self, queue: str, message: str) -> None:
        super().__init__(message)
        self.queue = queue


class NoSpooler(SpoolerError):
    """This machine has no spooler, or none that is running, or not the commands that speak to it."""

    def __init__(self, queue: str) -> None:
        super().__init__(queue, "No spooler (CUPS: lp and lpstat) answers on this machine. Print the PDF instead.")


class PrinterGone(SpoolerError):
    """There is no such queue, or nobody answers. `too_late`: the job may have been taken, and nobody has its name."""

    def __init__(self, queue: str, *, too_late: bool = False) -> None:
        said = "gave no answer in time" if too_late else "cannot be reached"
        super().__init__(queue, f"The printer {queue} {said}. Choose another one, or print the PDF.")
        self.too_late = too_late


class PrinterRefused(SpoolerError):
    """The queue is there and takes nothing, or not this."""

    def __init__(self, queue: str) -> None:
        super().__init__(queue, f"The printer {queue} takes no jobs now. See to it, or choose another one.")


class QueueState(StrEnum):
    """What a queue does at this moment."""

    IDLE = "idle"
    PRINTING = "printing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the spooler. accepting: whether it takes jobs, also if it is not printing them."""

    name: str
    state: QueueState
    accepting: bool

    @property
    def ready(self) -> bool:
        return self.accepting and self.state is not QueueState.STOPPED


def queues() -> tuple[Queue, ...]:
    """Every queue there is. Raises NoSpooler, PrinterGone."""
    told = _ask(None, "lpstat", "-p", "-a")
    if "not running" in told.stderr:
        raise NoSpooler(_ANY)
    return _read(told.stdout)


def queue(name: str) -> Queue:
    """One queue as it is now. Raises NoSpooler, PrinterGone."""
    told = _ask(name, "lpstat", "-p", name, "-a", name)
    found = _read(told.stdout)
    if told.returncode or not found:
        raise PrinterGone(name)
    return found[0]


def print_pdf(name: str, pdf: bytes, *, options: Sequence[str] = ()) -> str:
    """Hand a PDF to a queue, at actual size; returns the job's name. One attempt, never repeated.

    options: as `lp -o` takes them. Raises NoSpooler, PrinterGone, PrinterRefused.
    """
    if not queue(name).ready:
        raise PrinterRefused(name)
    wanted = [part for option in (ACTUAL_SIZE, *options) for part in ("-o", option)]
    told = _ask(name, _GIVE, "-d", name, "-t", _TITLE, *wanted, "-", data=pdf, seconds=_JOB_SECONDS)
    job = _JOB.search(told.stdout)
    if told.returncode:
        raise (PrinterGone if _GONE.search(told.stderr) else PrinterRefused)(name)
    if job is None:
        raise PrinterGone(name, too_late=True)
    return job[1]


def jobs(name: str) -> tuple[str, ...]:
    """The jobs of a queue that are not finished. Raises NoSpooler, PrinterGone."""
    told = _ask(name, "lpstat", "-o", name)
    if told.returncode:
        raise PrinterGone(name)
    return tuple(line.split()[0] for line in told.stdout.splitlines() if line.strip())


def cancel(job: str) -> None:
    """End a job and remove its file, so that it never comes out. One that is finished is left alone.

    Raises NoSpooler, PrinterGone, and PrinterRefused where it goes on all the same.
    """
    if not _JOB_NAME.fullmatch(job):
        raise ValueError("This is not the name of a job.")
    name = job.rpartition("-")[0]
    _ask(name, "cancel", "-x", job)
    if job in jobs(name):
        raise PrinterRefused(name)


def remembers_finished_jobs() -> bool:
    """Whether the spooler keeps jobs after they are printed; CUPS does by default, on disk. Raises NoSpooler."""
    return bool(_ask(None, "lpstat", "-W", "completed").stdout.strip())


def _read(told: str) -> tuple[Queue, ...]:
    said = {"is idle": QueueState.IDLE, "now printing": QueueState.PRINTING, "disabled": QueueState.STOPPED}
    rejecting = set(_REJECTING.findall(told))
    return tuple(Queue(name, said[words], name not in rejecting) for name, words in _PRINTER.findall(told))


def _ask(
    name: str | None, command: str, *arguments: str, data: bytes = b"", seconds: float = _ANSWER_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run one command about one queue, or all. Its words are English whatever the machine speaks, to be read here."""
    if name is None:
        name = _ANY
    elif not _NAME.fullmatch(name):
        raise PrinterGone(name)
    program = shutil.which(command)
    if program is None:
        raise NoSpooler(name)
    environment = {key: os.environ[key] for key in _HANDED_ON if key in os.environ} | {"LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell, found on the path; names were checked
            [program, *arguments], input=data, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        # Only lp was given anything: of what it did nobody knows. Who was merely asked has taken nothing.
        raise PrinterGone(name, too_late=command == _GIVE) from None
    except OSError:
        raise NoSpooler(name) from None
    return subprocess.CompletedProcess(
        [command], done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )
