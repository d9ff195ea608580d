"""The portrait in the code: of all pictures of at most 500 bytes, the one in which the face is most like the print.

A larger picture of worse quality competes with a smaller one of better. They are compared by SSIM (Wang, Bovik, Sheikh
and Simoncelli 2004) of their luma, in blocks, over the oval where the face is: Pillow computes it, so that the desk
needs no numpy. Why the surroundings are softened, with the measurements: docs/decisions/0061.
"""

import io
from functools import cache
from typing import Any, cast

from PIL import Image, ImageDraw, ImageFilter, ImageMath

MAX_BYTES = 500
WIDTHS = (96, 88, 80, 72, 64, 56, 48, 40)
"""In pixels, of pictures of 4:5. Narrower ones are tried only where none of these fits."""
_LAST_WIDTHS = (32, 24, 16)
_METHOD = 6

# In shares of the picture: where a face is when the crop is right, and what is certainly not of it.
_FACE = (0.2, 0.13, 0.8, 0.8)
_HEAD = (0.1, 0.04, 0.9, 0.87)
_SOFTNESS, _EDGE = 14, 14
_BLOCK = 6
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def code_webp(portrait: Image.Image) -> bytes:
    """The best WebP of at most MAX_BYTES of a print portrait, which is RGB of 4:5."""
    softened = _softened(portrait)
    found = [(width, made) for width in WIDTHS if (made := _fitting(softened, width))]
    if not found:
        # A picture as restless as noise; even that has a smallest size that fits.
        return next(made for width in _LAST_WIDTHS if (made := _fitting(softened, width)))
    likest = max((likeness(portrait, made), width, made) for width, made in found)
    # Before a wall that costs no bytes nothing is won by softening it.
    as_it_is = _fitting(portrait, likest[1])
    return as_it_is if as_it_is and likeness(portrait, as_it_is) > likest[0] else likest[2]


def likeness(portrait: Image.Image, webp: bytes) -> float:
    """How like the print portrait the face on a small WebP is when it is shown as large: 1 is the same (mean SSIM)."""
    with Image.open(io.BytesIO(webp)) as small:
        shown = small.convert("L").resize(portrait.size, Image.Resampling.BICUBIC)
    local = _ssim(portrait.convert("L"), shown)
    values = cast(tuple[float, ...], local.get_flattened_data())
    pairs = zip(values, _face(local.size).get_flattened_data(), strict=True)
    inside = [value for value, counts in pairs if counts]
    return sum(inside) / len(inside)


def _fitting(picture: Image.Image, width: int) -> bytes:
    """The best quality that fits at this width; nothing where none does."""
    small = picture.resize((width, width * 5 // 4), Image.Resampling.LANCZOS)
    best, lowest, highest = b"", 0, 100
    while lowest <= highest:
        quality = (lowest + highest) // 2
        tried = _encoded(small, quality)
        if len(tried) <= MAX_BYTES:
            best, lowest = tried, quality + 1
        else:
            highest = quality - 1
    return best


def _encoded(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=_METHOD)
    return out.getvalue()


def _softened(portrait: Image.Image) -> Image.Image:
    """What is around the head in less detail, so that the bytes go to the face."""
    return Image.composite(portrait, portrait.filter(ImageFilter.GaussianBlur(_SOFTNESS)), _oval(portrait.size))


@cache
def _oval(size: tuple[int, int]) -> Image.Image:
    return _ellipse(size, _HEAD).filter(ImageFilter.GaussianBlur(_EDGE))


@cache
def _face(size: tuple[int, int]) -> Image.Image:
    return _ellipse(size, _FACE)


def _ellipse(size: tuple[int, int], shares: tuple[float, float, float, float]) -> Image.Image:
    mask = Image.new("L", size, 0)
    box = tuple(share * length for share, length in zip(shares, size * 2, strict=True))
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def _ssim(one: Image.Image, other: Image.Image) -> Image.Image:
    """The index of every block, as an image of floats."""
    x, y = one.convert("F"), other.convert("F")
    means = {"mx": x.reduce(_BLOCK), "my": y.reduce(_BLOCK)}
    squares = {name: _product(*pair).reduce(_BLOCK) for name, pair in (("xx", (x, x)), ("yy", (y, y)), ("xy", (x, y)))}
    return cast(Image.Image, ImageMath.lambda_eval(_index, **means, **squares))


def _product(one: Image.Image, other: Image.Image) -> Image.Image:
    return cast(Image.Image, ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=one, b=other))


def _index(of: dict[str, Any]) -> Any:
    mx, my = of["mx"], of["my"]
    alike = (2 * mx * my + _C1) * (2 * (of["xy"] - mx * my) + _C2)
    return alike / ((mx * mx + my * my + _C1) * (of["xx"] - mx * mx + of["yy"] - my * my + _C2))
