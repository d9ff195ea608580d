"""A town whose keys and register a process of its own can open."""

from pathlib import Path

import pytest
from crash_child import CLERK, Place, new_key
from sqlalchemy import Engine
from town_hall import TownHall

from cardservice.keystore import Purpose
from cardservice.terms import StaffRole


def open_town(engine: Engine, folder: Path) -> Place:
    """A town that is open, with its keys in a folder, and one clerk."""
    made = Place(engine.url.render_as_string(hide_password=False), folder)
    hall = TownHall(engine, made.kit, day_keys=made.day_keys())
    hall.keys = {purpose: new_key(made.folder / "keys", purpose) for purpose in Purpose}
    hall.open()
    hall.hire(CLERK.name, StaffRole.CLERK)
    engine.dispose()
    return made


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Place:
    return open_town(engine, tmp_path)
