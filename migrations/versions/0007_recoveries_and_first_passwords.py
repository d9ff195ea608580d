"""Recoveries, which two people vouch for, and first passwords, which somebody else chose and which must be changed.

The rules: numbered (0007_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recoveries",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("first_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_recoveries_staff_id"),
        sa.ForeignKeyConstraint(["first_id"], ["staff.id"], name="fk_recoveries_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["staff.id"], name="fk_recoveries_second_id"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_recoveries"),
    )
    op.add_column("staff", sa.Column("password_is_first", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "password_is_first")
    op.drop_table("recoveries")
