"""What a card will look like, as pictures made from the very PDF that would be printed."""

import io
from threading import Lock

import pypdfium2

from cardservice.printing import sheets
from cardservice.printing.card_face import CardFace

_POINTS_AN_INCH = 72
# PDFium may be used by one thread at a time; the desk has several.
_pdfium = Lock()


def picture(face: CardFace, *, dpi: int = 150) -> tuple[bytes, bytes]:
    """Front and back as PNG. Raises what printing would raise: MissingGlyph, UnreadableColour."""
    pdf = sheets.cr80([face])
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        front, back = (_png(page, dpi) for page in document)
    return front, back


def _png(page: pypdfium2.PdfPage, dpi: int) -> bytes:
    out = io.BytesIO()
    page.render(scale=dpi / _POINTS_AN_INCH).to_pil().save(out, "PNG")
    return out.getvalue()
