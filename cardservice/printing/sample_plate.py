"""The word that makes a card, a slip or a poster of a training town a sample for every eye: SAMPLE on a framed plate.

Black on white in a black frame, whatever the theme: it stands out on any ground and from a printer with one ink. It is
one word in the town's first language and drawn last, over no code and no name (docs/decisions/0079-samples.md).
"""

from cardservice.printing import typefaces
from cardservice.printing.layout import Side
from cardservice.printing.palette import WHITE
from cardservice.printing.paper import POINTS_A_MM, mm
from cardservice.printing.text_fit import fit

FRAME = 0.5
_BLACK = (0.0, 0.0, 0.0)
_PADDING = 0.6
_LARGEST = 26


def draw(side: Side, word: str, left: float, top: float, width: float, height: float) -> None:
    """Draw the word on its plate, as large as it fits; everything in millimetres of the side."""
    side.panel(left, top, width, height, _BLACK)
    side.panel(left + FRAME, top + FRAME, width - 2 * FRAME, height - 2 * FRAME, WHITE)
    side.ink()
    inside = FRAME + _PADDING
    block = fit(word, mm(width - 2 * inside), mm(height - 2 * FRAME), largest=_LARGEST, weight=typefaces.SEMIBOLD)
    # Centred by its capitals: tails below the line weigh little.
    spare = (height - (block.height - block.descent) / POINTS_A_MM) / 2
    side.block(block, left + inside, top + spare, width - 2 * inside, align="centre")
