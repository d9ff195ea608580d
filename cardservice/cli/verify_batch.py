"""`cardverify --batch`: thousands of lines, an answer for each, in their order, on all cores.

The lines are read, checked and answered in pieces, so that a file may be larger than the memory. Whatever stands on a
line gets a verdict; what a card says is shown only with --json.
"""

import argparse
import io
import os
import signal
import stat
import sys
from collections import Counter, deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from multiprocessing import get_context, resource_tracker
from typing import BinaryIO, NamedTuple

from cardservice.cli.verify_words import EXIT_STATUS, json_line, problem_lines, say, worst
from cardservice.verify import Kit, Outcome, verify

INTERRUPTED = 130
_LINE_LIMIT = 64 * 1024  # bytes; the verifier refuses a tenth of it, and the rest of the line is left out
_PIECE = 250  # lines that one process is given at once
_PIECES_AHEAD = 4  # for each process, so that none waits
_BAR = 30  # characters
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # which spreadsheets put before their texts


class Checking(NamedTuple):
    """What every process needs to give the same answer."""

    kit: Kit
    now: datetime
    service: str | None
    json: bool


class Lines(NamedTuple):
    """Some lines of the file, the number of the first, and how many bytes have been read with them."""

    first: int
    lines: list[bytes]
    read: int


class Answers(NamedTuple):
    """What some lines got."""

    text: str
    verdicts: Counter[Outcome]
    reasons: Counter[str]
    read: int


def run(options: argparse.Namespace, kit: Kit, *, now: datetime) -> int:
    """Answer every line of the file; return the exit status. Raises OSError where the file cannot be read."""
    checking = Checking(kit, now, options.service, options.json)
    verdicts, reasons, heard = Counter[Outcome](), Counter[str](), True
    with _opened(options.batch) as file:
        progress = _Progress(_size(file))
        answered = _answered(_pieces(file), checking)
        try:
            for answers in answered:
                verdicts.update(answers.verdicts)
                reasons.update(answers.reasons)
                progress.show(answers.read, verdicts.total())
                if not (heard := say(answers.text, end="")):
                    break
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            answered.close()
            progress.clear()
    print(_summary(kit, verdicts, reasons), file=sys.stderr)
    status = EXIT_STATUS[worst(verdicts or [Outcome.CANNOT_TELL])]
    # Nobody can tell what the lines would have been whose answers nobody waited for.
    return status if heard else status or EXIT_STATUS[Outcome.CANNOT_TELL]


def _opened(name: str) -> BinaryIO:
    if name != "-":
        return open(name, "rb")  # noqa: PTH123 - closed by whoever asked
    # Standard input may have been closed by whoever started us, and then has no line.
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer


def _size(file: BinaryIO) -> int | None:
    """The bytes of a file; None for a pipe."""
    try:
        status = os.fstat(file.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _pieces(file: BinaryIO) -> Iterator[Lines]:
    first, read = 1, 0
    lines = _lines(file)
    while some := list(islice(lines, _PIECE)):
        read += sum(size for _, size in some)
        yield Lines(first, [line for line, _ in some], read)
        first += len(some)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Every line without its end, an empty one too, and its bytes. Of one that is too long, only the beginning."""
    start = _BYTE_ORDER_MARK
    while line := file.readline(_LINE_LIMIT):
        size = len(line)
        last = line
        while last[-1:] != b"\n" and (last := file.readline(_LINE_LIMIT)):
            size += len(last)
        yield line.removeprefix(start).rstrip(b"\r\n"), size
        start = b""


def _answered(pieces: Iterator[Lines], checking: Checking) -> Generator[Answers, None, None]:
    """The answers in the order of the lines. One piece is checked here: other processes take a while to begin."""
    beginning = list(islice(pieces, 2))
    if len(beginning) < 2:
        yield from (check(lines, checking) for lines in beginning)
        return
    cores = _cores()
    # All judge by the lists that were loaded here, even if somebody updates or moves the folder meanwhile.
    arguments = (checking.kit.to_bytes(), checking.now, checking.service, checking.json)
    pool = ProcessPoolExecutor(cores, get_context("spawn"), initializer=_begin, initargs=arguments)
    waiting: deque[Future[Answers]] = deque()
    try:
        for lines in chain(beginning, pieces):
            with _deaf_from_birth():
                waiting.append(pool.submit(_check_here, lines))
            if len(waiting) > cores * _PIECES_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise OSError("a process that checks lines has ended; is there enough memory?") from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_from_birth() -> Iterator[None]:
    """What is started here does not hear Ctrl-C: that is for us, who end it, and would stop it amid its imports."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Multiprocessing's own tracker lets signals in again when it is started; so it is started before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_here: list[Checking] = []  # in each of the other processes


def _begin(kit: bytes, now: datetime, service: str | None, json: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us is told, and ends us
    _here.append(Checking(Kit.from_bytes(kit), now, service, json))


def _check_here(lines: Lines) -> Answers:
    return check(lines, _here[0])


def check(lines: Lines, checking: Checking) -> Answers:
    """Return the answers to some lines."""
    said, verdicts, reasons = [], Counter[Outcome](), Counter[str]()
    for number, line in enumerate(lines.lines, lines.first):
        text = line.decode("utf-8", errors="replace")
        verdict = verify(text, checking.kit, now=checking.now, service=checking.service)
        outcome, reason = verdict.verdict, verdict.reason
        verdicts[outcome] += 1
        reasons[reason.value] += 1
        if checking.json:
            said.append(json_line({"line": number, **verdict.as_dict()}))
        else:
            said.append(f"{number}\t{outcome}\t{reason}")
    return Answers("\n".join(said) + "\n", verdicts, reasons, lines.read)


class _Progress:
    """A bar on a terminal, and nothing anywhere else."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._seen = sys.stderr is not None and sys.stderr.isatty()

    def show(self, read: int, lines: int) -> None:
        if not self._seen:
            return
        share = min(read / self._size, 1) if self._size else None
        bar = "" if share is None else f"[{'#' * round(share * _BAR):<{_BAR}}] {share:4.0%}  "
        print(f"\r{bar}{lines:,} lines", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._seen:
            print("\r" + " " * (_BAR + 40) + "\r", end="", file=sys.stderr, flush=True)


def _summary(kit: Kit, verdicts: Counter[Outcome], reasons: Counter[str]) -> str:
    if not verdicts:
        return "There was no line to check."
    counts = f"{verdicts.total():,} lines: {', '.join(f'{verdicts[one]:,} {one.value}' for one in Outcome)}."
    why = [f"  {reason}: {count:,}" for reason, count in sorted(reasons.items()) if reason != Outcome.VALID]
    return "\n".join([counts.replace("-", " "), *why, *problem_lines(kit)])
