"""The place of a register that is to be made, for a new town or a restored one: empty before, and after a failure."""

from contextlib import suppress
from pathlib import Path

import click
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from cardservice.domain.schedule import BESIDE_THE_MODELS
from cardservice.storage import upgrade


class RegisterNotEmpty(click.ClickException):
    """There is a register already, or what was left of one that was not finished."""

    def __init__(self) -> None:
        super().__init__(
            "There are tables in that database already, and none is written over. Name an empty one with --database; "
            "if they are left from an `init` or a restore that was interrupted, delete them first."
        )


def is_file(connected: Engine) -> bool:
    """Whether the register is a file of this machine."""
    return connected.dialect.name == "sqlite" and bool(connected.url.database)


def check_empty(connected: Engine) -> None:
    """Raise `RegisterNotEmpty` where there are tables in a server's database."""
    # Nobody looks into a file that is not there yet: that would make it, before anybody could undo it.
    if not is_file(connected) and set(inspect(connected).get_table_names()) - BESIDE_THE_MODELS:
        connected.dispose()
        raise RegisterNotEmpty


def undo(connected: Engine) -> None:
    """Leave nothing half made, so that the next try finds the place empty."""
    connected.dispose()
    if is_file(connected):
        # Of a file nothing is asked: on a full disk it could not answer.
        for beside in ("", "-wal", "-shm"):
            Path(f"{connected.url.database}{beside}").unlink(missing_ok=True)
        return
    # Where the server cannot do that either, what went wrong first is what has to be told.
    with suppress(DBAPIError):
        upgrade.downgrade(connected, "base")
    connected.dispose()
