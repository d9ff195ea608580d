"""The papers that the guide links to, as a town prints them: of a town that is nowhere."""

from pathlib import Path

from cardservice.printing import leaflet_wording
from cardservice.printing.print_out import PrintOut, PrintOutFace
from cardservice.web.print_outs import pdf

_FACE = PrintOutFace(
    town="Vila Aberta",
    names={"ar": "فيلا أبيرتا"},
    colour="#0b4f6c",
    lost_page="https://id.vila-aberta.example/lost",
)


def write(folder: Path) -> None:
    """Every paper in every language."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in PrintOut:
        for language in leaflet_wording.WORDS:
            (folder / f"{kind}-{language}.pdf").write_bytes(pdf(_FACE, kind, language))
