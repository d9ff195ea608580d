"""QR codes out of a picture or a PDF, within bounds. Needs the extra `[scan]`, which is imported only when used.

Sizes are looked at before anything is unpacked, so that a small file that claims to be a huge picture costs nothing.
"""

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_LIMIT = 32 * 1024 * 1024  # bytes
PIXEL_LIMIT = 40_000_000  # of one picture or page
SMALL = 2_000_000  # pixels: a picture that is looked at again, enlarged, when no code is found
PAGE_LIMIT = 1000
DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72
_PDF = b"%PDF-"
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")


class CannotScan(Exception):
    """The picture is broken or too large, or the libraries that read pictures are not installed."""


def is_picture(data: bytes) -> bool:
    """Whether the data begins like a picture or a PDF. A shop's code may well begin with BM or RIFF and be a text."""
    if data[:4] == b"RIFF":
        return data[8:12] == b"WEBP"
    if data[:2] == b"BM":
        return data[6:10] == bytes(4)  # reserved, and always nothing
    return data.startswith((_PDF, *_PICTURES))


def texts_on_picture(data: bytes) -> list[str]:
    """Return the text of every QR code on a picture, as `qr_texts` does; a PDF is none. Raises CannotScan."""
    if not is_picture(data) or data.startswith(_PDF):
        raise CannotScan("The file is not a picture.")
    return qr_texts(data)


def qr_texts(data: bytes) -> list[str]:
    """Return the text of every QR code on a picture, or on all pages of a PDF, each once, in order.

    Raises CannotScan.
    """
    if len(data) > FILE_LIMIT:
        raise CannotScan("The file is too large to be a picture of a card.")
    try:
        import zxingcpp
        from PIL import UnidentifiedImageError
    except ImportError:
        raise CannotScan("Reading pictures needs an extra: pip install 'cardservice[scan]'") from None
    pictures = _pages(data) if data.startswith(_PDF) else _picture(data)
    texts: dict[str, None] = {}
    try:
        for picture in pictures:
            for seen in _looks(picture):
                codes = zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
                texts |= dict.fromkeys(code.text for code in codes)
                if codes:
                    break
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise CannotScan("The picture cannot be read: it is broken, or of an unknown kind.") from error
    return list(texts)


def _looks(picture: "Image") -> "Iterator[Image]":
    """As it is; then, if it is small, larger, sharper and smoother: each saves worn codes that the others do not.

    Which, and of how many, is in docs/decisions/0063.
    """
    from PIL import ImageFilter

    yield picture
    if picture.width * picture.height > SMALL:
        return
    twice = picture.resize((2 * picture.width, 2 * picture.height))
    yield twice
    thrice = picture.resize((3 * picture.width, 3 * picture.height))
    yield thrice
    yield twice.filter(ImageFilter.UnsharpMask(radius=3, percent=150, threshold=0))  # out of focus, 2 pixels a module
    yield thrice.filter(ImageFilter.GaussianBlur(2))  # scratched, 4 pixels a module and more


def _picture(data: bytes) -> "Iterator[Image]":
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow has bounds as well; ours are the smaller ones and do the talking.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(data))
        except Image.DecompressionBombError:
            raise CannotScan("The picture is too large to be one of a card.") from None
    with picture:
        if picture.width * picture.height > PIXEL_LIMIT:
            raise CannotScan("The picture is too large to be one of a card.")
        yield picture.convert("L")


def _pages(data: bytes) -> "Iterator[Image]":
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise CannotScan("The PDF cannot be read.") from None
    with document:
        if len(document) > PAGE_LIMIT:
            raise CannotScan("The PDF has too many pages to be one of cards.")
        for page in document:
            scale = DOTS_PER_INCH / _POINTS_PER_INCH
            if page.get_width() * page.get_height() * scale * scale > PIXEL_LIMIT:
                raise CannotScan("A page is too large to be one of cards.")
            yield page.render(scale=scale, grayscale=True).to_pil()
