"""`cardservice printers`: what is set up, and the pages by which a printer is measured and tried (docs/printers.md).

Pages name no resident. With --out they are written as PDF; without it they go to the printer's queue.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from cardservice import scan, settings, spooler
from cardservice.cli.context import Context, here
from cardservice.medium import BUILT_IN, TRUE_TO_SIZE, Duplex, Medium, Profile
from cardservice.printer_settings import PrinterSettings
from cardservice.printing import calibration, dots_page
from cardservice.printing.calibration import Reading

OUT = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The PDF to write. Default: print it."
)
DUPLEX = click.option(
    "--duplex", type=click.Choice([edge.value for edge in Duplex]), help="By which edge it turns. Default: as set."
)


class UnknownPrinter(click.ClickException):
    """config.toml has no such printer."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        has = f"It has: {', '.join(known)}." if known else "It has none: see [[printer]] in docs/printers.md."
        super().__init__(f"config.toml has no printer {name}. {has}")


class NoQueue(click.ClickException):
    """There is nowhere to print to."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The printer {name} has no queue in config.toml. Name a file with --out and print that.")


@click.group()
def printers() -> None:
    """Set printers up: measure them, and see how small their codes may be."""


@printers.command("list")
@here
def list_(context: Context) -> None:
    """Show the printers of config.toml, their queues, and the media there are."""
    town = settings.load(context.folder)
    queues, said = _queues()
    for printer in town.printers:
        profile, queue = printer.profile, queues.get(printer.queue)
        state = "PDF only" if not printer.queue else f"queue {printer.queue}: {_state(queue)}"
        click.echo(f"{printer.name}: {printer.medium}, {state}")
        click.echo(f"  {_in_words(profile)}")
    others = sorted(set(queues) - {printer.queue for printer in town.printers})
    click.echo(f"Other queues of the spooler: {', '.join(others) or 'none'}{said}")
    click.echo(f"Media: {', '.join([*BUILT_IN, *(stock.name for stock in town.stocks)])}")
    if queues and spooler.remembers_finished_jobs():
        click.echo("The spooler remembers finished jobs and may keep their pages: end that (docs/printers.md).")


@printers.command()
@click.argument("name")
@OUT
@DUPLEX
@click.option("--corrected", is_flag=True, help="With what is set already, to check it: everything is then true.")
@here
def calibrate(context: Context, name: str, out: Path | None, duplex: str | None, corrected: bool) -> None:
    """Print the page to measure the printer NAME by.

    Example: cardservice printers calibrate desk-1 --out calibration.pdf
    """
    printer, on = _printer(context, name)
    profile = printer.profile if corrected else Profile(duplex=_edge(duplex, printer))
    _deliver(calibration.pdf(on, name, corrected=profile), printer, on, out)


@printers.command()
@click.argument("name")
@click.option("--a", "across", type=float, required=True, help="Length of the level line.")
@click.option("--b", "down", type=float, required=True, help="Length of the upright line.")
@click.option("--c", "left", type=float, required=True, help="From the paper's left edge to the upright line.")
@click.option("--d", "top", type=float, required=True, help="From the paper's upper edge to the level line.")
@click.option("--e", "back_left", type=float, help="As --c, on the back.")
@click.option("--f", "back_top", type=float, help="As --d, on the back.")
@click.option("--g", "light_right", type=float, help="Instead of --e: where the back's cross is on the level scale.")
@click.option("--h", "light_down", type=float, help="Instead of --f: where it is on the upright scale.")
@DUPLEX
@here
def measured(context: Context, /, name: str, duplex: str | None, **read: float | None) -> None:
    """Say what was read off the calibration page of NAME, in millimetres; prints the lines for config.toml.

    Example: cardservice printers measured desk-1 --a 169.3 --b 249.0 --c 20.4 --d 19.1 --g 0.5 --h -1
    """
    printer, on = _printer(context, name)
    found = calibration.profile(on, Reading(**read), _edge(duplex, printer))  # type: ignore[arg-type]
    click.echo(f"In config.toml, in the [[printer]] section of {name}:")
    click.echo(_as_toml(found))


@printers.command("test-page")
@click.argument("name")
@OUT
@here
def test_page(context: Context, name: str, out: Path | None) -> None:
    """Print codes of 3 to 6 dots a module, as the cards of NAME would have them."""
    printer, on = _printer(context, name)
    _deliver(dots_page.pdf(on, name, profile=printer.profile), printer, on, out)


@printers.command()
@click.argument("name")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@here
def scanned(context: Context, name: str, pictures: tuple[Path, ...]) -> None:
    """Read scans or photos of the test page of NAME, and say how small its codes may be."""
    _, on = _printer(context, name)
    found = dots_page.read(text for picture in pictures for text in scan.qr_texts(picture.read_bytes()))
    for code in dots_page.codes(on):
        click.echo(f"{dots_page.named(code)}: {'read' if code in found else 'not read'}")
    best = dots_page.smallest(on, found)
    click.echo(f"The smallest this printer can do: {best} dots." if best else "Not even 6 dots were read.")
    if not dots_page.good_enough(on, found):
        raise click.ClickException("Cards from this printer will not be read. See docs/printers.md.")
    click.echo("That is good enough for cards.")


def _printer(context: Context, name: str) -> tuple[PrinterSettings, Medium]:
    town = settings.load(context.folder)
    for printer in town.printers:
        if printer.name == name:
            return printer, town.medium(printer.medium)
    raise UnknownPrinter(name, [printer.name for printer in town.printers])


def _edge(said: str | None, printer: PrinterSettings) -> Duplex | None:
    return Duplex(said) if said else printer.profile.duplex


def _deliver(pdf: bytes, printer: PrinterSettings, on: Medium, out: Path | None) -> None:
    if out is not None:
        out.write_bytes(pdf)
        click.echo(f"{out}: print it at actual size, on both sides.")
    elif printer.queue:
        job = spooler.print_pdf(printer.queue, pdf, options=printer.options(on))
        click.echo(f"The printer has it, as job {job}.")
    else:
        raise NoQueue(printer.name)


def _queues() -> tuple[dict[str, spooler.Queue], str]:
    try:
        return {queue.name: queue for queue in spooler.queues()}, "."
    except spooler.NoSpooler:
        return {}, "; no spooler answers on this machine (docs/printers.md)."


def _state(queue: spooler.Queue | None) -> str:
    if queue is None:
        return "there is none"
    return queue.state.value if queue.accepting else "takes no jobs"


def _in_words(profile: Profile) -> str:
    if profile == TRUE_TO_SIZE:
        return "not measured: true to size"
    (x, y), (back_x, back_y) = profile.offset(back=False), profile.offset(back=True)
    turned = f", turns by the {profile.duplex.replace('-', ' ')}" if profile.duplex else ""
    return (
        f"front {x:+.2f} {y:+.2f} mm, back {back_x:+.2f} {back_y:+.2f} mm, "
        f"scale {profile.scale_x:.4f} {profile.scale_y:.4f}{turned}"
    )


def _as_toml(found: Profile) -> str:
    (x, y), (back_x, back_y) = found.offset(back=False), found.offset(back=True)
    lines = [
        f"offset_mm = [{x:.2f}, {y:.2f}]",
        f"back_offset_mm = [{back_x:.2f}, {back_y:.2f}]",
        f"scale = [{found.scale_x:.4f}, {found.scale_y:.4f}]",
    ]
    return "\n".join([*lines, *([f'duplex = "{found.duplex}"'] if found.duplex else [])])
