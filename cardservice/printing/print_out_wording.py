"""What the words of the leaflet and of the two sheets are made of; each paper's own are in a module of their own.

leaflet_wording.py, clerk_wording.py, supervisor_wording.py: plain words, which say the same to everybody.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands under it, one line after the other."""

    heading: str
    lines: tuple[str, ...]


def part(heading: str, *lines: str) -> Part:
    return Part(heading, lines)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a day's work: what to do, and what to know about it."""

    do: str
    know: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWording:
    """The words of a sheet in one language. {page} in them is the address for lost cards."""

    title: str
    whose: str
    steps: tuple[Step, ...]
    never: Part
    trouble: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafletWording:
    """The words of a leaflet in one language. {town}: its name; {sign}: what the poster at a counter says.

    bring_usually: where the town's list of papers is not at hand, or too long.
    """

    title: str
    for_whom: str
    promise: str
    it_is: Part
    it_is_not: Part
    visit: Part
    bring: str
    bring_usually: str
    ask: str
    kept: Part
    lost: Part
    lost_page: str
