"""A printer that is out by what it is told, and an eye that measures what came out of it, in millimetres.

The page is rendered through the printer's own scale and offset (medium.Profile says what they mean). A printer that
turns sheets by the other edge has the page of the back by its end: what is seen here is the side as it stands upright
when the sheet was turned like the page of a book.
"""

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from cardservice.medium import TRUE_TO_SIZE, Medium, Profile

DPI = 1200
A_MM = DPI / 25.4
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class SimulatedPrinter:
    """errors: of this printer; it also says by which edge the printer turns sheets."""

    medium: Medium
    errors: Profile = TRUE_TO_SIZE

    def see(self, pdf: bytes, number: int, box: Box) -> Image.Image:
        """Part of a page of the print, left, top, right and bottom in millimetres of the paper, in grey."""
        back = number % 2 == 1
        left, top, right, bottom = box
        turned = back and self.errors.duplex not in (None, self.medium.upright)
        if turned:
            left, right = self.medium.width - right, self.medium.width - left
            top, bottom = self.medium.height - bottom, self.medium.height - top
        size = round((right - left) * A_MM), round((bottom - top) * A_MM)
        offset_x, offset_y = self.errors.offset(back=back)
        matrix = pdfium.FS_MATRIX(
            DPI / 72 * self.errors.scale_x,
            0,
            0,
            DPI / 72 * self.errors.scale_y,
            (offset_x - left) * A_MM,
            (offset_y - top) * A_MM,
        )
        picture = _rendered(pdf, number, size, matrix)
        return picture.transpose(Image.Transpose.ROTATE_180) if turned else picture

    def ink(self, pdf: bytes, number: int, box: Box) -> Box:
        """Where the ink within a box begins and ends: left, top, right, bottom, in millimetres of the paper."""
        found = self.see(pdf, number, box).point(lambda grey: 255 if grey < 128 else 0).getbbox()
        assert found is not None, "there is nothing to measure"
        left, top, right, bottom = (place / A_MM for place in found)
        return box[0] + left, box[1] + top, box[0] + right, box[1] + bottom


def _rendered(pdf: bytes, number: int, size: tuple[int, int], matrix: pdfium.FS_MATRIX) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[number]
        bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium.FPDFBitmap_Gray)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        clip = pdfium.FS_RECTF(0, 0, *size)
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, ctypes.byref(matrix), ctypes.byref(clip), 0)
        return bitmap.to_pil()
    finally:
        document.close()
