"""`cardservice print-outs`: the leaflet for residents and the sheets for the desk's people, as the desk has them."""

from pathlib import Path

import click

from cardservice.cli.context import Context, here
from cardservice.printing import leaflet_wording
from cardservice.printing.print_out import PrintOut
from cardservice.web import posters
from cardservice.web.print_outs import pdf


@click.command("print-outs")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the PDFs.")
@click.option(
    "--language", "only", type=click.Choice(list(leaflet_wording.WORDS)), multiple=True, help="Default: all of them."
)
@here
def print_outs(context: Context, out: Path, only: tuple[str, ...]) -> None:
    """Write the leaflet for residents and the sheets for clerks and supervisors.

    Print the leaflet on both sides of A4, turned over the short edge, and fold it once.

    Example: cardservice print-outs --out print-outs --language fr
    """
    face = posters.print_out_face(context.open().settings)
    out.mkdir(parents=True, exist_ok=True)
    for kind in PrintOut:
        for language in only or leaflet_wording.WORDS:
            path = out / f"{kind}-{language}.pdf"
            path.write_bytes(pdf(face, kind, language))
            click.echo(path)
