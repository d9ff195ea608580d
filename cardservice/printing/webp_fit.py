"""The best WebP of a picture in so many bytes, found in two or three tries instead of seven.

How a WebP's size grows with its quality hardly depends on the picture: one try tells where the next belongs.
"""

import io
from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

from PIL import Image

_METHOD = 6
_WORST, _BEST = 0, 100

# Quality, and the size there as a share of the size at 50: means of 30 drawn faces before four grounds, at 48 to 96
# pixels; from face to face they differ by two to six in a hundred. Above 75 libwebp spends more on each step.
_MEASURED = (
    (0, 0.34), (5, 0.50), (10, 0.57), (20, 0.69), (35, 0.85), (50, 1.00),
    (75, 1.27), (80, 1.50), (85, 1.78), (90, 2.25), (95, 3.03), (100, 4.21),
)  # fmt: skip
_SHARES = (
    *(
        share + (quality - lower) * (higher_share - share) / (higher - lower)
        for (lower, share), (higher, higher_share) in pairwise(_MEASURED)
        for quality in range(lower, higher)
    ),
    _MEASURED[-1][1],
)
# Where guesses do not come nearer, halves do.
_GUESSES = 4


class Fitted(NamedTuple):
    """A WebP that fits, and the quality at which it was made: at the next one it is too large."""

    quality: int
    webp: bytes


def expected(quality: int, size: float, most: int) -> int:
    """The best quality at which so many bytes are to be expected, where `quality` takes `size`."""
    return max(bisect_right(_SHARES, _SHARES[quality] * most / size) - 1, _WORST)


def fit(picture: Image.Image, most: int, *, begin: int) -> Fitted | None:
    """The WebP of the best quality in at most so many bytes; None where even the worst is too large.

    begin: the quality to try first; a good guess saves time and changes nothing.
    """
    found, fits, too_large = None, _WORST - 1, _BEST + 1
    quality, tries = begin, 0
    while too_large - fits > 1:
        webp = _encoded(picture, quality)
        if len(webp) <= most:
            found, fits = Fitted(quality, webp), quality
        else:
            too_large = quality
        tries += 1
        aim = expected(quality, len(webp), most) if tries < _GUESSES else (fits + too_large) // 2
        quality = min(max(aim, fits + 1), too_large - 1)
    return found


def _encoded(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=_METHOD)
    return out.getvalue()
