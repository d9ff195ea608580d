"""`cardservice card`: what the town's cards look like, before anybody holds one."""

from pathlib import Path

import click

from cardservice import settings as town_settings
from cardservice.cli import rehearsal
from cardservice.cli.context import Context, here
from cardservice.printing import media, preview, themes
from cardservice.printing.card_face import CardFace
from cardservice.printing.palette import UnreadableColour
from cardservice.printing.sample_names import LONGEST, SHORTEST
from cardservice.printing.themes import ThemeName
from cardservice.settings import Settings

DPI = 150


@click.group()
def card() -> None:
    """How the town's cards look."""


@card.command("check")
@here
def check(context: Context) -> None:
    """Say whether cards can be printed here: typefaces, colour, crest, words. `serve` checks the same.

    Example: cardservice --town vila-aberta card check
    """
    loaded = town_settings.load(context.folder)
    face = rehearsal.rehearse(loaded)
    click.echo(
        f"Cards can be printed. Theme {face.theme.name} in {loaded.printing.colour}: the least contrast of any text is "
        f"{themes.lowest(face.theme):.1f} to 1, whoever looks; {'with' if face.crest else 'without'} a crest."
    )


@card.command("preview")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the files.")
@click.option("--theme", "only", type=click.Choice([name.value for name in ThemeName]), help="Default: all four.")
@here
def show(context: Context, out: Path, only: str | None) -> None:
    """Draw each theme in the town's colour with the longest and the shortest names, in six scripts.

    The people are nowhere, and the codes are no cards'. A PDF of A4 sheets a theme, and its pages as pictures.

    Example: cardservice --town vila-aberta card preview --out preview
    """
    loaded = town_settings.load(context.folder)
    out.mkdir(parents=True, exist_ok=True)
    for theme in [ThemeName(only)] if only else ThemeName:
        try:
            faces = _faces(loaded, theme)
        except UnreadableColour as refused:
            click.echo(f"{theme}: {refused}", err=True)
            continue
        pdf = media.pdf(faces, media.A4)
        (out / f"{theme}.pdf").write_bytes(pdf)
        pictures = preview.pages(pdf, dpi=DPI)
        for number, picture in enumerate(pictures, start=1):
            (out / f"{theme}-{number}.png").write_bytes(picture)
        click.echo(f"{theme}: {out / f'{theme}.pdf'} and {len(pictures)} pictures.")


def _faces(loaded: Settings, theme: ThemeName) -> list[CardFace]:
    """Twelve people: in each script the shortest name and the longest, with the next script's as their second."""
    found = []
    for number, names in enumerate((SHORTEST, LONGEST)):
        for place, name in enumerate(names):
            second = names[(place + 1) % len(names)] if place else None
            seed = place * 2 + number
            found.append(rehearsal.sample(loaded, name, second=second, number=seed, theme=theme))
    return found
