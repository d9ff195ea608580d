"""What counts as evidence, as the leaflet lists it: out of the town's policy, in any language of the desk.

No request decides the language: the command line prints the same leaflets as the desk.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from cardservice.domain.evidence import Paper, Policy
from cardservice.printing.print_out import PapersThatCount
from cardservice.printing.print_out_wording import Part
from cardservice.web import evidence_words
from cardservice.web.evidence_sentences import SHOWS
from cardservice.web.languages import Catalogue

_BETWEEN = " · "


def listed(policy: Policy, own: Mapping[str, Mapping[str, str]], language: str) -> tuple[PapersThatCount, ...]:
    """The papers line by line with what each must be like to count; without that; and one after the other.

    `own`: the words of a town's own kinds, by language.
    """
    words = Catalogue(language)

    def called(paper: Paper) -> str:
        return evidence_words.kind_in(language, paper.kind, own, words)

    def with_conditions(paper: Paper) -> str:
        conditions = evidence_words.conditions(paper, words)
        return f"{called(paper)} ({conditions})" if conditions else called(paper)

    full, short = (
        [Part(heading, tuple(map(name, papers))) for heading, papers in _by_points(policy, words)]
        for name in (with_conditions, called)
    )
    dense = [Part(part.heading, (_BETWEEN.join(part.lines),)) for part in short]
    needed, last = _needed(policy, words), _last(policy, words)
    in_general = " ".join((needed, *_conditions_in_general(policy, words)))
    return (
        PapersThatCount(needed, (*full, *last)),
        PapersThatCount(in_general, (*short, *last)),
        PapersThatCount(in_general, (*dense, *last)),
    )


def _conditions_in_general(policy: Policy, words: Catalogue) -> Iterator[str]:
    if any(paper.expired_days for paper in policy.papers):
        yield words.gettext("An expired paper may still count.")
    if any(paper.days_old is not None for paper in policy.papers):
        yield words.gettext("Letters and bills must be new.")


def _by_points(policy: Policy, words: Catalogue) -> Iterator[tuple[str, list[Paper]]]:
    """What says both comes first, then who somebody is, then that they live here; of each what is worth most."""

    def place(paper: Paper) -> tuple[int, int, int]:
        both, either = paper.identity and paper.residency, paper.identity or paper.residency
        order = 0 if both else 1 if paper.identity else 2 if either else 3
        return order, -(paper.identity + paper.residency), -paper.identity

    for _, papers in groupby(sorted(policy.papers, key=place), key=place):
        listed = list(papers)
        yield _heading(listed[0], words), listed


def _heading(paper: Paper, words: Catalogue) -> str:
    """What each paper is worth that is worth as much as this one."""
    if paper.identity and paper.residency:
        return words.gettext(
            "Both at once: %(identity)s for who you are, %(residency)s for living here",
            identity=paper.identity,
            residency=paper.residency,
        )
    if paper.identity:
        return words.ngettext("Who you are: %(num)s point each", "Who you are: %(num)s points each", paper.identity)
    if paper.residency:
        return words.ngettext(
            "You live here: %(num)s point each", "You live here: %(num)s points each", paper.residency
        )
    return words.gettext("No points, but a photo or a birth date")


def _needed(policy: Policy, words: Catalogue) -> str:
    if not (policy.identity and policy.residency):
        return " ".join(_needed_altogether(policy, words))
    return words.gettext(
        "You need %(points)s points: at least %(identity)s for who you are, and at least %(residency)s for living "
        "here.",
        points=policy.points,
        identity=policy.identity,
        residency=policy.residency,
    )


def _needed_altogether(policy: Policy, words: Catalogue) -> Iterator[str]:
    """The sum, and the one minimum that there is, where other points could be taken for it."""
    yield words.ngettext("You need %(num)s point.", "You need %(num)s points.", policy.points)
    if policy.identity and any(paper.residency for paper in policy.papers):
        yield words.gettext("Of these, at least %(num)s for who you are.", num=policy.identity)
    if policy.residency and any(paper.identity for paper in policy.papers):
        yield words.gettext("Of these, at least %(num)s for living here.", num=policy.residency)


def _last(policy: Policy, words: Catalogue) -> list[Part]:
    shows = [words.gettext(said) for shown, said in SHOWS.items() if shown in policy.shows]
    return [Part(words.gettext("Among them must be"), (_BETWEEN.join(shows),))] if shows else []
