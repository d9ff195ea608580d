"""The words of the sheet for staff, in the languages of a town: how a card is checked, and what each answer means.

What card holders read is poster_wording.py.
"""

from dataclasses import dataclass

from cardservice.printing.words_in import WordsIn
from cardservice.terms import CardCode


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the verifier, and what to do then."""

    word: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWording:
    """The words of a sheet in one language. Answers: valid, not valid, cannot tell, in this order."""

    title: str
    prepare: str
    compare: str
    purpose: str
    scan_front: str
    scan_back: str
    scan_either: str
    answers: tuple[Answer, Answer, Answer]
    keep_nothing: str

    def scan(self, code: CardCode | None) -> str:
        """What whoever wants this code scans; None is whoever hangs the general sheet."""
        return {CardCode.RESIDENCE: self.scan_front, CardCode.IDENTITY: self.scan_back, None: self.scan_either}[code]


WORDS = WordsIn(
    "sheet for staff",
    StaffWording(
        title="How to check a resident card",
        prepare="Once only: scan this code, or open the address under it. From then on the page works without a "
        "network.",
        compare="At the bottom of the page open “Key of the town” and compare its twelve words with the words on this "
        "sheet. If one differs, do not use the page, and tell the town hall.",
        purpose="Under “Settings”, choose what cards are shown for here.",
        scan_front="Scan the small code on the front of the card. You need to know no more.",
        scan_back="Scan the large code on the back of the card, and compare the photo with the face.",
        scan_either="Scan the small code on the front. Scan the large one on the back only if you must know who it "
        "is, and say why.",
        answers=(
            Answer(
                "Valid",
                "The card is good. In amber: its lists are older than two days; open the page with a network soon.",
            ),
            Answer(
                "Not valid",
                "The word says why. Do not accept the card. It may be a mistake: stay friendly, and point the way to "
                "the town hall.",
            ),
            Answer(
                "Cannot tell",
                "Scan again. If it stays so, open the page once with a network.",
            ),
        ),
        keep_nothing="Photograph no card and write down no card number. The page keeps nothing, and nobody is told "
        "about a check.",
    ),
)
