"""From an uploaded picture to the two portraits of a card: one to print, one small enough for the code.

Everything happens in memory, and nothing of the file goes on but its pixels: no metadata, no name, no profile. Bounds
are checked on what the header says before a pixel is decoded, and every refusal has a code that the desk has words for.
How the print portrait is put on the card: card_front.py; what the code portrait means: the card format.
"""

import io
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
PRINT_SIZE = (240, 300)
"""4:5, just over 300 dpi at the size in which it is printed."""
CODE_SIZE = (64, 80)
MIN_WIDTH, MIN_HEIGHT = CODE_SIZE
"""Below this even the portrait in the code would be invented; how a small picture prints, the clerk sees beforehand."""
CODE_MAX_BYTES = 500

_FORMATS = ("JPEG", "PNG", "WEBP")
# A telephone's JPEG with a second picture inside (a depth map, say) is still one photograph.
_STILL = (*_FORMATS, "MPO")
_PRINT_QUALITY = 88
# Faces are in the upper part of a picture that is too tall.
_FACE_HEIGHT = 0.35
_FINER = 4
_REDUCIBLE = ("L", "LA", "RGB", "RGBA", "RGBX", "CMYK")
_SMALLER = (1.0, 0.875, 0.75, 0.625, 0.5)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)


class Refusal(StrEnum):
    """Why a picture cannot become a portrait."""

    TOO_LARGE = "too-large"
    NOT_A_PICTURE = "not-a-picture"
    ANIMATED = "animated"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_SMALL = "too-small"
    DAMAGED = "damaged"


_WORDS = {
    Refusal.TOO_LARGE: f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.",
    Refusal.NOT_A_PICTURE: "This is not a JPEG, PNG or WebP picture.",
    Refusal.ANIMATED: "The picture moves. A portrait is one still picture.",
    Refusal.TOO_MANY_PIXELS: f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.",
    Refusal.TOO_SMALL: f"The picture is smaller than {MIN_WIDTH} × {MIN_HEIGHT} pixels.",
    Refusal.DAMAGED: "The picture cannot be read to its end.",
}


class PortraitRefused(ValueError):
    """The upload cannot become a portrait; `code` says why, the message says so in words."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(_WORDS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Portrait:
    """print_jpeg: PRINT_SIZE, for paper; code_webp: at most CODE_MAX_BYTES, for the identity code."""

    print_jpeg: bytes
    code_webp: bytes


def prepare(upload: bytes) -> Portrait:
    """Both portraits from a JPEG, PNG or WebP file. Raises PortraitRefused."""
    if len(upload) > MAX_BYTES:
        raise PortraitRefused(Refusal.TOO_LARGE)
    picture = _upright(_opened(upload))
    if picture.width < MIN_WIDTH or picture.height < MIN_HEIGHT:
        raise PortraitRefused(Refusal.TOO_SMALL)
    cropped = ImageOps.fit(picture, PRINT_SIZE, Image.Resampling.LANCZOS, centering=(0.5, _FACE_HEIGHT))
    # A fresh picture: whatever came along in the old one's `info` stays behind.
    clean = Image.frombytes("RGB", PRINT_SIZE, cropped.tobytes())
    return Portrait(print_jpeg=_encoded(clean, "JPEG", quality=_PRINT_QUALITY), code_webp=_code_webp(clean))


def _opened(upload: bytes) -> Image.Image:
    """The picture with its header read and judged, its pixels not yet decoded."""
    try:
        picture = Image.open(io.BytesIO(upload), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PortraitRefused(Refusal.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise PortraitRefused(Refusal.NOT_A_PICTURE) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise PortraitRefused(Refusal.TOO_MANY_PIXELS)
    if picture.format not in _STILL:
        raise PortraitRefused(Refusal.NOT_A_PICTURE)
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise PortraitRefused(Refusal.ANIMATED)
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """Decoded, turned as the camera was held, in RGB on white."""
    try:
        # A JPEG is decoded at the smallest scale that is still finer than what is printed.
        picture.draft("RGB", (PRINT_SIZE[0] * _FINER, PRINT_SIZE[1] * _FINER))
        picture.load()
        turned = ImageOps.exif_transpose(_smaller(picture))
    except _BROKEN:
        raise PortraitRefused(Refusal.DAMAGED) from None
    if turned.mode.startswith("I"):
        turned = turned.point(lambda value: value / 256).convert("L")
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned)
    return turned.convert("RGB")


def _smaller(picture: Image.Image) -> Image.Image:
    """What cannot be decoded small is made small before anything else copies it: a large PNG takes memory once."""
    factor = min(picture.width // (PRINT_SIZE[0] * _FINER), picture.height // (PRINT_SIZE[1] * _FINER))
    return picture.reduce(factor) if factor > 1 and picture.mode in _REDUCIBLE else picture


def _code_webp(picture: Image.Image) -> bytes:
    """The best quality that fits the code; a picture too restless for that at 64 × 80 is made smaller."""
    for share in _SMALLER:
        small = picture.resize((round(CODE_SIZE[0] * share), round(CODE_SIZE[1] * share)), Image.Resampling.LANCZOS)
        best = b""
        lowest, highest = 0, 100
        while lowest <= highest:
            quality = (lowest + highest) // 2
            tried = _encoded(small, "WEBP", quality=quality, method=6)
            if len(tried) <= CODE_MAX_BYTES:
                best, lowest = tried, quality + 1
            else:
                highest = quality - 1
        if best:
            return best
    return b""


def _encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
