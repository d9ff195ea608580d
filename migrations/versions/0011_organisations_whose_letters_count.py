"""Which organisations' letters count as evidence, from when to when, and how many of this month did.

Without a list of the town's own, whoever has a letterhead could say who lives here; without a number a month, one
organisation could say it of everybody (docs/decisions/0034-evidence-by-points.md). What a draft keeps of its evidence
is in its ciphertext, whose form may change.

The rules: numbered (0011_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=180), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("letters_a_month", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organisations_name_key")),
    )
    op.create_table(
        "letter_counts",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_letter_counts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "month", name=op.f("pk_letter_counts")),
    )


def downgrade() -> None:
    op.drop_table("letter_counts")
    op.drop_table("organisations")
