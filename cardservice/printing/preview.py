"""What a card will look like, as pictures made from PDFs that are drawn as the printed one is."""

import io
from threading import Lock

import pypdfium2

from cardservice.printing import media
from cardservice.printing.card_face import CardFace

_POINTS_AN_INCH = 72
# A side with a portrait is 100 kB at either level, and at the first it is made in half the time.
_LOOKED_AT_ONCE, _KEPT = 1, 6
# PDFium may be used by one thread at a time; the desk has several.
_pdfium = Lock()


def picture(face: CardFace, *, back: bool, dpi: int = 150) -> bytes:
    """One side of a card as PNG. Raises what printing it would raise: MissingGlyph, UnreadableColour."""
    (side,) = pages(media.one_side(face, media.CR80, back=back), dpi=dpi, packing=_LOOKED_AT_ONCE)
    return side


def pages(pdf: bytes, *, dpi: int, packing: int = _KEPT) -> list[bytes]:
    """Every page of a PDF of ours as PNG. packing: the level of zlib, 0 to 9."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        return [_png(page, dpi, packing) for page in document]


def _png(page: pypdfium2.PdfPage, dpi: int, packing: int) -> bytes:
    out = io.BytesIO()
    page.render(scale=dpi / _POINTS_AN_INCH).to_pil().save(out, "PNG", compress_level=packing)
    return out.getvalue()
