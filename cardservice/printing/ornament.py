"""The fine lines of a card and a poster: rings that spread as on water, and waves. Vector only, once in each file.

They carry no meaning: no arms, no flag, no seal, nothing that looks like a document of state.
"""

from math import pi, sin

from reportlab.pdfgen.pathobject import PDFPathObject

from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.palette import Colour
from cardservice.printing.paper import mm

_HAIRLINE = 0.35
_STEPS = 28
# Of one unit, from four Bézier curves; the same words for every ring, so that a file packs them to nothing.
_CIRCLE = (
    "1 0 m 1 .552285 .552285 1 0 1 c -.552285 1 -1 .552285 -1 0 c "
    "-1 -.552285 -.552285 -1 0 -1 c .552285 -1 1 -.552285 1 0 c S"
)


def rings(side: Side, left: float, top: float, colour: Colour, *, first: float, step: float, count: int) -> None:
    """Circles around a point, millimetres; the caller clips them to where they may be seen."""
    (red, green, blue), x, y = colour, side.x(left), side.y(top)
    side.canvas.write(f"q {red:.4f} {green:.4f} {blue:.4f} RG 1 0 0 1 {x:.2f} {y:.2f} cm")
    for number in range(count):
        radius = mm(first + step * number)
        side.canvas.write(f"q {radius:.3f} 0 0 {radius:.3f} 0 0 cm {_HAIRLINE / radius:.6f} w {_CIRCLE} Q")
    side.canvas.write("Q")


def waves(
    side: Side,
    top: float,
    colour: Colour,
    *,
    count: int,
    height: float,
    width: float = CARD_WIDTH,
    bottom: float = CARD_HEIGHT,
) -> None:
    """Waves from edge to edge that lean on each other, from `top` to `bottom`: the card's, unless told otherwise."""
    canvas = side.canvas
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(_HAIRLINE)
    room = bottom - top
    for number in range(count):
        share = number / (count - 1)
        middle = top + room * share
        path = canvas.beginPath()
        points = [
            (i * width / _STEPS, middle + height * sin(2 * pi * (i / _STEPS * 1.4 + share * 0.9)) * (0.4 + share))
            for i in range(_STEPS + 1)
        ]
        _smooth(path, [(side.x(x), side.y(y)) for x, y in points])
        canvas.drawPath(path, stroke=1, fill=0)


def _smooth(path: PDFPathObject, points: list[tuple[float, float]]) -> None:
    """A curve through points (Catmull–Rom as Bézier pieces)."""
    path.moveTo(*points[0])
    for i in range(len(points) - 1):
        before, start, end = points[max(i - 1, 0)], points[i], points[i + 1]
        after = points[min(i + 2, len(points) - 1)]
        path.curveTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            *end,
        )
