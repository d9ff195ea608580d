"""Which part of a photograph goes on the card: a rectangle of 4:5 that can be moved, and a suggestion to begin with.

The suggestion asks where the plain wall behind somebody ends, and knows nothing of faces: what a skin looks like, or
what is worn on the head, is no part of it. A wall that is not plain gives none, and the crop begins in the middle.
How often it is right, and why there is no face detector: docs/decisions/0061.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from PIL import Image, ImageChops

SHAPE = 4 / 5
"""Width by height."""
WHOLE = 1000
"""Places and widths are in thousandths of the picture: the same at every size in which it is shown."""

_STEP, _ZOOM = 20, 1.08
# Below this a printed face would be made of less than a dot a pixel of the smallest picture that is taken.
_NARROWEST = 64
# Faces are in the upper part of a picture that is too tall.
_FACE_HEIGHT = 0.35

_LOOKED_AT = 96
_WALL_NOISE = 14
_DIFFERENT = 26
_HEAD_SHARE, _ABOVE_HEAD = 0.66, 0.10
_HEAD_HEIGHT, _HEIGHT_LOOKED_AT = 1.3, 0.95


class Move(StrEnum):
    """What can be done with a crop by a key or a button."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    LARGER = "larger"
    SMALLER = "smaller"


_BY = {Move.UP: (0, -_STEP), Move.DOWN: (0, _STEP), Move.LEFT: (-_STEP, 0), Move.RIGHT: (_STEP, 0)}


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture: x and width in thousandths of its width, y in thousandths of its height."""

    x: int
    y: int
    width: int

    def height(self, size: tuple[int, int]) -> int:
        """In thousandths of the height of a picture of `size` (pixels)."""
        return round(self.width * size[0] / SHAPE / size[1])

    def within(self, size: tuple[int, int]) -> Self:
        """The nearest crop that lies in a picture of `size` (pixels), and is not too small to be printed."""
        widest = min(WHOLE, int(WHOLE * size[1] * SHAPE / size[0]))
        width = min(max(self.width, min(widest, -(-_NARROWEST * WHOLE // size[0]))), widest)
        sized = replace(self, width=width)
        return replace(
            sized,
            x=min(max(self.x, 0), WHOLE - width),
            y=min(max(self.y, 0), max(0, WHOLE - sized.height(size))),
        )

    def moved(self, move: Move, size: tuple[int, int]) -> Self:
        """This crop after one step, within a picture of `size`; growing and shrinking keep its middle."""
        if move in _BY:
            across, down = _BY[move]
            return replace(self, x=self.x + across, y=self.y + down).within(size)
        width = round(self.width * _ZOOM if move is Move.LARGER else self.width / _ZOOM)
        grown = replace(self, width=width).within(size)
        across = (self.width - grown.width) // 2
        down = (self.height(size) - grown.height(size)) // 2
        return replace(grown, x=self.x + across, y=self.y + down).within(size)

    def box(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Its edges in pixels of a picture of `size`: left, upper, right, lower."""
        width = self.width * size[0] / WHOLE
        left = min(self.x * size[0] / WHOLE, size[0] - width)
        height = min(width / SHAPE, size[1])
        upper = min(self.y * size[1] / WHOLE, size[1] - height)
        return left, upper, left + width, upper + height


def middle(size: tuple[int, int]) -> Crop:
    """The largest crop of a picture of `size`: in the middle, and of a tall picture the upper part."""
    largest = Crop(0, 0, WHOLE).within(size)
    free = WHOLE - largest.height(size)
    return replace(largest, x=(WHOLE - largest.width) // 2, y=round(free * _FACE_HEIGHT))


def suggested(picture: Image.Image) -> Crop:
    """Where to begin: around the head of somebody before a plain wall, else the middle."""
    return _around_the_head(picture) or middle(picture.size)


def _around_the_head(picture: Image.Image) -> Crop | None:
    small = picture.convert("RGB")
    small.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    wall = _wall(small)
    if wall is None:
        return None
    parts = ImageChops.difference(small, wall).split()
    differs = ImageChops.lighter(ImageChops.lighter(parts[0], parts[1]), parts[2])
    head = _head(differs.point(lambda value: WHOLE if value > _DIFFERENT else 0))
    return None if head is None else _with_room(head, small.size, picture.size)


def _wall(small: Image.Image) -> Image.Image | None:
    """The wall as it would look with nobody before it, from the edges of the picture; None where they are not plain."""
    columns = [small.crop((x, 0, x + 1, small.height)) for x in (0, small.width - 1)]
    upper = small.height * 55 // 100
    lines = [column.crop((0, 0, 1, upper)) for column in columns] + [small.crop((0, 0, small.width, 1))]
    if any(_restless(line) for line in lines):
        return None
    ends = Image.new("RGB", (2, upper))
    for place, column in enumerate(columns):
        ends.paste(column.crop((0, 0, 1, upper)), (place, 0))
    wall = Image.new("RGB", small.size)
    wall.paste(ends.resize((small.width, upper), Image.Resampling.BILINEAR))
    # Shoulders reach the edges further down: there the wall is taken to go on as it was above them.
    last = wall.crop((0, upper - 1, small.width, upper))
    wall.paste(last.resize((small.width, small.height - upper)), (0, upper))
    return wall


def _restless(line: Image.Image) -> bool:
    """Whether neighbours along a line of pixels differ by more than light and noise make them."""
    length = max(line.size)
    flat = line.resize((length, 1)) if line.width > 1 else line.transpose(Image.Transpose.ROTATE_90)
    steps = ImageChops.difference(flat.crop((0, 0, length - 1, 1)), flat.crop((1, 0, length, 1)))
    return any(band.point(lambda value: value > _WALL_NOISE).getbbox() for band in steps.split())


def _head(there: Image.Image) -> tuple[int, int, int, int] | None:
    """The edges of the head in a mask of where somebody is, with what is worn on it."""
    rows = [there.crop((0, y, there.width, y + 1)).getbbox() for y in range(there.height)]
    least = max(3, there.width // 20)
    first = next(((y, row) for y, row in enumerate(rows) if row and row[2] - row[0] >= least), None)
    if first is None or first[0] == 0:
        return None
    begun, (left, _, right, _) = first
    upper = begun
    for row in rows[upper:]:
        # As wide as it gets before it is as high as it is wide: shoulders begin lower than that.
        if row is None or upper - begun > _HEIGHT_LOOKED_AT * (right - left):
            break
        left, right, upper = min(left, row[0]), max(right, row[2]), upper + 1
    return left, begun, right, begun + round((right - left) * _HEAD_HEIGHT)


def _with_room(head: tuple[int, int, int, int], small: tuple[int, int], size: tuple[int, int]) -> Crop | None:
    left, upper, right, lower = head
    high = lower - upper
    if not 0.12 < high / small[1] < 0.85:
        return None
    height = high / _HEAD_SHARE
    width = height * SHAPE
    x, y = (left + right - width) / 2 / small[0], (upper - height * _ABOVE_HEAD) / small[1]
    return Crop(round(x * WHOLE), round(y * WHOLE), round(width / small[0] * WHOLE)).within(size)
