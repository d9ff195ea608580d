"""Sessions end by their rows since 0004, so the number that ended them is no longer needed.

The rules: numbered (0007_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("staff", "epoch")


def downgrade() -> None:
    op.add_column("staff", sa.Column("epoch", sa.Integer(), server_default="0", nullable=False))
