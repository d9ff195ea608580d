"""Reading an uploaded picture without believing it: bounds before pixels, and nothing goes on but the pixels.

Bounds are checked on what the header says before a pixel is decoded, and every refusal has a code that the desk has
words for. What becomes of the pixels: portrait.py.
"""

import io
from enum import StrEnum

from PIL import Image, ImageOps, ImageStat

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_WIDTH, MIN_HEIGHT = 64, 80
"""Below this even the portrait in the code would be invented; how a small picture prints, the clerk sees beforehand."""

_FORMATS = ("JPEG", "PNG", "WEBP")
# A telephone's JPEG with a second picture inside (a depth map, say) is still one photograph.
_STILL = (*_FORMATS, "MPO")
_REDUCIBLE = ("L", "LA", "RGB", "RGBA", "RGBX", "CMYK")
# A PNG names its clear colour in its own depth, and Pillow decodes to eight bits: a clear value of one is so many.
_STEPS = {"L;2": 85.0, "L;4": 17.0, "I;16B": 1 / 256, "RGB;16B": 1 / 256}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)
# The luma of a covered lens or of a wall differs by less than this (standard deviation, of 255), noise averaged out;
# that of a face in any light in which it can be recognised differs by 15 and more.
_LEAST_CONTRAST = 3.0
_LONGEST_SHAPE = 4


class Refusal(StrEnum):
    """Why a picture cannot become a portrait."""

    TOO_LARGE = "too-large"
    NOT_A_PICTURE = "not-a-picture"
    ANIMATED = "animated"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_SMALL = "too-small"
    DAMAGED = "damaged"
    EMPTY = "empty"


_WORDS = {
    Refusal.TOO_LARGE: f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.",
    Refusal.NOT_A_PICTURE: "This is not a JPEG, PNG or WebP picture.",
    Refusal.ANIMATED: "The picture moves. A portrait is one still picture.",
    Refusal.TOO_MANY_PIXELS: f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.",
    Refusal.TOO_SMALL: f"The picture is smaller than {MIN_WIDTH} × {MIN_HEIGHT} pixels.",
    Refusal.DAMAGED: "The picture cannot be read to its end.",
    Refusal.EMPTY: "The picture is all one colour: nothing can be seen on it.",
}


class PortraitRefused(ValueError):
    """The upload cannot become a portrait; `code` says why, the message says so in words."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(_WORDS[code])
        self.code = code


def read(upload: bytes, *, longest: int) -> Image.Image:
    """The photograph in a JPEG, PNG or WebP file: upright, RGB on white, no side longer than `longest` pixels.

    What is transparent is white, or black where nothing would be seen on white.
    What comes back has no metadata: no profile, no text, no second picture. Raises PortraitRefused.
    """
    if len(upload) > MAX_BYTES:
        raise PortraitRefused(Refusal.TOO_LARGE)
    picture = _upright(_opened(upload), longest)
    if picture.width < MIN_WIDTH or picture.height < MIN_HEIGHT:
        raise PortraitRefused(Refusal.TOO_SMALL)
    picture = _without_ends(picture)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    if _is_empty(picture):
        raise PortraitRefused(Refusal.EMPTY)
    # A fresh picture: whatever came along in the old one's `info` stays behind.
    return Image.frombytes("RGB", picture.size, picture.tobytes())


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


def _upright(picture: Image.Image, longest: int) -> Image.Image:
    """Decoded, turned as the camera was held, in RGB on one ground."""
    clear = _clear_colour(picture)
    try:
        # A JPEG is decoded at the smallest scale that is not coarser than what is kept.
        picture.draft("RGB", (longest, longest))
        picture.load()
        turned = ImageOps.exif_transpose(_smaller(picture, longest))
    except _BROKEN:
        raise PortraitRefused(Refusal.DAMAGED) from None
    if turned.mode.startswith("I"):
        turned = turned.point(lambda value: value / 256).convert("L")
    if clear is not None:
        turned.info["transparency"] = clear
    return _on_ground(turned)


def _clear_colour(picture: Image.Image) -> object:
    """The colour that a PNG calls transparent, as it is after decoding; None where there is no such colour."""
    clear, tiles = picture.info.get("transparency"), getattr(picture, "tile", None)
    step = _STEPS.get(tiles[0].args) if picture.format == "PNG" and tiles else None
    if clear is None or step is None:
        return clear
    return tuple(int(value * step) for value in clear) if isinstance(clear, tuple) else int(clear * step)


def _on_ground(picture: Image.Image) -> Image.Image:
    """In RGB. What is white on nothing (a drawing made for dark pages) is seen on black alone."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    for ground in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", seen.size, ground), seen).convert("RGB")
        if not _is_empty(flat):
            break
    return flat


def _smaller(picture: Image.Image, longest: int) -> Image.Image:
    """What cannot be decoded small is made small before anything else copies it: a large PNG takes memory once."""
    factor = max(picture.size) // longest
    # A long strip keeps the pixels of its short side.
    factor = min(factor, min(picture.width // MIN_WIDTH, picture.height // MIN_HEIGHT))
    return picture.reduce(factor) if factor > 1 and picture.mode in _REDUCIBLE else picture


def _without_ends(picture: Image.Image) -> Image.Image:
    """The middle of a long strip, which would be nothing but a line when its length is what is kept."""
    most = (picture.height * _LONGEST_SHAPE, picture.width * _LONGEST_SHAPE)
    return ImageOps.fit(picture, (min(picture.width, most[0]), min(picture.height, most[1])))


def _is_empty(picture: Image.Image) -> bool:
    luma = picture.resize((MIN_WIDTH, MIN_HEIGHT), Image.Resampling.BOX).convert("L")
    return ImageStat.Stat(luma).stddev[0] < _LEAST_CONTRAST
