"""`cardservice print`: works off the print jobs that somebody at the desk made for one printer, with a progress bar.

It chooses no cards and acts as whoever made the job (docs/decisions/0059). With --out the PDFs go into a folder, which
must be in memory: for a card printer whose own program fetches them there. Stopped at any moment it loses nothing; what
was being sent in that moment is asked about at the desk.
"""

import itertools
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import click

from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.town import Town
from cardservice.day_keys import IN_MEMORY, DayKeys, file_system_of
from cardservice.domain import print_queue
from cardservice.domain.print_parts import Part
from cardservice.storage.session import reading
from cardservice.terms import PrintState
from cardservice.web import printers
from cardservice.web.print_worker import Worker
from cardservice.web.printers import AS_PDF, Printer

_MOUNTS = Path("/proc/self/mountinfo")


class NotForPrinting(click.ClickException):
    """What the command needs is not there."""


@click.command("print")
@click.option("--printer", "name", required=True, help="A printer of config.toml: see `cardservice printers list`.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write PDFs into this folder, which must be in memory (/dev/shm/…). Default: the printer's queue.",
)
@here
def print_run(context: Context, name: str, out: Path | None) -> None:
    """Print the jobs that wait for a printer.

    Cards are chosen at the desk. The day keys must be in a folder that this command shares with the service.

    Example: cardservice print --printer hall
    """
    opened = context.open_to_change()
    day_keys = opened.shared_day_keys()
    if day_keys is None:
        raise NotForPrinting(
            "The day keys are in the memory of the service, so only the service can print. "
            'Print at the desk, or set retention.day_keys = "/dev/shm/cardservice".'
        )
    printer = _printer(opened, name, out)
    names = frozenset({name, AS_PDF + name})
    waiting = _waiting(opened, names)
    cards = sum(waiting.values())
    if not cards:
        click.echo(f"Nothing waits for {name}. Choose cards at the desk: Print.")
        return
    if out is not None:
        _check_in_memory(out)
    with click.progressbar(length=cards, label=f"{cards} cards to {out or name}", show_pos=True) as bar:
        send = _into(out) if out is not None else lambda _part, pdf: printers.send(printer, pdf)
        worker = _worker(opened, day_keys, printer, names, send, lambda part: bar.update(len(part.cards)))
        all_done = all(worker.work_off(job_id) for job_id in waiting)
    if not all_done:
        raise NotForPrinting("The printer stopped taking cards. Nothing is lost: see the job's page at the desk.")
    if left := sum(_queued(opened, waiting).values()):
        click.echo(
            f"{left} of {cards} cards were not sent: their job was stopped at the desk, or moved to another printer."
        )
    click.echo("Sent. Look at every card, and say at the desk what came out." if left < cards else "Nothing was sent.")


def _printer(opened: Town, name: str, out: Path | None) -> Printer:
    by_name = {one.name: one for one in printers.offered(opened.settings)}
    found = by_name.get(name) or by_name.get(AS_PDF + name)
    if found is None or not found.of_town:
        raise NotForPrinting(f"config.toml has no printer {name}. `cardservice printers list` shows those it has.")
    if out is None and not found.queue:
        raise NotForPrinting(f"The printer {name} has no queue in config.toml. Name a folder in memory with --out.")
    return found


def _waiting(opened: Town, names: Collection[str]) -> dict[str, int]:
    """By job, how many cards of it were never sent."""
    with reading(opened.engine).begin() as session:
        jobs = print_queue.for_printers(session, names)
    return _queued(opened, jobs)


def _queued(opened: Town, jobs: Iterable[str]) -> dict[str, int]:
    with reading(opened.engine).begin() as session:
        rows = {job_id: print_queue.cards_of(session, job_id) for job_id in jobs}
    counts = {job_id: sum(card.state is PrintState.QUEUED for card in cards) for job_id, cards in rows.items()}
    return {job_id: count for job_id, count in counts.items() if count}


def _worker(
    opened: Town,
    day_keys: DayKeys,
    printer: Printer,
    names: frozenset[str],
    send: Callable[[Part, bytes], str],
    say: Callable[[Part], object],
) -> Worker:
    def draw(part: Part) -> bytes:
        return printers.draw(opened.settings, printer, part.cards, first_position=part.first_position)

    return Worker(
        transaction=opened.transaction,
        day_keys=day_keys,
        clock=utc_now,
        draw=draw,
        send=send,
        say=say,
        only_for=names,
    )


def _into(out: Path) -> Callable[[Part, bytes], str]:
    """Write each part under the next free number, whole or not at all; names say nothing."""
    out.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(_part: Part, pdf: bytes) -> str:
        name = next(name for n in itertools.count(1) if not (out / (name := f"cards-{n:04}.pdf")).exists())
        fresh = out / f".{name}.new"
        fresh.write_bytes(pdf)
        fresh.replace(out / name)
        return ""

    return send


def _check_in_memory(out: Path) -> None:
    """Raise where the PDFs would lie on a disk, on which they can be found again after they are deleted."""
    kind = file_system_of(out, _MOUNTS.read_text())
    if kind not in IN_MEMORY:
        raise NotForPrinting(
            f"{out} is on a file system of kind {kind}: names and faces would be on a disk. "
            "Name a folder in memory, such as /dev/shm/cards."
        )
