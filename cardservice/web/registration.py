"""Registering a resident: the answers that stand on the card, typed once and kept on the server from then on.

The papers come before (evidence.py), the photo after (portrait.py), then the check of all answers (issuance.py). The
draft's ciphertext and when it ends are domain/drafts.py's; what may stand on a card is domain/registration.py's.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import SelectField, StringField

from cardservice.domain import drafts, registration
from cardservice.domain.drafts import NothingTyped, Registration
from cardservice.domain.registration import RegistrationRefused
from cardservice.printing.text import missing
from cardservice.terms import DraftState, StaffRole
from cardservice.web import desk, languages, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, BirthDateForm, choices
from cardservice.web.prefill import BroughtForm

bp = Blueprint("registration", __name__, url_prefix="/registrations")
DESK_ROLES = (StaffRole.CLERK, StaffRole.SUPERVISOR)


class DetailsForm(BroughtForm):
    """What is typed for a card. Its fields are named as in `Registration`."""

    name = StringField(render_kw=UNREMEMBERED)
    language = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    name_second = StringField(render_kw=UNREMEMBERED)
    language_second = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})

    ORDER = ("form_code", "name", "language", *BirthDateForm.PARTS, "name_second", "language_second")

    def __init__(self) -> None:
        super().__init__()
        offered = languages.name_languages(desk.settings().town.languages)
        self.language.choices = choices(offered)
        self.language_second.choices = choices({"": gettext("No second name")} | offered)

    def show(self, kept: Registration) -> None:
        """Fill the form from a registration."""
        self.name.data, self.language.data = kept.name, kept.language
        self.name_second.data, self.language_second.data = kept.name_second or "", kept.language_second or ""
        self.show_birth_date(kept.birth_date)

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
        return None if self.problems() else typed

    def _check(self, typed: Registration) -> None:
        try:
            registration.check(typed, today=desk.now().date())
        except RegistrationRefused as refused:
            said = {"birth_date"} if any(self[part].errors for part in self.PARTS) else set()
            self.refuse_all(problem for problem in refused.problems if problem.field not in said)
        for name, language in (("name", typed.language), ("name_second", typed.language_second)):
            if not self[name].errors and (without := missing(getattr(typed, name) or "", language=language)):
                self.refuse(name, words.without_typeface(without))

    def field_for(self, name: str) -> str:
        return "birth_day" if name == "birth_date" else super().field_for(name)


@bp.route("/<string:draft_id>/details", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def details(draft_id: str) -> ResponseReturnValue:
    """Type the answers for the card, or change them."""
    before, replaces = _typed_before(draft_id)
    form = DetailsForm()
    if form.is_blank and before is not None:
        form.show(before)
    elif form.is_submitted() and (typed := form.read(before, replaces=replaces)):
        with desk.transaction() as session:
            drafts.change(session, draft_id, typed, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
        # A renewal begins with the answers of the old card, and without a photo.
        photo_comes_next = before is None or (typed.replaces is not None and typed.portrait_print is None)
        return redirect(url_for("portrait.show" if photo_comes_next else "issuance.check", draft_id=draft_id))
    return render_template(
        "registration/details.html", form=form, draft_id=draft_id, replaces=replaces, is_first=before is None
    )


def _typed_before(draft_id: str) -> tuple[Registration | None, str | None]:
    """What was typed before, if anything was, and the number of the card that is replaced, if one is."""
    with desk.transaction() as session:
        draft = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now(), to_open=True)
        kept = drafts.contents(draft, day_keys=desk.day_keys())
    return kept.registration, kept.registration.replaces if kept.registration else kept.replaces


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
        drafts.discard(session, draft_id, actor=desk.actor(), now=desk.now())
    flash(gettext("The registration is discarded. What was typed is erased."))
    return redirect(url_for("start.today"))
