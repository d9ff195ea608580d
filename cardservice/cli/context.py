"""What every command of `cardservice` shares: the town's folder, the passphrases, and failures in words for people."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from cardservice.cli import passphrase
from cardservice.cli.town import Town
from cardservice.domain.errors import DomainError
from cardservice.keystore import KeyStoreError, Purpose
from cardservice.printing.palette import UnreadableColour
from cardservice.printing.typefaces import FontsMissing
from cardservice.settings import SettingsError
from cardservice.web.quiet_log import describe

FOR_PEOPLE = (DomainError, KeyStoreError, SettingsError, FontsMissing, UnreadableColour)


class QuietGroup(click.Group):
    """A group whose failures are one line for people; no traceback, because a traceback can hold a name."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FOR_PEOPLE as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            raise click.ClickException(
                f"The register cannot be used [{describe(error)}]. Nothing was changed."
            ) from None
        except OSError as error:
            raise click.ClickException(f"{error.strerror or 'A file cannot be used'}. Nothing was changed.") from None
        except click.exceptions.Exit:
            raise
        except RuntimeError as error:
            raise click.ClickException(f"This should not happen [{describe(error)}]. Please report it.") from None


class Context:
    """What the options before a command say; the town is opened by the commands that need it."""

    def __init__(self, folder: Path, descriptor: int | None) -> None:
        self.folder = folder
        self._said: dict[Purpose, str] = {}
        self._given = None if descriptor is None else passphrase.from_descriptor(descriptor)

    def open(self) -> Town:
        return Town.open(self.folder)

    def ask(self, purpose: Purpose) -> str:
        """The passphrase of a key, asked for once. Raises `PassphraseMissing`."""
        if purpose not in self._said:
            self._said[purpose] = passphrase.ask(purpose, self._given)
        return self._said[purpose]

    def ask_new(self, purpose: Purpose) -> str:
        return passphrase.ask(purpose, self._given, new=True)

    def ask_if_possible(self, purpose: Purpose) -> str | None:
        """The passphrase, or None: then the key stays locked."""
        return self._said.get(purpose) or passphrase.ask_or_leave_locked(purpose, self._given)


here = click.make_pass_decorator(Context)


def utc_now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)
