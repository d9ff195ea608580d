"""Small charts that the server draws: the heights of bars, in steps of a hundred. The drawing is components/chart.html.

A chart is never alone: beside it stands a table with each of its numbers, so it needs no axis that can be read off.
"""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 10
"""Of a bar with the air beside it, in the chart's own units; it is stretched to the width of the page."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, and how much. `count` is None where that is hidden, and `height` then says nothing."""

    label: str
    count: int | None
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from the oldest to the newest, and the largest number among them."""

    bars: tuple[Bar, ...]
    most: int

    @property
    def width(self) -> int:
        """In the chart's own units."""
        return WIDTH * len(self.bars)

    @property
    def highest(self) -> Bar | None:
        """The newest of the highest bars; None where no bar has a height."""
        return next((bar for bar in reversed(self.bars) if bar.count and bar.count == self.most), None)

    @property
    def has_hidden(self) -> bool:
        """Whether a bar stands for a number that is hidden."""
        return any(bar.count is None for bar in self.bars)


def chart(numbers: Iterable[tuple[str, int | None]]) -> Chart:
    """Return the chart of numbers with their labels, oldest first."""
    known = list(numbers)
    most = max((count for _, count in known if count is not None), default=0)
    return Chart(tuple(Bar(label, count, round(100 * (count or 0) / (most or 1))) for label, count in known), most)
