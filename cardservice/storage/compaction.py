"""Rewrites the rows of cards in the order of their random keys, so that where a row lies tells nothing of when it came.

PostgreSQL keeps rows in the order of writing; SQLite orders them by key, but within a page the bytes of a newer row lie
before those of an older one. Once a night both are written anew. THREATS T9; what the audit says by design is another
thing (docs/retention.md).
"""

from sqlalchemy import Engine

from cardservice.storage.models import Base, Card, StatusIndex
from cardservice.storage.session import may_write

_TABLES = tuple(Base.metadata.tables[model.__tablename__] for model in (Card, StatusIndex))


def compact(engine: Engine) -> None:
    """Write the tables anew. Writers wait as long as that takes; harmless at any time and as often as one likes."""
    if engine.dialect.name == "sqlite":
        _vacuum(engine)
    else:
        _cluster(engine)


def _vacuum(engine: Engine) -> None:
    # Not a connection of SQLAlchemy's, which would begin a transaction, inside which there is no VACUUM.
    raw = engine.raw_connection()
    try:
        may_write(raw)
        raw.cursor().execute("VACUUM")
    finally:
        raw.close()


def _cluster(engine: Engine) -> None:
    for table in _TABLES:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CLUSTER {table.name} USING {table.primary_key.name}")
