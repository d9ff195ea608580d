"""`cardservice form`: the form that residents fill in at home, as a file for a stick, a kiosk or another host."""

from pathlib import Path

import click

from cardservice.cli.context import Context, here
from cardservice.web import prefill_page


@click.command("form")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@here
def write_form(context: Context, out: Path) -> None:
    """Write the form that residents fill in before their visit.

    One file with everything inside: it works from a stick, from a kiosk without a network and from any web host, and
    sends nothing to anybody. The desk has the same at /before-your-visit.

    Example: cardservice form --out before-your-visit.html
    """
    town = context.open().settings.town
    form = prefill_page.form_of(town.issuer, town.name, town.names, town.languages)
    out.write_bytes(form.page)
    click.echo(f"{out}: one file, {len(form.page) // 1000} kB. Open it in any browser.")
