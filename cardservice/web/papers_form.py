"""The form of the papers' page: one tick for each kind of the town's policy, and beside it only what its rule needs.

A date or an organisation that is typed counts as a tick. What papers come to is domain/evidence.py's business.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, SelectField, StringField

from cardservice.domain.evidence import Paper, Policy, Shown
from cardservice.domain.organisations import Organisation
from cardservice.domain.registration import FieldProblem
from cardservice.terms import PaperFault
from cardservice.web import days, words
from cardservice.web.as_shown import ShownForm
from cardservice.web.forms import UNREMEMBERED, OnceForm, choices

_DAY = UNREMEMBERED | {"maxlength": "20", "inputmode": "text"}


@dataclass(frozen=True, slots=True)
class Counter:
    """What lies on the counter, as it was ticked and typed."""

    shown: tuple[Shown, ...]
    organisations: Mapping[str, int]
    """By kind, the organisation that was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked at before: no date and no organisation is asked for again."""

    counted: frozenset[str] = frozenset()
    """Kinds that counted for this registration."""
    carried: frozenset[str] = frozenset()
    """Kinds that counted today for somebody of the same family; what is typed beside one makes it another paper."""
    faults: Mapping[str, PaperFault] = field(default_factory=dict)
    """By kind, why one did not count; what is typed beside it is looked at anew."""


class PapersForm(OnceForm, ShownForm):
    """Fields: `paper-KIND`, and where the policy needs them `dated-KIND`, `expired-KIND`, `from-KIND`."""

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Fill the lists of organisations to choose from."""
        offered = choices({"": gettext("None of these")} | {str(one.id): one.name for one in organisations})
        for name in self._fields:
            if name.startswith("from-"):
                self[name].choices = offered

    def show(self, kinds: Iterable[str]) -> None:
        """Tick what was shown before."""
        for kind in kinds:
            if f"paper-{kind}" in self:
                self[f"paper-{kind}"].data = True

    def tell(self, kinds: Collection[str]) -> None:
        """Say beside each paper that is ticked otherwise than it was saved how it was saved."""
        for name in (name for name in self._fields if name.startswith("paper-")):
            saved = name.removeprefix("paper-") in kinds
            if saved is not bool(self[name].data):
                self[name].description = gettext("Ticked") if saved else gettext("Not ticked")

    def read(self, policy: Policy, organisations: Iterable[Organisation], before: Looked, *, today: date) -> Counter:
        """What is on the counter, where this was looked at before."""
        listed = {str(one.id): one for one in organisations}
        read = [(paper, self._shown(paper, listed, before, today)) for paper in policy.papers]
        chosen = {paper.kind: self._typed("from", paper.kind) for paper, shown in read if shown}
        return Counter(
            shown=tuple(shown for _, shown in read if shown),
            organisations={kind: listed[said].id for kind, said in chosen.items() if said in listed},
        )

    def _shown(self, paper: Paper, listed: Mapping[str, Organisation], before: Looked, today: date) -> Shown | None:
        dated, expired = self._day("dated", paper.kind, today), self._day("expired", paper.kind, today)
        chosen = self._typed("from", paper.kind)
        is_anew = bool(dated or expired or chosen)
        if not (self[f"paper-{paper.kind}"].data or is_anew):
            return None
        if paper.kind in before.faults and not is_anew:
            return Shown(kind=paper.kind, fault=before.faults[paper.kind])
        again = paper.kind in before.counted or (paper.kind in before.carried and not is_anew)
        organisation = None if again else listed[chosen].fault if chosen in listed else PaperFault.NOT_ACCREDITED
        return Shown(
            kind=paper.kind,
            dated=dated or (today if again else None),
            expired_on=expired,
            organisation=organisation,
        )

    def unreadable(self, kind: str) -> str:
        """What is wrong with a date that was typed for a paper; "" where nothing is."""
        fields = [self[name] for what in ("dated", "expired") if (name := f"{what}-{kind}") in self]
        return next((str(message) for one in fields for message in one.errors), "")

    def _typed(self, what: str, kind: str) -> str:
        name = f"{what}-{kind}"
        return (self[name].data or "").strip() if name in self else ""

    def _day(self, what: str, kind: str, today: date) -> date | None:
        typed = self._typed(what, kind)
        day = days.read(typed, today=today) if typed else None
        if typed and day is None:
            no_such_day = words.problem(FieldProblem("birth_date", "not-a-date"))
            in_numbers = gettext("Write the date in numbers, for example 27 3 2026")
            self.refuse(f"{what}-{kind}", no_such_day if days.is_in_numbers(typed) else in_numbers)
        return day


@lru_cache(maxsize=8)
def _form_for(policy: Policy) -> type[PapersForm]:
    fields: dict[str, Any] = {}
    for paper in policy.papers:
        fields[f"paper-{paper.kind}"] = BooleanField()
        if paper.days_old is not None:
            fields[f"dated-{paper.kind}"] = StringField(render_kw=_DAY)
        if paper.expired_days is not None:
            fields[f"expired-{paper.kind}"] = StringField(render_kw=_DAY)
        if paper.accredited:
            fields[f"from-{paper.kind}"] = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    return type("PapersForm", (PapersForm,), fields)


def papers_form(policy: Policy) -> PapersForm:
    """The form for a policy."""
    return _form_for(policy)()
