"""What the two sheets for the desk's own people are made of. Their words: clerk_wording.py and supervisor_wording.py."""

from dataclasses import dataclass

from cardservice.printing.leaflet_wording import Part as Part


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a day's work: what to do, and what to know about it."""

    do: str
    know: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWording:
    """The words of a sheet in one language. {page} in them is the address for lost cards."""

    right_to_left: bool = False
    title: str
    whose: str
    steps: tuple[Step, ...]
    never: Part
    trouble: Part
