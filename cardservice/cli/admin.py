"""`cardservice`: the town's side of the command line. Each command is a door to one function of the domain.

The town is a folder: --town, or CARDSERVICE_TOWN, or the folder one stands in. Passphrases never are arguments.
Errors say what happened and what to do next; a name or a value that was typed is never in them.
"""

from pathlib import Path

import click

from cardservice import __version__
from cardservice.cli import (
    audit,
    backup,
    card,
    cities,
    closing,
    demo,
    form,
    holdings,
    key_rotation,
    passphrase,
    poster,
    print_outs,
    print_run,
    printers,
    restore,
    running,
    town,
)
from cardservice.cli.context import Context, QuietGroup, here, until_the_end, utc_now
from cardservice.cli.town import Town
from cardservice.domain import passwords, revocation, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.card_numbers import grouped
from cardservice.keystore import Purpose
from cardservice.storage import upgrade
from cardservice.terms import RevocationReason, StaffRole

REASONS = [reason.value.replace(" ", "-") for reason in RevocationReason]


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
@click.option("--database", help="Where the register shall lie: postgresql://… Default: a file in the town's folder.")
@click.option("--training", is_flag=True, help="A training town: every verifier calls its cards samples, for ever.")
@here
def init(context: Context, name: str, issuer: str, algorithm: str, database: str | None, training: bool) -> None:
    """Make a town: config.toml, four keys, the register and the first kit."""
    config = town.config_for(name=name, issuer=issuer, algorithm=algorithm)
    if training:
        config = town.with_setting(config, "town", "training = true")
    if database:
        config = town.with_setting(config, "database", f"url = {town.quoted(database)}")
    made, keys = town.create(context.folder, config, context.ask_new, now=utc_now())
    until_the_end(made)
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
    keys = context.unlock_some(opened, Purpose, to_serve=True)
    for purpose in running.locked(keys):
        click.echo(f"The {purpose} key stays locked: no passphrase that opens it was given.", err=True)
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
    opened = context.open_to_change()
    password = passphrase.ask_password() if password_fd is None else passphrase.from_descriptor(password_fd)
    passwords.check(password, name=name, town=opened.settings.town.words)
    with opened.transaction() as session:
        staff.add(session, name, StaffRole(role), password, actor=CONSOLE, now=utc_now())
    click.echo(f"Added, as {role}.")


@main.command()
@click.argument("number")
@click.option("--reason", type=click.Choice(REASONS), required=True)
@here
def revoke(context: Context, number: str, reason: str) -> None:
    """Revoke the card NUMBER for good."""
    opened = context.open_to_change()
    with opened.transaction() as session:
        why = RevocationReason(reason.replace("-", " "))
        card = revocation.revoke(session, number, why, actor=CONSOLE, now=utc_now())
    click.echo(f"Card {grouped(card.number)} is revoked. {running.publish_now(opened, context.known)}")


@main.command()
@click.argument("number")
@here
def suspend(context: Context, number: str) -> None:
    """Make the card NUMBER not valid until it is reinstated."""
    opened = context.open_to_change()
    with opened.transaction() as session:
        card = revocation.suspend(session, number, actor=CONSOLE, now=utc_now())
    click.echo(f"Card {grouped(card.number)} is suspended. {running.publish_now(opened, context.known)}")


@main.command()
@click.argument("number")
@here
def reinstate(context: Context, number: str) -> None:
    """Make the suspended card NUMBER valid again."""
    opened = context.open_to_change()
    with opened.transaction() as session:
        card = revocation.reinstate(session, number, actor=CONSOLE, now=utc_now())
    click.echo(f"Card {grouped(card.number)} is active again. {running.publish_now(opened, context.known)}")


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Default: lists.kit of config.toml.")
@here
def publish(context: Context, out: Path | None) -> None:
    """Sign the lists and write the kit that verifiers need.

    Without the passphrase of the anchor key the trust list that is still current is used again.
    """
    opened = context.open_to_change()
    unlocked = context.unlock_some(opened, [Purpose.ANCHOR, Purpose.AUDIT])
    # Without an active status key only the trust list is published: the way out after a compromise (docs/keys.md).
    if opened.active_key_id(Purpose.STATUS) is not None:
        unlocked[Purpose.STATUS] = context.unlock(opened, Purpose.STATUS)
    for line in cities.vouched_for(opened) if Purpose.ANCHOR in unlocked else []:
        click.echo(line)
    done = opened.publish(unlocked, now=utc_now(), out=out)
    click.echo(f"Published to {out or opened.settings.kit_folder}: trust list {done.trust_sequence}, status lists:")
    for number, sequence in sorted(done.status_sequences.items()):
        click.echo(f"  status/{number}.cwt, number {sequence}")
    for issuer, why in done.withheld.items():
        click.echo(f"Cards of {issuer} cannot be told for now: {why}.")
    if done.anchor_waits:
        click.echo("Keys or cities have changed since the trust list was signed: publish again with the anchor key.")
    running.say_if_trust_ends(opened, click.echo)


@main.command()
@here
def housekeeping(context: Context) -> None:
    """Erase what is due. The service does this by itself; this is for a timer beside it."""
    opened = context.open()
    counts = running.erase(opened, opened.shared_day_keys(), now=utc_now())
    click.echo("\n".join(f"{kind}: {count}" for kind, count in counts.items()) or "Nothing was due.")


@main.group()
def db() -> None:
    """The register's tables."""


@db.command("upgrade")
@here
def db_upgrade(context: Context) -> None:
    """Bring the register to the version of this program. Back it up first."""
    opened = until_the_end(Town.open(context.folder, is_of_this_version=False))
    upgrade.upgrade(opened.engine)
    click.echo("The register is of this version.")


main.add_command(audit.audit)
main.add_command(backup.backup)
main.add_command(card.card)
main.add_command(closing.decommission)
main.add_command(backup.backup_key)
main.add_command(restore.restore)
main.add_command(restore.enter_card)
main.add_command(holdings.what_we_hold)
main.add_command(holdings.answer)
main.add_command(demo.demo)
main.add_command(key_rotation.keys)
main.add_command(cities.cities)
main.add_command(poster.print_poster)
main.add_command(form.write_form)
main.add_command(print_outs.print_outs)
main.add_command(print_run.print_run)
main.add_command(printers.printers)
