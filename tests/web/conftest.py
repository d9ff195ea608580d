"""Fixtures of the desk's tests. What they are made of is hall.py."""

import logging
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cardservice.printing import text
from cardservice.terms import StaffRole
from cardservice.web import quiet_log
from web import made_once
from web.hall import Builder, Finished, TownHall, build_town
from web.pages import Client


@pytest.fixture(scope="session", autouse=True)
def made_once_for_all_desks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_once.install(patch)
        yield


@pytest.fixture(scope="session")
def finished_town(quick_disk: Path) -> Finished:
    """Made once and copied for each test."""
    (quick_disk / "finished").mkdir()
    return build_town(quick_disk / "finished")


@pytest.fixture
def make_hall(quick_folder: Path, finished_town: Finished) -> Builder:
    return Builder(quick_folder / "town", finished_town)


@pytest.fixture
def hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall()
    yield made
    made.sessions.kw["bind"].dispose()


@pytest.fixture
def clerk(hall: TownHall) -> Client:
    return hall.browser(StaffRole.CLERK)


@pytest.fixture
def details(hall: TownHall, clerk: Client) -> str:
    """The page where the answers of a registration that the clerk began are typed."""
    return f"/registrations/{hall.begin(clerk)}/details"


@pytest.fixture
def supervisor(hall: TownHall) -> Client:
    return hall.browser(StaffRole.SUPERVISOR)


@pytest.fixture
def administrator(hall: TownHall) -> Client:
    return hall.browser(StaffRole.ADMINISTRATOR)


@pytest.fixture
def auditor(hall: TownHall) -> Client:
    return hall.browser(StaffRole.AUDITOR)


_shaped = cache(text.shape)


@pytest.fixture
def shaped_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that draw the same papers again and again: the same words in the same typeface are shaped once."""
    monkeypatch.setattr(text, "shape", _shaped)


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
