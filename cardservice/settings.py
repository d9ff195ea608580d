"""What a town decides: config.toml becomes one frozen value, or every problem in it at once.

Read by the places that wire the service together; every other room is handed the one value it needs. Secrets are not
settings: a passphrase comes from a prompt, the environment or a file descriptor.
"""

import os
import tomllib
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from cardservice import setting_problems

CONFIG_NAME = "config.toml"
MEMORY = "memory"
"""The day-key folder that means: keep day keys in the memory of this one process."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
TownName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
KitAddress = Annotated[
    str, StringConstraints(pattern=r"^((https://[a-z0-9.-]+|http://localhost)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?)?$")
]
Origin = Annotated[str, StringConstraints(pattern=r"^((https://[a-z0-9.-]+|http://localhost)(:[0-9]{1,5})?)?$")]


class SettingsError(Exception):
    """config.toml cannot be used; the message lists every problem and what is allowed."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
        super().__init__(f"{path.name} has {count}:\n" + "\n".join(f"  {line}" for line in problems))
        self.path, self.problems = path, problems


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Town(_Section):
    """Who issues: printed on every card and signed into every code."""

    name: TownName
    issuer: Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?$", max_length=100)]
    names: dict[Language, TownName] = Field(default_factory=dict)
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, max_length=3)

    @property
    def words(self) -> str:
        """The town's name in every language it is given in: no password is made of it."""
        return " ".join((self.name, *self.names.values()))

    @field_validator("issuer")
    @classmethod
    def _without_a_closing_slash(cls, value: str) -> str:
        return value.rstrip("/")


class Card(_Section):
    """What a new card is: how long it is good for and which algorithm signs it (docs/decisions/0001)."""

    validity_years: int = Field(default=2, ge=1, le=10)
    algorithm: Literal["ES256", "EdDSA"] = "ES256"


class Lists(_Section):
    """How long the signed lists are good for (docs/decisions/0007)."""

    status_days: int = Field(default=14, ge=2, le=60)
    ttl_hours: int = Field(default=12, ge=1, le=168)
    trust_days: int = Field(default=90, ge=14, le=400)
    kit: str = Field(default="kit", min_length=1)
    address: KitAddress = ""


class Keys(_Section):
    """How the issuer keys are unlocked, beside the prompt, the environment and a file descriptor (docs/keys.md)."""

    passphrase_file: str = ""


class Database(_Section):
    """Where the register lives: SQLite by default, PostgreSQL where a city outgrows it."""

    url: Annotated[str, StringConstraints(pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)")] = "sqlite:///register.db"


class Audit(_Section):
    """Where a second copy of every audit checkpoint goes: a share of somebody outside (docs/audit.md)."""

    copies: str = ""


class Backup(_Section):
    """Whom a backup is encrypted to, unless the command says otherwise (docs/backups.md)."""

    recipient: Annotated[str, StringConstraints(pattern=r"^(age1[02-9ac-hj-np-z]{58})?$")] = ""


class Retention(_Section):
    """How soon what was typed at the counter is gone (docs/retention.md)."""

    idle_minutes: int = Field(default=60, ge=5, le=60)
    day_keys: str = MEMORY


class Desk(_Section):
    """The desk's pages: where they are served, how staff prove who they are, and how long a session lasts."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    https: bool = True
    address: Origin = ""
    second_factor: bool = True
    step_up_minutes: int = Field(default=5, ge=1, le=15)
    workers: int = Field(default=1, ge=1, le=16)
    threads: int = Field(default=4, ge=1, le=64)
    idle_minutes: int = Field(default=10, ge=1, le=60)
    session_hours: int = Field(default=10, ge=1, le=24)
    four_eyes: bool = False
    cards_a_day: int = Field(default=0, ge=0, le=1000)


class Printing(_Section):
    """How the card looks."""

    colour: Colour = "#0b4f6c"


class Slip(_Section):
    """The slip that goes home with a card: where its holder ends the card (docs/decisions/0025)."""

    address: Annotated[str, StringConstraints(pattern=r"^(https://[a-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?)?$")] = ""


class Settings(_Section):
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

    @model_validator(mode="after")
    def _plain_http_and_passwords_alone_stay_on_this_machine(self) -> Self:
        if not _is_loopback(self.desk.host):
            raise ValueError("desk.host: must be this machine (127.0.0.1); the proxy that ends TLS stands on it too")
        if self.desk.https and not self.desk.second_factor:
            raise ValueError("desk.second_factor: may only be false while desk.https is false, as in the demo")
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
        text = path.read_text(encoding="utf-8")
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
