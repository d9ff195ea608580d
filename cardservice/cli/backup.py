"""`cardservice backup`: the register, encrypted to somebody who is not on this machine; and the key pair for that.

A backup runs beside the service and never holds it up: it reads one moment of the register, as a stream, and its file
is there whole or not at all.
"""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from cardservice import __version__, sealed_file
from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.files import fresh
from cardservice.domain import backup as content
from cardservice.settings import CONFIG_NAME
from cardservice.storage import upgrade
from cardservice.storage.session import snapshot

_NAME = re.compile(r"register-(\d{8}T\d{6})Z\.age")
_TIME = "%Y%m%dT%H%M%S"


@click.command()
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A file to make, or a folder for it.")
@click.option(
    "--recipient",
    help="age1…, or a file that holds it. Default: backup.recipient of config.toml. Never a private half.",
)
@click.option(
    "--keep-days", type=click.IntRange(1), help="In a folder: delete backups of this program older than that."
)
@here
def backup(context: Context, to: Path, recipient: str | None, keep_days: int | None) -> None:
    """Back the register up while the service runs. What is typed at the counter and private keys are not in it."""
    opened, now = context.open(), utc_now()
    said = recipient or opened.settings.backup.recipient
    path = Path(said)
    readers = sealed_file.recipients(
        path.read_text(encoding="utf-8", errors="replace") if said and path.is_file() else said
    )
    target = to / f"register-{now:{_TIME}}Z.age" if to.is_dir() else to
    if keep_days and not to.is_dir():
        raise click.UsageError("--keep-days needs a folder: --to FOLDER.")
    with snapshot(opened.engine).begin() as session, fresh(target) as file:
        lines = content.lines(
            session,
            issuer=opened.settings.town.issuer,
            config=(opened.settings.folder / CONFIG_NAME).read_text(encoding="utf-8"),
            program=__version__,
            revision=upgrade.revision_of(opened.engine) or "",
            now=now,
        )
        with closing(lines):
            sealed_file.seal(lines, file, readers)
    click.echo(f"{target.name}: {target.stat().st_size:,} bytes, for whoever holds the identity of the recipient.")
    if keep_days:
        gone = _delete_older(to, now - timedelta(days=keep_days))
        click.echo(f"{gone} older than {keep_days} days deleted.")


@click.command("backup-key")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the private half goes."
)
def backup_key(out: Path) -> None:
    """Make the key pair of backups. Do it on another machine, and leave the private half there, or on paper.

    Example: cardservice backup-key --out backup-identity.txt
    """
    identity, recipient = sealed_file.new_identity()
    with fresh(out) as file:
        file.write(f"# opens the backups made for {recipient}\n{identity}\n".encode())
    click.echo(f"The private half is in {out}: whoever has it can read every backup. Keep it off the town's machine.")
    click.echo("The public half is for --recipient, or [backup] recipient in config.toml:")
    click.echo(recipient)


def _delete_older(folder: Path, than: datetime) -> int:
    gone = 0
    for file in folder.iterdir():
        found = _NAME.fullmatch(file.name)
        if found and datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) < than:
            file.unlink()
            gone += 1
    return gone
