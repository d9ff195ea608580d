"""One request of the papers' page, read once: what lies on the counter, what it comes to, and the pages that show it.

The views are evidence.py's.
"""

from flask import render_template, request
from flask_babel import force_locale

from cardservice.domain import evidence, organisations
from cardservice.domain.evidence import Evidence, Outcome, Policy
from cardservice.domain.organisations import Organisation
from cardservice.domain.second_look import Papers
from cardservice.terms import RefusedFor
from cardservice.web import decided, desk, evidence_words, interpreter_languages, languages
from cardservice.web.papers_form import Counter, PapersForm, papers_form

OLD_CARD = "old-card"


class Counting:
    """One request of the papers' page: the policy, the organisations, the form, and what lies on the counter."""

    def __init__(self, papers: Papers | None = None) -> None:
        self.policy: Policy = decided.policy(desk.settings())
        with desk.reading() as session:
            self.organisations: list[Organisation] = organisations.everybody(session, now=desk.now())
        self.form: PapersForm = papers_form(self.policy)
        self.form.offer(self.organisations)
        self.papers, self.before = papers, _before(papers)
        if papers is not None:
            self.form.shows(papers.nonce)
        if self.form.is_blank:
            self.form.show(self.before)
        today = desk.now().date()
        self.counter: Counter = self.form.read(self.policy, self.organisations, self.before, today=today)
        self.outcome: Outcome = evidence.evaluate(self.policy, self.counter.shown, today=today)

    def beside_what_is_saved(self, papers: Papers) -> None:
        """Make it a page of what is saved now, with what was ticked."""
        self.form.looks_at(papers.nonce)
        self.form.tell(self.before)

    @property
    def seen(self) -> Evidence:
        """What a draft keeps of it."""
        return evidence.kept(self.policy, self.outcome, checked_by=desk.actor().staff_id)

    @property
    def takes_away(self) -> bool:
        """Whether a paper that counted before was unticked, and the rest is not enough."""
        had = {kind for kind in self.before if self.policy.paper(kind)}
        return not self.outcome.is_met and not had.issubset(self.outcome.kinds)

    @property
    def said(self) -> str:
        """What the button that was pressed asks for; "" where none was, or something typed cannot be read."""
        if not self.form.is_submitted() or self.form.problems():
            return ""
        return request.form.get("do", "go")

    @property
    def letters(self) -> dict[str, int]:
        """By kind, the organisations of the letters that count now and did not before."""
        chosen = self.counter.organisations.items()
        return {kind: one for kind, one in chosen if kind in self.outcome.kinds and kind not in self.before}

    @property
    def refused_for(self) -> RefusedFor | None:
        """Why somebody is sent away with these papers."""
        return evidence.refused_for(self.policy, self.outcome)

    def page(
        self,
        template: str = "evidence/papers.html",
        *,
        replaces: str | None = None,
        action: str = "",
        family_language: str = "",
        for_applicant: bool = False,
    ) -> str:
        """A page that shows it."""
        return render_template(
            template,
            form=self.form,
            action=action or request.path,
            family_language=family_language or request.form.get("family_language", ""),
            policy=self.policy,
            papers=self.papers,
            replaces=replaces or (self.papers.replaces if self.papers else None),
            outcome=self.outcome,
            explained=evidence_words.explanation(self.policy, self.outcome, for_applicant=for_applicant),
            verdict=evidence_words.verdict(self.outcome),
            kind=evidence_words.kind,
            conditions=evidence_words.conditions,
            worth=evidence_words.worth,
            sent=self.form.is_submitted(),
            applicant_language=interpreter_languages.chosen_of(languages.LANGUAGES),
        )

    def to_bring(self) -> str:
        """What is missing, in the language that was asked for, to be read by the applicant."""
        asked = request.form.get("language")
        with force_locale(asked if asked in languages.LANGUAGES else languages.chosen()):
            return self.page("evidence/bring.html", for_applicant=True)


def _before(papers: Papers | None) -> tuple[str, ...]:
    if papers is None:
        return ()
    if papers.evidence is None:
        return (OLD_CARD,) if papers.from_old_card else ()
    return papers.evidence.kinds
