"""Fixtures of the desk's tests. What they are made of is hall.py."""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from cardservice.printing import text
from cardservice.terms import StaffRole
from cardservice.web import quiet_log
from cardservice.web.app import Service
from web.hall import Builder, Finished, TownHall, build_town
from web.pages import Client


class Compiled(BytecodeCache):
    """Templates compiled by one desk of this process serve the next ones, as long as their text is the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._kept.get((bucket.key, bucket.checksum))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Every test makes a desk of its own, and half of its time would go into compiling the same templates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Service, "jinja_options", {"bytecode_cache": Compiled()})
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """The same for the functions that write addresses, one for each route of each desk."""
    real, kept = Rule._compile_builder, {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown
        if key not in kept:
            kept[key] = real(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


MEMORY, ROOM = Path("/dev/shm"), 256 << 20


@pytest.fixture(scope="session")
def quick_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the towns lie: in memory where there is a place for that, because every commit and every published file
    waits for the disk, which took three quarters of a test's time. What survives a loss of power is no question here.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path_factory.mktemp("towns")
        return
    with tempfile.TemporaryDirectory(prefix="cardservice-desks-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def finished_town(quick_disk: Path) -> Finished:
    """Made once and copied for each test."""
    (quick_disk / "finished").mkdir()
    return build_town(quick_disk / "finished")


@pytest.fixture
def make_hall(quick_disk: Path, finished_town: Finished) -> Iterator[Builder]:
    folder = Path(tempfile.mkdtemp(dir=quick_disk))
    yield Builder(folder / "town", finished_town)
    shutil.rmtree(folder)


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
