"""Curves as the operators of a PDF: smooth, short, and in pieces that repeat, so that a file packs them to nothing."""

from collections.abc import Callable
from itertools import pairwise

from cardservice.printing.paper import mm

Curve = Callable[[float], tuple[float, float]]
"""From a place along a curve to millimetres right and up."""


def repeated(unit: str, times: int, matrix: str) -> str:
    """A piece again and again, each time moved on by the matrix: the same words, so that they pack to nothing."""
    return f" {matrix} ".join([unit] * times)


def curved(curve: Curve, start: float, end: float, pieces: int) -> str:
    """A curve (millimetres) as stroked Bézier pieces through its points, with its own slopes."""
    step = (end - start) / pieces
    small = step / 1000
    points = []
    for number in range(pieces + 1):
        at = start + number * step
        (x, y), (x0, y0), (x1, y1) = curve(at), curve(at - small), curve(at + small)
        points.append((mm(x), mm(y), mm(x1 - x0) / small / 2 * step / 3, mm(y1 - y0) / small / 2 * step / 3))
    x, y, *_ = points[0]
    drawn = [f"{_number(x)} {_number(y)} m"]
    for (x0, y0, dx0, dy0), (x1, y1, dx1, dy1) in pairwise(points):
        drawn += [*map(_number, (x0 + dx0, y0 + dy0, x1 - dx1, y1 - dy1, x1, y1)), "c"]
    return " ".join([*drawn, "S"])


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 0.005 else "0"
