"""`cardservice poster`: the papers for a relying party's counter, as the partners' page of the desk prints them."""

from pathlib import Path

import click

from cardservice.cli.context import Context, here
from cardservice.domain import partners
from cardservice.printing import poster, staff_sheet
from cardservice.storage.session import reading
from cardservice.web import posters


@click.command("poster")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
@click.option("--partner", "name", help="A partner's name as it is listed. Default: for any counter.")
@click.option("--staff", is_flag=True, help="The sheet for whoever checks cards, instead of the poster.")
@here
def print_poster(context: Context, out: Path, name: str | None, staff: bool) -> None:
    """Write the poster for a relying party's counter.

    It has the verifier's address and the fingerprint of the town's key, and says what a card holder is asked for.

    Example: cardservice poster --out poster.pdf
    """
    opened = context.open()
    with reading(opened.engine).begin() as session:
        partner = None if name is None else partners.by_name(session, name)
        face = posters.face(opened.settings, partners.anchor(session).fingerprint, partner)
    out.write_bytes(staff_sheet.pdf(face) if staff else poster.pdf(face))
    click.echo(f"{out}: A4, in {', '.join(face.spoken)}.")
