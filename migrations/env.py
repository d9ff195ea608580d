"""Alembic's door: runs the migrations on the engine that cardservice/storage/upgrade.py hands over."""

from alembic import context

from cardservice.storage.models import Base

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite alters a table by copying it.
        render_as_batch=True,
        # A migration that fails leaves the tables as they were, on SQLite too.
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
