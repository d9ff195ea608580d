"""What a printer does to a page: a page to measure with a ruler, and the profile that comes of what was read.

A level and an upright line meet near the upper left corner of each side; how long they are, and how far from the edges
of the paper, is all there is to read. Paper also shows both sides through the light. Letters on the page are the
options of `cardservice printers measured`. The procedure is docs/printers.md; the model is docs/decisions/0057.
"""

from dataclasses import dataclass

from cardservice.medium import TRUE_TO_SIZE, Duplex, Medium, Profile
from cardservice.printing import marks, typefaces
from cardservice.printing.layout import Side
from cardservice.printing.media import Sheets
from cardservice.printing.paper import mm
from cardservice.printing.text_fit import fit

_SMALL = 120.0
"""A page narrower than this has its lines nearer to the edges, and smaller words."""
_SCALE = 5.0
_FRONT_SAYS = (
    "Print at actual size, on both sides. Measure a to d in millimetres, and e and f on the back. "
    "Instead of e and f: hold paper to the light and read where the cross of the back is on this scale (g, h)."
)
_BACK_SAYS = (
    "Turned over like the page of a book, this side stands upright. "
    "If it stands on its head, the printer turns by the other edge: say so with --duplex, and print again."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the two lines begin on a page, and how long they are: what a true printer would let one read."""

    left: float
    top: float
    across: float
    down: float

    @classmethod
    def of(cls, medium: Medium) -> "Plan":
        start, step = (20.0, 10.0) if medium.width >= _SMALL else (8.0, 5.0)
        across, down = (side - 2 * start - (side - 2 * start) % step for side in (medium.width, medium.height))
        return cls(start, start, across, down)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a ruler says, in millimetres: letters a to h of the page.

    across, down: lengths of the lines on the front (a, b); left, top: from the edges of the paper to them (c, d), and
    on the back (e, f); or where the cross of the back is seen on the scale of the front, to the right and down (g, h).
    """

    across: float
    down: float
    left: float
    top: float
    back_left: float | None = None
    back_top: float | None = None
    light_right: float | None = None
    light_down: float | None = None


def profile(medium: Medium, read: Reading, duplex: Duplex | None = None) -> Profile:
    """The errors of a printer that let this be read off its calibration page. Raises NotMeasured.

    A side of the back that was not read is as far out as the front.
    """
    plan = Plan.of(medium)
    rotated = duplex not in (None, medium.upright)
    scale_x, scale_y = read.across / plan.across, read.down / plan.down
    offset_x, offset_y = read.left - scale_x * plan.left, read.top - scale_y * plan.top
    back_x, back_y = offset_x, offset_y
    if read.back_left is not None:
        back_x = _offset(scale_x, plan.left, read.back_left, medium.width, rotated)
    elif read.light_right is not None:
        # Right on the front is left on the back.
        seen = medium.width - (scale_x * medium.width / 2 + offset_x + read.light_right)
        back_x = _offset(scale_x, medium.width / 2, seen, medium.width, rotated)
    if read.back_top is not None:
        back_y = _offset(scale_y, plan.top, read.back_top, medium.height, rotated)
    elif read.light_down is not None:
        seen = scale_y * medium.height / 2 + offset_y + read.light_down
        back_y = _offset(scale_y, medium.height / 2, seen, medium.height, rotated)
    return Profile(
        offset_x_mm=offset_x,
        offset_y_mm=offset_y,
        back_offset_x_mm=back_x,
        back_offset_y_mm=back_y,
        scale_x=scale_x,
        scale_y=scale_y,
        duplex=duplex,
    )


def _offset(scale: float, place: float, read: float, page: float, rotated: bool) -> float:
    """The offset that puts a mark from its place to where it was read; rotated: the printer has the page by its end."""
    if rotated:
        place, read = page - place, page - read
    return read - scale * place


def pdf(medium: Medium, printer: str, *, corrected: Profile = TRUE_TO_SIZE) -> bytes:
    """The front and the back to measure. corrected: what is known already, when it is to be checked."""
    paper = Sheets(medium, corrected, "Calibration")
    for back in (False, True):
        paper.begin_side(back=back)
        side = Side(paper, medium.height)
        _frame(side, Plan.of(medium), medium)
        _cross(side, medium, scale=not back)
        _words(side, medium, printer, back=back)
        paper.next_page()
    return paper.finish()


def _frame(side: Side, plan: Plan, medium: Medium) -> None:
    """The two lines, their ticks with figures, and arrows to the edges that one measures from."""
    canvas, step = side.canvas, 10 if medium.width >= _SMALL else 5
    marks.ruler(side, plan.left, plan.top, plan.across)
    marks.ruler(side, plan.left, plan.top, plan.down, upright=True)
    side.ink()
    for at in range(0, round(plan.across) + 1, step):
        x = plan.left + at
        canvas.line(side.x(x), side.y(plan.top), side.x(x), side.y(plan.top + 1))
        _figure(side, str(at), x - 4, plan.top - 3.6, "centre")
    for at in range(step, round(plan.down) + 1, step):
        y = plan.top + at
        canvas.line(side.x(plan.left), side.y(y), side.x(plan.left + 1), side.y(y))
        _figure(side, str(at), plan.left - 10, y - 1, "end")


def _figure(side: Side, words: str, left: float, top: float, align: str) -> None:
    side.block(fit(words, mm(8), mm(3), largest=6), left, top, 8, align=align)


def _cross(side: Side, medium: Medium, *, scale: bool) -> None:
    """In the middle of the page: on the front with a scale in half millimetres, on the back alone."""
    canvas, x, y = side.canvas, medium.width / 2, medium.height / 2
    reach = _SCALE if scale else _SCALE + 2
    canvas.line(side.x(x - reach), side.y(y), side.x(x + reach), side.y(y))
    canvas.line(side.x(x), side.y(y - reach), side.x(x), side.y(y + reach))
    if not scale:
        return
    for half in (*range(-10, -1), *range(2, 11)):
        at, tick = half / 2, 1.4 if half % 10 == 0 else 0.8 if half % 2 == 0 else 0.45
        canvas.line(side.x(x + at), side.y(y - tick), side.x(x + at), side.y(y + tick))
        canvas.line(side.x(x - tick), side.y(y + at), side.x(x + tick), side.y(y + at))
    for words, left, top in (
        ("−5", x - _SCALE - 1.5, y + 1.8),
        ("+5 g", x + _SCALE - 1, y + 1.8),
        ("−5", x + 1.8, y - _SCALE - 1),
        ("+5 h", x + 1.8, y + _SCALE - 1),
    ):
        side.block(fit(words, mm(8), mm(3), largest=6), left, top, 8, align="left")


def _words(side: Side, medium: Medium, printer: str, *, back: bool) -> None:
    plan, size = Plan.of(medium), 10.0 if medium.width >= _SMALL else 6.5
    left, middle = plan.left + 4, medium.width / 2
    title = ("Back" if back else "Front", printer, medium.name)
    top = plan.top + 4
    for line, weight in zip(title, (typefaces.SEMIBOLD, typefaces.REGULAR, typefaces.REGULAR), strict=True):
        block = fit(line, mm(middle - 8 - left), mm(size / 2), largest=size, weight=weight)
        top = side.block(block, left, top, middle - 8 - left, align="left") + 0.6
    lengths = (("a", plan.across, "level line"), ("b", plan.down, "upright line"))
    letters = "ef" if back else "cd"
    edges = ((letters[0], plan.left, "left edge to line"), (letters[1], plan.top, "upper edge to line"))
    top, left, width = plan.top + 4, middle + 8, middle - 8 - 3
    for letter, length, what in edges if back else lengths + edges:
        block = fit(f"{letter}  {length:.0f} mm  {what}", mm(width), mm(size), largest=size)
        top = side.block(block, left, top, width, align="left") + 0.6
    said = fit(_BACK_SAYS if back else _FRONT_SAYS, mm(plan.across - 8), mm(13), largest=size)
    side.block(said, plan.left + 4, medium.height / 2 + 10.5, plan.across - 8, align="left")
