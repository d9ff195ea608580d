"""The words of the poster, in the languages of a town: what a card holder is asked for, and that nobody is told.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody.
What staff read is staff_wording.py, what services are called is service_wording.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardservice.printing.words_in import WordsIn
from cardservice.terms import CardCode, IdentityReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, in a sentence for large letters, and what that code says."""

    show: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterWording:
    """The words of a poster in one language."""

    accepted: str
    front: Asked
    back: Asked
    either: Asked
    reasons: Mapping[IdentityReason, str]
    quiet: str
    check: str
    fingerprint: str

    def asked(self, code: CardCode | None) -> Asked:
        """What is asked for by who wants this code; None is whoever hangs the general poster."""
        return {CardCode.RESIDENCE: self.front, CardCode.IDENTITY: self.back, None: self.either}[code]


WORDS = WordsIn(
    "poster",
    PosterWording(
        accepted="Resident card accepted here",
        front=Asked(
            show="Show the front of your card.",
            says="The small code says: this card is good. It does not say your name.",
        ),
        back=Asked(
            show="Show the back of your card.",
            says="The large code says your name and birth date, and shows your photo if the card has one.",
        ),
        either=Asked(
            show="Show the side that you are asked for.",
            says="The front does not say your name. The back says your name and birth date; whoever asks for it tells "
            "you why.",
        ),
        reasons={
            IdentityReason.RECORD: "Why: a record is kept here in your name.",
            IdentityReason.AGE: "Why: your age decides what you can have here.",
            IdentityReason.ONCE_EACH: "Why: everybody takes part once.",
            IdentityReason.HANDED_TO_ONE: "Why: what is handed over here is for one person only.",
        },
        quiet="Nobody is told that you were here, not even the town hall. The card is checked on the spot, without a "
        "network.",
        check="Check a card yourself",
        fingerprint="Fingerprint of the town’s key",
    ),
)
