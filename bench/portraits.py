"""The portrait: how often the crop begins at the head, how like the print the 500 bytes are, and how long it takes.

The people are the drawn ones of printing/sample_portraits.py, in every style, in photographs made for them. The scenes
come out the same each time, so that another way of cropping can be run on them (docs/decisions/0061).
"""

import io
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from bench.measure import Result
from cardservice.printing import portrait, portrait_code, portrait_crop, sample_portraits
from cardservice.printing.portrait_crop import Crop

GROUNDS = ("light wall", "white wall", "dark wall", "room")
PEOPLE = range(54)
SIZES = ((720, 960), (960, 720), (768, 960))
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scene:
    """Somebody in a photograph, and the part of it that would be the right crop."""

    ground: str
    person: int
    photo: Image.Image
    right: Box


def scenes(grounds: tuple[str, ...] = GROUNDS) -> Iterator[Scene]:
    """Everybody before every ground: as large as half the photograph to all of it, anywhere along its width."""
    for ground in grounds:
        for person in PEOPLE:
            chance = random.Random(f"{ground} {person}")
            size = chance.choice(SIZES)
            tallest = min(size[1], size[0] * 5 // 4)
            somebody, where = _somebody(person, round(tallest * chance.uniform(0.5, 1.0)))
            photo = _ground(ground, size, chance)
            left = round(max(0, size[0] - somebody.width) * chance.uniform(0.05, 0.95))
            upper = size[1] - somebody.height
            photo.paste(somebody, (left, upper), where)
            yield Scene(ground, person, _grainy(photo), (left, upper, left + somebody.width, size[1]))


def overlap(one: Box, other: Box) -> float:
    """The shared part of two rectangles by what they cover together."""
    left, upper, right, lower = (
        pick(pair) for pick, pair in zip((max, max, min, min), zip(one, other, strict=True), strict=True)
    )
    shared = max(0, right - left) * max(0, lower - upper)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def crop() -> Result:
    """How much of the right crop the suggestion before a plain wall covers, against beginning in the middle."""
    suggested, middle = [], []
    for scene in scenes(GROUNDS[:3]):
        size = scene.photo.size
        suggested.append(overlap(portrait_crop.suggested(scene.photo).box(size), scene.right))
        middle.append(overlap(portrait_crop.middle(size).box(size), scene.right))
    return Result(
        ours=statistics.mean(suggested),
        peer=statistics.mean(middle),
        peer_name="a crop of the middle",
        unit="overlap with the right crop",
        goal=1.3,
        runs=len(suggested),
        more_is_better=True,
    )


def likeness() -> Result:
    """How like the print the face in 500 bytes is (SSIM), against the best quality at 64 × 80 that fits."""
    pairs = [likenesses(print_of(scene)) for scene in scenes() if scene.person < 9]
    return Result(
        ours=statistics.mean(ours for ours, _ in pairs),
        peer=statistics.mean(peer for _, peer in pairs),
        peer_name="best quality at 64 x 80",
        unit="SSIM",
        goal=1.03,
        runs=len(pairs),
        more_is_better=True,
    )


def likenesses(printed: Image.Image) -> tuple[float, float]:
    """Of the picture that is chosen for the code, and of the one at 64 × 80 as it is."""
    found = portrait_code.code_webp(printed), _plain_webp(printed)
    return portrait_code.likeness(printed, found[0]), portrait_code.likeness(printed, found[1])


def time_of_one() -> Result:
    """Milliseconds of processor time from a photograph and a crop to both portraits: the slowest of 36."""
    times = []
    for scene in scenes():
        if scene.person < 9:
            photograph = portrait.taken(_file(scene.photo))
            begun = time.process_time()
            portrait.portraits(photograph, portrait.suggested(photograph))
            times.append((time.process_time() - begun) * 1000)
    return Result(
        ours=max(times),
        peer=150,
        peer_name="what a clerk does not notice",
        unit="milliseconds",
        goal=1,
        runs=len(times),
    )


def print_of(scene: Scene) -> Image.Image:
    """The print portrait of the right crop."""
    return scene.photo.resize(portrait.PRINT_SIZE, Image.Resampling.LANCZOS, box=scene.right)


def _plain_webp(printed: Image.Image) -> bytes:
    small = printed.resize((64, 80), Image.Resampling.LANCZOS)
    made = b""
    for quality in range(101):
        out = io.BytesIO()
        small.save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= portrait_code.MAX_BYTES:
            made = out.getvalue()
    return made


def _somebody(person: int, height: int) -> tuple[Image.Image, Image.Image]:
    """A drawn person, and where on the drawing they are."""
    drawn = _drawn(person)
    wall = Image.new("RGB", drawn.size, drawn.getpixel((2, 2)))
    there = ImageChops.difference(drawn, wall).convert("L").point(lambda value: 255 if value > 6 else 0)
    size = (round(height * 0.8), height)
    return drawn.resize(size), there.filter(ImageFilter.MaxFilter(3)).resize(size)


@cache
def _drawn(person: int) -> Image.Image:
    return Image.open(io.BytesIO(sample_portraits.draw(person))).convert("RGB")


def _ground(ground: str, size: tuple[int, int], chance: random.Random) -> Image.Image:
    if ground == "white wall":
        return Image.new("RGB", size, (240, 240, 238))
    if ground == "dark wall":
        return Image.new("RGB", size, (45, 45, 50))
    if ground == "light wall":
        lit = chance.choice(((225, 222, 215), (180, 190, 200), (205, 195, 170), (120, 130, 140)))
        shade = tuple(round(part * 0.85) for part in lit)
        return ImageOps.colorize(
            Image.linear_gradient("L").rotate(chance.choice((0, 90, 180))).resize(size), shade, lit
        )
    room = Image.new("RGB", size, (190, 180, 165))
    pen = ImageDraw.Draw(room)
    for _ in range(60):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        box = (x, y, x + chance.randrange(20, 260), y + chance.randrange(20, 260))
        pen.rectangle(box, fill=tuple(chance.randrange(30, 230) for _ in range(3)))
    return room


def _grainy(photo: Image.Image) -> Image.Image:
    """With what a camera adds in poor light. Noise of Pillow's own differs from run to run, a little."""
    grain = Image.effect_noise(photo.size, 8)
    bands = [ImageChops.add(band, grain, scale=1, offset=-128) for band in photo.split()]
    return Image.merge("RGB", bands)


def _file(photo: Image.Image) -> bytes:
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=92)
    return out.getvalue()


def table() -> Iterator[str]:
    """The figures of docs/decisions/0061, ground by ground: `python -m bench.portraits`."""
    for ground in GROUNDS:
        suggested, middle, pairs, found = [], [], [], 0
        for scene in scenes((ground,)):
            size = scene.photo.size
            begins: Crop = portrait_crop.suggested(scene.photo)
            found += begins != portrait_crop.middle(size)
            suggested.append(overlap(begins.box(size), scene.right))
            middle.append(overlap(portrait_crop.middle(size).box(size), scene.right))
            if scene.person < 9:
                pairs.append(likenesses(print_of(scene)))
        ours, peer = (statistics.mean(side) for side in zip(*pairs, strict=True))
        yield (
            f"{ground}: begun elsewhere than in the middle {found} of {len(suggested)}, "
            f"overlap {statistics.mean(suggested):.3f} (middle {statistics.mean(middle):.3f}), "
            f"SSIM {ours:.3f} (64 x 80: {peer:.3f})"
        )


if __name__ == "__main__":
    print(*table(), sep="\n")
