"""What a card will look like, as pictures made from PDFs that are drawn as the printed one is."""

import io
from threading import Lock
from typing import cast

import pypdfium2
from PIL import Image

from cardservice.printing import media
from cardservice.printing.card_face import CardFace

_POINTS_AN_INCH = 72
# Of a side that is looked at once: a sixth of the time and two thirds of the bytes of a PNG, letters as sharp.
_LOOKED_AT = {"quality": 92, "subsampling": 0}
# PDFium may be used by one thread at a time; the desk has several.
_pdfium = Lock()


def picture(face: CardFace, *, back: bool, dpi: int = 150) -> bytes:
    """One side of a card as JPEG. Raises what printing it would raise: MissingGlyph, UnreadableColour."""
    (side,) = _pages(media.one_side(face, media.CR80, back=back), dpi, "JPEG", **_LOOKED_AT)
    return side


def pages(pdf: bytes, *, dpi: int) -> list[bytes]:
    """Every page of a PDF of ours as PNG."""
    return _pages(pdf, dpi, "PNG")


def _pages(pdf: bytes, dpi: int, kind: str, **options: int) -> list[bytes]:
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        return [_packed(_drawn(page, dpi), kind, options) for page in document]


def _drawn(page: pypdfium2.PdfPage, dpi: int) -> Image.Image:
    return cast(Image.Image, page.render(scale=dpi / _POINTS_AN_INCH).to_pil())


def _packed(drawn: Image.Image, kind: str, options: dict[str, int]) -> bytes:
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()
