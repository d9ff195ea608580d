"""What is asked of the person at the counter, sentence by sentence: to be read by them, large, in their language.

Every sentence here is in two catalogues: the desk's, which the clerk reads beside it, and the applicant's, which is in
more languages and has these sentences only (docs/languages.md). So they are marked here and looked up when they are
shown. Short, plain, polite; nobody's gender, status or country is asked or assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardservice.web.evidence_sentences import BRING_ANOTHER, COMPLAIN, DECLINED, NOTHING_KEPT
from cardservice.web.languages import N_

KINDS: Mapping[str, str] = {
    "passport": N_("Passport"),
    "identity-card": N_("Identity card or residence document with a photo, of any country"),
    "consular-card": N_("Consular card"),
    "old-card": N_("The old card of this town"),
    "driving-licence": N_("Driving licence"),
    "birth-certificate": N_("Birth certificate or extract of a civil register"),
    "referee": N_("Trusted referee of an accredited organisation, who is here"),
    "caretaker": N_("Caretaker of the child, who is here with papers of their own"),
    "photo-card": N_("Card with a photo of a school, a university or an employer"),
    "health-card": N_("Card of a health service or insurance"),
    "lease": N_("Lease or deed"),
    "bill": N_("Bill for the home: power, water, telephone"),
    "office-letter": N_("Letter of a bank or an office"),
    "pay-slip": N_("Pay slip"),
    "school-letter": N_("Letter of a school"),
    "clinic-letter": N_("Letter of a hospital or clinic"),
    "shelter-letter": N_("Letter of a shelter"),
    "association-letter": N_("Letter of an association that knows where somebody sleeps or gets post"),
    "host-declaration": N_("Declaration of a resident with whom somebody lives"),
}
"""Kinds of paper of the example policy; a town's own bring their words in config.toml (evidence_words.py)."""


class Step(StrEnum):
    """Where in a registration something is asked."""

    PAPERS = "papers"
    ANSWERS = "answers"
    PHOTO = "photo"
    CHECK = "check"
    CARD = "card"
    AFTERWARDS = "afterwards"
    BOTH = "both"


class Papers(StrEnum):
    """Which of the town's kinds of paper are the answers to a question."""

    IDENTITY = "identity"
    RESIDENCY = "residency"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked or said. `answers` are pointed at; `notes` are read beneath."""

    step: Step
    asked: str
    notes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    papers: Papers | None = None

    @property
    def always(self) -> tuple[str, ...]:
        """What may be answered in any case; who is only told something has nothing to keep to themselves."""
        return (*AT_ALL_TIMES, DO_NOT_SAY) if "?" in self.asked else AT_ALL_TIMES


YES, NO = N_("Yes"), N_("No")
DO_NOT_KNOW = N_("I do not know")
AT_ALL_TIMES = (N_("I do not understand"), N_("I want to ask somebody first"))
DO_NOT_SAY = N_("I do not want to say")

QUESTIONS: Mapping[str, Question] = {
    "what-happens": Question(
        Step.PAPERS,
        N_("We print your answers and your photo on the card. When you have the card, we erase them here."),
        (
            N_("If you do not take the card, we erase them as well."),
            N_("We look at your papers and give them back. We make no copy."),
            N_("We do not ask about your legal status, your nationality or your gender."),
        ),
    ),
    "had-a-card": Question(Step.PAPERS, N_("Have you had a card of this town before?"), (), (YES, NO, DO_NOT_KNOW)),
    "papers-who": Question(
        Step.PAPERS,
        N_("Which of these papers do you have? Please point."),
        (N_("Old papers may count too."),),
        papers=Papers.IDENTITY,
    ),
    "lives-here": Question(
        Step.PAPERS,
        N_("Which of these is true for you?"),
        (N_("Every answer is good. The card is the same."), N_("You do not have to say where.")),
        (
            N_("I have an address"),
            N_("I live with somebody"),
            N_("I have no address"),
            N_("Nobody may know where I live"),
        ),
    ),
    "papers-where": Question(
        Step.PAPERS,
        N_("Do you have a paper which shows that you live in this town? Please point."),
        papers=Papers.RESIDENCY,
    ),
    "letter-from": Question(Step.PAPERS, N_("Which organisation wrote this letter?")),
    "paper-date": Question(Step.PAPERS, N_("Please show me the date on this paper.")),
    "more-papers": Question(
        Step.PAPERS, N_("These papers are not enough yet. Do you have another one?"), (), (YES, NO)
    ),
    "second-look": Question(
        Step.PAPERS, N_("Another person will look at your papers. Please wait here."), (N_("This may take a moment."),)
    ),
    "not-accepted": Question(Step.PAPERS, DECLINED, (BRING_ANOTHER, COMPLAIN, NOTHING_KEPT)),
    "form-from-home": Question(
        Step.ANSWERS, N_("Did you fill in the form at home? Then please show me the code."), (), (YES, NO)
    ),
    "name": Question(
        Step.ANSWERS,
        N_("What name should be on the card?"),
        (
            N_("Write the name that people call you. Your papers may have another one."),
            N_("One word is a name too. Any script is good."),
        ),
    ),
    "name-language": Question(Step.ANSWERS, N_("In which language is this name written?")),
    "birth-date": Question(
        Step.ANSWERS,
        N_("When were you born? Day, month, year."),
        (N_("What you do not know stays empty."),),
        (N_("I do not know the day"), N_("I do not know the day and the month")),
    ),
    "caretaker": Question(
        Step.ANSWERS,
        N_("Do you take care of this child?"),
        (N_("We do not write down who you are."),),
        (YES, NO),
    ),
    "caretaker-agrees": Question(Step.ANSWERS, N_("Do you agree that this child gets the card?"), (), (YES, NO)),
    "second-name": Question(
        Step.ANSWERS, N_("Do you want your name on the card in a second script as well?"), (), (YES, NO)
    ),
    "photo": Question(
        Step.PHOTO,
        N_("May we take a photo of your face now?"),
        (
            N_("You can keep your head covering and your glasses on."),
            N_("You can also have the card without a photo."),
        ),
        (YES, NO),
    ),
    "look-here": Question(Step.PHOTO, N_("Please look here.")),
    "photo-good": Question(
        Step.PHOTO,
        N_("Is this photo good?"),
        (N_("We can take it again."),),
        (N_("It is good"), N_("Please take it again")),
    ),
    "check": Question(
        Step.CHECK,
        N_("Is everything right? Please look at every line."),
        (N_("We can still change everything."),),
        (N_("Everything is right"), N_("Something is wrong")),
    ),
    "lines": Question(
        Step.CARD,
        N_("Do you want one of these on the back of the card? Only if you wish."),
        (N_("It is only printed. We do not keep it."),),
        (
            N_("Whom to call in an emergency"),
            N_("An allergy"),
            N_("The language for an interpreter"),
            N_("A word for my gender"),
            N_("None of these"),
        ),
    ),
    "card-good": Question(
        Step.CARD,
        N_("This is your card. Is everything right?"),
        (),
        (N_("Everything is right"), N_("Something is wrong")),
    ),
    "slip": Question(
        Step.CARD,
        N_("This slip belongs to you. Keep it in another place than the card, or with somebody you trust."),
        (N_("If you lose the card, you can end it with the code on the slip. Nobody asks who you are."),),
    ),
    "telephone": Question(
        Step.CARD, N_("Do you want the card on your telephone as well? You do not need to."), (), (YES, NO)
    ),
    "another-day": Question(
        Step.CARD, N_("Your card is not ready today. Please come again."), (N_("I will show you the day."),)
    ),
    "kept": Question(
        Step.AFTERWARDS,
        N_("We keep the number of your card and until when it is good. We keep nothing that names you."),
        (N_("Nobody can search for you here by your name."),),
    ),
    "lost-card": Question(
        Step.AFTERWARDS,
        N_("Have you lost your card? Then please show me the slip, or the number of the card."),
        (N_("The lost card ends. You can have a new one."),),
        (N_("I have the slip"), N_("I know the number"), N_("I have neither")),
    ),
    "family": Question(Step.AFTERWARDS, N_("Does somebody else of your family need a card today?"), (), (YES, NO)),
    "wait": Question(Step.BOTH, N_("Please wait a moment.")),
    "show-me": Question(Step.BOTH, N_("Please show it to me.")),
    "write-it": Question(Step.BOTH, N_("Please write it down.")),
    "understood": Question(Step.BOTH, N_("Do you understand?"), (), (YES, NO)),
    "call-somebody": Question(
        Step.BOTH, N_("Is there somebody who can interpret for you? You may call them."), (), (YES, NO)
    ),
    "thanks": Question(Step.BOTH, N_("Thank you.")),
    "finished": Question(Step.BOTH, N_("We are finished. Thank you, and goodbye.")),
}
"""By the word in the address of its page, in the order of the journey."""


def of_step(step: Step) -> list[str]:
    """The names of the questions of a step."""
    return [name for name, question in QUESTIONS.items() if question.step is step]
