"""How the register is opened: one writer at a time on both databases, and the settings that keep data from leaking.

A session of `sessions` writes: it holds the register for itself from its first statement to its commit, so that no
function of the domain can be overtaken (SQLite: BEGIN IMMEDIATE; PostgreSQL: one advisory lock for a transaction).
A session of `reading` waits for nobody and cannot write. Bound values never appear in an exception or a log
(THREATS §4.3). The tables are in models.py, their changes over time in upgrade.py, the file that is moved away under a
running service in present.py.
"""

from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from cardservice.storage import present

LOCK_WAIT_MS = 15_000
# Any constant will do, as long as nothing else in this database takes an advisory lock of the same number.
WRITER_LOCK = 0x43415244
READ_ONLY = "cardservice_read_only"
_ONLY_READS = "cardservice_only_reads"


class UnsafeDatabase(Exception):
    """The database will not keep what it was told to keep: the service must not start on it."""


def engine(url: str) -> Engine:
    """Return the engine of the database at `url` (sqlite:///… or postgresql+psycopg://…), set up to be safe.

    Raises `UnsafeDatabase` where the register would travel a network in clear.
    """
    if url.startswith("sqlite"):
        made = create_engine(url, hide_parameters=True)
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        present.watch(made)
    else:
        _check_encrypted(make_url(url))
        options = f"-c lock_timeout={LOCK_WAIT_MS} -c timezone=UTC"
        made = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": options})
        event.listen(made, "begin", _begin_postgresql)
    return made


def _check_encrypted(url: URL) -> None:
    """Raise `UnsafeDatabase` if what travels to PostgreSQL could be read or answered by somebody else on the way.

    By default libpq goes on in clear where the server offers nothing better, and compares no certificate with anything.
    """
    if _is_on_this_machine(url) or url.query.get("sslmode") == "verify-full":
        return
    raise UnsafeDatabase(
        "The database is on another machine, and its address does not say that the connection must be encrypted and "
        "its certificate checked. Add ?sslmode=verify-full&sslrootcert=FILE to [database] url."
    )


def _is_on_this_machine(url: URL) -> bool:
    named = url.query.get("host") or url.host or ""
    hosts = named if isinstance(named, tuple) else named.split(",")
    return all(not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1") for host in hosts)


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions that may write; its `begin` opens a transaction that commits on leaving."""
    return sessionmaker(engine, expire_on_commit=False)


def reading(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions that only read: they wait for no writer, and a write in them fails."""
    return sessionmaker(read_only(engine), expire_on_commit=False)


def snapshot(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions that read everything as of one moment, however long they take.

    A transaction of SQLite's write-ahead log does so by itself; PostgreSQL has to be told.
    """
    at_one_moment = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    return sessionmaker(read_only(engine).execution_options(**at_one_moment), expire_on_commit=False)


def read_only(engine: Engine) -> Engine:
    """Return the same engine, for statements that only read."""
    return engine.execution_options(**{READ_ONLY: True, "postgresql_readonly": True})


def _prepare_sqlite(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    """Make a new connection durable and forgetful: every commit is on disk, every deleted row is overwritten."""
    # The driver would open transactions by itself, and only before a write: too late to be the only writer.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MS}")
    # Only on a new file: these two wait for every writer, and a reader must not.
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        # auto_vacuum first: it can only be chosen while the file is still empty, and WAL writes its first page.
        cursor.execute("PRAGMA auto_vacuum=FULL")
        if cursor.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise UnsafeDatabase(
                "SQLite cannot keep a write-ahead log here. Put the database in a file on a local disk."
            )
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    only_reads = _is_read_only(connection)
    # A connection of the pool keeps what it was last told; what failed to be told is not known.
    if connection.info.pop(_ONLY_READS, None) is not only_reads:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if only_reads else 'OFF'}")
    connection.info[_ONLY_READS] = only_reads
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def may_write(raw: PoolProxiedConnection) -> None:
    """Let a connection of the pool write that was taken without a transaction: whoever had it may only have read."""
    raw.info.pop(_ONLY_READS, None)
    raw.cursor().execute("PRAGMA query_only=OFF")


def _begin_postgresql(connection: Connection) -> None:
    if not _is_read_only(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _is_read_only(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READ_ONLY, False))
