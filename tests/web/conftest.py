"""Fixtures of the desk's tests. What they are made of is hall.py."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice.terms import StaffRole
from cardservice.web import quiet_log
from web.hall import Builder, Finished, TownHall, build_town
from web.pages import Client


@pytest.fixture(scope="session")
def finished_town(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Made once and copied for each test."""
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def make_hall(tmp_path: Path, finished_town: Finished) -> Builder:
    return Builder(tmp_path / "town", finished_town)


@pytest.fixture
def hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall()
    yield made
    made.sessions.kw["bind"].dispose()


@pytest.fixture
def clerk(hall: TownHall) -> Client:
    return hall.browser(StaffRole.CLERK)


@pytest.fixture
def supervisor(hall: TownHall) -> Client:
    return hall.browser(StaffRole.SUPERVISOR)


@pytest.fixture
def administrator(hall: TownHall) -> Client:
    return hall.browser(StaffRole.ADMINISTRATOR)


@pytest.fixture
def auditor(hall: TownHall) -> Client:
    return hall.browser(StaffRole.AUDITOR)


@pytest.fixture
def desk_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> Iterator[Path]:
    """The log of this process, written as `serve` has it written; taken back at the end."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    root.handlers.clear()  # pytest's own, which basicConfig would close, and which come back for the test itself
    theirs = pytestconfig.pluginmanager.get_plugin("logging-plugin")
    for handler in (theirs.caplog_handler, theirs.report_handler):  # type: ignore[union-attr]
        monkeypatch.setattr(handler, "formatter", quiet_log.QuietFormatter())
    quiet_log.configure(tmp_path)
    yield tmp_path / "desk.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
