"""Visits that are booked without names, and the numbers of those who wait.

A visit is a time, a number of persons and a random code; a number is of one day. Nothing of either tells whose it is
(docs/decisions/0077-visits-without-names.md, 0078-waiting-numbers.md).

The rules: numbered (0013_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("begins_at", sa.DateTime(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bookings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bookings_begins_at", "bookings", ["begins_at"])
    op.create_table(
        "waiting_numbers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.Column("booked_for", sa.DateTime(), nullable=True),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day", "number", name=op.f("pk_waiting_numbers")),
    )


def downgrade() -> None:
    op.drop_table("waiting_numbers")
    op.drop_index("ix_bookings_begins_at", table_name="bookings")
    op.drop_table("bookings")
