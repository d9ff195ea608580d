"""The worker that prints is killed at every step, on both databases: no card is lost, none is on paper twice unsaid.

What the printer was given is written down outside the register; it is all that a person could see at the printer.
"""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from multiprocessing import forkserver

import pytest
from crash_child import CLERK, Place, records
from print_child import POINTS, work_off
from town_hall import TownHall

from cardservice.domain import audit, print_queue
from cardservice.domain.audit import Action
from cardservice.domain.print_queue import Job, OnPaper
from cardservice.terms import CameOut, CardState, PrintState

WAIT_SECONDS = 60
CARDS = 3
PAPER = OnPaper(printer="hall", blank="ten-up", places=1)
processes = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module", autouse=True)
def _imported_once() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        processes.set_forkserver_preload(["print_child"])
        forkserver.ensure_running()


def test_a_worker_killed_at_any_step_loses_no_card_and_prints_none_twice_unsaid(place: Place) -> None:
    hall = place.hall()
    with pytest.MonkeyPatch.context() as patch:
        # One card a part, so that there are steps between the parts.
        patch.setattr(print_queue, "SINGLES_A_PART", 1)
        for point in POINTS:
            _try(place, hall, point)
    with hall.reading() as session:
        audit.verify_chain(session)
    hall.engine.dispose()


def _try(place: Place, hall: TownHall, point: str) -> None:
    (place.folder / "sheets").unlink(missing_ok=True)
    numbers = [hall.make_card(CLERK, CardState.SIGNED, now=place.now).card_number for _ in range(CARDS)]
    job_id = _begin(hall, place, numbers)

    _work(place, job_id, point, dies=True)
    _check(place, hall, job_id)
    _work(place, job_id, None, dies=False)
    _check(place, hall, job_id)
    _look_at_the_printer(place, hall, job_id)

    left = _begin(hall, place, numbers)
    if left:
        _work(place, left, None, dies=False)
    prints = _on_paper(place)
    assert set(prints) == set(numbers), point
    assert set(prints.values()) == {1}, f"{point}: on paper twice, and nobody said that it had not come out"
    for number in numbers:
        hall.hand_over(number, CLERK, now=place.now)
        assert hall.card(number).state is CardState.ACTIVE


def _begin(hall: TownHall, place: Place, numbers: list[str]) -> str:
    """The id of a job with those that wait; "" where none does."""
    with hall.transaction() as session:
        try:
            return print_queue.begin(
                session, numbers, PAPER, actor=CLERK, now=place.now, token_bytes=hall.token_bytes
            ).id
        except print_queue.NothingToPrint:
            return ""


def _work(place: Place, job_id: str, point: str | None, *, dies: bool) -> None:
    if not dies:
        work_off(place, job_id, None, place.now)
        return
    child = processes.Process(target=work_off, args=(place, job_id, point, place.now))
    child.start()
    child.join(WAIT_SECONDS)
    assert child.exitcode == -signal.SIGKILL, f"the child did not come to {point}"


def _check(place: Place, hall: TownHall, job_id: str) -> None:
    """What the register says is never more, and never less, than what it can know."""
    prints = _on_paper(place)
    for card in _job(hall, place, job_id).cards:
        may_be = {PrintState.QUEUED: {0}, PrintState.SENDING: {0, 1}, PrintState.SENT: {1}}[card.state]
        assert prints[card.card_number] in may_be, (card.state, prints[card.card_number])


def _look_at_the_printer(place: Place, hall: TownHall, job_id: str) -> None:
    """Three minutes later the page asks, and somebody says what lies in the tray."""
    later = place.now + timedelta(minutes=3)
    prints = _on_paper(place)
    job = _job(hall, place, job_id)
    assert not job.of(PrintState.QUEUED)
    asked = [card.card_number for card in (print_queue.Job(row=job.row, cards=job.cards, now=later)).unsure]
    seen = {number: CameOut.WELL if prints[number] else CameOut.NOT for number in asked}
    with hall.transaction() as session:
        print_queue.answer(session, job_id, seen, actor=CLERK, now=later)
        said = audit.count_of_day(session, CLERK, Action.CARD_DID_NOT_COME_OUT, now=later)
    assert said >= sum(one is CameOut.NOT for one in seen.values())


def _job(hall: TownHall, place: Place, job_id: str) -> Job:
    with hall.reading() as session:
        return print_queue.job(session, job_id, actor=CLERK, now=place.now)


def _on_paper(place: Place) -> Counter[str]:
    return Counter(number for sheet in records(place.folder / "sheets") for number in sheet.decode().split())


class TestThisCheck:
    def test_sees_a_worker_that_sends_before_it_writes_down(self, place: Place) -> None:
        """The control: sent first, recorded later, and killed in between."""
        hall = place.hall()
        number = hall.make_card(CLERK, CardState.SIGNED, now=place.now).card_number
        job_id = _begin(hall, place, [number])
        (place.folder / "sheets").write_bytes(number.encode() + b"\n--\n")

        with pytest.raises(AssertionError, match="QUEUED"):
            _check(place, hall, job_id)
        hall.engine.dispose()
