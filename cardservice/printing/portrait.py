"""From an uploaded picture to the two portraits of a card: one to print, one small enough for the code.

First the photograph, made clean and small (`taken`); then the crop that somebody agreed to (`portraits`). Everything
happens in memory. How a file is read: portrait_reading.py; where a crop begins: portrait_crop.py; which 500 bytes:
portrait_code.py. How the print portrait is put on the card: card_front.py.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from cardservice.printing import portrait_code, portrait_crop, portrait_reading
from cardservice.printing.portrait_crop import Crop
from cardservice.printing.portrait_reading import MAX_BYTES as MAX_BYTES
from cardservice.printing.portrait_reading import PortraitRefused as PortraitRefused
from cardservice.printing.portrait_reading import Refusal as Refusal

PRINT_SIZE = (240, 300)
"""4:5, just over 300 dpi at the size in which it is printed."""
CODE_MAX_BYTES = portrait_code.MAX_BYTES
LONGEST = 960
"""Of a photograph that waits to be cropped, in pixels: a head that fills a third of it still prints at 300 dpi."""
PHOTOGRAPH_MAX_BYTES = 400_000

PRINT_MAX_BYTES = 20_000
"""Of the print portrait: half of what the file of one card may weigh (docs/decisions/0065)."""

_PRINT_QUALITIES = (88, 86, 84, 82, 80, 75, 70, 60, 50, 30)
_QUALITIES = (90, 75, 60, 40, 20)


@dataclass(frozen=True, slots=True)
class Portrait:
    """For paper and for the identity code: at PRINT_SIZE and at most PRINT_MAX_BYTES; at most CODE_MAX_BYTES."""

    print_jpeg: bytes
    code_webp: bytes


def taken(upload: bytes) -> bytes:
    """The photograph of a JPEG, PNG or WebP file, to be cropped: a JPEG of its pixels alone, at most 400 kB, upright.

    Raises PortraitRefused.
    """
    return _jpeg(portrait_reading.read(upload, longest=LONGEST), _QUALITIES, PHOTOGRAPH_MAX_BYTES)


def size_of(photograph: bytes) -> tuple[int, int]:
    """Width and height in pixels of what `taken` made."""
    return _opened(photograph).size


def suggested(photograph: bytes) -> Crop:
    """Where to begin cropping what `taken` made."""
    return portrait_crop.suggested(_opened(photograph))


def portraits(photograph: bytes, crop: Crop) -> Portrait:
    """Both portraits from what `taken` made."""
    printed = _printed(photograph, crop)
    print_jpeg = _jpeg(printed, _PRINT_QUALITIES, PRINT_MAX_BYTES)
    return Portrait(print_jpeg=print_jpeg, code_webp=portrait_code.code_webp(printed))


def prepare(upload: bytes) -> Portrait:
    """Both portraits from an uploaded file as it is suggested to be cropped. Raises PortraitRefused."""
    photograph = taken(upload)
    return portraits(photograph, suggested(photograph))


def _printed(photograph: bytes, crop: Crop) -> Image.Image:
    picture = _opened(photograph)
    box = crop.within(picture.size).box(picture.size)
    return picture.convert("RGB").resize(PRINT_SIZE, Image.Resampling.LANCZOS, box=box)


def _opened(photograph: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photograph), formats=("JPEG",))


def _jpeg(picture: Image.Image, qualities: Sequence[int], most: int) -> bytes:
    """The best of these qualities that is at most so many bytes, or the last; packed by tables of its own."""
    for quality in qualities:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most:
            break
    return out.getvalue()
