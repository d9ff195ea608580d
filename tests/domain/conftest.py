"""A second register beside a test's own: where a backup is restored.

It is empty and has its tables, as `cardservice restore` finds it after its migrations. Those are run once, as for the
first register (tests/conftest.py); what they do is asked in tests/storage and tests/cli.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from emptied import empty
from sqlalchemy import Engine

from cardservice.storage.session import engine as open_engine
from cardservice.storage.upgrade import upgrade


@pytest.fixture(scope="session")
def second_postgresql(new_postgresql_database: Callable[[str], str]) -> Iterator[Engine]:
    engine = open_engine(new_postgresql_database("restored"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def second_register(
    request: pytest.FixtureRequest, quick_folder: Path, migrated_sqlite: Path
) -> Iterator[Callable[[str], Engine]]:
    """Open a second, empty register on "sqlite" or "postgresql"; one for a test."""
    opened: list[Engine] = []

    def make(kind: str) -> Engine:
        if kind == "postgresql":
            opened.append(request.getfixturevalue("second_postgresql"))
            empty(opened[-1])
        else:
            file = quick_folder / "restored.db"
            shutil.copy(migrated_sqlite, file)
            opened.append(open_engine(f"sqlite:///{file}"))
        return opened[-1]

    yield make
    for engine in opened:
        engine.dispose()
