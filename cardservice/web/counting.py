"""One request of the papers' page, read once: what lies on the counter, what it comes to, and the pages that show it.

The views are evidence.py's.
"""

from dataclasses import replace
from datetime import date

from flask import render_template, request

from cardservice.domain import beginning, evidence, organisations, second_look
from cardservice.domain.evidence import Evidence, Outcome, Policy
from cardservice.domain.organisations import Organisation
from cardservice.domain.second_look import Papers
from cardservice.terms import RefusedFor
from cardservice.web import complaints, decided, desk, evidence_words, interpreter_languages, prefill
from cardservice.web.evidence_words import Explanation
from cardservice.web.forms import BRINGS_FORM
from cardservice.web.papers_form import Counter, Looked, PapersForm, papers_form

OLD_CARD = "old-card"


class Counting:
    """One request of the papers' page: the policy, the organisations, the form, and what lies on the counter."""

    def __init__(self, papers: Papers | None = None, family: Papers | None = None) -> None:
        self.policy: Policy = decided.policy(desk.settings())
        with desk.reading() as session:
            self.organisations: list[Organisation] = organisations.everybody(session, now=desk.now())
        self.form: PapersForm = papers_form(self.policy)
        self.form.offer(self.organisations)
        self.papers, self.family = papers, family
        self.before: Looked = self._carried(family) if papers is None else _before(papers)
        if papers is not None:
            self.form.shows(papers.nonce)
        if self.form.is_blank:
            self.form.show(self.saved or self._homes(family))
        elif self.form.typed_on.data:
            self.form.tell(self.saved)
        self.today: date = desk.now().date()
        self.counter: Counter = self.form.read(self.policy, self.organisations, self.before, today=self.today)
        is_child = papers.is_child if papers else None
        self.outcome: Outcome = evidence.evaluate(self.policy, self.counter.shown, today=self.today, is_child=is_child)

    def _carried(self, family: Papers | None) -> Looked:
        """What counted for one of the family counts for the next, as long as it is the same clerk and the same day.

        Nobody knows any more of whom and of when it is. So it is that very paper only where nothing is typed beside it.
        """
        if family is None or not (family.is_mine and family.is_of_today):
            return Looked()
        return Looked(carried=frozenset(self._homes(family)))

    def _homes(self, family: Papers | None) -> set[str]:
        """The papers that say where somebody lives, of those that one of their family has shown."""
        if family is None or family.judged is None:
            return set()
        return {paper.kind for paper in self.policy.papers if not paper.identity}.intersection(family.judged.kinds)

    def beside_what_is_saved(self, papers: Papers) -> None:
        """Make it a page of what is saved now, with what was ticked."""
        self.form.is_compared(papers.nonce)
        self.form.tell(self.saved)

    @property
    def saved(self) -> tuple[str, ...]:
        """The kinds that are saved as shown, whether they count or not."""
        return (*self.before.counted, *self.before.faults)

    @property
    def seen(self) -> Evidence:
        """What a draft keeps of it."""
        return evidence.kept(self.policy, self.counter.shown, today=self.today, checked_by=desk.actor().staff_id)

    @property
    def takes_away(self) -> bool:
        """Whether a paper that counted before was unticked, and the rest is not enough."""
        judged = self.papers.judged if self.papers else None
        had = {kind for kind in (judged.kinds if judged else self.before.counted) if self.policy.paper(kind)}
        return not self.outcome.is_met and not had.issubset(self.outcome.kinds)

    @property
    def is_declined(self) -> bool:
        """Whether a supervisor has looked at these papers and did not accept them: what is new, they have not seen."""
        kept = self.papers.evidence if self.papers else None
        return kept is not None and kept.was_declined_with(self.seen.on_counter)

    @property
    def is_accepted(self) -> bool:
        """Whether a supervisor has accepted the papers of this registration."""
        return self.papers is not None and self.papers.is_accepted

    @property
    def is_enough(self) -> bool:
        """Whether they can go on: by the policy, or because a supervisor said so of what is still there."""
        return self.outcome.is_met or (self.is_accepted and not self.takes_away)

    @property
    def verdict(self) -> str:
        """Whether it is enough, in a few words."""
        return evidence_words.verdict(self.outcome, is_accepted=self.is_enough)

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
        return {kind: one for kind, one in chosen if kind in self.outcome.kinds and kind not in self.before.counted}

    @property
    def refused_for(self) -> RefusedFor | None:
        """Why somebody is sent away with these papers."""
        return evidence.refused_for(self.policy, self.outcome)

    @property
    def explained(self) -> Explanation:
        """What it comes to in words; of a date that cannot be read, what is wrong with it."""
        said = evidence_words.explanation(self.policy, self.outcome, are_listed=bool(self.organisations))
        faults = {kind: self.form.unreadable(kind) or why for kind, why in said.faults.items()}
        if self.is_enough:
            return replace(said, missing=[], choices=[], faults=faults)
        return replace(said, faults=faults)

    @property
    def _asked_about(self) -> dict[str, str]:
        """What a request about what is ticked here says in its address (`of_request`)."""
        if self.papers is not None:
            return {"draft": self.papers.draft_id}
        return {"family": self.family.draft_id} if self.family else {}

    def page(
        self,
        *,
        replaces: str | None = None,
        action: str = "",
    ) -> str:
        """The page that shows it."""
        form_code, form_refused = prefill.of_use()
        return render_template(
            "evidence/papers.html",
            form=self.form,
            action=action or request.path,
            policy=self.policy,
            papers=self.papers,
            asked_about=self._asked_about,
            carried=self.before.carried,
            organisations=self.organisations,
            replaces=replaces or (self.papers.replaces if self.papers else None),
            outcome=self.outcome,
            explained=self.explained,
            verdict=self.verdict,
            is_enough=self.is_enough,
            kind=evidence_words.kind,
            conditions=evidence_words.conditions,
            worth=evidence_words.worth,
            sent=self.form.is_submitted() and self.said != BRINGS_FORM,
            form_code=form_code,
            form_refused=form_refused,
            is_declined=self.is_declined,
            complaints=complaints.place(interpreter_languages.here()),
            spoken=interpreter_languages.LANGUAGES,
            applicant_language=interpreter_languages.chosen() or interpreter_languages.here(),
        )


def of_request() -> Counting:
    """What a request asks about that only wants to know: the papers of a registration (`?draft=`), or of a new one.

    `?family=`: a registration of somebody of the same family.
    """
    draft_id, family_id = request.args.get("draft", ""), request.args.get("family", "")
    return Counting(read(draft_id)) if draft_id else begun(read(family_id) if family_id else None)


def begun(family: Papers | None = None) -> Counting:
    """What lies on the counter; of a form that was sent before, with what its registration has counted already.

    `family`: of somebody of the same family, whose papers say where both live.

    The organisations are read first: a letter that the other click of two counts meanwhile is then either not their
    last one yet, or that of a registration which is found.
    """
    counting = Counting(family=family)
    if not counting.form.is_submitted():
        return counting
    with desk.reading() as session:
        before = beginning.begun(
            session, counting.form.form_id.data, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys()
        )
    return counting if before is None else Counting(before)


def read(draft_id: str) -> Papers:
    """The papers of a registration that was begun. Raises `DraftNotFound`, `DraftGone`."""
    with desk.reading() as session:
        return second_look.read(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())


def _before(papers: Papers) -> Looked:
    if papers.evidence is None:
        return Looked(counted=frozenset({OLD_CARD} if papers.from_old_card else ()))
    return Looked(counted=frozenset(papers.evidence.kinds), faults=papers.evidence.faults)
