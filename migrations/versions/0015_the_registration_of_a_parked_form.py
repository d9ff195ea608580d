"""The registration that a parked form belongs to, so that it ends with it.

Forms that are parked when this runs name none; they are gone within the hour
(docs/decisions/0086-what-is-being-typed-is-kept.md).

The rules: numbered (0015_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("parked_forms", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.add_column(sa.Column("draft_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(op.f("fk_parked_forms_draft_id"), "drafts", ["draft_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("parked_forms", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.drop_constraint(op.f("fk_parked_forms_draft_id"), type_="foreignkey")
        table.drop_column("draft_id")
