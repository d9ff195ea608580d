"""A town's folder, opened or made: its settings, its register and its keys, wired for the command line and the service.

Nothing is decided here: what a town decides is in settings.py, what the municipality does in domain/. A key is unlocked
by the passphrase it is given and stays locked without one.
"""

import json
import secrets
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from cardservice import keystore, settings
from cardservice.cli import new_register
from cardservice.cli.files import all_or_nothing
from cardservice.credential.keys import Algorithm
from cardservice.day_keys import DayKeys
from cardservice.domain import key_rotation
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.publication import Published
from cardservice.factor_key import FactorKey
from cardservice.keystore import KeyFolder, KeyMissing, Purpose, SigningKey
from cardservice.settings import CONFIG_NAME, MEMORY, Settings
from cardservice.storage import safety, upgrade
from cardservice.storage.session import engine, sessions
from cardservice.web import decided

Ask = Callable[[Purpose], str]
"""Gives the passphrase of a key."""
UnlockedKeys = Mapping[Purpose, SigningKey]

ALGORITHMS = {"ES256": Algorithm.ES256, "EdDSA": Algorithm.EDDSA}


class RegisterOutdated(click.ClickException):
    """The tables are of another version than the program."""

    def __init__(self) -> None:
        super().__init__("The register is not of this version. Back it up, then run `cardservice db upgrade`.")


class RegisterMissing(click.ClickException):
    """The file of the register is not where it should be."""

    def __init__(self, file: Path) -> None:
        # Not "db upgrade": that would make an empty register beside cards that are in people's hands.
        super().__init__(f"{file.name} is not there. Bring the register back, or correct [database] in {CONFIG_NAME}.")


class NoRegister(click.ClickException):
    """The database can be used and has no tables: it is another one, or everything in it is lost."""

    def __init__(self) -> None:
        # Nor is it "db upgrade" here, for the same reason.
        super().__init__(
            f"There is no register in that database. Correct [database] in {CONFIG_NAME}, or bring the register back "
            "(`cardservice restore`). A new town in PostgreSQL is made by `cardservice init --database URL`."
        )


class TownExists(click.ClickException):
    """A town was to be made where one is already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is a town in {folder} already ({CONFIG_NAME}). Nothing was changed.")


class RegisterThere(click.ClickException):
    """A town was to be made where there is a register without a town."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file.name} is there already, without a {CONFIG_NAME}, and is not written over. If it is left from an "
            f"`init` that was interrupted, delete it and keys/ beside it; else bring {CONFIG_NAME} back."
        )


class NoLineToChange(click.ClickException):
    """A setting was to be changed in a config.toml that has no line for it."""

    def __init__(self, section: str, name: str) -> None:
        super().__init__(f"{CONFIG_NAME} has no line for {name} in [{section}]. Nothing was changed.")


@dataclass(frozen=True, kw_only=True)
class Town:
    """One municipality's folder and what belongs to it."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    keys: KeyFolder

    @classmethod
    def open(cls, folder: Path, *, is_of_this_version: bool = True) -> "Town":
        """Read the folder's settings and connect to its register.

        Raises:
            SettingsError: config.toml is missing or has problems.
            RegisterMissing: the register is a file and is not there.
            NoRegister: there are no tables in that database.
            RegisterOutdated: the register needs `cardservice db upgrade`.
        """
        opened = cls.of(settings.load(folder))
        try:
            _check_register(opened.engine, is_of_this_version=is_of_this_version)
        except BaseException:
            opened.close()
            raise
        return opened

    @classmethod
    def of(cls, loaded: Settings) -> "Town":
        """The town of these settings, its register not looked at yet."""
        connected = engine(loaded.database_url)
        return cls(settings=loaded, engine=connected, sessions=sessions(connected), keys=KeyFolder(loaded.keys_folder))

    def close(self) -> None:
        """Let go of the register, whose file is whole by itself then. Whatever is asked later opens it again."""
        safety.close(self.engine)

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that is committed when its block ends."""
        return self.sessions.begin()

    def day_keys(self) -> DayKeys:
        """The keys of drafts, in memory. Raises `NotInMemory` for a folder on disk."""
        where = self.settings.retention.day_keys
        make = DayKeys.in_process if where == MEMORY else lambda **given: DayKeys.in_folder(Path(where), **given)
        return make(token_bytes=secrets.token_bytes)

    def shared_day_keys(self) -> DayKeys | None:
        """The keys of drafts as a second process sees them: None where the service keeps them in its own memory."""
        return None if self.settings.retention.day_keys == MEMORY else self.day_keys()

    def create_key(self, purpose: Purpose, algorithm: Algorithm, passphrase: str, *, now: datetime) -> SigningKey:
        """Make a key in the folder and announce it in the register."""
        key = self.keys.create(purpose, algorithm, passphrase)
        with self.transaction() as session:
            key_rotation.announce(
                session,
                purpose,
                key.public,
                validity_years=self.settings.card.validity_years,
                actor=CONSOLE,
                now=now,
            )
        return key

    def unlock(self, purpose: Purpose, passphrase: str) -> SigningKey:
        """The active key of a purpose.

        Raises:
            KeyStoreError: none is active, it is not in the folder, or the passphrase does not open it.
        """
        key_id = self.active_key_id(purpose)
        if key_id is None:
            raise KeyMissing(f"No {purpose} key is active. Look at `cardservice keys list`.")
        return self.keys.unlock(key_id, passphrase)

    def is_here(self, purpose: Purpose) -> bool:
        """Whether the active key of a purpose is in the folder; an anchor may be kept elsewhere."""
        return (purpose, self.active_key_id(purpose)) in self.keys.list()

    def active_key_id(self, purpose: Purpose) -> bytes | None:
        """Which key signs for a purpose."""
        with self.transaction() as session:
            active = key_rotation.active(session, purpose)
        return None if active is None else bytes.fromhex(active.key_id)

    def publish(
        self, keys: UnlockedKeys, *, now: datetime, out: Path | None = None, actor: Actor = CONSOLE
    ) -> Published:
        """Sign the lists with the keys that are unlocked and write the kit to `out`, by default the town's own."""
        return decided.publish(
            self.settings,
            self.transaction,
            status_key=keys.get(Purpose.STATUS),
            anchor_key=keys.get(Purpose.ANCHOR),
            audit_key=keys.get(Purpose.AUDIT),
            actor=actor,
            now=now,
            token_bytes=secrets.token_bytes,
            out=out,
        )


def _check_register(connected: Engine, *, is_of_this_version: bool) -> None:
    file = Path(str(connected.url.database))
    if new_register.is_file(connected) and not file.exists():
        raise RegisterMissing(file)
    if upgrade.is_current(connected):
        return
    if upgrade.revision_of(connected) is None:
        raise NoRegister
    if is_of_this_version:
        raise RegisterOutdated


def create(folder: Path, config: str, passphrase_of: Ask, *, now: datetime) -> tuple[Town, dict[Purpose, SigningKey]]:
    """Make a town: its folder, settings, register, four active keys, the key of second factors, and the first kit.

    `config` is the text of config.toml. Raises `TownExists`, `RegisterThere`, `RegisterNotEmpty`, `SettingsError`,
    `KeyStoreError`. Nothing is written before every passphrase is known, config.toml last, and nothing stays of what
    could not be finished: so whoever is interrupted, or finds the disk full, can begin again.
    """
    if (folder / CONFIG_NAME).exists():
        raise TownExists(folder)
    loaded = settings.parse_text(config, folder)
    passphrases = {purpose: _long_enough(passphrase_of(purpose)) for purpose in Purpose}
    town = Town.of(loaded)
    _check_no_register(town.engine)
    with all_or_nothing(folder):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            keys = _furnish(town, passphrases, now)
            (folder / CONFIG_NAME).write_text(config, encoding="utf-8")
        except BaseException:
            town.close()
            new_register.undo(town.engine)
            raise
    return town, keys


def _furnish(town: Town, passphrases: Mapping[Purpose, str], now: datetime) -> dict[Purpose, SigningKey]:
    upgrade.upgrade(town.engine)
    algorithm = ALGORITHMS[town.settings.card.algorithm]
    keys = {purpose: town.create_key(purpose, algorithm, said, now=now) for purpose, said in passphrases.items()}
    FactorKey.in_folder(town.settings.keys_folder)
    with town.transaction() as session:
        for key in keys.values():
            key_rotation.activate(session, key.key_id.hex(), wait=town.settings.list_period, actor=CONSOLE, now=now)
    town.publish(keys, now=now)
    return keys


def _check_no_register(connected: Engine) -> None:
    """An `init` that was killed has left one, and so has whoever deleted config.toml."""
    file = Path(str(connected.url.database))
    if new_register.is_file(connected) and file.exists():
        raise RegisterThere(file)
    new_register.check_empty(connected)


def _long_enough(passphrase: str) -> str:
    keystore.check_long_enough(passphrase)
    return passphrase


def example_config() -> str:
    """The text of config.example.toml, from the tree or the installed wheel."""
    package = Path(str(resources.files("cardservice")))
    installed = package / "_config.example.toml"
    return (installed if installed.is_file() else package.parent / "config.example.toml").read_text(encoding="utf-8")


def config_for(*, name: str, issuer: str, algorithm: str, **others: str) -> str:
    """The example's text with a town's own name, address and algorithm; `others` replaces further whole lines.

    The file stays the commented example, because a person will go on editing it.
    """
    lines = {
        "name": f"name = {quoted(name)}",
        "issuer": f"issuer = {quoted(issuer)}",
        "names": f"names = {{ en = {quoted(name)} }}",
        "algorithm": f"algorithm = {quoted(algorithm)}",
        **others,
    }
    return "\n".join(lines.get(line.partition(" = ")[0], line) for line in example_config().splitlines()) + "\n"


def with_setting(config: str, section: str, line: str) -> str:
    """The text of a config.toml with one whole line in place of the line of the same setting, or as a new section.

    Raises `NoLineToChange` where the setting is written in a way that has no line of its own.
    """
    name = line.partition(" = ")[0]
    lines = config.splitlines()
    is_it = [one.partition("=")[0].strip() == name for one in lines]
    if any(is_it):
        lines = [line if it else one for one, it in zip(lines, is_it, strict=True)]
    elif section not in tomllib.loads(config):
        lines += ["", f"[{section}]", line]
    else:
        raise NoLineToChange(section, name)
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)
