"""`cardservice audit`: the record of every state change, and what an auditor needs to check it somewhere else.

`audit verify --entries` runs without a town: what it needs is the exported file, the checkpoints that were kept, and
the fingerprint of the audit key as the auditor got it by another way (docs/audit.md).
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.orm import Session

from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.files import FileExists, fresh
from cardservice.cli.town import Town
from cardservice.credential.keys import PublicKey
from cardservice.domain import audit as entries_of
from cardservice.domain import audit_export, checkpoints
from cardservice.domain.audit import Link
from cardservice.domain.audit_export import Export
from cardservice.domain.checkpoints import Checkpoint
from cardservice.keystore import Purpose
from cardservice.storage.session import reading
from cardservice.web import decided

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("audit")
def audit() -> None:
    """The record of every state change (docs/audit.md)."""


@audit.command()
@click.option("--out", type=_NEW_FILE, help="Also write it there: to be carried to whoever keeps it outside.")
@here
def checkpoint(context: Context, out: Path | None) -> None:
    """Sign the end of the audit as it is now. The service does this every hour where the audit key is unlocked."""
    opened = context.open_to_change()
    if out is not None and out.exists():
        raise FileExists(out)
    key = context.unlock(opened, Purpose.AUDIT)
    with reading(opened.engine).begin() as session:
        made = decided.take_checkpoint(opened.settings, session, key, now=utc_now())
    if out is not None:
        with fresh(out) as file:
            file.write(opened.settings.checkpoint_file.read_bytes())
    click.echo(f"Entry {made.sequence}, digest {made.digest.hex()}, {made.at:%d %B %Y %H:%M} UTC.")
    click.echo(f"Signed with the audit key {key.public.fingerprint}.")
    click.echo(f"It is in {opened.settings.checkpoint_file}. Give a copy to somebody outside.")


@audit.command()
@click.option("--out", type=_NEW_FILE, required=True, help="The file to write.")
@here
def export(context: Context, out: Path) -> None:
    """Write all entries for an auditor's machine: JSON lines, codes and ids only."""
    opened = context.open()
    with reading(opened.engine).begin() as session, fresh(out) as file:
        count = write_export(opened, session, file, now=utc_now())
    click.echo(f"{count} entries are in {out}. The auditor checks them with `cardservice audit verify --entries`.")


def write_export(town: Town, session: Session, file: BinaryIO, *, now: datetime) -> int:
    """Write the whole audit as lines, and return how many entries there are."""
    count = -1
    for line in audit_export.lines(session, issuer=town.settings.town.issuer, now=now):
        file.write(line.encode() + b"\n")
        count += 1
    return count


@audit.command()
@click.option("--entries", "exported", type=_FILE, help="What `audit export` wrote; then no town is needed.")
@click.option(
    "--checkpoint",
    "kept",
    type=_FILE,
    multiple=True,
    help="A checkpoint that somebody outside has kept, or a file with the text of its QR code. As often as there are.",
)
@click.option(
    "--fingerprint",
    "--key-id",
    "fingerprints",
    multiple=True,
    help="With --entries: the audit key you trust, as you got it by another way. Once for each key the town had.",
)
@here
def verify(context: Context, exported: Path | None, kept: tuple[Path, ...], fingerprints: tuple[str, ...]) -> None:
    """Read every entry and tell whether one was edited, moved or removed.

    Example: cardservice audit verify --entries audit.jsonl --checkpoint 2026-11.cose --fingerprint 3f1c…
    """
    if exported is None:
        opened = context.open()
        with reading(opened.engine).begin() as session:
            said = _opened(kept, checkpoints.audit_keys(session))
            _tell(checkpoints.compare(entries_of.links(session), said), said)
        return
    with exported.open(encoding="utf-8", errors="replace") as file:
        export = Export(file)
        if kept and not fingerprints:
            raise click.UsageError(
                "Say which audit key you trust, with --fingerprint and the digits you got from the town by another way "
                f"than this file. The file names: {', '.join(export.fingerprints)}."
            )
        said = _opened(kept, export.trusted(fingerprints))
        _tell(checkpoints.compare(export.entries(), said), said)


def _opened(kept: Iterable[Path], keys: list[PublicKey]) -> list[Checkpoint]:
    return [checkpoints.opened(path.read_bytes(), keys) for path in kept]


def _tell(last: Link | None, kept: list[Checkpoint]) -> None:
    count = last.sequence if last else 0
    click.echo(f"{count} entries, each as it was written.")
    for one in sorted(kept, key=lambda one: one.at):
        click.echo(f"They agree with the checkpoint of {one.at:%d %B %Y %H:%M} UTC, which covers {one.sequence}.")
    covered = max((one.sequence for one in kept), default=0)
    if covered < count:
        click.echo(
            f"Entries after {covered} are covered by no checkpoint given here: an end that was cut off would not show. "
            "Compare with a newer one when there is one."
        )
