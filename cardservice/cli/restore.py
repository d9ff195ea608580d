"""`cardservice restore`: a town's folder and register out of a backup, into places where nothing is yet.

The file is read twice: once to see that it is whole, before anything is made, and once into the register. config.toml
is written last, so that a restore that was interrupted leaves no town that could be opened.
"""

import sys
from pathlib import Path

import click
from sqlalchemy import Engine

from cardservice import sealed_file, settings
from cardservice.cli import new_register, town
from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.files import all_or_nothing
from cardservice.cli.new_register import RegisterNotEmpty
from cardservice.cli.town import TownExists
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.domain import kit_lessons, reentry
from cardservice.domain import restore as journey
from cardservice.domain.actor import CONSOLE
from cardservice.domain.card_numbers import grouped
from cardservice.domain.restore import Head, Reader
from cardservice.sealed_file import Identities
from cardservice.settings import CONFIG_NAME, Settings
from cardservice.storage import safety, upgrade
from cardservice.storage.session import engine, sessions
from cardservice.verify.kit import KitNotFound
from cardservice.web import decided

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class NewerBackup(click.ClickException):
    """The tables in the backup are of a later program."""

    def __init__(self, program: str) -> None:
        super().__init__(
            f"The backup was made by version {program}. Install that version or a later one, then restore."
        )


@click.command()
@click.option("--from", "source", type=_FILE, required=True, help="The backup.")
@click.option("--identity", type=_FILE, required=True, help="The file that `backup-key` made.")
@click.option(
    "--kit",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The newest published kit: the town's own, a mirror's, or a verifier's. It knows what was revoked since.",
)
@click.option("--without-kit", is_flag=True, help="There is no kit anywhere: cards revoked since are valid again.")
@click.option("--anchor", type=_FILE, help="An anchor.cose that you compared by hand, if the anchor changed since.")
@click.option("--database", help="Another place for the register than the backup's config.toml says.")
@here
def restore(
    context: Context,
    source: Path,
    identity: Path,
    kit: Path | None,
    without_kit: bool,
    anchor: Path | None,
    database: str | None,
) -> None:
    """Bring a town back from a backup, into the folder --town where no town is.

    Example: cardservice --town vila restore --from register.age --identity backup-identity.txt --kit /mnt/mirror/kit
    """
    if (kit is None) != without_kit:
        raise click.UsageError(
            "Name the newest published kit with --kit, so that no card that was revoked since becomes valid again. "
            "Only if there is none anywhere, say --without-kit."
        )
    if (context.folder / CONFIG_NAME).exists():
        raise TownExists(context.folder)
    keys = sealed_file.identities(identity.read_text(encoding="utf-8", errors="replace"))
    head = _read(source, keys, Reader())
    config = town.with_setting(head.config, "database", f"url = {town.quoted(database)}") if database else head.config
    loaded = settings.parse_text(config, context.folder)
    if not upgrade.is_known(head.revision):
        raise NewerBackup(head.program)
    context.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    connected = _empty(loaded)
    try:
        with all_or_nothing(context.folder):
            upgrade.upgrade(connected, head.revision)
            with sessions(connected).begin() as session:
                _read(source, keys, Reader(session))
            upgrade.upgrade(connected)
            told = _settle(connected, head, kit, anchor)
            safety.close(connected)
            (context.folder / CONFIG_NAME).write_text(config, encoding="utf-8")
    except BaseException:
        new_register.undo(connected)
        raise
    finally:
        connected.dispose()
    click.echo(told)


@click.command("enter-card")
@here
def enter_card(context: Context) -> None:
    """Enter a card that was issued after the backup, from the text of its code on standard input.

    Example: zbarimg -q --raw card.png | cardservice enter-card
    """
    opened = context.open_to_change()
    text = sys.stdin.read()
    with opened.transaction() as session:
        town_said = decided.publisher(opened.settings)
        card = reentry.enter(session, text, opened.settings.kit_folder, town=town_said, actor=CONSOLE, now=utc_now())
        click.echo(f"Card {grouped(card.number)} is known again: it can be revoked, renewed and replaced.")


def _read(source: Path, keys: Identities, reader: Reader) -> Head:
    with source.open("rb") as file:
        sealed_file.unseal(file, keys, reader.take)
    return reader.end()


def _empty(loaded: Settings) -> Engine:
    connected = engine(loaded.database_url)
    if new_register.is_file(connected) and Path(str(connected.url.database)).exists():
        raise RegisterNotEmpty
    new_register.check_empty(connected)
    return connected


def _settle(connected: Engine, head: Head, kit: Path | None, anchor: Path | None) -> str:
    now = utc_now()
    try:
        pinned = None if anchor is None else PublicKey.from_cose_key(anchor.read_bytes())
        with sessions(connected).begin() as session:
            newest = None if kit is None else kit_lessons.read(session, kit, issuer=head.issuer, anchor=pinned)
            settled = journey.settle(session, head, actor=CONSOLE, now=now)
            lessons = kit_lessons.learn(session, newest, actor=CONSOLE, now=now)
    except (KitNotFound, CredentialError):
        raise click.ClickException(
            "The kit or the anchor cannot be read. Name the folder with trust-list.cwt."
        ) from None
    return "\n".join(
        [
            f"The register of {head.made_at:%d %B %Y, %H:%M} UTC is restored.",
            f"  registrations in work that ended:                 {settled.drafts}",
            f"  cards never handed over, revoked:                 {settled.cards}",
            f"  cards revoked since, as the kit shows:            {lessons.revoked}",
            f"  cards reinstated since, as the kit shows:         {lessons.reinstated}",
            f"  places set in the kit that no known card has:     {lessons.burnt}",
            f"  keys that came or moved on since:                 {lessons.keys}",
            f"  lists closed for new cards:                       {lessons.closed}",
            "Cards issued after the backup go on verifying, and the register does not know them (docs/backups.md).",
            "Next: bring keys/ back from its own sticks, then `cardservice publish` with the anchor key.",
        ]
    )
