"""A database that was used, as it is before its first row."""

from sqlalchemy import Engine, text

from cardservice.storage.models import Base


def empty(postgresql: Engine) -> None:
    """Delete every row and begin to count anew; of tables with few rows ten times as fast as TRUNCATE."""
    with postgresql.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)))
        counted = (table.name for table in Base.metadata.sorted_tables if table.autoincrement_column is not None)
        connection.execute(text("SELECT " + ", ".join(f"setval('{name}_id_seq', 1, false)" for name in counted)))
