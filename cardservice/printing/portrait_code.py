"""The portrait in the code: of all pictures of at most 500 bytes, the one in which the face is most like the print.

A larger picture of worse quality competes with a smaller one of better. They are compared by SSIM (Wang, Bovik, Sheikh
and Simoncelli 2004) of their luma, in blocks, over the oval where the face is: Pillow computes it, so that the desk
needs no numpy. Why the surroundings are softened, with the measurements: docs/decisions/0061.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Self, cast

from PIL import Image, ImageDraw, ImageFilter, ImageMath

from cardservice.printing import webp_fit

MAX_BYTES = 500
WIDTHS = (96, 88, 80, 72, 64, 56, 48, 40)
"""In pixels, of pictures of 4:5. Narrower ones are tried only where none of these fits."""
_LAST_WIDTHS = (32, 24, 16)
_FIRST_QUALITY = 18
"""What most faces have at the first width."""
_ENOUGH_WORSE = 2
"""After so many widths in a row that are less like the print than the best, narrower ones are no more like it."""

# In shares of the picture: where a face is when the crop is right, and what is certainly not of it.
_FACE = (0.2, 0.13, 0.8, 0.8)
_HEAD = (0.1, 0.04, 0.9, 0.87)
_SOFTNESS, _EDGE = 14, 14
_BLOCK = 6
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


class _Found(NamedTuple):
    likeness: float
    width: int
    quality: int
    webp: bytes


def code_webp(portrait: Image.Image) -> bytes:
    """The best WebP of at most MAX_BYTES of a print portrait, which is RGB of 4:5."""
    softened, face = _softened(portrait), _Face.of(portrait)
    best, worse = None, 0
    for found in _by_width(softened, face):
        if best is None or found.likeness > best.likeness:
            best, worse = found, 0
        else:
            worse += 1
        if worse == _ENOUGH_WORSE:
            break
    if best is None:
        # A picture as restless as noise; even that has a smallest size that fits.
        return next(made.webp for width in _LAST_WIDTHS if (made := _fitting(softened, width, 0)))
    # Before a wall that costs no bytes nothing is won by softening it.
    as_it_is = _fitting(portrait, best.width, best.quality)
    return as_it_is.webp if as_it_is and face.likeness(as_it_is.webp) > best.likeness else best.webp


def likeness(portrait: Image.Image, webp: bytes) -> float:
    """How like the print portrait the face on a small WebP is when it is shown as large: 1 is the same (mean SSIM)."""
    return _Face.of(portrait).likeness(webp)


def _by_width(picture: Image.Image, face: "_Face") -> Iterator[_Found]:
    """What fits at each width, the widest first; nothing for a width at which nothing does."""
    begin, before = _FIRST_QUALITY, None
    for width in WIDTHS:
        if before is not None:
            # At the same quality half the width is half the bytes.
            begin = webp_fit.expected(before.quality, len(before.webp) * width / before.width, MAX_BYTES)
        if made := _fitting(picture, width, begin):
            before = _Found(face.likeness(made.webp), width, *made)
            yield before
        else:
            begin = 0


def _fitting(picture: Image.Image, width: int, begin: int) -> webp_fit.Fitted | None:
    """The best quality that fits at this width, sought from `begin` on; None where none does."""
    small = picture.resize((width, width * 5 // 4), Image.Resampling.LANCZOS)
    return webp_fit.fit(small, MAX_BYTES, begin=begin)


@dataclass(frozen=True, slots=True)
class _Face:
    """The blocks of a print portrait that the face is in, and what of their SSIM depends on the print alone."""

    size: tuple[int, int]
    blocks: tuple[int, int, int, int]
    luma: Image.Image
    mean: Image.Image
    square: Image.Image

    @classmethod
    def of(cls, portrait: Image.Image) -> Self:
        blocks = _oval_of_face(portrait.size)[0]
        luma = _cut(portrait.convert("L"), blocks)
        return cls(portrait.size, blocks, luma, luma.reduce(_BLOCK), _product(luma, luma).reduce(_BLOCK))

    def likeness(self, webp: bytes) -> float:
        """The mean SSIM of the face's blocks."""
        with Image.open(io.BytesIO(webp)) as small:
            shown = _cut(small.convert("L").resize(self.size, Image.Resampling.BICUBIC), self.blocks)
        local = ImageMath.lambda_eval(
            _index,
            mx=self.mean,
            my=shown.reduce(_BLOCK),
            xx=self.square,
            yy=_product(shown, shown).reduce(_BLOCK),
            xy=_product(self.luma, shown).reduce(_BLOCK),
        )
        pairs = zip(_values(cast(Image.Image, local)), _oval_of_face(self.size)[1], strict=True)
        inside = [value for value, counts in pairs if counts]
        return sum(inside) / len(inside)


def _softened(portrait: Image.Image) -> Image.Image:
    """What is around the head in less detail, so that the bytes go to the face."""
    return Image.composite(portrait, portrait.filter(ImageFilter.GaussianBlur(_SOFTNESS)), _oval(portrait.size))


@cache
def _oval(size: tuple[int, int]) -> Image.Image:
    return _ellipse(size, _HEAD).filter(ImageFilter.GaussianBlur(_EDGE))


@cache
def _oval_of_face(size: tuple[int, int]) -> tuple[tuple[int, int, int, int], tuple[float, ...]]:
    """Where the face is in blocks of a picture of this size: the edges, and which blocks between them count."""
    oval = _ellipse((-(-size[0] // _BLOCK), -(-size[1] // _BLOCK)), _FACE)
    edges = oval.getbbox() or (0, 0, *oval.size)
    return edges, _values(oval.crop(edges))


def _cut(luma: Image.Image, blocks: tuple[int, int, int, int]) -> Image.Image:
    """These blocks of a picture, as floats."""
    left, upper, right, lower = (edge * _BLOCK for edge in blocks)
    return luma.crop((left, upper, min(right, luma.width), min(lower, luma.height))).convert("F")


def _values(picture: Image.Image) -> tuple[float, ...]:
    return cast(tuple[float, ...], picture.get_flattened_data())


def _ellipse(size: tuple[int, int], shares: tuple[float, float, float, float]) -> Image.Image:
    mask = Image.new("L", size, 0)
    box = tuple(share * length for share, length in zip(shares, size * 2, strict=True))
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def _product(one: Image.Image, other: Image.Image) -> Image.Image:
    return cast(Image.Image, ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=one, b=other))


def _index(of: dict[str, Any]) -> Any:
    mx, my = of["mx"], of["my"]
    alike = (2 * mx * my + _C1) * (2 * (of["xy"] - mx * my) + _C2)
    return alike / ((mx * mx + my * my + _C1) * (of["xx"] - mx * mx + of["yy"] - my * my + _C2))
