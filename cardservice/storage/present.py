"""A SQLite register is the file at its path, and nothing else.

A connection goes on writing to a file that was moved or deleted under it, and a new connection would make an empty
register in its place: cards would be in the world that no register knows. So each transaction begins with a look at the
path, and where the file is not the one that was opened, the register is gone. PostgreSQL says so by itself.
"""

from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

FILE = "cardservice_file"


def watch(engine: Engine) -> None:
    """Hold every connection of a SQLite engine to the file at its path. The first one may make the file."""
    if not engine.url.database:
        return
    register, opened = Path(engine.url.database), False

    def connecting(*_: Any) -> None:
        if opened and not register.exists():
            raise _gone()

    def connected(_connection: SqliteConnection, entry: ConnectionPoolEntry) -> None:
        nonlocal opened
        opened, entry.info[FILE] = True, _identity(register)

    def checked_out(_connection: SqliteConnection, entry: ConnectionPoolEntry, _fairy: Any) -> None:
        if entry.info[FILE] != _identity(register):
            # All connections, not this one alone: the others hold the old file too, and would be found one by one.
            engine.dispose()
            raise _gone()

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", checked_out)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _gone() -> OperationalError:
    # The driver's own words, so that SQLAlchemy and the table of problems see what they know.
    return OperationalError("unable to open database file")
