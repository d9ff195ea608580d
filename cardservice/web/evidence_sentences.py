"""What is said about papers to whoever may have to bring others: sentence by sentence, in every language of theirs.

As interpreter_words.py: each sentence is in the desk's catalogues and in the applicant's, and is looked up when it is
shown. A number in a sentence is a value of it, so that a language can bend the words around it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Protocol

from cardservice.domain.evidence import Missing, Paper
from cardservice.terms import PaperFault, Shows
from cardservice.web.languages import N_

Spans = tuple[tuple[time, time], ...]


class Words(Protocol):
    """The catalogue of a language: flask-babel's domain of a request, or one that no request has chosen."""

    def gettext(self, words: str, **values: object) -> str: ...

    def ngettext(self, one: str, many: str, num: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, and the number that is in them."""

    words: str
    many: str = ""
    num: int | None = None

    def by(self, words: Words) -> str:
        """The sentence out of a catalogue."""
        if self.num is None:
            return str(words.gettext(self.words))
        if self.many:
            return str(words.ngettext(self.words, self.many, self.num))
        return str(words.gettext(self.words, num=self.num))


def ngettext(one: str, many: str, num: int) -> Sentence:
    """Mark words for the catalogues that are other ones for one than for many."""
    return Sentence(one, many, num)


BRING = N_("What to bring for your card")
ENOUGH = N_("Enough for a card")
NOT_ENOUGH = N_("Today the papers were not enough yet. Nothing was written down about you.")
NOT_ENOUGH_BEGUN = N_("Today the papers were not enough yet. What was typed is erased today.")
AS_WELL = (
    N_("Bring the papers that you showed today as well."),
    N_("We look at your papers and give them back. We make no copy."),
)
SECOND_LOOK = N_("You cannot get any of these? Ask for a second look: another person looks at your papers.")
WHEN = N_("When you can come:")

DECLINED = N_("Another person has looked at your papers. They are not enough.")
BRING_ANOTHER = N_("You can still bring another paper, today or on another day.")
COMPLAIN = N_("You can complain about this, or ask at another desk. We tell you where.")
COMPLAIN_HERE = N_("Here you can complain:")
NOTHING_KEPT = N_("If we end it here, we keep nothing of it. We only count the reason.")

STILL_MISSING = N_("Still missing:")
DOES_NOT_COUNT = N_("Does not count:")
ONE_IS_ENOUGH = N_("Any one of these would fill it")
ONE_OF, AND_ONE_OF, OR_ONE_OF = (
    N_("One of these papers"),
    N_("and one of these papers"),
    N_("or one of these papers"),
)
SEVERAL = N_("Several of these papers together")
SHOWS: Mapping[Shows, str] = {
    Shows.PHOTO: N_("a paper with a photo"),
    Shows.BIRTH_DATE: N_("a paper with the birth date"),
}
FAULTS: dict[PaperFault, str] = {
    PaperFault.UNDATED: N_("It counts only with its date."),
    PaperFault.LATER: N_("It bears a date that has not come yet, so it does not count"),
    PaperFault.TOO_OLD: N_("It is too old, so it does not count"),
    PaperFault.EXPIRED: N_("It expired too long ago, so it does not count"),
    PaperFault.NOT_ACCREDITED: N_("It must be from an organisation on our list."),
    PaperFault.NOT_NOW: N_("It must be from an organisation on our list."),
    PaperFault.ENOUGH_LETTERS: N_("The number of letters agreed with this organisation has been reached this month"),
    PaperFault.NOT_A_CHILD: N_("It counts for a child only"),
}
CHILD_ONLY = N_("for a child only")


def conditions(paper: Paper) -> Iterator[Sentence]:
    """What a paper must be like to count."""
    if paper.days_old is not None:
        yield ngettext("counts on its day and the day after", "counts for %(num)s days", paper.days_old)
    if paper.expired_days is not None:
        years, rest = divmod(paper.expired_days, 365)
        if rest:
            yield ngettext("may have expired %(num)s day ago", "may have expired %(num)s days ago", paper.expired_days)
        else:
            yield ngettext("may have expired %(num)s year ago", "may have expired %(num)s years ago", years)
    if paper.accredited:
        yield Sentence(N_("of an organisation on the list"))
    if paper.child_only:
        yield Sentence(CHILD_ONLY)


def missing(lacks: Missing) -> Iterator[Sentence]:
    """How much is missing, said to whom it is missing."""
    if lacks.identity:
        yield Sentence(N_("Points for who you are: %(num)s"), num=lacks.identity)
    if lacks.residency:
        yield Sentence(N_("Points for living here: %(num)s"), num=lacks.residency)
    if (more := lacks.points - lacks.identity - lacks.residency) > 0:
        yield Sentence(N_("Points more, from any paper: %(num)s"), num=more)
    yield from (Sentence(words) for shown, words in SHOWS.items() if shown in lacks.shows)


def hours(spans: Spans) -> str:
    """From when to when on a day, as a town writes it: numbers are read in every language."""
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in spans)
