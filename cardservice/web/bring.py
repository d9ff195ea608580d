"""What to bring, for the person at the counter: what is missing, and which papers would do, in both languages.

What is on this sheet is about the papers that lie on the counter and about nobody. The sentences are
evidence_sentences.py's; it is shown in the window that faces the applicant, and printed from there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from babel.dates import format_date

from cardservice.domain.evidence import Outcome, Policy
from cardservice.domain.further_papers import further, would_help
from cardservice.domain.paper_choices import as_choices, in_each
from cardservice.terms import PaperFault
from cardservice.web import complaints, decided, desk, evidence_sentences, interpreter_languages
from cardservice.web.counting import Counting
from cardservice.web.evidence_sentences import AND_ONE_OF, ONE_IS_ENOUGH, ONE_OF, OR_ONE_OF
from cardservice.web.interpreter_languages import Both, Said, both

_A_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to read, and under it what it must be like, or why it does not count."""

    said: Both
    beneath: tuple[Both, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading."""

    heading: Both
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole of it. `remains`: what is said last, beside where to complain and when to come."""

    heading: Both
    outcome: Both
    parts: list[Part] = field(default_factory=list)
    remains: list[Both] = field(default_factory=list)


def sheet(counting: Counting, language: str) -> Sheet:
    """What to bring, for what lies on the counter, in a language of the applicant's."""
    heading = both(evidence_sentences.BRING, language)
    if counting.is_enough:
        return Sheet(heading, both(evidence_sentences.ENOUGH, language))
    return Sheet(
        heading,
        both(_outcome(counting), language),
        [
            *_parts(counting, language),
            *_where_and_when(counting, language),
        ],
        [both(words, language) for words in _remains(counting)],
    )


def _outcome(counting: Counting) -> str:
    if counting.is_declined:
        return evidence_sentences.DECLINED
    return evidence_sentences.NOT_ENOUGH_BEGUN if counting.papers else evidence_sentences.NOT_ENOUGH


def _remains(counting: Counting) -> Iterator[str]:
    yield from evidence_sentences.AS_WELL
    if not counting.is_declined:
        yield evidence_sentences.SECOND_LOOK
        return
    yield evidence_sentences.BRING_ANOTHER
    if complaints.place(interpreter_languages.here()) is None:
        yield evidence_sentences.COMPLAIN
    yield evidence_sentences.NOTHING_KEPT


def _parts(counting: Counting, language: str) -> Iterator[Part]:
    policy, outcome = counting.policy, counting.outcome
    missing = [Line(both(one, language)) for one in evidence_sentences.missing(outcome.missing)]
    yield _part(evidence_sentences.STILL_MISSING, missing, language)
    faulty = [_faulty(policy, kind, fault, language) for kind, fault in outcome.faults.items()]
    if faulty:
        yield _part(evidence_sentences.DOES_NOT_COUNT, faulty, language)
    for heading, kinds in _helps(policy, outcome, are_listed=bool(counting.organisations)):
        yield _part(heading, [_paper(policy, kind, language) for kind in kinds], language)


def _part(heading: str, lines: list[Line], language: str) -> Part:
    return Part(both(heading, language), lines)


def _helps(policy: Policy, outcome: Outcome, *, are_listed: bool) -> Iterator[tuple[str, Iterable[str]]]:
    """Groups of kinds and how they are combined; where more are needed than were looked through, all there are."""
    choices = as_choices(would_help(policy, outcome, are_listed=are_listed))
    if not choices:
        yield evidence_sentences.SEVERAL, [one.kind for one in further(policy, outcome, are_listed=are_listed)]
    each, apart = in_each(choices)
    yield from ((ONE_OF, group) for group in each)
    for at, (first, *others) in enumerate(apart):
        once = ONE_OF if others or len(apart) > 1 else ONE_IS_ENOUGH
        yield OR_ONE_OF if at else AND_ONE_OF if each else once, first
        yield from ((AND_ONE_OF, group) for group in others)


def _paper(policy: Policy, kind: str, language: str) -> Line:
    paper = policy.paper(kind)
    conditions = tuple(both(one, language) for one in evidence_sentences.conditions(paper)) if paper else ()
    return Line(_called(kind, language), conditions)


def _faulty(policy: Policy, kind: str, fault: PaperFault, language: str) -> Line:
    """A paper that does not count, and why; of one that is too old or has expired also when it would."""
    line = _paper(policy, kind, language)
    return Line(line.said, (both(evidence_sentences.FAULTS[fault], language), *line.beneath))


def _called(kind: str, language: str) -> Both:
    return Both(
        interpreter_languages.paper(kind, language), interpreter_languages.paper(kind, interpreter_languages.here())
    )


def _where_and_when(counting: Counting, language: str) -> Iterator[Part]:
    if counting.is_declined and complaints.place(language):
        yield _part(evidence_sentences.COMPLAIN_HERE, [Line(complaints.both(language))], language)
    if spans := decided.visiting_hours(desk.settings()).hours:
        lines = [Line(_day(weekday, hours, language)) for weekday, hours in sorted(spans.items()) if hours]
        yield _part(evidence_sentences.WHEN, lines, language)


def _day(weekday: int, hours: evidence_sentences.Spans, language: str) -> Both:
    def on(spoken: str) -> Said:
        day = format_date(_A_MONDAY + timedelta(days=weekday), "EEEE", locale=spoken)
        return Said(f"{day} {evidence_sentences.hours(hours)}", spoken)

    return Both(on(language), on(interpreter_languages.here()))
