"""Forms that were sent, so that one sent twice is one thing; and how many booked within the hour.

A form is a random id, a day and the waiting number it made; of an hour there is one number for each day that can be
booked. Nothing of either tells who it was (docs/decisions/0085-a-form-sent-twice-is-one-thing.md,
0084-what-public-pages-tell.md).

The rules: numbered (0014_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_forms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("made", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_forms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "booking_hours",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_booking_hours")),
    )


def downgrade() -> None:
    op.drop_table("booking_hours")
    op.drop_table("sent_forms")
