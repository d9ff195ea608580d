"""Where a printer or a hand punch makes the mark by which a blind holder tells the card's way up: half a round hole.

It is cut into the right short edge of the front, which is the left edge of the back. It reaches as far in as the
margin of card printers, so that it touches no quiet zone and no word.
"""

from cardservice.printing.layout import CARD_HEIGHT, CARD_WIDTH, Side
from cardservice.printing.paper import mm

RADIUS = 1.9
"""Millimetres."""
NEAREST, FURTHEST = 6.0, CARD_HEIGHT - 6.0
"""Millimetres from the upper edge to the middle of the mark: it keeps off the round corners."""


def draw(side: Side, down: float, *, back: bool) -> None:
    """A thin broken line where the punch goes; `down` in millimetres from the upper edge."""
    canvas = side.canvas
    canvas.saveState()
    canvas.setStrokeColorCMYK(0, 0, 0, 0.6)
    canvas.setLineWidth(0.35)
    canvas.setDash(1.2, 1.2)
    canvas.circle(side.x(0 if back else CARD_WIDTH), side.y(down), mm(RADIUS), stroke=1, fill=0)
    canvas.restoreState()
