"""The printers of a town in config.toml: its own stocks of sheets, and each printer with what was measured of it.

Sections [[stock]] and [[printer]]. They become values of medium.py, which refuses what does not fit with the figure.
How the figures come about: docs/printers.md.
"""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cardservice import medium
from cardservice.medium import Duplex, Medium, Profile
from cardservice.setting_kinds import Flag, Number, Section, Whole, like

Name = Annotated[str, like("[a-z0-9][a-z0-9-]{0,30}", "a short name like front-office")]
Queue = Annotated[
    str, like("([A-Za-z0-9_][A-Za-z0-9_.-]{0,126})?", "empty, or the name of a queue of the spooler, like zebra-1")
]
Millimetres = tuple[Number, Number]
"""To the right and down."""


class StockSettings(Section):
    """Sheets that a maker has perforated or cut: where the cards are on the page, in millimetres."""

    name: Name
    page: Literal["a4", "letter"] = "a4"
    columns: Whole = Field(ge=1, le=6)
    rows: Whole = Field(ge=1, le=12)
    origin: Millimetres
    pitch: Millimetres
    bleed: Number = Field(default=0.0, ge=0, le=medium.BLEED)
    crop_marks: Flag = False

    @cached_property
    def medium(self) -> Medium:
        """Raises DoesNotFit."""
        width, height = medium.PAGES[self.page]
        (left, top), (across, down) = self.origin, self.pitch
        return Medium(
            name=self.name,
            width=width,
            height=height,
            left=left,
            top=top,
            columns=self.columns,
            rows=self.rows,
            pitch_x=across,
            pitch_y=down,
            bleed=self.bleed,
            marks=self.crop_marks,
        )

    @model_validator(mode="after")
    def _is_on_the_page(self) -> Self:
        if self.name in medium.BUILT_IN:
            raise ValueError(f"{self.name} is always there; give a stock of your own another name")
        assert self.medium  # noqa: S101 - made here, so that what does not fit is refused here
        return self


class PrinterSettings(Section):
    """One printer: what is in it, the spooler's queue if the desk may print by itself, and its measured errors."""

    name: Name
    medium: str
    queue: Queue = ""
    offset_mm: Millimetres = (0.0, 0.0)
    back_offset_mm: Millimetres = (0.0, 0.0)
    scale: tuple[Number, Number] = (1.0, 1.0)
    duplex: Literal["", "long-edge", "short-edge"] = ""

    @cached_property
    def profile(self) -> Profile:
        """Raises NotMeasured."""
        return Profile(
            offset_x_mm=self.offset_mm[0],
            offset_y_mm=self.offset_mm[1],
            back_offset_x_mm=self.back_offset_mm[0],
            back_offset_y_mm=self.back_offset_mm[1],
            scale_x=self.scale[0],
            scale_y=self.scale[1],
            duplex=Duplex(self.duplex) if self.duplex else None,
        )

    @model_validator(mode="after")
    def _is_near_enough_to_be_measured(self) -> Self:
        assert self.profile  # noqa: S101 - as above
        return self

    def options(self, on: Medium) -> tuple[str, ...]:
        """What the spooler is told of the paper and of both sides, as `lp -o` takes it.

        Drivers have names of their own for cards: their size is the queue's default.
        """
        one_side = on.folded or not on.positions
        sides = "one-sided" if one_side else f"two-sided-{self.profile.duplex or on.upright}"
        paper = medium.paper(on)
        return (f"sides={sides}", *([f"media={paper}"] if paper else []))


def problem(stocks: tuple[StockSettings, ...], printers: tuple[PrinterSettings, ...]) -> str | None:
    """What is wrong between the parts, which each are right: names twice, a printer for a stock that is not there."""
    for kind, names in (("stock", [one.name for one in stocks]), ("printer", [one.name for one in printers])):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            return f"{kind}: the name {twice[0]} is given twice"
    for printer in printers:
        try:
            medium.named(printer.medium, [stock.medium for stock in stocks])
        except medium.UnknownMedium as error:
            return f"printer {printer.name}: medium: {error}"
    return None
