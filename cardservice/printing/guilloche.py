"""The fine lines of a card, drawn from its number: twelve strands, each laid where one symbol of the number says.

A strand is described once in a file. A card only says how far each is shifted along its wave, or turned about its
middle: as many of 36 steps as the symbol counts (0–9, A–Z; a place without a symbol counts none). So the same number
gives the same lines for ever, and two numbers that differ in one symbol differ in one strand.
They are waves, rings, petals and threads: nothing that a document of state carries (docs/decisions/0056).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import cos, pi, sin

from cardservice.printing.colour_vision import Colour
from cardservice.printing.curves import Curve, curved, repeated
from cardservice.printing.layout import BLEED, CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.paper import mm
from cardservice.printing.themes import Pattern

STRANDS = 12
STEPS = 36
HAIRLINE = 0.3
"""Points: a little over one dot at 300 dpi."""

_EVERYTHING = (-400, -400, 400, 400)


@dataclass(frozen=True)
class Strand:
    """Operators of a path in points around `middle`. One step moves it by (right, up) points, or turns it by `turn`."""

    path: str
    middle: tuple[float, float]
    right: float = 0.0
    up: float = 0.0
    turn: float = 0.0

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The matrices, as a PDF writes them, that lay the strand for symbols that count 0, 1 and so on."""
        return tuple(map(self._place, range(STEPS)))

    def _place(self, steps: int) -> str:
        x, y = self.middle[0] + self.right * steps, self.middle[1] + self.up * steps
        if not self.turn:
            return f"1 0 0 1 {x:.2f} {y:.2f} cm"
        c, s = cos(self.turn * steps), sin(self.turn * steps)
        return f"{c:.5f} {s:.5f} {-s:.5f} {c:.5f} {x:.2f} {y:.2f} cm"


def symbols(number: str) -> list[int]:
    """What each symbol of a card number counts; marks between groups are left out, what is no symbol counts none."""
    counted = [int(char, STEPS) if char.isascii() and char.isalnum() else 0 for char in number if char != "-"]
    return (counted + [0] * STRANDS)[:STRANDS]


def background(side: Side, pattern: Pattern, number: str, colour: Colour) -> None:
    """Draw the strands of a number over the whole side; the caller clips them to where they may be seen."""
    _draw(side, f"strand-{pattern}", strands(pattern), number, colour)


def rosette(side: Side, number: str, colour: Colour, left: float, top: float) -> None:
    """The number's own rosette around a point (millimetres), where somebody declined a portrait."""
    side.canvas.write(f"q 1 0 0 1 {side.x(left):.2f} {side.y(top):.2f} cm")
    _draw(side, "rosette", _rosette(), number, colour)
    side.canvas.write("Q")


def _draw(side: Side, name: str, twelve: tuple[Strand, ...], number: str, colour: Colour) -> None:
    canvas = side.canvas
    red, green, blue = colour
    canvas.write(f"{red:.4f} {green:.4f} {blue:.4f} RG {HAIRLINE} w")
    for place, (strand, steps) in enumerate(zip(twelve, symbols(number), strict=True)):
        drawn = strand.path if side.paper.alone else side.path(f"{name}{place}", strand.path, _EVERYTHING)
        canvas.write(f"q {strand.places[steps]} {drawn} Q")


@lru_cache(maxsize=8)
def strands(pattern: Pattern) -> tuple[Strand, ...]:
    """The twelve strands of a pattern."""
    return tuple(_MAKERS[pattern](number) for number in range(STRANDS))


def _wave(number: int) -> Strand:
    """A ribbon of three lines across the card, each ribbon a little longer in its wave than the one above."""
    length, middle = 27.0 + 2.3 * number, 9.0 + 3.95 * number
    heights = (3.9, 2.7, 1.5)
    units = [curved(_sine(length, height), 0, length, 4) for height in heights]
    repeats = int((CARD_WIDTH + 2 * BLEED) / length) + 3
    return Strand(
        repeated(" ".join(units), repeats, f"1 0 0 1 {mm(length):.3f} 0 cm"),
        middle=(-mm(length + BLEED), mm(CARD_HEIGHT - middle)),
        right=mm(length) / STEPS,
    )


def _ring(number: int) -> Strand:
    """Two lobed rings wound around each other about the lantern's light."""
    lobes, radius = 12 if number < STRANDS / 2 else 24, 4.3 * number + 4.0
    units = [curved(_lobed(radius, height, lobes), 0, 2 * pi / lobes, 4) for height in (1.7, -1.7)]
    return _around((36.8, 22.0), " ".join(units), lobes)


def _petal(number: int) -> Strand:
    """A flower around the lower corner: each strand is a ring of loops, further out than the one before."""
    loops, radius, loop = 9 + number, 8.0 + 6.4 * number, 6.1 + 0.8 * number

    def at(angle: float) -> tuple[float, float]:
        inner = (loops + 1) * angle
        return radius * cos(angle) + loop * cos(inner), radius * sin(angle) + loop * sin(inner)

    return _around((6.0, 2.0), curved(at, 0, 2 * pi / loops, 8), loops)


def _thread(number: int) -> Strand:
    """Three threads that wave along a slant, every other strand to the other side."""
    slant = (1 if number % 2 else -1) * 0.46
    length, crossing = 15.0 + 1.1 * number, 3.0 + 7.1 * number
    start = crossing - slant * CARD_HEIGHT / 2
    units = [curved(_slanted(length, slant, apart), 0, length, 4) for apart in (0.0, 1.1, 2.2)]
    # Two lengths below the card and two above it: a thread is moved up by up to one.
    repeats, below = int((CARD_HEIGHT + 2 * BLEED) / length) + 4, 2 * length
    return Strand(
        repeated(" ".join(units), repeats, f"1 0 0 1 {mm(length * slant):.3f} {mm(length):.3f} cm"),
        middle=(mm(start - slant * below), -mm(below)),
        right=mm(length * slant) / STEPS,
        up=mm(length) / STEPS,
    )


@lru_cache(maxsize=1)
def _rosette() -> tuple[Strand, ...]:
    """Around the origin: twelve rings from the middle out to the corners of a portrait."""
    made = []
    for number in range(STRANDS):
        lobes = 8 if number < STRANDS / 3 else 16
        curve = _lobed(1.6 + 1.25 * number, 0.75 + 0.06 * number, lobes)
        made.append(_around((0.0, 0.0), curved(curve, 0, 2 * pi / lobes, 4), lobes))
    return tuple(made)


_MAKERS: dict[Pattern, Callable[[int], Strand]] = {
    Pattern.WAVES: _wave,
    Pattern.RINGS: _ring,
    Pattern.PETALS: _petal,
    Pattern.LATTICE: _thread,
}


def _sine(length: float, height: float) -> Curve:
    return lambda x: (x, height * sin(2 * pi * x / length))


def _slanted(length: float, slant: float, apart: float) -> Curve:
    return lambda up: (apart + slant * up + 1.5 * sin(2 * pi * up / length), up)


def _lobed(radius: float, height: float, lobes: int) -> Curve:
    def at(angle: float) -> tuple[float, float]:
        out = radius + height * cos(lobes * angle)
        return out * cos(angle), out * sin(angle)

    return at


def _around(middle: tuple[float, float], unit: str, repeats: int) -> Strand:
    """One piece of a ring, repeated until the ring is closed; a step is the thirty-sixth part of the piece."""
    turn = 2 * pi / repeats
    c, s = cos(turn), sin(turn)
    path = repeated(unit, repeats, f"{c:.7f} {s:.7f} {-s:.7f} {c:.7f} 0 0 cm")
    return Strand(path, middle=(mm(middle[0]), mm(middle[1])), turn=turn / STEPS)
