"""The process that dies while it prints: a worker as the service has it, whose printer writes down what it got."""

from collections.abc import Callable
from datetime import datetime

from crash_child import Place, append
from crash_points import after, before, commit

from cardservice.domain.print_parts import Part
from cardservice.web.print_worker import Worker

Arm = Callable[[], object]


def to_the_printer(place: Place, part: Part) -> str:
    """What is on paper from here on, whoever remembers it."""
    append(place.folder / "sheets", " ".join(card.card_number for card in part.cards).encode())
    return f"queue-{part.number}"


def work_off(place: Place, job_id: str, point: str | None, now: datetime) -> None:
    """Print a job, and die at the point."""
    hall = place.hall()
    worker = Worker(
        transaction=hall.transaction,
        day_keys=hall.day_keys,
        clock=lambda: now,
        draw=lambda _part: b"%PDF",
        send=lambda part, _pdf: to_the_printer(place, part),
    )
    if point is not None:
        POINTS[point]()
    worker.work_off(job_id)
    hall.engine.dispose()


def _here() -> object:
    import print_child

    return print_child


# Of a job with three parts: claim, record, claim, record, claim, record, and the claim that finds nothing.
POINTS: dict[str, Arm] = {
    "P1 at the claim": commit(1, done=False),
    "P2 claimed, nothing drawn": commit(1, done=True),
    "P3 drawn, not at the printer": lambda: before(_here(), "to_the_printer")(),
    "P4 at the printer, not recorded": lambda: after(_here(), "to_the_printer")(),
    "P5 at the record": commit(2, done=False),
    "P6 recorded": commit(2, done=True),
    "P7 the second part claimed": commit(3, done=True),
    "P8 the second at the printer": lambda: after(_here(), "to_the_printer", times=2)(),
    "P9 all recorded": commit(6, done=True),
}
