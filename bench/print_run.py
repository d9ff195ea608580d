"""A print run: 1,000 signed cards, front and back on A4 sheets of ten, against others who are given the same codes.

Time is the processor's, of one core; rounds take turns, so that a busy machine is busy for all. Everybody draws the
same pages with the same words, photographs and both codes. Only ours have a theme, fine lines and microtext, and only
ours are signed within the time that is measured. Peers print fewer cards, because they take longer: PEER_CARDS says how
many. BENCH_RUN=100000 makes the long run of `memory`.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from bench import print_peers
from bench.cards_to_print import cards, stream
from bench.measure import Result
from cardservice.printing import media
from cardservice.printing.card_face import CardFace

CARDS = 1000
ROUNDS = 3
PEER_CARDS = {print_peers.fpdf2: 30, print_peers.weasyprint: 10, print_peers.pretix_way: 10}
LONG_RUN = int(os.environ.get("BENCH_RUN", "3000"))
KILOBYTES = 1024  # a megabyte; the system counts in them
MOST_MEGABYTES = 150
AS_A_SERVICE = {"MALLOC_TRIM_THRESHOLD_": "1000000"}
"""What docs/server/cardservice.service sets."""

Draw = Callable[[Sequence[CardFace]], object]


def signed() -> Result:
    """Cards a second on one core, signing both codes of each included."""
    rate = statistics.median(CARDS / _processor_seconds(lambda: _ours(stream(CARDS))) for _ in range(ROUNDS))
    return _at_least(rate, 300, "300 cards a second", ROUNDS * CARDS)


def drawn() -> Result:
    """Cards a second on one core of cards that are signed already."""
    faces = cards(CARDS)
    rate = statistics.median(CARDS / _processor_seconds(lambda: _ours(faces)) for _ in range(ROUNDS))
    return _at_least(rate, 300, "300 cards a second", ROUNDS * CARDS)


def against_fpdf2() -> Result:
    """How many times as fast as fpdf2 with codes that were made for it."""
    return _against(print_peers.fpdf2, "fpdf2, given both codes as runs in black ink", 10)


def against_weasyprint() -> Result:
    """How many times as fast as WeasyPrint with codes that were made for it."""
    return _against(print_peers.weasyprint, "WeasyPrint, given both codes as SVG", 40)


def against_pretix() -> Result:
    """How many times as fast as reportlab's QR widget and a background merged into every page."""
    return _against(print_peers.pretix_way, "reportlab's QR widget, pypdf merging a background into each page", 40)


def two_processes() -> Result:
    """Cards a second of two processes that share a run by its parts, against one that does the same share alone.

    By processor time: what each of two uses while both work, against what one uses alone. On a machine with two free
    cores that is also the gain in elapsed time.
    """
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_part, range(2)))  # both have started and are warm
        pairs = [(_part(0), list(pool.map(_part, range(2)))) for _ in range(ROUNDS)]
    ours = statistics.median(sum(CARDS / 2 / each for each in both) for _, both in pairs)
    peer = statistics.median(CARDS / 2 / alone for alone, _ in pairs)
    return Result(
        ours=ours, peer=peer, peer_name="one process", unit="cards a second", goal=1.8, runs=ROUNDS, more_is_better=True
    )


def memory() -> Result:
    """The most memory that a process takes for a long run, in parts, against MOST_MEGABYTES."""
    small, large = (_most_memory(count) for count in (CARDS, LONG_RUN))
    assert large < 1.1 * small, f"{small:.0f} MB for {CARDS} cards, {large:.0f} MB for {LONG_RUN}"
    return Result(
        ours=large,
        peer=MOST_MEGABYTES,
        peer_name=f"{MOST_MEGABYTES} MB",
        unit=f"megabytes for {LONG_RUN} cards",
        goal=1,
        runs=1,
    )


def _ours(faces: Iterable[CardFace]) -> int:
    return sum(len(part) for part in media.in_parts(faces, media.A4))


def _against(peer: Draw, name: str, goal: float) -> Result:
    """Cards a second; ours are signed in that time, theirs were signed before."""
    count = PEER_CARDS[peer]
    theirs = cards(count)
    ours, others = [], []
    peer(theirs)  # what a peer keeps about codes is kept now
    for _ in range(ROUNDS):
        ours.append(CARDS / _processor_seconds(lambda: _ours(stream(CARDS))))
        others.append(count / _processor_seconds(lambda: peer(theirs)))
    rate, other = statistics.median(ours), statistics.median(others)
    return Result(
        ours=rate,
        peer=other,
        peer_name=name,
        unit="cards a second",
        goal=goal,
        runs=ROUNDS * count,
        more_is_better=True,
    )


def _at_least(rate: float, goal: float, name: str, runs: int) -> Result:
    return Result(ours=rate, peer=goal, peer_name=name, unit="cards a second", goal=1, runs=runs, more_is_better=True)


def _part(seed: int) -> float:
    return _processor_seconds(lambda: _ours(stream(CARDS // 2, seed)))


def _processor_seconds(function: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    function()
    return time.process_time() - start


def _most_memory(count: int) -> float:
    """Megabytes that a new process had at most, having drawn so many cards and let go of every part."""
    arguments = [sys.executable, "-m", "bench.print_alone", str(count)]
    done = subprocess.run(arguments, capture_output=True, check=True, text=True, env={**os.environ, **AS_A_SERVICE})
    return int(done.stdout) / KILOBYTES
