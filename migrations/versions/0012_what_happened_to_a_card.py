"""An index of audit entries by what they are about, so that a card's page can say what happened to it.

Without it every look at a card would read the whole audit: of a million entries in 62 ms instead of 0.4.

The rules: numbered (0012_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_subject", "audit_entries")
