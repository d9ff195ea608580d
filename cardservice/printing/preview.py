"""What a card will look like, as pictures made from the very PDF that would be printed."""

import io

import pypdfium2

from cardservice.printing import sheets
from cardservice.printing.card_face import CardFace

_POINTS_AN_INCH = 72


def picture(face: CardFace, *, dpi: int = 150) -> tuple[bytes, bytes]:
    """Front and back as PNG. Raises what printing would raise: MissingGlyph, UnreadableColour."""
    document = pypdfium2.PdfDocument(sheets.cr80([face]))
    try:
        front, back = (_png(page, dpi) for page in document)
        return front, back
    finally:
        document.close()


def _png(page: pypdfium2.PdfPage, dpi: int) -> bytes:
    out = io.BytesIO()
    page.render(scale=dpi / _POINTS_AN_INCH).to_pil().save(out, "PNG")
    return out.getvalue()
