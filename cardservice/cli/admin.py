"""`cardservice`: the town's side of the command line. Each command is a door to one function of the domain.

The town is a folder: --town, or CARDSERVICE_TOWN, or the folder one stands in. Passphrases never are arguments.
Errors say what happened and what to do next; a name or a value that was typed is never in them.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from cardservice import __version__
from cardservice.cli import demo, passphrase, running, town
from cardservice.cli.town import Town
from cardservice.domain import key_rotation, retention, revocation, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.card_numbers import grouped
from cardservice.domain.errors import DomainError
from cardservice.keystore import KeyStoreError, Purpose
from cardservice.printing.palette import UnreadableColour
from cardservice.printing.typefaces import FontsMissing
from cardservice.settings import SettingsError
from cardservice.storage import upgrade
from cardservice.storage.session import engine
from cardservice.terms import RevocationReason, StaffRole
from cardservice.web.quiet_log import describe

FOR_PEOPLE = (DomainError, KeyStoreError, SettingsError, FontsMissing, UnreadableColour)
REASONS = [reason.value.replace(" ", "-") for reason in RevocationReason]


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
        self._given = None if descriptor is None else passphrase.from_descriptor(descriptor)

    def open(self) -> Town:
        return Town.open(self.folder)

    def ask(self, purpose: Purpose) -> str:
        return passphrase.ask(purpose, self._given)

    def ask_new(self, purpose: Purpose) -> str:
        return passphrase.ask(purpose, self._given, new=True)

    def ask_if_possible(self, purpose: Purpose) -> str | None:
        """The passphrase, or None where nobody gave it and there is no terminal: the key stays locked."""
        try:
            return self.ask(purpose)
        except passphrase.PassphraseMissing:
            return None


here = click.make_pass_decorator(Context)


def utc_now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)


@click.group(cls=QuietGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--town",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CARDSERVICE_TOWN",
    default=Path(),
    help="The town's folder. Default: CARDSERVICE_TOWN, or the current folder.",
)
@click.option("--passphrase-fd", type=int, help="Read the passphrase of the keys from this file descriptor.")
@click.version_option(__version__, prog_name="cardservice")
@click.pass_context
def main(ctx: click.Context, folder: Path, passphrase_fd: int | None) -> None:
    """Issue local citizenship cards for one town.

    Passphrases of keys come from a prompt, from CARDSERVICE_PASSPHRASE (or CARDSERVICE_PASSPHRASE_CARD, _STATUS,
    _ANCHOR, _AUDIT), or from --passphrase-fd.

    Example: cardservice --town vila-aberta init
    """
    ctx.obj = Context(folder, passphrase_fd)


@main.command()
@click.option("--name", prompt="Name of the town, as on its cards", help="Printed on every card.")
@click.option(
    "--issuer", prompt="https address of the issuer", help="Inside every card for ever: https://id.TOWN.example"
)
@click.option("--algorithm", type=click.Choice(list(town.ALGORITHMS)), default="ES256", show_default=True)
@here
def init(context: Context, name: str, issuer: str, algorithm: str) -> None:
    """Make a town: config.toml, four keys, the register and the first kit."""
    config = town.config_for(name=name, issuer=issuer, algorithm=algorithm)
    made, keys = town.create(context.folder, config, context.ask_new, now=utc_now())
    click.echo(f"{made.settings.town.name} is in {context.folder}. Keys, encrypted under their passphrases:")
    for purpose, key in keys.items():
        click.echo(f"  {purpose:<7} {key.key_id.hex()}")
    click.echo("Next: back up keys/ (docs/keys.md), then `cardservice staff add` and `cardservice serve`.")


@main.command()
@click.option("--host", help="Default: desk.host of config.toml.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: desk.port of config.toml.")
@here
def serve(context: Context, host: str | None, port: int | None) -> None:
    """Open the desk. Keys without a passphrase stay locked; the pages that need them say so."""
    opened = context.open()
    keys = running.unlock_some(opened, context.ask_if_possible, list(Purpose))
    for purpose in running.locked(keys):
        click.echo(f"The {purpose} key stays locked: no passphrase was given.", err=True)
    running.serve(opened, keys, host=host, port=port, say=click.echo)


@main.group("staff")
def staff_group() -> None:
    """Who may sign in."""


@staff_group.command("add")
@click.option("--name", prompt=True, help="What they sign in with.")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), required=True)
@click.option("--password-fd", type=int, help="Read the password from this file descriptor. Default: a prompt.")
@here
def staff_add(context: Context, name: str, role: str, password_fd: int | None) -> None:
    """Add a staff member."""
    opened = context.open()
    if password_fd is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = passphrase.from_descriptor(password_fd)
    with opened.transaction() as session:
        staff.add(session, name, StaffRole(role), password, actor=CONSOLE, now=utc_now())
    click.echo(f"Added, as {role}.")


@main.command()
@click.argument("number")
@click.option("--reason", type=click.Choice(REASONS), required=True)
@here
def revoke(context: Context, number: str, reason: str) -> None:
    """Revoke the card NUMBER for good."""
    with context.open().transaction() as session:
        why = RevocationReason(reason.replace("-", " "))
        card = revocation.revoke(session, number, why, actor=CONSOLE, now=utc_now())
        click.echo(f"Card {grouped(card.number)} is revoked. `cardservice publish` tells the verifiers.")


@main.command()
@click.argument("number")
@here
def suspend(context: Context, number: str) -> None:
    """Make the card NUMBER not valid until it is reinstated."""
    with context.open().transaction() as session:
        card = revocation.suspend(session, number, actor=CONSOLE, now=utc_now())
        click.echo(f"Card {grouped(card.number)} is suspended. `cardservice publish` tells the verifiers.")


@main.command()
@click.argument("number")
@here
def reinstate(context: Context, number: str) -> None:
    """Make the suspended card NUMBER valid again."""
    with context.open().transaction() as session:
        card = revocation.reinstate(session, number, actor=CONSOLE, now=utc_now())
        click.echo(f"Card {grouped(card.number)} is active again. `cardservice publish` tells the verifiers.")


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Default: kit/ in the town's folder.")
@here
def publish(context: Context, out: Path | None) -> None:
    """Sign the lists and write the kit that verifiers need.

    Without the passphrase of the anchor key the trust list that is still current is used again.
    """
    opened = context.open()
    unlocked = running.unlock_some(opened, context.ask_if_possible, [Purpose.ANCHOR, Purpose.AUDIT])
    unlocked[Purpose.STATUS] = opened.unlock(Purpose.STATUS, context.ask(Purpose.STATUS))
    done = opened.publish(unlocked, now=utc_now(), out=out)
    click.echo(f"Published to {out or opened.settings.kit_folder}: trust list {done.trust_sequence}, status lists:")
    for number, sequence in sorted(done.status_sequences.items()):
        click.echo(f"  status/{number}.cwt, number {sequence}")
    if done.anchor_waits:
        click.echo("Keys have changed since the trust list was signed: publish again with the anchor key.")


@main.command()
@here
def housekeeping(context: Context) -> None:
    """Erase what is due. The service does this by itself; this is for a timer beside it."""
    opened = context.open()
    counts = retention.housekeeping(
        opened.transaction, now=utc_now(), day_keys=opened.day_keys(), limits=running.limits(opened)
    )
    click.echo("\n".join(f"{kind}: {count}" for kind, count in counts.items()) or "Nothing was due.")


@main.group()
def db() -> None:
    """The register's tables."""


@db.command("upgrade")
@here
def db_upgrade(context: Context) -> None:
    """Bring the register to the version of this program. Back it up first."""
    opened = Town.open(context.folder, check_register=False)
    upgrade.upgrade(engine(opened.settings.database_url))
    click.echo("The register is of this version.")


@main.group()
def keys() -> None:
    """The issuer's keys: announce, wait one list period, activate, retire (docs/keys.md)."""


@keys.command("list")
@here
def keys_list(context: Context) -> None:
    """Show each key and where it stands."""
    with context.open().transaction() as session:
        for key in key_rotation.everything(session):
            click.echo(f"{key.purpose:<7} {key.key_id}  {key.state:<11} {key.not_before} to {key.not_after}")


@keys.command("announce")
@click.argument("purpose", type=click.Choice([purpose.value for purpose in Purpose]))
@click.option("--algorithm", type=click.Choice(list(town.ALGORITHMS)), help="Default: card.algorithm of config.toml.")
@here
def keys_announce(context: Context, purpose: str, algorithm: str | None) -> None:
    """Make a new key and announce it. Publish afterwards: the wait begins there."""
    opened = context.open()
    chosen = town.ALGORITHMS[algorithm or opened.settings.card.algorithm]
    which = Purpose(purpose)
    key = opened.create_key(which, chosen, context.ask_new(which), now=utc_now())
    click.echo(f"Key {key.key_id.hex()} is announced. Next: `cardservice publish`, with the anchor key.")


@keys.command("activate")
@click.argument("key_id")
@here
def keys_activate(context: Context, key_id: str) -> None:
    """Let the announced key KEY_ID sign. Refused while a verifier may not know it yet."""
    opened = context.open()
    with opened.transaction() as session:
        key_rotation.activate(session, key_id, wait=opened.settings.list_period, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is active. Restart the service to sign with it, then retire the old one.")


@keys.command("retire")
@click.argument("key_id")
@here
def keys_retire(context: Context, key_id: str) -> None:
    """Let KEY_ID sign no more. What it signed goes on verifying until the last card of it expires."""
    with context.open().transaction() as session:
        key_rotation.retire(session, key_id, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is retired. `cardservice publish` tells the verifiers.")


@keys.command("compromised")
@click.argument("key_id")
@click.confirmation_option(prompt="Every card this key signed will be refused everywhere. Go on?")
@here
def keys_compromised(context: Context, key_id: str) -> None:
    """Others may have KEY_ID: nothing it ever signed is believed any more. Final."""
    with context.open().transaction() as session:
        key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is marked compromised. Publish now, with the anchor key.")


main.add_command(demo.demo)
