"""The system's spooler, where there is one: PDFs go to a queue from memory, and never through a file of ours.

`lp`, `lpstat` and `cancel` of CUPS (docs/decisions/0058). The rule here: a job goes in held and is let go when its name
is known (0064), so that of a job that nobody can name nothing comes out. Every call ends within a time limit. Errors
carry the name of the queue, which is a setting, and nothing of what was printed. What the spooler keeps is
docs/printers.md's subject.
"""

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

log = logging.getLogger("cardservice.printing")

ACTUAL_SIZE = "print-scaling=none"

_TITLE, _ANY = "Cards", "(any)"
_ANSWER_SECONDS, _JOB_SECONDS = 10.0, 60.0
_JOB = re.compile(r"^request id is (\S+-\d+)\b", re.MULTILINE)
# What CUPS allows for a name, and no command takes for an option.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}")
_JOB_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*-[0-9]+")
_PRINTER = re.compile(r"^printer (\S+) (is idle|now printing|disabled)", re.MULTILINE)
_HELD = re.compile(r"^(\S+-\d+)\s.*\n(?:\t.*\n)*?\tAlerts:.*\bjob-hold-until-specified\b", re.MULTILINE)
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
    """There is no such queue, or nobody answers."""

    def __init__(self, queue: str, *, in_time: bool = True) -> None:
        said = "cannot be reached" if in_time else "gave no answer in time"
        super().__init__(queue, f"The printer {queue} {said}. Choose another one, or print the PDF.")


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


def print_pdf(name: str, pdf: bytes, *, options: Sequence[str] = ()) -> str:
    """Hand a PDF to a queue, at actual size; returns the job's name. One attempt, never repeated.

    options: as `lp -o` takes them. Raises NoSpooler, PrinterGone, PrinterRefused; after each of them nothing comes out.
    """
    found, held_before = _look(name)
    if not found.ready:
        raise PrinterRefused(name)
    try:
        job = _give(name, pdf, options)
    except SpoolerError:
        _end_nameless(name, held_before)
        raise
    _let_go(job)
    return job


def jobs(name: str) -> tuple[str, ...]:
    """The jobs of a queue that are not finished. Raises NoSpooler, PrinterGone."""
    told = _ask(name, "lpstat", "-o", name)
    if told.returncode:
        raise PrinterGone(name)
    return tuple(line.split()[0] for line in told.stdout.splitlines() if line.strip())


def cancel(job: str) -> bool:
    """End a job and remove its file, so that it never comes out. One that is finished is left alone: returns False.

    Raises NoSpooler, PrinterGone, and PrinterRefused where it goes on all the same.
    """
    if not _JOB_NAME.fullmatch(job):
        raise ValueError("This is not the name of a job.")
    name = _queue_of(job)
    if job not in jobs(name):
        return False
    _ask(name, "cancel", "-x", job)
    if job in jobs(name):
        raise PrinterRefused(name)
    return True


def remembers_finished_jobs() -> bool:
    """Whether the spooler keeps jobs after they are printed; CUPS does by default, on disk. Raises NoSpooler."""
    return bool(_ask(None, "lpstat", "-W", "completed").stdout.strip())


def _look(name: str) -> tuple[Queue, frozenset[str]]:
    """One queue, and the jobs that are held in it."""
    told = _ask(name, "lpstat", "-p", name, "-a", name, "-l", "-o", name)
    found = _read(told.stdout)
    if told.returncode or not found:
        raise PrinterGone(name)
    return found[0], frozenset(_HELD.findall(told.stdout))


def _give(name: str, pdf: bytes, options: Sequence[str]) -> str:
    """Have the spooler take a job and hold it; returns its name."""
    wanted = [part for option in (ACTUAL_SIZE, *options) for part in ("-o", option)]
    told = _ask(name, "lp", "-d", name, "-t", _TITLE, "-H", "hold", *wanted, "-", data=pdf, seconds=_JOB_SECONDS)
    if told.returncode:
        raise (PrinterGone if _GONE.search(told.stderr) else PrinterRefused)(name)
    if (job := _JOB.search(told.stdout)) is None:
        raise PrinterGone(name, in_time=False)
    return job[1]


def _let_go(job: str) -> None:
    """Let a held job be printed. Raises PrinterRefused where it stays held: then it is ended."""
    name = _queue_of(job)
    try:
        told = _ask(name, "lp", "-i", job, "-H", "immediate")
        held = told.returncode != 0 and job in _look(name)[1]
    except PrinterGone:
        # It may be printing. Its name is known: whoever looks at the printer says what came out, and can have it ended.
        return
    if held:
        _end(job)
        raise PrinterRefused(name)


def _end_nameless(name: str, held_before: frozenset[str]) -> None:
    """End what may have been taken without a word. A job that another process was about to let go is refused it."""
    try:
        _, held = _look(name)
    except SpoolerError:
        _say_left_behind()
        return
    for job in held - held_before:
        _end(job)


def _end(job: str) -> None:
    try:
        cancel(job)
    except SpoolerError:
        _say_left_behind()


def _say_left_behind() -> None:
    log.warning("a job that is held and never printed may lie in a queue of the spooler: end it there")


def _queue_of(job: str) -> str:
    return job.rpartition("-")[0]


def _read(told: str) -> tuple[Queue, ...]:
    said = {"is idle": QueueState.IDLE, "now printing": QueueState.PRINTING, "disabled": QueueState.STOPPED}
    rejecting = set(_REJECTING.findall(told))
    return tuple(Queue(name, said[words], name not in rejecting) for name, words in _PRINTER.findall(told))


def _ask(
    name: str | None, command: str, *arguments: str, data: bytes = b"", seconds: float | None = None
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
            [program, *arguments],
            input=data,
            capture_output=True,
            timeout=seconds or _ANSWER_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PrinterGone(name, in_time=False) from None
    except OSError:
        raise NoSpooler(name) from None
    return subprocess.CompletedProcess(
        [command], done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )
