"""Fixtures of the desk's tests. What they are made of is hall.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice.terms import StaffRole
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
