"""The process is killed at every point of THREATS §7, on both databases; the next start puts everything right.

The child that dies is a process of its own (crash_child.py), the kill is SIGKILL at a named point (crash_points.py).
What it signed and printed is compared with the register. C22 to C26 are not kills: they
are in test_environment.py.
"""

import multiprocessing
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from multiprocessing import forkserver

import pytest
from afterwards import check_after_start, complaints
from crash_child import CLERK, Place, live
from crash_points import POINTS
from sqlalchemy import select

from cardservice.storage.models import Draft, Publication
from cardservice.terms import CardState
from cardservice.verify import Kit

TIMES = 50 if os.environ.get("CARDSERVICE_LONG") else 1
WAIT_SECONDS = 60
A_POINT = [(journey, point) for journey in POINTS if journey != "naive" for point in POINTS[journey]]

# A process without threads, from which every child is forked: what a child replaces, no other process sees.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["crash_nursery"])


@pytest.fixture(scope="module", autouse=True)
def _imported_once() -> None:
    """The process that forks starts with our path: without it, what it should import once every child would import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()


class TestKilled:
    @pytest.mark.parametrize(("journey", "point"), A_POINT)
    def test_at_any_point_loses_nothing_and_invents_nothing(self, place: Place, journey: str, point: str) -> None:
        burnt: set[tuple[int, int]] = set()
        for _ in range(TIMES):
            _before(place, journey)

            _kill(place, journey, point)

            burnt = check_after_start(place, burnt)
            place = _go_on(place, journey)
            burnt = check_after_start(place, burnt)

    def test_is_what_happens_when_a_card_is_signed_before_it_is_stored(self, place: Place) -> None:
        """The control: the naive order, killed at the same moment, is caught by the same check."""
        _kill(place, "naive", "C3 signed")

        hall = place.hall()
        assert complaints(place, hall, set()) == ["a signature without a row"]
        hall.engine.dispose()


class TestTwoPublishers:
    def test_at_once_publish_one_after_the_other(self, place: Place) -> None:
        """C15: each publication has its own sequence, and the folder ends with the newest of every list."""
        together = [processes.Process(target=live, args=(place, "publishing", None)) for _ in range(4)]
        for child in together:
            child.start()
        for child in together:
            child.join(WAIT_SECONDS)

        assert [child.exitcode for child in together] == [0] * 4
        hall = place.hall()
        kit = Kit.load(place.kit)
        with hall.reading() as session:
            sequences = sorted(
                session.scalars(select(Publication.sequence).where(Publication.name == "trust-list.cwt"))
            )
        assert sequences == [1, 2, 3, 4, 5]
        assert kit.trust_list is not None
        assert kit.trust_list.sequence == 5
        assert {one.sequence for one in kit.status_lists.values()} == {5}
        assert complaints(place, hall, set()) == []
        hall.engine.dispose()


def _before(place: Place, journey: str) -> None:
    """What has to be there: the night's work is on drafts in every state."""
    hall = place.hall()
    if journey == "housekeeping":
        hall.register(CLERK, now=place.now)
        hall.issue(hall.register(CLERK, now=place.now), CLERK, now=place.now)
        hall.register(CLERK, now=place.now)
    hall.publish(now=place.now)
    hall.engine.dispose()


def _kill(place: Place, journey: str, point: str) -> None:
    child = processes.Process(target=live, args=(place, journey, point))
    child.start()
    child.join(WAIT_SECONDS)
    assert child.exitcode == -signal.SIGKILL, f"the child did not come to {point}"


def _go_on(place: Place, journey: str) -> Place:
    """I22: every draft that is left comes to a card in a hand, and what was interrupted can be done again."""
    hall = place.hall()
    with hall.reading() as session:
        left = list(session.scalars(select(Draft.id)))
    for draft_id in left:
        number = hall.issue(draft_id, CLERK, now=place.now).card_number
        hall.hand_over(number, CLERK, now=place.now)
        assert hall.card(number).state is CardState.ACTIVE
    hall.engine.dispose()

    # A rotation takes a list period, and the one that was killed may have taken one before.
    wait = hall.town.list_period if journey == "rotating" else timedelta()
    again = replace(place, now=place.now + wait)
    live(again, journey, None)
    after = replace(again, now=again.now + wait)
    hall = after.hall()
    hall.publish(now=after.now)
    assert not list(place.kit.rglob(".*.new")), "half a file was left in the kit"
    hall.engine.dispose()
    return after
