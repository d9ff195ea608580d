"""The papers that the guide links to, as a town prints them: of a town that is nowhere, with the example's policy."""

from pathlib import Path

from cardservice import settings
from cardservice.printing import leaflet_wording
from cardservice.printing.print_out import PrintOut
from cardservice.web import posters
from cardservice.web.print_outs import pdf

_TOWN = {"name": "Vila Aberta", "issuer": "https://id.vila-aberta.example", "names": {"ar": "فيلا أبيرتا"}}


def write(folder: Path) -> None:
    """Every paper in every language."""
    folder.mkdir(parents=True, exist_ok=True)
    face = posters.print_out_face(settings.parse({"town": _TOWN}, folder))
    for kind in PrintOut:
        for language in leaflet_wording.WORDS:
            (folder / f"{kind}-{language}.pdf").write_bytes(pdf(face, kind, language))
