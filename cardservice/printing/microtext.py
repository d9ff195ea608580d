"""A card's number over and over, half a millimetre high: a line to the eye, letters under a loupe, a smear on a copy.

Drawn as outlines, not as text: no text of a card is under 6 points, and a program that copies text off the page does
not get the number thirteen times. The outlines are the typeface's, with straight sides: it is six dots high.
"""

from functools import lru_cache

from cardservice.printing import typefaces
from cardservice.printing.colour_vision import Colour
from cardservice.printing.layout import Side
from cardservice.printing.paper import mm

HEIGHT = 0.5
"""Millimetres from the foot to the top of a capital: six dots at 300 dpi."""

_CAPITAL = 71.4
_GAP = 42
_COARSER = 10
"""Ten units of the typeface make one here: 7 µm on paper, which no printer tells apart, and shorter numbers."""


def line(side: Side, number: str, colour: Colour, left: float, top: float, width: float) -> None:
    """As many whole repeats as fit between `left` and `left + width`, spread over it; millimetres."""
    outlines = [_outline(char) for char in number]
    units = sum(advance for _, advance in outlines)
    scale = mm(HEIGHT) / _CAPITAL
    count = max(1, int((mm(width) / scale + _GAP) / (units + _GAP)))
    moved = round((mm(width) / scale - units * count) / max(1, count - 1)) + units
    red, green, blue = colour
    place = f"{scale:.6f} 0 0 {scale:.6f} {side.x(left):.2f} {side.y(top + HEIGHT):.2f} cm"
    side.canvas.write(f"q {red:.4f} {green:.4f} {blue:.4f} rg {place}")
    name = "".join(char if char.isascii() and char.isalnum() else f".{ord(char):x}." for char in number)
    once = side.path(f"number{name}", " ".join(drawn for drawn, _ in outlines), (-10, -30, units + 10, 110))
    side.canvas.write(f"{once} 1 0 0 1 {moved} 0 cm\n" * count + "Q")


@lru_cache(maxsize=64)
def _outline(char: str) -> tuple[str, int]:
    """One symbol, filled, from its own origin and on to the next one's, and how far that is; it is nobody's name."""
    face = typefaces.find(char, "Latn", None, typefaces.REGULAR)
    if face is None:
        return f"1 0 0 1 {_GAP} 0 cm", _GAP
    glyph = face.font.get_nominal_glyph(ord(char))
    pen = _Pen()
    face.font.draw_glyph_with_pen(glyph, pen)
    advance = round(face.font.get_glyph_h_advance(glyph) / _COARSER)
    return " ".join([*pen.drawn, f"f 1 0 0 1 {advance} 0 cm"]), advance


class _Pen:
    """Takes an outline as fontTools' pens do and keeps its corners, and the middle of every curve."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self._at = self._begun = (0.0, 0.0)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the name that uharfbuzz calls
        self._begun = point
        self._point(point, "m")

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._point(point, "l")

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self._at, *points
        self._point(((x0 + 3 * x1 + 3 * x2 + x3) / 8, (y0 + 3 * y1 + 3 * y2 + y3) / 8), "l")
        self._point((x3, y3), "l")

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self._at, *points
        self._point(((x0 + 2 * x1 + x2) / 4, (y0 + 2 * y1 + y2) / 4), "l")
        self._point((x2, y2), "l")

    def closePath(self) -> None:  # noqa: N802
        # The last line back to where the outline began is what closing it draws.
        if self._at == self._begun:
            self.drawn.pop()
        self.drawn.append("h")

    def _point(self, point: tuple[float, float], operator: str) -> None:
        self._at = point
        self.drawn.append(f"{point[0] / _COARSER:.0f} {point[1] / _COARSER:.0f} {operator}")
