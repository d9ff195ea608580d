"""Brings the register's tables to the version of this program, by the migrations in migrations/.

Works in the source tree (migrations/ lies beside the package) and installed (the wheel carries them as
cardservice/_migrations).
"""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from cardservice.storage.session import read_only


def migrations_folder() -> Path:
    """Return where the migrations are: inside the installed package, or at the top of the source tree."""
    package = Path(str(files("cardservice")))
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to `revision`, each in a transaction of its own. Harmless when there is none left."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo the migrations after `revision` ("base": all of them). For rehearsals; a town goes forward."""
    command.downgrade(_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the tables are those that this program expects."""
    return revision_of(engine) == _head()


def revision_of(engine: Engine) -> str | None:
    """Return the number of the last migration that was applied, None where there are no tables yet."""
    with read_only(engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Tell whether this program has the migrations up to that one."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def draft_migration(engine: Engine, number: str, message: str) -> None:
    """Write the file of a new migration, compared with the models, for a developer to finish by hand."""
    command.revision(_config(engine), message, autogenerate=True, rev_id=number)


def _config(engine: Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config
