"""The desk does not open while something would leak: each fault is planted alone and is told alone, with what to do."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Request

from cardservice.web import headers, process, safe_start
from cardservice.web.safe_start import UnsafeStart
from web.hall import TownHall


@pytest.fixture
def quiet_process(desk_log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process as `serve` prepares its own, but for what cannot be taken back in a process of tests."""
    monkeypatch.setattr(process, "is_hidden", lambda: True)
    monkeypatch.setattr(process, "forgets", lambda: True)


def problems(app: Flask, register: list[str] | None = None) -> list[str]:
    try:
        safe_start.check(app, register=register or [])
    except UnsafeStart as unsafe:
        return unsafe.problems
    return []


def switch_on(name: str) -> Callable[[Flask], None]:
    return lambda app: app.config.update({name: True})


def forget_the_headers(app: Flask) -> None:
    app.after_request_funcs[None] = [
        function for function in app.after_request_funcs[None] if function.__module__ != headers.__name__
    ]


FAULTS: dict[str, Callable[[Flask], None]] = {
    "unset FLASK_DEBUG": switch_on("DEBUG"),
    "TESTING is on": switch_on("TESTING"),
    "PROPAGATE_EXCEPTIONS is on": switch_on("PROPAGATE_EXCEPTIONS"),
    "TRAP_BAD_REQUEST_ERRORS is on": switch_on("TRAP_BAD_REQUEST_ERRORS"),
    "EXPLAIN_TEMPLATE_LOADING is on": switch_on("EXPLAIN_TEMPLATE_LOADING"),
    "requests have no limit": lambda app: app.config.update(MAX_CONTENT_LENGTH=None),
    "uploads would be written to a temporary file": lambda app: setattr(app, "request_class", Request),
    "pages could be kept by browsers": forget_the_headers,
    "the session's cookie could be read": lambda app: app.config.update(SESSION_COOKIE_HTTPONLY=False),
}


@pytest.mark.usefixtures("quiet_process")
class TestTheDesk:
    def test_opens_as_the_program_makes_it(self, hall: TownHall) -> None:
        assert problems(hall.app) == []

    @pytest.mark.parametrize("told", list(FAULTS))
    def test_stays_closed_when_the_application_would_leak(self, hall: TownHall, told: str) -> None:
        FAULTS[told](hall.app)

        (problem,) = problems(hall.app)

        assert told in problem

    def test_stays_closed_when_somebody_else_writes_the_log(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chatty = logging.getLogger("somebody.elses.library")
        monkeypatch.setattr(chatty, "handlers", [logging.StreamHandler()])

        (problem,) = problems(hall.app)

        assert "the logger somebody.elses.library writes what is in exceptions" in problem

    def test_stays_closed_when_lines_that_cannot_be_written_are_printed(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(logging, "raiseExceptions", True)

        (problem,) = problems(hall.app)

        assert "raiseExceptions" in problem

    @pytest.mark.parametrize(
        ("check", "told"), [("is_hidden", "core file"), ("forgets", "start with the command `cardservice serve`")]
    )
    def test_stays_closed_when_its_memory_is_open(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch, check: str, told: str
    ) -> None:
        monkeypatch.setattr(process, check, lambda: False)
        monkeypatch.setattr(process, "is_glibc", lambda: True)

        (problem,) = problems(hall.app)

        assert told in problem

    def test_says_everything_at_once(self, hall: TownHall) -> None:
        FAULTS["TESTING is on"](hall.app)
        FAULTS["requests have no limit"](hall.app)

        with pytest.raises(UnsafeStart, match="for 3 reasons") as unsafe:
            safe_start.check(hall.app, register=["the register has secure_delete not ON"])

        assert str(unsafe.value).count("\n  ") == 3

    def test_leaves_no_trace_of_the_check_in_the_access_log(self, hall: TownHall, desk_log: Path) -> None:
        problems(hall.app)

        assert "cardservice.web" not in desk_log.read_text()


class TestAdvice:
    def test_names_swap_that_may_not_be_encrypted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "swap_devices", lambda: ["/dev/sda2"])

        assert "swap (/dev/sda2)" in safe_start.advice()[0]

    def test_says_where_memory_does_not_forget(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "swap_devices", list)
        monkeypatch.setattr(process, "is_glibc", lambda: False)

        (said,) = safe_start.advice()

        assert "GNU C library" in said
