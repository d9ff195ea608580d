"""Issuing at the desk: from the POST that asks for a card to its signed row, on a real disk.

The peer is what no honest way could leave out: one P-256 signature and three commits that wait for the disk, in
the same run on the same disk. Only the service itself is timed, the WSGI application from its call to its answer.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.measure import Result

# The desk's own tests know how to sign in and to register; their rooms import each other from there.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from web.hall import Builder, TownHall, build_town, picture

from cardservice.storage.models import Card
from cardservice.terms import CardState, StaffRole
from cardservice.web import pace

CARDS, WARM_UP = 100, 10
ON_A_DISK = "/var/tmp"
"""Never in memory, as /tmp may be."""


def issue() -> Result:
    """The median of many cards, each followed by its peer."""
    with tempfile.TemporaryDirectory(dir=ON_A_DISK) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        hall = Builder(Path(folder) / "town", build_town(made))()
        one_card, peer = _desk(hall), _peer(Path(folder) / "peer.db")
        samples = [(one_card(), _seconds(peer)) for _ in range(WARM_UP + CARDS)][WARM_UP:]
        with hall.sessions.begin() as session:
            assert session.query(Card).filter(Card.state == CardState.SIGNED).count() == len(samples) + WARM_UP
        hall.sessions.kw["bind"].dispose()
    ours, theirs = (statistics.median(column) for column in zip(*samples, strict=True))
    return Result(
        ours=ours * 1000,
        peer=theirs * 1000,
        peer_name="one P-256 signature and three SQLite FULL commits",
        unit="milliseconds",
        goal=6,
        runs=CARDS,
    )


def _desk(hall: TownHall) -> Callable[[], float]:
    """Return what registers a resident, then issues the card, and tells how long the service took for that."""
    clerk, timer = hall.browser(StaffRole.CLERK), Timer(hall.app.wsgi_app)
    hall.app.wsgi_app = timer  # type: ignore[method-assign]

    def one_card() -> float:
        # No hand is as fast as this clerk.
        pace.install(hall.app)
        draft_id = hall.register(clerk)
        clerk.submit(f"/registrations/{draft_id}/photo", {"photo": (picture(), "photo.jpg")})
        assert clerk.submit(f"/registrations/{draft_id}/issue").location.endswith("/print")
        return timer.last

    return one_card


class Timer:
    """A WSGI application around another, which knows how long the last request took."""

    def __init__(self, inner: Any, clock: Callable[[], float] = time.perf_counter) -> None:
        self._inner, self._clock, self.last = inner, clock, 0.0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer as the inner one does, all at once."""
        start = self._clock()
        answer = list(self._inner(environ, start_response))
        self.last = self._clock() - start
        return answer


def _peer(file: Path) -> Callable[[], object]:
    """Return what signs once and commits three rows, each on the disk before the next."""
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE signed (number INTEGER PRIMARY KEY, signature BLOB)")
    private, message = ec.generate_private_key(ec.SECP256R1()), bytes(700)

    def sign_and_commit() -> None:
        signature = private.sign(message, ec.ECDSA(hashes.SHA256()))
        for _ in range(3):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO signed (signature) VALUES (?)", (signature,))
            database.execute("COMMIT")

    return sign_and_commit


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
