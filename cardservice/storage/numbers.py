"""Numbers that the database gives out by itself, after rows came in with numbers of their own."""

from sqlalchemy import Integer, func, select, text
from sqlalchemy.orm import Session

from cardservice.storage.models import Base


def go_on_after_the_highest(session: Session) -> None:
    """Let every counting column go on after its highest number. SQLite does so by itself, PostgreSQL does not."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        counting = table.autoincrement_column
        if counting is not None and isinstance(counting.type, Integer):
            highest = session.scalar(select(func.max(counting))) or 0
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)"),
                {"table": table.name, "column": counting.name, "next": highest + 1},
            )
