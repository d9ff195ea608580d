"""Drawn faces for sample residents: nobody's face, the same for the same seed. Only the demo and the tests use them."""

import io
import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 600
_FINER = 2

_SKINS = ("#f6d7c3", "#eebf9f", "#dba379", "#c68657", "#a0673f", "#7a4a2c", "#573421")
_HAIRS = ("#1d1a19", "#33241c", "#5a3a24", "#8a5a33", "#b98b52", "#a9a6a3", "#d9d5cf", "#7d2f1d")
_CLOTHES = ("#2f5d8a", "#8a3b45", "#3f6b52", "#5b4a7d", "#c47a2c", "#34495e", "#7a6a58", "#b4506e")
_GROUNDS = ("#e4edf0", "#ece8e0", "#e6ece2", "#ebe5ee", "#e9edf3")
_SCARVES = ("#27606b", "#93485a", "#c9a24b", "#4d4a77", "#d8cfc0", "#2b2b33")
_STYLES = ("short", "long", "curly", "bun", "bald", "scarf", "turban", "fringe", "afro")


@dataclass(frozen=True, slots=True)
class _Face:
    """What one drawn person looks like."""

    skin: str
    hair: str
    clothes: str
    ground: str
    cloth: str
    style: str
    glasses: bool
    beard: bool
    width: int
    smile: int

    @classmethod
    def of(cls, seed: int) -> "_Face":
        chance = random.Random(seed)  # noqa: S311  (a drawing that must come out the same again)
        style = _STYLES[seed % len(_STYLES)]
        return cls(
            skin=chance.choice(_SKINS),
            hair=chance.choice(_HAIRS),
            clothes=chance.choice(_CLOTHES),
            ground=chance.choice(_GROUNDS),
            cloth=chance.choice(_SCARVES),
            style=style,
            glasses=chance.random() < 0.3,
            beard=style in ("short", "bald", "turban") and chance.random() < 0.6,
            width=chance.randint(86, 100),
            smile=chance.randint(10, 22),
        )


def draw(seed: int) -> bytes:
    """A friendly face, 480 × 600, as PNG."""
    face = _Face.of(seed)
    picture = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), face.ground)
    pen = _Pen(picture)
    _behind(pen, face)
    _shoulders(pen, face)
    _head(pen, face)
    _features(pen, face)
    _on_top(pen, face)
    if face.glasses:
        _glasses(pen)
    out = io.BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


class _Pen:
    """Draws in the 480 × 600 grid, whatever the size of the picture, a little nearer than the numbers say."""

    _NEARER, _LOWER = 1.22, 28

    def __init__(self, picture: Image.Image) -> None:
        self._draw = ImageDraw.Draw(picture)

    def oval(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """An ellipse around (x, y) with these half axes."""
        self._draw.ellipse(self._scaled(x - width, y - height, x + width, y + height), fill=colour)

    def arc(
        self, x: float, y: float, width: float, height: float, degrees: tuple[float, float], colour: str, thick: float
    ) -> None:
        box = self._scaled(x - width, y - height, x + width, y + height)
        self._draw.arc(box, *degrees, fill=colour, width=round(thick * _FINER))

    def part(self, x: float, y: float, width: float, height: float, degrees: tuple[float, float], colour: str) -> None:
        """A part of an ellipse, closed by a straight line."""
        self._draw.chord(self._scaled(x - width, y - height, x + width, y + height), *degrees, fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle(self._scaled(left, top, right, bottom), radius * _FINER, fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        self._draw.polygon([self._place(x, y) for x, y in points], fill=colour)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        across, down = (x - WIDTH / 2) * self._NEARER, (y - HEIGHT / 2) * self._NEARER
        return (across + WIDTH / 2) * _FINER, (down + HEIGHT / 2 + self._LOWER) * _FINER

    def _scaled(self, left: float, top: float, right: float, bottom: float) -> list[float]:
        return [*self._place(left, top), *self._place(right, bottom)]


_X, _Y = 240, 270  # the middle of the face


def _behind(pen: _Pen, face: _Face) -> None:
    """Hair and cloth that fall behind the shoulders."""
    if face.style in ("long", "fringe"):
        pen.oval(_X, _Y - 20, face.width + 38, 150, face.hair)
        pen.box(_X - face.width - 38, _Y - 20, _X + face.width + 38, _Y + 210, face.hair, 60)
    elif face.style == "afro":
        pen.oval(_X, _Y - 58, face.width + 66, 150, face.hair)
    elif face.style == "curly":
        for i in range(15):
            turn = math.pi * (0.86 + 1.28 * i / 14)
            pen.oval(_X + (face.width + 14) * math.cos(turn), _Y - 30 + 122 * math.sin(turn), 40, 40, face.hair)
    elif face.style == "bun":
        pen.oval(_X, _Y - 158, 52, 46, face.hair)
    elif face.style == "scarf":
        pen.oval(_X, _Y - 6, face.width + 40, 168, face.cloth)


def _shoulders(pen: _Pen, face: _Face) -> None:
    pen.oval(_X, 608, 215, 190, face.clothes)
    pen.box(_X - 46, _Y + 70, _X + 46, 452, _darker(face.skin, 0.88), 40)
    pen.part(_X, 430, 62, 46, (0, 180), _darker(face.skin, 0.88))
    if face.style == "scarf":
        pen.shape([(_X - 132, 330), (_X + 132, 330), (_X + 168, 520), (_X, 560), (_X - 168, 520)], face.cloth)
        pen.oval(_X, 500, 168, 56, face.cloth)
    else:
        pen.arc(_X, 424, 66, 52, (10, 170), _darker(face.clothes, 0.8), 9)


def _head(pen: _Pen, face: _Face) -> None:
    if face.style != "scarf":
        for side in (-1, 1):
            pen.oval(_X + side * (face.width + 2), _Y + 14, 17, 27, _darker(face.skin, 0.92))
    pen.oval(_X, _Y - 12, face.width, 118, face.skin)
    pen.oval(_X, _Y + 34, face.width - 12, 98, face.skin)


def _features(pen: _Pen, face: _Face) -> None:
    dark = "#2a2220"
    shade = _darker(face.skin, 0.84)
    if face.beard:
        pen.part(_X, _Y + 40, face.width - 10, 96, (8, 172), face.hair)
        pen.oval(_X, _Y + 66, 52, 26, face.hair)
    for side in (-1, 1):
        x = _X + side * 40
        pen.oval(_X + side * 54, _Y + 44, 19, 12, _redder(face.skin))
        pen.oval(x, _Y, 17, 11.5, "#ffffff")
        pen.oval(x, _Y + 1, 9.5, 10.5, dark)
        pen.oval(x + 3, _Y - 3, 3, 3, "#ffffff")
        pen.arc(x, _Y - 14, 25, 16, (200, 340), _darker(face.hair, 0.8) if face.style != "scarf" else dark, 7)
    pen.arc(_X, _Y + 22, 15, 18, (20, 160), shade, 6)
    lip = "#f4efe9" if face.beard else _darker(face.skin, 0.62)
    pen.arc(_X, _Y + 58, 32, face.smile, (12, 168), lip, 7)


def _on_top(pen: _Pen, face: _Face) -> None:
    """Hair and cloth that lie over the forehead."""
    top, width = _Y - 76, face.width
    if face.style in ("short", "bun", "curly", "afro"):
        pen.part(_X, _Y - 18, width + 6, 122, (192, 348), face.hair)
    if face.style == "short":
        pen.box(_X - width - 5, _Y - 62, _X - width + 10, _Y + 2, face.hair, 7)
        pen.box(_X + width - 10, _Y - 62, _X + width + 5, _Y + 2, face.hair, 7)
    elif face.style == "long":
        pen.part(_X, _Y - 18, width + 10, 126, (186, 300), face.hair)
        pen.part(_X, _Y - 18, width + 10, 126, (240, 354), face.hair)
    elif face.style == "fringe":
        pen.part(_X, _Y - 16, width + 10, 128, (180, 360), face.hair)
        pen.box(_X - width, _Y - 60, _X + width, _Y - 30, face.hair, 10)
    elif face.style == "scarf":
        pen.part(_X, _Y - 30, width + 18, 138, (196, 344), face.cloth)
        for side in (-1, 1):
            pen.arc(_X, _Y + 8, width + 16, 142, (95, 205) if side < 0 else (-25, 85), face.cloth, 24)
        pen.arc(_X, _Y - 24, width + 8, 124, (205, 335), _darker(face.cloth, 0.85), 5)
    elif face.style == "turban":
        pen.oval(_X, top - 30, width + 28, 74, face.cloth)
        for lift in (16, 40, 62):
            pen.arc(_X, top - 4, width + 14 - lift / 3, lift, (200, 340), _darker(face.cloth, 0.86), 5)
        pen.box(_X - width - 8, top - 12, _X + width + 8, top + 22, _darker(face.cloth, 0.94), 16)


def _glasses(pen: _Pen) -> None:
    frame = "#2b2f36"
    for side in (-1, 1):
        pen.arc(_X + side * 42, _Y + 2, 33, 28, (0, 360), frame, 6)
    pen.arc(_X, _Y + 2, 12, 10, (200, 340), frame, 6)


def _darker(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(int(colour[i : i + 2], 16) * share):02x}" for i in (1, 3, 5))


def _redder(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"#{min(255, red + 8):02x}{round(green * 0.9):02x}{round(blue * 0.89):02x}"
