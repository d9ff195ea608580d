"""What a town decides: config.toml becomes one frozen value, or every problem in it at once.

Read by the places that wire the service together; every other room is handed the one value it needs. Secrets are not
settings: a passphrase comes from a prompt, the environment or a file descriptor.
"""

import os
import tomllib
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator

from cardservice import medium, printer_settings, setting_problems
from cardservice.evidence_settings import Evidence
from cardservice.medium import Medium
from cardservice.printer_settings import PrinterSettings, StockSettings
from cardservice.setting_kinds import Section
from cardservice.setting_sections import MEMORY as MEMORY
from cardservice.setting_sections import (
    Audit,
    Backup,
    Card,
    Database,
    Desk,
    Keys,
    Lists,
    Printing,
    Retention,
    Slip,
    Town,
)
from cardservice.visit_settings import Visits

CONFIG_NAME = "config.toml"


class SettingsError(Exception):
    """config.toml cannot be used; the message lists every problem and what is allowed."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
        super().__init__(f"{path.name} has {count}:\n" + "\n".join(f"  {line}" for line in problems))
        self.path, self.problems = path, problems


class Settings(Section):
    """Everything in config.toml, and the town's folder that it was read from."""

    folder: Path
    town: Town
    card: Card = Card()
    lists: Lists = Lists()
    keys: Keys = Keys()
    database: Database = Database()
    retention: Retention = Retention()
    audit: Audit = Audit()
    backup: Backup = Backup()
    desk: Desk = Desk()
    printing: Printing = Printing()
    slip: Slip = Slip()
    evidence: Evidence = Evidence()
    visits: Visits = Visits()
    stock: tuple[StockSettings, ...] = ()
    printer: tuple[PrinterSettings, ...] = ()

    @model_validator(mode="after")
    def _plain_http_and_passwords_alone_stay_on_this_machine(self) -> Self:
        if not _is_loopback(self.desk.host):
            raise ValueError("desk.host: must be this machine (127.0.0.1); the proxy that ends TLS stands on it too")
        if self.desk.https and not self.desk.second_factor:
            raise ValueError("desk.second_factor: may only be false while desk.https is false, as in the demo")
        if self.desk.https and self.desk.style_page:
            raise ValueError(
                "desk.style_page: may only be true while desk.https is false, for whoever changes the desk"
            )
        if self.desk.https != self.desk_address.startswith("https:"):
            raise ValueError("desk.address: begins with https:// where desk.https is true, else with http://localhost")
        return self

    @model_validator(mode="after")
    def _workers_share_day_keys(self) -> Self:
        if self.desk.workers > 1 and self.retention.day_keys == MEMORY:
            raise ValueError("desk.workers: more than 1 needs retention.day_keys to be a tmpfs folder they share")
        return self

    @model_validator(mode="after")
    def _passphrase_is_not_beside_the_keys(self) -> Self:
        named = self.passphrase_file
        if named is not None and named.is_relative_to(self.folder.resolve()):
            raise ValueError("keys.passphrase_file: must be outside the town's folder, or a copy of it opens the keys")
        return self

    @model_validator(mode="after")
    def _kit_has_a_folder_of_its_own(self) -> Self:
        """Whoever serves it to everybody must not be handed what lies beside it."""
        folder, kit = self.folder.resolve(), self.kit_folder.resolve()
        private = (self.keys_folder.resolve(), self.logs_folder.resolve())
        if folder.is_relative_to(kit) or any(kit.is_relative_to(one) for one in private):
            raise ValueError("lists.kit: everybody may read it, so it must be a folder of its own, like kit")
        return self

    @model_validator(mode="after")
    def _copies_of_the_audit_lie_outside(self) -> Self:
        """Beside what they are to prove they would prove nothing."""
        own = (one.resolve() for one in (self.keys_folder, self.logs_folder, self.kit_folder))
        if self.audit_copies and any(self.audit_copies.is_relative_to(one) for one in own):
            raise ValueError("audit.copies: must be a folder of somebody outside, not one that the program itself uses")
        return self

    @model_validator(mode="after")
    def _printers_have_something_to_print_on(self) -> Self:
        if problem := printer_settings.problem(self.stock, self.printer):
            raise ValueError(problem)
        return self

    @property
    def printers(self) -> tuple[PrinterSettings, ...]:
        """The printers of the town, the first of them first."""
        return self.printer

    @property
    def stocks(self) -> tuple[Medium, ...]:
        """The town's own sheets, beside the media that are always there."""
        return tuple(stock.medium for stock in self.stock)

    def medium(self, name: str) -> Medium:
        """What a printer of this town prints on, or anything else by its name. Raises UnknownMedium."""
        return medium.named(name, self.stocks)

    @property
    def passphrase_file(self) -> Path | None:
        """A file whose first line is the passphrase of the keys, if the town has one."""
        named = self.keys.passphrase_file
        return (self.folder.resolve() / named).resolve() if named else None

    @property
    def keys_folder(self) -> Path:
        """Where the issuer keys rest, encrypted."""
        return self.folder / "keys"

    @property
    def kit_folder(self) -> Path:
        """Where `publish` writes what verifiers need."""
        return Path(os.path.normpath(self.folder / self.lists.kit))

    @property
    def kit_address(self) -> str:
        """Where the kit and its verifier are on the web, ending with a slash."""
        return (self.lists.address or f"{self.town.issuer}/kit").rstrip("/") + "/"

    @property
    def checkpoint_file(self) -> Path:
        """The audit's signed end, as of the last hour: copies of it are kept by somebody outside."""
        return self.folder / "audit-checkpoint.cose"

    @property
    def audit_copies(self) -> Path | None:
        """The folder outside that gets a copy of every checkpoint, if the town has one."""
        return (self.folder.resolve() / self.audit.copies).resolve() if self.audit.copies else None

    @property
    def publish_every(self) -> timedelta:
        """How old a published status list may get before the service publishes again."""
        return timedelta(hours=self.lists.ttl_hours)

    @property
    def lost_address(self) -> str:
        """Where the public page for lost cards is, as slips say it."""
        return self.slip.address or f"{self.town.issuer}/lost"

    @property
    def logs_folder(self) -> Path:
        """Where the service logs; nothing in it names anybody."""
        return self.folder / "logs"

    def served_at(self, host: str | None, port: int | None) -> Self:
        """These settings with the desk elsewhere, if asked for, and checked again. Raises SettingsError."""
        desk = self.desk.model_dump() | {
            name: value for name, value in (("host", host), ("port", port)) if value is not None
        }
        raw = self.model_dump(exclude={"folder"}) | {"desk": desk}
        return cast(Self, parse(raw, self.folder))

    @property
    def desk_address(self) -> str:
        """The origin that people open the desk at, to which passkeys are bound."""
        secure, local = f"https://{urlsplit(self.town.issuer).hostname}", f"http://localhost:{self.desk.port}"
        return self.desk.address or (secure if self.desk.https else local)

    @property
    def list_period(self) -> timedelta:
        """How long a verifier may use a status list, so how long a new key waits before it signs."""
        return timedelta(days=self.lists.status_days)

    def status_uri(self, number: int) -> str:
        """Where a status list is published: the address inside every card of that list, for ever."""
        return f"{self.town.issuer}/status/{number}"

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite file placed in the town's folder."""
        prefix = "sqlite:///"
        if not self.database.url.startswith(prefix):
            return self.database.url.replace("postgresql://", "postgresql+psycopg://", 1)
        return prefix + str(self.folder.resolve() / self.database.url.removeprefix(prefix))


def load(folder: Path) -> Settings:
    """Read FOLDER/config.toml.

    Raises:
        SettingsError: the file is missing, is not TOML, or holds problems; all are named at once.
    """
    path = folder / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors of Windows put a mark before the first line
    except FileNotFoundError:
        raise SettingsError(path, [f"there is none in {folder}; `cardservice --town {folder} init` makes it"]) from None
    except UnicodeDecodeError as error:
        raise SettingsError(path, [f"is not UTF-8: {error.reason} at byte {error.start}"]) from None
    return parse_text(text, folder)


def parse_text(text: str, folder: Path) -> Settings:
    """Check the text of a config.toml. Raises SettingsError."""
    try:
        return parse(tomllib.loads(text), folder)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(folder / CONFIG_NAME, [f"is not TOML: {error}"]) from None


def parse(raw: dict[str, Any], folder: Path) -> Settings:
    """Check settings already read; `folder` is the town's folder, relative paths start there."""
    try:
        return Settings.model_validate({**raw, "folder": folder})
    except ValidationError as error:
        said = [setting_problems.in_words(problem, Settings) for problem in error.errors()]
        raise SettingsError(folder / CONFIG_NAME, said) from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
