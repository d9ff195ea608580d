"""`cardservice decommission`: ends a town for good. The journey is domain/decommission.py; here are its files.

May be run again after an interruption at any point: what was done is not done twice, and the keys go last.
"""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click

from cardservice.cli.audit import write_export
from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.files import fresh
from cardservice.cli.town import Town
from cardservice.domain import decommission as journey
from cardservice.domain.actor import CONSOLE
from cardservice.keystore import KeyMissing, Purpose, SigningKey, overwrite_and_delete
from cardservice.storage.session import reading
from cardservice.web import decided
from cardservice.web.timer import LOCK_NAME

ENTRIES = "audit-entries.jsonl"
_BEFORE = """\
This ends {town} for good. It cannot be undone.

  * Registrations in work end, and cards that were not handed over are revoked.
  * The kit is published a last time. Cards in people's hands verify with it until they expire.
  * From then on NO card can be revoked, suspended or replaced: a card that is lost afterwards stays good until it
    expires. Tell holders and partners before, and wait until they had time to come.
  * All accounts are closed, the audit gets its last checkpoint, and the private keys in {keys} are
    overwritten and deleted. On flash, and on a file system that writes elsewhere than before, an overwritten file can
    leave its old bytes: each is encrypted under its passphrase, so destroy the passphrases and the sticks with copies,
    and in the end the disk.

Make sure that the kit stays where verifiers fetch it, or is mirrored: {kit}
"""


class DeskIsOpen(click.ClickException):
    """A service holds the town's lock: it would go on with keys in its memory."""

    def __init__(self) -> None:
        super().__init__("The desk is open. Stop `cardservice serve` first; its memory holds keys, too.")


class NotConfirmed(click.ClickException):
    """What was typed is not the town's name."""

    def __init__(self) -> None:
        super().__init__("That is not the town's name as config.toml has it. Nothing was changed.")


@click.command()
@here
def decommission(context: Context) -> None:
    """End the town: keys destroyed, the kit published a last time, cards good until they expire. Asks before."""
    opened, now = context.open(), utc_now()
    settings = opened.settings
    with _alone(opened):
        click.echo(_BEFORE.format(town=settings.town.name, keys=settings.keys_folder, kit=settings.kit_folder))
        if click.prompt("Type the town's name to go on") != settings.town.name:
            raise NotConfirmed
        with reading(opened.engine).begin() as session:
            needed = journey.needed_keys(session)
            is_closed = journey.is_closed(session)
        keys = _unlocked(opened, context, needed)
        if not is_closed:
            journey.close(
                opened.transaction,
                settings.kit_folder,
                town=decided.publisher(settings),
                status_key=keys.get(Purpose.STATUS),
                anchor_key=keys[Purpose.ANCHOR],
                beside=decided.kit_beside(settings),
                actor=CONSOLE,
                now=now,
                token_bytes=secrets.token_bytes,
            )
        if Purpose.AUDIT in keys:
            _seal_the_audit(opened, keys[Purpose.AUDIT], now)
        click.echo(_destroy_keys(opened))


@contextmanager
def _alone(town: Town) -> Iterator[None]:
    with (town.settings.folder / LOCK_NAME).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeskIsOpen from None
        yield


def _unlocked(town: Town, context: Context, needed: list[Purpose]) -> dict[Purpose, SigningKey]:
    """Every key that is needed. All custodians take part: a key that is kept elsewhere is brought here for this."""
    here_now = {purpose for purpose, _ in town.keys.list()}
    if Purpose.AUDIT not in here_now and needed == [Purpose.AUDIT]:
        return {}  # it was the last to go, when this was interrupted
    missing = [purpose for purpose in needed if not town.is_here(purpose)]
    if missing:
        raise KeyMissing(
            f"The active {' and '.join(missing)} key is not in {town.keys.path.name}/. Bring it from where it is kept, "
            "and run this again."
        )
    return {purpose: context.unlock(town, purpose) for purpose in needed}


def _seal_the_audit(town: Town, audit_key: SigningKey, now: datetime) -> None:
    """The last checkpoint, and the entries it covers, for the archive and the auditor."""
    entries = town.settings.folder / ENTRIES
    entries.unlink(missing_ok=True)
    with reading(town.engine).begin() as session:
        decided.take_checkpoint(town.settings, session, audit_key, now=now)
        with fresh(entries) as file:
            write_export(town, session, file, now=now)


def _destroy_keys(town: Town) -> str:
    """Day keys, then the signing keys, the audit key last: as long as it is there, the audit may not be sealed yet."""
    shared = town.shared_day_keys()
    days = shared.destroy_before(date.max) if shared is not None else 0
    gone = sorted(town.keys.list(), key=lambda one: one[0] is Purpose.AUDIT)
    for file in town.keys.path.glob("*.key"):
        overwrite_and_delete(file)  # what sealed the second factors of staff
    for _, key_id in gone:
        town.keys.destroy(key_id)
    return (
        f"{town.settings.town.name} is closed. {len(gone)} private keys and {days} day keys are destroyed.\n"
        f"For the archive and the auditor: {town.settings.checkpoint_file.name} and {ENTRIES}.\n"
        f"The last kit is in {town.settings.kit_folder}. Keep it where verifiers fetch it until all cards expire.\n"
        "Destroy the sticks with copies of the keys, the papers with the passphrases, and the disk when its turn comes."
    )
