"""The digest of the slip code: whoever holds the slip can end the card, and the code cannot be read off the register.

The rules: numbered (0007_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("slip_digest", sa.LargeBinary(length=32), nullable=True))
    op.create_index("ix_cards_slip_digest", "cards", ["slip_digest"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_cards_slip_digest", "cards")
    op.drop_column("cards", "slip_digest")
