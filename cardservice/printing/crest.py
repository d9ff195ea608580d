"""A town's crest: a file of the town, checked once at the start, and a picture without transparency from then on.

PNG or SVG. Bounds are checked on what the header says before anything is decoded; an SVG is drawn by resvg, which runs
no script, and what refers to anything outside the file is refused before. The town's own crest, never the state's: the
card is no document of state (docs/decisions/0055).
"""

import hashlib
import io
import re
from dataclasses import dataclass, field
from functools import lru_cache

import resvg_py
from PIL import Image

from cardservice.printing.colour_vision import Colour

MAX_BYTES = 1024 * 1024
SMALLEST, LARGEST = 32, 4000
"""Pixels a side, of a PNG; an SVG has none."""
DOTS_AN_INCH = 600
WIDEST = 3.0
"""How many times wider than high, or higher than wide."""

_KEPT = 480  # pixels a side that are kept: more than 8 mm at 600 dots an inch, twice over
_QUALITY = 85
_HEAD = 4096  # bytes in which an SVG says that it is one
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)
# What a drawing needs none of: entities, programs, other documents, letters (a font that is not here), and other files.
_FOREIGN = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|<text|<image|@import|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


class CrestRefused(ValueError):
    """A crest that is not a picture, or not one that can be printed; the message says why and what would do."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The crest cannot be used: {why}. It must be a PNG or SVG picture of at most 1 MB.")


@dataclass(frozen=True, slots=True)
class Crest:
    """A crest, ready to be put on any ground. ratio: width by height; digest: tells two crests apart."""

    ratio: float
    digest: str
    picture: bytes = field(repr=False, compare=False)
    """PNG with its transparency."""

    @classmethod
    def of(cls, data: bytes) -> "Crest":
        """From the bytes of a file. Raises CrestRefused."""
        if len(data) > MAX_BYTES:
            raise CrestRefused("the file is larger than 1 MB")
        picture = _of_svg(data) if b"<svg" in data[:_HEAD] else _of_png(data)
        box = picture.getchannel("A").getbbox()
        if box is None:
            raise CrestRefused("every point of it is transparent")
        picture = picture.crop(box)
        ratio = picture.width / picture.height
        if not 1 / WIDEST <= ratio <= WIDEST:
            raise CrestRefused("it is more than three times as long as it is wide")
        picture.thumbnail((_KEPT, _KEPT), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        Image.frombytes("RGBA", picture.size, picture.tobytes()).save(out, "PNG")
        return cls(ratio, hashlib.sha256(out.getvalue()).hexdigest()[:16], out.getvalue())

    def on(self, ground: Colour, height: float) -> bytes:
        """A JPEG of the crest on a ground, as fine as `height` millimetres need; the same for every card."""
        return _flat(self.picture, ground, round(height / 25.4 * DOTS_AN_INCH))


@lru_cache(maxsize=8)
def _flat(picture: bytes, ground: Colour, height: int) -> bytes:
    with Image.open(io.BytesIO(picture)) as crest:
        width = max(1, round(crest.width / crest.height * height))
        small = crest.resize((width, height), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", small.size, tuple(round(part * 255) for part in ground))
    flat.paste(small, (0, 0), small)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


def _of_png(data: bytes) -> Image.Image:
    picture: Image.Image
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG",))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CrestRefused(f"it has more than {LARGEST} pixels a side") from None
    except _BROKEN:
        raise CrestRefused("it is not a picture") from None
    if not (min(picture.size) >= SMALLEST and max(picture.size) <= LARGEST):
        raise CrestRefused(f"it must have from {SMALLEST} to {LARGEST} pixels a side")
    if getattr(picture, "is_animated", False):
        raise CrestRefused("it moves")
    try:
        picture.load()
        if picture.mode.startswith("I"):
            picture = picture.point(lambda value: value / 256).convert("L")
        return picture.convert("RGBA")
    except _BROKEN:
        raise CrestRefused("it cannot be read to its end") from None


def _of_svg(data: bytes) -> Image.Image:
    if _FOREIGN.search(data):
        raise CrestRefused(
            "it refers to something outside itself, or has text or a program in it; turn text into paths"
        )
    try:
        # Both sides given: it is fitted into them, whatever size it says it has.
        png = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8-sig"), width=2 * _KEPT, height=2 * _KEPT, skip_system_fonts=True
        )
        return Image.open(io.BytesIO(bytes(png))).convert("RGBA")
    except Exception:  # noqa: BLE001 - the drawing library may raise anything about a file that is no drawing
        raise CrestRefused("it is not a picture") from None
