"""Whether the opened register keeps secrets as it was told to: its settings read back, and its log emptied.

What a database is told when it is opened (session.py) and what it then does are two things: a register made by another
program has no auto_vacuum, and a PostgreSQL server writes into its log what its administrator wants. Source: THREATS
§4.3. The service does not start while `problems` has something to say (docs/decisions/0032).
"""

from contextlib import suppress
from pathlib import Path
from sqlite3 import Error as SqliteError

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from cardservice.storage.session import LOCK_WAIT_MS, UnsafeDatabase, read_only

_PATIENCE_MS = 500

# Pragma, the value that SQLite reports when it is as session.py wants it, and that value in words.
_SQLITE = {
    "journal_mode": ("wal", "WAL"),
    "synchronous": (2, "FULL"),
    "foreign_keys": (1, "ON"),
    "secure_delete": (1, "ON"),
    "auto_vacuum": (1, "FULL"),
}
# What would write statements, their values or the words of an error ("Key (name)=(…) already exists") into a log.
_POSTGRESQL = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length_on_error": "0",
    # Not about the log: without it a card can be in the world whose row is lost when the machine stops.
    "synchronous_commit": "on",
}


def problems(engine: Engine) -> list[str]:
    """Return what would let the register leak or forget, each in one line that says what to do; empty if it is safe."""
    found = []
    if not engine.hide_parameters:
        found.append("the database engine shows values in its errors: open it with storage.session.engine")
    if engine.echo:
        found.append("the database engine writes every statement into the log: switch its echo off")
    with read_only(engine).connect() as connection:
        read = _sqlite if engine.dialect.name == "sqlite" else _postgresql
        return found + read(connection)


def empty_log(engine: Engine) -> None:
    """Let nothing that was deleted stay in SQLite's write-ahead log: carry the log over and cut it to nothing.

    Waits half a second for who is reading; where somebody reads longer, the next call does it. PostgreSQL's log is its
    own: there, as everywhere, it is the destroyed day key that makes what was written unreadable.
    """
    if engine.dialect.name != "sqlite":
        return
    # Not a connection of SQLAlchemy's, which would begin a transaction, inside which nothing can be carried over.
    raw = engine.raw_connection()
    cursor = raw.cursor()
    try:
        # Writers wait for as long as this waits for readers.
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MS}")
        cursor.close()
        raw.close()


def close(engine: Engine) -> None:
    """Let go of the register, so that its file is whole by itself: whoever copies it has everything.

    A process that ends without this leaves what it committed in the log. Where somebody else has the register open, or
    there is no room, that stays there, as safe as before; so no failure here is one of what was done. The engine can
    be used again.
    """
    # Not on a file that is gone: an empty register would be made in its place.
    if engine.dialect.name == "sqlite" and engine.url.database and Path(engine.url.database).exists():
        with suppress(DBAPIError, SqliteError, UnsafeDatabase):
            empty_log(engine)
    engine.dispose()


def _sqlite(connection: Connection) -> list[str]:
    wrong = [
        f"the register has {pragma} not {words}"
        for pragma, (value, words) in _SQLITE.items()
        if connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() != value
    ]
    if wrong and "auto_vacuum" in wrong[-1]:
        # It counts for the whole file, and only VACUUM changes it once there is something in it.
        wrong[-1] += ': with the service stopped, run sqlite3 register.db "PRAGMA auto_vacuum=FULL; VACUUM"'
    return wrong


def _postgresql(connection: Connection) -> list[str]:
    role = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    # The value for this role in this database; NULL, which is passed over, where this version has no such setting.
    read = text("SELECT current_setting(:name, true)")
    return [
        f"PostgreSQL has {name} = {found}. As the database's administrator: ALTER ROLE {role} SET {name} = '{wanted}';"
        for name, wanted in _POSTGRESQL.items()
        if (found := connection.execute(read, {"name": name}).scalar()) not in (wanted, None)
    ]
