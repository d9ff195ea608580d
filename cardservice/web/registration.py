"""Registering a resident: the answers that stand on the card, typed once and kept on the server from then on.

The papers come before (evidence.py), the photo after (portrait.py), then the check of all answers (issuance.py). The
draft's ciphertext and when it ends are domain/drafts.py's; what may stand on a card is domain/registration.py's.
"""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import BooleanField, SelectField, StringField

from cardservice.domain import drafts, registration
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.draft_contents import Contents
from cardservice.domain.drafts import NothingTyped, Registration
from cardservice.domain.registration import RegistrationRefused
from cardservice.printing.text import missing
from cardservice.terms import DraftState, PaperFault, StaffRole
from cardservice.web import as_shown, dates, desk, evidence_words, languages, parked, words
from cardservice.web.access import requires
from cardservice.web.as_shown import ShownForm
from cardservice.web.forms import UNREMEMBERED, BirthDateForm, choices
from cardservice.web.prefill import BroughtForm

bp = Blueprint("registration", __name__, url_prefix="/registrations")
DESK_ROLES = (StaffRole.CLERK, StaffRole.SUPERVISOR)
CARETAKER = "caretaker"
"""The kind of paper that is a person: the caretaker of a child."""


class DetailsForm(ShownForm, BroughtForm):
    """What is typed for a card. Its fields are named as in `Registration`; the tick is asked and not kept."""

    name = StringField(render_kw=UNREMEMBERED)
    language = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    name_second = StringField(render_kw=UNREMEMBERED)
    language_second = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    caretaker_here = BooleanField()

    ORDER = (
        "form_code",
        "name",
        "language",
        *BirthDateForm.BIRTH_DATE,
        "caretaker_here",
        "name_second",
        "language_second",
    )

    def __init__(self, *, caretaker_is_shown: bool = False) -> None:
        super().__init__()
        self.caretaker_is_shown = caretaker_is_shown
        """Whether a caretaker is among the papers, so that nobody ticks it twice."""
        if caretaker_is_shown and self.is_blank:
            self.caretaker_here.data = True
        self.asks_for_caretaker = bool(self.caretaker_here.data)
        """Whether the question is on the page: about an adult it is not asked."""
        child_age = desk.settings().card.child_age
        self.children_born_since = desk.now().year - child_age if child_age else None
        """The first year of birth for which the page may ask before the desk does (caretaker.js)."""
        offered = languages.name_languages(desk.settings().town.languages)
        self.language.choices = choices(offered)
        self.language_second.choices = choices({"": gettext("No name in a second script")} | offered)

    def show(self, kept: Registration, *, is_of_old_card: bool) -> None:
        """Fill the form from a registration; nobody has gone through that of an old card with the resident yet."""
        self.name.data, self.language.data = kept.name, kept.language
        self.name_second.data, self.language_second.data = kept.name_second or "", kept.language_second or ""
        self.show_birth_date(kept.birth_date)
        self.asks_for_caretaker = desk.is_child(kept.birth_date)
        # The answers of an old card say nothing about today's visit; the papers do.
        self.caretaker_here.data = self.caretaker_is_shown or (self.asks_for_caretaker and not is_of_old_card)

    def read(self, before: Registration | None = None, *, replaces: str | None = None) -> Registration | None:
        """The registration as typed, with the photo of the one before; None after saying every problem in it.

        None as well where a code was scanned: it fills the form, which is then looked at before it is sent again.
        """
        if self.use_code():
            return None
        second = registration.tidy(self.name_second.data or "") or None
        typed = Registration(
            name=registration.tidy(self.name.data or ""),
            birth_date=self.birth_date(),
            language=self.language.data or "",
            name_second=second,
            language_second=(self.language_second.data or None) if second else None,
            portrait_print=before.portrait_print if before else None,
            portrait_code=before.portrait_code if before else None,
            photograph=before.photograph if before else None,
            replaces=before.replaces if before else replaces,
        )
        self._check(typed)
        if not any(self[part].errors for part in self.BIRTH_DATE):
            self._check_caretaker(is_child=desk.is_child(typed.birth_date))
        return None if self.problems() else typed

    def tell(self, saved: Registration) -> None:
        """Say beside each answer that is another one than what is typed what is saved."""
        if registration.tidy(self.name.data or "") != saved.name:
            self.name.description = saved.name
        if self.language.data != saved.language:
            self.language.description = languages.language_name(saved.language)
        if not self.says(saved.birth_date):
            self.birth_day.description = dates.birth_date(saved.birth_date)
        if registration.tidy(self.name_second.data or "") != (saved.name_second or ""):
            self.name_second.description = saved.name_second or gettext("No name in a second script")
        if saved.language_second and self.language_second.data != saved.language_second:
            self.language_second.description = languages.language_name(saved.language_second)

    def _check_caretaker(self, *, is_child: bool) -> None:
        """A child comes with somebody; who that is, nobody asks. Ticked for an adult, one of the two is a mistake.

        Where it was ticked among the papers, they say so (`Contents.is_enough_for_a_child_only`).
        """
        ticked_here = bool(self.caretaker_here.data) and not self.caretaker_is_shown
        self.asks_for_caretaker = is_child or ticked_here
        if is_child and not self.caretaker_here.data:
            self.refuse(
                "caretaker_here",
                gettext("By the birth date this is a child. Confirm that a caretaker is here and agrees"),
            )
        elif ticked_here and not is_child:
            self.refuse(
                "caretaker_here", gettext("By the birth date this is not a child. Check the year, or untick this")
            )

    def _check(self, typed: Registration) -> None:
        try:
            registration.check(typed, today=desk.now().date())
        except RegistrationRefused as refused:
            said = {"birth_date"} if any(self[part].errors for part in self.BIRTH_DATE) else set()
            self.refuse_all(problem for problem in refused.problems if problem.field not in said)
        for name, language in (("name", typed.language), ("name_second", typed.language_second)):
            if not self[name].errors and (without := missing(getattr(typed, name) or "", language=language)):
                self.refuse(name, words.without_typeface(without))

    def field_for(self, name: str) -> str:
        return self.impossible_part() if name == "birth_date" else super().field_for(name)


@bp.route("/<string:draft_id>/details", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@parked.keeps_typing()
def details(draft_id: str) -> ResponseReturnValue:
    """Type the answers for the card, or change them."""
    kept, nonce = as_shown.read(draft_id)
    if kept.signed is not None and request.method == "GET":
        return redirect(url_for("issuance.print_card", draft_id=draft_id))
    before = kept.registration
    replaces = before.replaces if before else kept.replaces
    form = DetailsForm(caretaker_is_shown=kept.evidence is not None and CARETAKER in kept.evidence.kinds)
    form.shows(nonce)
    # A code that came along from the page of the papers: of the answers, no page was shown before.
    only_a_code = bool(request.form.get("form_code")) and "name" not in request.form
    if only_a_code:
        form.looks_at(nonce)
    if before is not None and (form.is_blank or only_a_code):
        form.show(before, is_of_old_card=kept.is_of_old_card)
    elif form.is_blank and kept.language is not None:
        # Of a family: the next one may well be a child.
        form.language.data, form.asks_for_caretaker = kept.language, form.children_born_since is not None
    if form.is_submitted() and (typed := form.read(before, replaces=replaces)):
        try:
            change(draft_id, typed)
        except ChangedMeanwhile as changed:
            return as_shown.typed(changed, lambda draft_id: _beside_what_is_saved(draft_id, form))
        return redirect(_after(draft_id, replace(kept, registration=typed, is_child=desk.is_child(typed.birth_date))))
    if form.typed_on.data and before is not None:
        form.tell(before)
    return _page(draft_id, form, kept)


def _page(draft_id: str, form: DetailsForm, kept: Contents) -> str:
    before = kept.registration
    replaces = before.replaces if before else kept.replaces
    return render_template(
        "registration/details.html",
        form=form,
        draft_id=draft_id,
        replaces=replaces,
        is_first=before is None,
        comes_from_papers=before is None or kept.is_of_old_card,
        only_for_a_child=_not_theirs(kept),
        kind=evidence_words.kind,
    )


def _after(draft_id: str, saved: Contents) -> str:
    if saved.is_enough_for_a_child_only:
        # The year may be mistyped: it is said here, with the way to the papers.
        return url_for("registration.details", draft_id=draft_id)
    return url_for("issuance.check" if saved.photo_asked else "portrait.show", draft_id=draft_id)


def _not_theirs(kept: Contents) -> list[str]:
    """The kinds that count for a child only, where the papers would be enough with them and are not without."""
    if kept.judged is None or not kept.is_enough_for_a_child_only:
        return []
    return [kind for kind, fault in kept.judged.faults.items() if fault is PaperFault.NOT_A_CHILD]


def _beside_what_is_saved(draft_id: str, form: DetailsForm) -> str:
    kept, nonce = as_shown.read(draft_id)
    form.is_compared(nonce)
    if kept.registration is not None:
        form.tell(kept.registration)
    return _page(draft_id, form, kept)


def change(draft_id: str, typed: Registration, *, photo_asked: bool = False) -> None:
    """Save answers or a photo. Raises `ChangedMeanwhile` unless they were given on a page that shows what is there."""
    with desk.transaction() as session:
        drafts.change(
            session,
            draft_id,
            typed,
            is_child=desk.is_child(typed.birth_date),
            photo_asked=photo_asked,
            marked=as_shown.marked(),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )


def next_page(draft_id: str, state: DraftState) -> str:
    """The address of the page on which a registration goes on."""
    pages = {
        DraftState.EVIDENCE: "evidence.papers",
        DraftState.SECOND_LOOK: "second_look.show",
        DraftState.ANSWERS: "registration.details",
    }
    return url_for(pages.get(state, "issuance.check"), draft_id=draft_id)


@bp.app_errorhandler(NothingTyped)
def answers_first(_: NothingTyped) -> ResponseReturnValue:
    """A page of a registration without answers leads to where they are typed."""
    return redirect(url_for("registration.details", draft_id=(request.view_args or {})["draft_id"]))


@bp.post("/<string:draft_id>/discard")
@requires(*DESK_ROLES)
def discard(draft_id: str) -> ResponseReturnValue:
    """End a registration without a card; what was typed is erased."""
    with desk.transaction() as session:
        drafts.discard(session, draft_id, marked=as_shown.marked(), actor=desk.actor(), now=desk.now())
    flash(gettext("The registration is discarded. What was typed is erased."))
    return redirect(url_for("start.today"))
