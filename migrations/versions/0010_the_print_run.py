"""Which signed cards are where between the queue and the hand, and how many blanks there are. Numbers and counts only.

Without it nobody could say after a jam or a crash which of three hundred cards are on paper, and blanks that leave the
cupboard without a card in the register would not be missed (docs/decisions/0059-the-print-queue.md).

The rules: numbered (0010_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "print_jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("printer", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_print_jobs_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_jobs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "printed_cards",
        sa.Column("card_number", sa.String(length=12), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("spooled", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["card_number"], ["cards.number"], name=op.f("fk_printed_cards_card_number")),
        sa.ForeignKeyConstraint(["job_id"], ["print_jobs.id"], name=op.f("fk_printed_cards_job_id")),
        sa.PrimaryKeyConstraint("card_number", name=op.f("pk_printed_cards")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_printed_cards_job_id", "printed_cards", ["job_id"])
    op.create_table(
        "blank_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("blank", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "blank", "what", name=op.f("pk_blank_counts")),
    )


def downgrade() -> None:
    op.drop_table("blank_counts")
    op.drop_index("ix_printed_cards_job_id", table_name="printed_cards")
    op.drop_table("printed_cards")
    op.drop_table("print_jobs")
