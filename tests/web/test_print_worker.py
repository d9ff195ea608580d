"""The workers of the service: one printer that keeps its worker waiting keeps no other printer waiting."""

import threading

import pytest

from cardservice.web import print_worker
from web.hall import TownHall


def test_a_job_is_printed_while_another_printer_gives_no_answer(
    hall: TownHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    jammed, printed = threading.Event(), threading.Event()

    def work_off(_here: object, job_id: str) -> None:
        if job_id == "jams":
            jammed.wait(20)
        else:
            printed.set()

    monkeypatch.setattr(print_worker, "_work_off", work_off)
    with hall.app.app_context():
        print_worker.start("jams")
        print_worker.start("prints")

    assert printed.wait(10)
    jammed.set()
