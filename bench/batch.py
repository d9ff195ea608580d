"""Checking a file of cards with `cardverify --batch`, against checking them one after the other on as many cores.

Rounds take turns: the file as the command does it, with starting the processes, reading and writing; then single
verifications in a process for each core, all at the same time, so that a busy machine is busy for both. Their rates
together are what one process would do, times the cores.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.measure import Result
from cardservice.verify import Outcome, verify
from tests.verify.town import NOON, Town

LINES = int(os.environ.get("BENCH_BATCH", "60000"))
SAMPLE = 10_000  # single verifications of each process
ROUNDS = 5
GOAL = 0.8


def rate() -> Result:
    """Cards a second of the whole command, against single verifications on as many cores."""
    town = Town()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(cores) as alone:
        folder = Path(name)
        for file, data in town.files().items():
            (folder / "kit" / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / "kit" / file).write_bytes(data)
        (folder / "cards.txt").write_text(f"{town.text()}\n" * LINES)
        single, batch = [], []
        for _ in range(ROUNDS):
            single.append(sum(alone.map(_single, range(cores))))
            batch.append(_batch(folder))
    return Result(
        ours=statistics.median(batch),
        peer=statistics.median(single),
        peer_name=f"single verifications on {cores} cores",
        unit="cards a second",
        goal=GOAL,
        runs=ROUNDS * LINES,
        more_is_better=True,
    )


def _single(_: int) -> float:
    town = Town()
    text, kit = town.text(), town.kit()
    start = time.perf_counter()
    assert all(verify(text, kit, now=NOON).verdict is Outcome.VALID for _ in range(SAMPLE))
    return SAMPLE / (time.perf_counter() - start)


def _batch(folder: Path) -> float:
    program = str(Path(sys.executable).with_name("cardverify"))
    arguments = [program, "--kit", str(folder / "kit"), "--at", NOON.isoformat(), "--batch", str(folder / "cards.txt")]
    start = time.perf_counter()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return LINES / (time.perf_counter() - start)
