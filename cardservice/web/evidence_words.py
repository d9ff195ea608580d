"""Papers, points and what is missing, as people read them: in the language of the page.

Every sentence here is looked up when it is shown. What is said to the applicant is evidence_sentences.py's; the words
for kinds of paper are in interpreter_words.py; kinds of a town's own bring theirs in config.toml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel.lists import format_list
from flask_babel import LazyString, get_domain, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _

from cardservice.domain.evidence import Missing, Outcome, Paper, Policy
from cardservice.domain.further_papers import would_help
from cardservice.domain.paper_choices import as_choices, in_each
from cardservice.terms import AcceptedFor, PaperFault
from cardservice.web import desk, evidence_sentences
from cardservice.web.evidence_sentences import CHILD_ONLY, SHOWS, Words
from cardservice.web.interpreter_words import KINDS
from cardservice.web.languages import N_

ACCEPTED_FOR: dict[AcceptedFor, LazyString] = {
    AcceptedFor.OTHER_KIND: _("A paper of a kind that is not on the list proves it"),
    AcceptedFor.NO_NEWER: _("A paper is too old, and no newer one can be had"),
    AcceptedFor.TOGETHER: _("The papers prove it together"),
    AcceptedFor.KNOWN: _("A service of the town knows the person"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """An outcome in words: what is reached, what is missing, and which papers would fill it."""

    reached: str
    missing: list[str]
    choices: list[list[list[str]]]
    """What would be enough: of any one choice, one paper of each of its groups."""
    faults: dict[str, str]
    """By kind, why a paper that was shown does not count."""

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """What is said under which words, for the page and for its script."""
        faulty = [f"{kind(name)}. {words}" for name, words in self.faults.items()]
        said = ((_("Still missing:"), self.missing), (_("Does not count:"), faulty), *self._helps())
        return [(str(title), lines) for title, lines in said if lines]

    def _helps(self) -> Iterator[tuple[LazyString, list[str]]]:
        """Groups below each other where there is one choice; else a line for each choice."""
        if len(self.choices) == 1:
            first, *others = self.choices[0]
            yield (_("One of these papers") if others else _("Any one of these would fill it")), first
            yield from ((_("and one of these papers"), group) for group in others)
        elif self.choices:
            each, choices = in_each(self.choices)
            yield from ((_("One of these papers"), group) for group in each)
            lines = [" + ".join(map(_one_of, choice)) for choice in choices]
            last = (
                _("and the papers of one of these lines")
                if each
                else _("The papers of one of these lines would fill it")
            )
            yield last, lines


def kind(name: str) -> str:
    """The words for a kind of paper, also for one of the town's own."""
    return kind_in(str(get_locale()).split("_")[0], name, own_words(), get_domain())


def own_words() -> dict[str, dict[str, str]]:
    """What the kinds of the town's own are called, by kind and language."""
    return {paper.kind: paper.names for paper in desk.settings().evidence.paper}


def kind_in(language: str, name: str, own: Mapping[str, Mapping[str, str]], words: Words) -> str:
    """The same in a language that no request has chosen. `own`: the words of a town's own kinds, by language."""
    if name in KINDS:
        return str(words.gettext(KINDS[name]))
    said = own.get(name, {})
    return said.get(language) or next(iter(said.values()), name)


def explanation(policy: Policy, outcome: Outcome, *, are_listed: bool = True) -> Explanation:
    """An outcome in the words of the present language. `are_listed`: whether the town lists any organisation."""
    choices = as_choices(would_help(policy, outcome, are_listed=are_listed))
    return Explanation(
        reached=_reached(policy, outcome),
        missing=missing(outcome.missing),
        choices=[[[_whose(policy, name) for name in group] for group in choice] for choice in choices],
        faults={
            name: _fault(policy.paper(name), fault, are_listed=are_listed) for name, fault in outcome.faults.items()
        },
    )


def _whose(policy: Policy, name: str) -> str:
    """A kind, and whether it is of use to a child only."""
    paper = policy.paper(name)
    return f"{kind(name)} ({gettext(CHILD_ONLY)})" if paper is not None and paper.child_only else kind(name)


def _one_of(group: list[str]) -> str:
    return str(format_list(group, style="or", locale=get_locale()))


_ORGANISATION_FAULTS: dict[PaperFault, LazyString] = {
    PaperFault.NOT_NOW: _("Its letters do not count today"),
    PaperFault.ENOUGH_LETTERS: _("The agreed number of letters has been reached this month"),
}


def organisation_fault(fault: PaperFault) -> str:
    """Why letters of an organisation do not count today."""
    return str(_ORGANISATION_FAULTS[fault])


def verdict(outcome: Outcome, *, is_accepted: bool) -> str:
    """Whether it is enough, in a few words. `is_accepted`: a supervisor has said so of these papers."""
    if outcome.is_met:
        return str(gettext("Enough for a card"))
    return str(gettext("Accepted by a supervisor") if is_accepted else gettext("Not enough yet"))


def conditions(paper: Paper, words: Words | None = None) -> str:
    """What the clerk looks for on a paper, beside its kind. `words`: those of a language that no request has chosen."""
    return " · ".join(one.by(words or get_domain()) for one in evidence_sentences.conditions(paper))


def worth(paper: Paper) -> str:
    """The points of a paper."""
    return str(ngettext("%(num)s point", "%(num)s points", paper.identity + paper.residency))


def _reached(policy: Policy, outcome: Outcome) -> str:
    return str(
        gettext(
            "%(have)s of %(need)s points: who it is %(identity)s of %(identity_need)s, "
            "lives here %(residency)s of %(residency_need)s",
            have=outcome.points,
            need=policy.points,
            identity=outcome.identity,
            identity_need=policy.identity,
            residency=outcome.residency,
            residency_need=policy.residency,
        )
    )


def missing(lacks: Missing) -> list[str]:
    """How much is missing."""
    said = []
    if lacks.identity:
        said.append(
            ngettext(
                "%(num)s point for papers that say who the person is",
                "%(num)s points for papers that say who the person is",
                lacks.identity,
            )
        )
    if lacks.residency:
        said.append(
            ngettext(
                "%(num)s point for papers that show that the person lives here",
                "%(num)s points for papers that show that the person lives here",
                lacks.residency,
            )
        )
    if (more := lacks.points - lacks.identity - lacks.residency) > 0:
        said.append(ngettext("%(num)s point more, of any kind", "%(num)s points more, of any kind", more))
    return [*map(str, said), *(gettext(words) for shown, words in SHOWS.items() if shown in lacks.shows)]


_FAULTS: Mapping[PaperFault, str] = evidence_sentences.FAULTS | {
    PaperFault.UNDATED: N_("It counts only with its date. Type the date that is on it"),
    PaperFault.NOT_ACCREDITED: N_("It counts from an organisation on the list only. Choose which one wrote it"),
    PaperFault.NOT_NOW: N_("Letters of this organisation do not count today: its time is over or has not begun"),
    PaperFault.NOT_A_CHILD: N_("It counts for a child only, and by the birth date this is not a child"),
}


def fault_in_general(fault: PaperFault) -> str:
    """Why a paper does not count, whatever the policy says of its kind today."""
    return str(gettext(evidence_sentences.FAULTS[fault]))


def _fault(paper: Paper | None, fault: PaperFault, *, are_listed: bool = True) -> str:
    if fault is PaperFault.NOT_ACCREDITED and not are_listed:
        return str(gettext("It cannot count as long as no organisation is on the list"))
    if fault is PaperFault.TOO_OLD and paper is not None and paper.days_old is not None:
        return str(
            ngettext(
                "It is too old: it counts on its day and the day after",
                "It is too old: it counts for %(num)s days from its date",
                paper.days_old,
            )
        )
    return str(gettext(_FAULTS[fault]))
