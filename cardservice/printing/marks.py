"""Where to cut and where to fold: fine black lines beside the cards, never on them.

A line is for scissors or a cutter; dashes are for folding. The line of 50 millimetres tells who holds a ruler to it
whether the printer printed at actual size.
"""

from reportlab.pdfgen.canvas import Canvas

from cardservice.medium import CARD_HEIGHT, CARD_WIDTH, Medium
from cardservice.printing.layout import Side
from cardservice.printing.paper import DOT, Paper, mm
from cardservice.printing.text_fit import fit

CHECK = 50.0
_LENGTH, _GAP, _TICK = 3.0, 1.0, 1.5
_FINE = 0.25


def cut(canvas: Canvas, medium: Medium, *, back: bool) -> None:
    """Marks for both edges of every column and every row, around the whole grid."""
    corners = [medium.corner(position, back=back) for position in range(1, medium.positions + 1)]
    _around(canvas, medium, {left for left, _ in corners}, {top for _, top in corners}, CARD_WIDTH)


def fold(paper: Paper, medium: Medium) -> None:
    """Marks around a card that is to be folded, dashes where, and the line to check the printer by."""
    canvas, side = paper.canvas, Side(paper, medium.height)
    left, top = medium.corner(1)
    _around(canvas, medium, {left}, {top}, 2 * CARD_WIDTH)
    middle, bottom = mm(_on_dots(left + CARD_WIDTH)), top + CARD_HEIGHT
    canvas.setDash(2, 2)
    for end in (top - _GAP, bottom + _GAP + 3 * _LENGTH):
        canvas.line(middle, side.y(end), middle, side.y(end - 3 * _LENGTH))
    canvas.setDash()
    check = bottom + 20
    ruler(side, left, check, CHECK)
    side.ink()
    side.block(fit(f"{CHECK:.0f} mm", mm(30), mm(5), largest=9), left + CHECK + 2, check - 1.7, 30, align="left")


def ruler(side: Side, left: float, top: float, length: float, *, upright: bool = False) -> None:
    """A line of so many millimetres, to the right or down, between two ticks whose middles are its ends."""
    _pen(side.canvas)
    across, down = (0.0, 1.0) if upright else (1.0, 0.0)
    for start, end, half in ((0.0, length, 0.0), (0.0, 0.0, _TICK), (length, length, _TICK)):
        side.canvas.line(
            side.x(left + across * start - down * half),
            side.y(top + down * start - across * half),
            side.x(left + across * end + down * half),
            side.y(top + down * end + across * half),
        )


def _around(canvas: Canvas, medium: Medium, lefts: set[float], tops: set[float], width: float) -> None:
    _pen(canvas)
    height, far, near = mm(medium.height), medium.bleed + _GAP + _LENGTH, medium.bleed + _GAP
    columns = sorted({_on_dots(edge) for left in lefts for edge in (left, left + width)})
    rows = sorted({_on_dots(edge) for top in tops for edge in (top, top + CARD_HEIGHT)})
    for x in columns:
        for outer, inner in ((rows[0] - far, rows[0] - near), (rows[-1] + near, rows[-1] + far)):
            canvas.line(mm(x), height - mm(outer), mm(x), height - mm(inner))
    for y in rows:
        for outer, inner in ((columns[0] - far, columns[0] - near), (columns[-1] + near, columns[-1] + far)):
            canvas.line(mm(outer), height - mm(y), mm(inner), height - mm(y))


def _on_dots(place: float) -> float:
    """Where a card's edge is drawn; neighbours that touch have one edge, however their places were added up."""
    return round(mm(place) / DOT) * DOT / mm(1)


def _pen(canvas: Canvas) -> None:
    canvas.setStrokeColorCMYK(0, 0, 0, 1)
    canvas.setLineWidth(_FINE)
