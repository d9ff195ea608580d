"""Other cities whose cards are accepted here, with what they signed. All of it is public.

The rules: numbered (0009_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DECISIONS = "action IN ('city.recognised', 'city.followed to its next anchor', 'city.forgotten')"


def upgrade() -> None:
    op.create_table(
        "recognised_cities",
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("anchor", sa.LargeBinary(), nullable=False),
        sa.Column("services", sa.String(length=600), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("trust_list", sa.LargeBinary(), nullable=False),
        sa.Column("recognised_on", sa.Date(), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_recognised_cities")),
    )
    op.create_table(
        "recognised_lists",
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("uri", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["recognised_cities.issuer"], name=op.f("fk_recognised_lists_issuer")),
        sa.PrimaryKeyConstraint("issuer", "uri", name=op.f("pk_recognised_lists")),
    )
    op.create_index(
        "ix_audit_entries_cities",
        "audit_entries",
        ["sequence"],
        sqlite_where=sa.text(DECISIONS),
        postgresql_where=sa.text(DECISIONS),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entries_cities", table_name="audit_entries")
    op.drop_table("recognised_lists")
    op.drop_table("recognised_cities")
