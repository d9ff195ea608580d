"""Papers that a town hall prints for its own people and for its residents: two sheets and a leaflet, by language.

They say the same to everybody, and nothing in them is about a person. What hangs at a partner's counter is poster.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cardservice.printing.crest import Crest
from cardservice.printing.palette import WHITE, Colour
from cardservice.printing.poster_page import Page
from cardservice.printing.print_out_wording import Part


class PrintOut(StrEnum):
    """Who a paper is for."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    RESIDENT = "leaflet"


@dataclass(frozen=True, slots=True)
class PapersThatCount:
    """How much is needed, in a sentence, and below it the papers."""

    needed: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOutFace:
    """What these papers say of the town.

    names: the town's name by language; colour: #rrggbb; lost_page: the address that every slip names; papers: what
    counts as evidence, by language, in several ways, the fullest first. The leaflet takes the first way that fits, and
    says it in general where there is none.
    """

    town: str
    names: Mapping[str, str] = field(default_factory=dict)
    colour: str
    crest: Crest | None = None
    lost_page: str
    papers: Mapping[str, Sequence[PapersThatCount]] = field(default_factory=dict)

    def town_in(self, language: str) -> str:
        return self.names.get(language, self.town)


def draw_crest(page: Page, crest: Crest | None, start: float, top: float, height: float, ground: Colour) -> float:
    """The town's crest on a white field, so that it can be told from any colour; returns how wide that is."""
    if crest is None:
        return 0.0
    width = height * crest.ratio
    left, side = page.mirrored(start, width + 3), page.side
    side.panel(left, top - 1.5, width + 3, height + 3, WHITE, radius=1.5)
    side.paper.jpeg(crest.on(ground, height), side.x(left + 1.5), side.y(top + height), side.x(width), side.x(height))
    return width + 3
