"""PDFs as pictures, and texts to fill codes with: helpers for the tests of printing."""

import random
import re
import zlib

import pypdfium2
from PIL import Image

from cardservice.printing import qr_encoder

IDENTITY_LENGTH, RESIDENCE_LENGTH = 1158, 300


def qr_text(length: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(qr_encoder.ALPHABET, k=length))


def rendered(pdf: bytes, *, dpi: float) -> list[Image.Image]:
    """Every page as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def unpacked(pdf: bytes) -> bytes:
    """A PDF and, after it, what its object streams say: for whoever looks for words in dictionaries."""
    streams = re.findall(rb"/Type/ObjStm.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return b"\n".join([pdf, *map(zlib.decompress, streams)])


def page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page, in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [tuple(side / 72 * 25.4 for side in page.get_size()) for page in document]
    finally:
        document.close()
