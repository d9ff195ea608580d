"""What a card will look like, as pictures made from the very PDF that would be printed."""

import io
from threading import Lock

import pypdfium2

from cardservice.printing import media
from cardservice.printing.card_face import CardFace

_POINTS_AN_INCH = 72
# PDFium may be used by one thread at a time; the desk has several.
_pdfium = Lock()


def picture(face: CardFace, *, dpi: int = 150) -> tuple[bytes, bytes]:
    """Front and back as PNG. Raises what printing would raise: MissingGlyph, UnreadableColour."""
    front, back = pages(media.pdf([face], media.CR80), dpi=dpi)
    return front, back


def pages(pdf: bytes, *, dpi: int) -> list[bytes]:
    """Every page of a PDF of ours as PNG."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        return [_png(page, dpi) for page in document]


def _png(page: pypdfium2.PdfPage, dpi: int) -> bytes:
    out = io.BytesIO()
    page.render(scale=dpi / _POINTS_AN_INCH).to_pil().save(out, "PNG")
    return out.getvalue()
