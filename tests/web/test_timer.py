"""The work that is done once a minute: by one process, again after a failure, until it is told to stop."""

import logging
import threading
import time
from pathlib import Path

import pytest

from cardservice.web import timer


def wait_for(condition: object, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.01)


class TestTheTimer:
    def test_calls_again_and_again_until_it_is_stopped(self, tmp_path: Path) -> None:
        calls: list[int] = []

        stop = timer.start(lambda: calls.append(1), lock=tmp_path / "lock", seconds=0.01)
        wait_for(lambda: len(calls) >= 3)
        stop.set()
        time.sleep(0.1)
        reached = len(calls)
        time.sleep(0.1)

        assert reached >= 3
        assert len(calls) == reached

    def test_works_in_one_place_at_a_time(self, tmp_path: Path) -> None:
        first, second = threading.Event(), threading.Event()

        stop_first = timer.start(first.set, lock=tmp_path / "lock", seconds=0.01)
        assert first.wait(5)
        stop_second = timer.start(second.set, lock=tmp_path / "lock", seconds=0.01)
        assert not second.wait(0.2)
        stop_first.set()

        assert second.wait(5)
        stop_second.set()

    def test_tries_again_after_a_failure_and_logs_no_message(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        calls: list[int] = []

        def fail() -> None:
            calls.append(1)
            raise ValueError("Karim al-Haddad could not be read")

        with caplog.at_level(logging.ERROR):
            stop = timer.start(fail, lock=tmp_path / "lock", seconds=0.01)
            wait_for(lambda: len(calls) >= 2)
            stop.set()

        assert len(calls) >= 2
        assert "builtins.ValueError at tests/web/test_timer.py" in caplog.text
        assert "Karim" not in caplog.text
