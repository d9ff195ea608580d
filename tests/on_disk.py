"""Where the rows of cards lie on the disk, as somebody sees who has the files and not the program."""

import re
from pathlib import Path

from sqlalchemy import Engine, text

# In an entry of the audit a number follows the word for its kind.
_NUMBER = re.compile(rb"(?<!card:)[0-9A-HJKMNP-TV-Z]{12}")


def on_disk(engine: Engine, numbers: list[str]) -> list[list[str]]:
    """The numbers as they lie on the disk: all in a row (PostgreSQL), or those of each page (SQLite)."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return [list(connection.scalars(text("SELECT number FROM cards ORDER BY ctid")))]
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        connection.exec_driver_sql("BEGIN")
    data = Path(str(engine.url.database)).read_bytes()
    pages = [data[at : at + size] for at in range(0, len(data), size)]
    found = [[number.decode() for number in _NUMBER.findall(page)] for page in pages]
    known = set(numbers)
    return [[number for number in page if number in known] for page in found]
