"""What every command of `cardservice` shares: the town's folder, the passphrases, and failures in words for people."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from cardservice import settings
from cardservice.cli import passphrase, register_problems
from cardservice.cli.town import Town
from cardservice.domain import decommission
from cardservice.domain.errors import DomainError
from cardservice.keystore import KeyStoreError, Purpose, SigningKey, WrongPassphrase, check_private_passphrase
from cardservice.medium import NotMeasured
from cardservice.printing.column import DoesNotFit
from cardservice.printing.crest import CrestRefused
from cardservice.printing.palette import UnreadableColour
from cardservice.printing.text import MissingGlyph
from cardservice.printing.typefaces import FontsMissing
from cardservice.printing.words_in import UnknownLanguage
from cardservice.scan import CannotScan
from cardservice.settings import SettingsError
from cardservice.spooler import SpoolerError
from cardservice.storage.session import UnsafeDatabase
from cardservice.web import process
from cardservice.web.quiet_log import describe
from cardservice.web.safe_start import UnsafeStart

FOR_PEOPLE = (
    DomainError,
    KeyStoreError,
    SettingsError,
    FontsMissing,
    UnreadableColour,
    CrestRefused,
    DoesNotFit,
    MissingGlyph,
    UnknownLanguage,
    NotMeasured,
    SpoolerError,
    CannotScan,
    UnsafeDatabase,
    UnsafeStart,
)
# The commands in whose memory residents' names will be.
HANDLE_NAMES = frozenset({"serve", "demo", "print"})


class QuietGroup(click.Group):
    """A group whose failures are one line for people; no traceback, because a traceback can hold a name."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        """Run a command; where it is this process's own and will handle names, in a memory that forgets."""
        if args is None and HANDLE_NAMES.intersection(sys.argv):
            process.begin_again()
        return super().main(args, *others, **options)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FOR_PEOPLE as error:
            raise click.ClickException(str(error)) from None
        except (DBAPIError, SqliteError) as error:
            raise click.ClickException(register_problems.in_words(error)) from None
        except OSError as error:
            raise click.ClickException(register_problems.of_a_file(error)) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - a traceback would show what was being worked on
            raise click.ClickException(f"This should not happen [{describe(error)}]. Please report it.") from None


@dataclass(frozen=True)
class Laid:
    """What the file says that config.toml names as keys.passphrase_file, for one key; or why it says nothing."""

    said: str | None = None
    why_not: str = ""


def _read_laid(path: Path | None, purpose: Purpose) -> Laid:
    """Read the first line of the file. It is for the keys on the machine, so never for the anchor.

    It may be gone: where the system lays it into memory for the service, it is there while that runs. Raises
    `PassphraseReadableByOthers`.
    """
    if path is None:
        return Laid()
    if purpose is Purpose.ANCHOR:
        return Laid(why_not="The file that config.toml names as keys.passphrase_file is not for the anchor key.")
    try:
        check_private_passphrase(path)
        line = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        line = ""
    if not line:
        return Laid(why_not=f"{path.name}, which config.toml names as keys.passphrase_file, cannot be read.")
    return Laid(said=line)


class Context:
    """What the options before a command say; the town is opened by the commands that need it."""

    def __init__(self, folder: Path, descriptor: int | None) -> None:
        self.folder = folder
        self._given = None if descriptor is None else passphrase.from_descriptor(descriptor)

    def open(self) -> Town:
        return until_the_end(Town.open(self.folder))

    def open_to_change(self) -> Town:
        """The same for what changes something. Raises `TownClosed` as well."""
        town = self.open()
        with town.transaction() as session:
            decommission.check_open(session)
        return town

    def ask_new(self, purpose: Purpose) -> str:
        """The passphrase of a key that is about to be made; at a prompt it is asked for twice."""
        return self._said(purpose, new=True)

    def known(self, purpose: Purpose) -> str | None:
        """What was said without asking: on a descriptor, in the environment, or in the file that config.toml names."""
        return passphrase.known(purpose, self._given) or self._laid(purpose).said

    def unlock(self, town: Town, purpose: Purpose) -> SigningKey:
        """The active key of a purpose, with the passphrase that is known or asked for.

        Raises `PassphraseMissing`, `KeyStoreError`.
        """
        return self._unlocked(town, purpose, self._said(purpose))

    def unlock_some(
        self, town: Town, purposes: Iterable[Purpose], *, to_serve: bool = False
    ) -> dict[Purpose, SigningKey]:
        """The active keys in the town's folder whose passphrase is known or said at a prompt; others stay locked.

        To serve, so does an anchor that the passphrase of the other keys does not open: the desk can do without it.
        Raises `PassphraseMissing`, `KeyStoreError`.
        """
        keys = {}
        for purpose in filter(town.is_here, purposes):
            known = self.known(purpose)
            said = passphrase.ask_or_leave_locked(purpose, known)
            try:
                if said is not None:
                    keys[purpose] = self._unlocked(town, purpose, said)
            except WrongPassphrase:
                if not (to_serve and known and purpose is Purpose.ANCHOR):
                    raise
        return keys

    def _said(self, purpose: Purpose, *, new: bool = False) -> str:
        """What was given goes before the file, which then need not even be there; and both before the prompt."""
        given = passphrase.known(purpose, self._given)
        laid = Laid() if given else self._laid(purpose)
        return passphrase.ask(purpose, given or laid.said, new=new, why=laid.why_not)

    def _unlocked(self, town: Town, purpose: Purpose, said: str) -> SigningKey:
        """The key; where only the file said a passphrase and it does not open the key, with another one."""
        try:
            return town.unlock(purpose, said)
        except WrongPassphrase:
            if passphrase.known(purpose, self._given) or said != self._laid(purpose).said:
                raise
        why = f"The passphrase in the file that config.toml names does not open the {purpose} key."
        return town.unlock(purpose, passphrase.ask(purpose, why=why))

    def _laid(self, purpose: Purpose) -> Laid:
        if not (self.folder / settings.CONFIG_NAME).exists():
            return Laid()
        return _read_laid(settings.load(self.folder).passphrase_file, purpose)


here = click.make_pass_decorator(Context)


def until_the_end(town: Town) -> Town:
    """The town, whose register is closed when the command ends, however it ends: its file can be copied then.

    So is the service's. Its workers are gone by then, and none of them could have done it for the others.
    """
    click.get_current_context().call_on_close(town.close)
    return town


def utc_now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)
