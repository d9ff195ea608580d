"""The register, first version: staff, drafts as ciphertext, cards without names, keys, lists, audit.

The rules: numbered (0007_…), one step, schema and data apart. A published migration never changes. Both ways are
written and rehearsed with rows present, on SQLite and PostgreSQL (tests/storage/test_migrations.py). Nothing here
imports the models: they move on, this file does not. No column may hold personal data in clear.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "counters",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "issuer_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("not_after", sa.Date(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_issuer_keys")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "rule", name=op.f("pk_ledger_entries")),
    )
    op.create_table(
        "publications",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", "sequence", name=op.f("pk_publications")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name_key", name=op.f("uq_staff_name_key")),
    )
    op.create_table(
        "status_lists",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.Column("key_day", sa.Date(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["staff.id"], name=op.f("fk_drafts_approver_id")),
        sa.ForeignKeyConstraint(["creator_id"], ["staff.id"], name=op.f("fk_drafts_creator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "status_indices",
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Boolean(), nullable=False),
        sa.Column("reinstated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["list_number"], ["status_lists.number"], name=op.f("fk_status_indices_list_number")),
        sa.PrimaryKeyConstraint("list_number", "position", name=op.f("pk_status_indices")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_status_indices_invalid",
        "status_indices",
        ["list_number", "position"],
        unique=False,
        sqlite_where=sa.text("invalid"),
        postgresql_where=sa.text("invalid"),
    )
    op.create_index(
        "ix_status_indices_reinstated",
        "status_indices",
        ["list_number", "position"],
        unique=False,
        sqlite_where=sa.text("reinstated"),
        postgresql_where=sa.text("reinstated"),
    )

    op.create_table(
        "cards",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("issue_month", sa.String(length=7), nullable=False),
        sa.Column("expiry_month", sa.String(length=7), nullable=False),
        sa.Column("revoke_month", sa.String(length=7), nullable=True),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_cards_draft_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_keys.key_id"], name=op.f("fk_cards_key_id")),
        sa.ForeignKeyConstraint(
            ["list_number", "position"],
            ["status_indices.list_number", "status_indices.position"],
            name=op.f("fk_cards_list_number_position"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cards")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_cards_draft_id")),
        sa.UniqueConstraint("list_number", "position", name=op.f("uq_cards_list_number_position")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cards_expiry_month", "cards", ["expiry_month"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_cards_expiry_month")

    op.drop_table("cards")
    op.drop_index("ix_status_indices_reinstated")
    op.drop_index("ix_status_indices_invalid")

    op.drop_table("status_indices")
    op.drop_table("drafts")
    op.drop_table("status_lists")
    op.drop_table("staff")
    op.drop_table("publications")
    op.drop_table("ledger_entries")
    op.drop_table("issuer_keys")
    op.drop_table("counters")
    op.drop_table("audit_entries")
