"""Registering a resident: the answers that stand on the card, typed once and kept on the server from the first page on.

The draft's ciphertext and when it ends are domain/drafts.py's; what may stand on a card is domain/registration.py's.
The photo is portrait.py, the check of all answers and what follows is issuance.py.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import BooleanField, SelectField, StringField

from cardservice.domain import drafts, registration
from cardservice.domain.drafts import Registration
from cardservice.domain.registration import RegistrationRefused
from cardservice.printing.text import missing
from cardservice.terms import StaffRole
from cardservice.web import desk, languages, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, BirthDateForm, choices
from cardservice.web.pace import costly

bp = Blueprint("registration", __name__, url_prefix="/registrations")
DESK_ROLES = (StaffRole.CLERK, StaffRole.SUPERVISOR)


class DetailsForm(BirthDateForm):
    """What is typed for a card. Its fields are named as in `Registration`; the two ticks are asked and not kept."""

    name = StringField(render_kw=UNREMEMBERED)
    language = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    name_second = StringField(render_kw=UNREMEMBERED)
    language_second = SelectField(validate_choice=False, render_kw={"autocomplete": "off"})
    lives_here = BooleanField()
    caretaker_here = BooleanField()

    ORDER = (
        "name",
        "language",
        *BirthDateForm.BIRTH_DATE,
        "caretaker_here",
        "name_second",
        "language_second",
        "lives_here",
    )

    def __init__(self) -> None:
        super().__init__()
        self.asks_for_caretaker = bool(self.caretaker_here.data)
        """Whether the question is on the page: about an adult it is not asked."""
        child_age = desk.settings().card.child_age
        self.children_born_since = desk.now().year - child_age if child_age else None
        """The first year of birth for which the page may ask before the desk does (caretaker.js)."""
        offered = languages.name_languages(desk.settings().town.languages)
        self.language.choices = choices(offered)
        self.language_second.choices = choices({"": gettext("No second name")} | offered)

    def show(self, kept: Registration) -> None:
        """Fill the form from a registration."""
        self.name.data, self.language.data = kept.name, kept.language
        self.name_second.data, self.language_second.data = kept.name_second or "", kept.language_second or ""
        self.show_birth_date(kept.birth_date)
        self.lives_here.data = True
        self.asks_for_caretaker = desk.is_child(kept.birth_date)
        # The answers of an old card say nothing about today's visit.
        self.caretaker_here.data = self.asks_for_caretaker and not _are_of_an_old_card(kept)

    def read(self, before: Registration | None = None, *, replaces: str | None = None) -> Registration | None:
        """The registration as typed, with the photo of the one before; None after saying every problem in it."""
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
        if not self.lives_here.data:
            self.refuse("lives_here", gettext("Confirm that you checked that the resident lives here"))
        self._check(typed)
        if not any(self[part].errors for part in self.BIRTH_DATE):
            self._check_caretaker(is_child=desk.is_child(typed.birth_date))
        return None if self.problems() else typed

    def _check_caretaker(self, *, is_child: bool) -> None:
        """A child comes with somebody; who that is, nobody asks. Ticked for an adult, one of the two is a mistake."""
        self.asks_for_caretaker = is_child or bool(self.caretaker_here.data)
        if is_child and not self.caretaker_here.data:
            self.refuse(
                "caretaker_here",
                gettext("By the birth date this is a child. Confirm that a caretaker is here and agrees"),
            )
        elif self.caretaker_here.data and not is_child:
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
        return "birth_day" if name == "birth_date" else super().field_for(name)


@bp.route("/new", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def new() -> ResponseReturnValue:
    """The first page of a new registration."""
    form = DetailsForm()
    if form.is_submitted() and (typed := form.read()):
        return begin(typed)
    return render_template("registration/details.html", form=form, draft_id=None, replaces=None)


@bp.get("/<string:draft_id>/another")
@requires(*DESK_ROLES)
def another(draft_id: str) -> ResponseReturnValue:
    """The next person of a family: a registration of its own, which takes the language over and nothing else."""
    form = DetailsForm()
    form.asks_for_caretaker = form.children_born_since is not None
    if form.is_blank:
        form.language.data = desk.registration(draft_id).language
    return render_template("registration/details.html", form=form, draft_id=None, replaces=None)


def begin(typed: Registration) -> ResponseReturnValue:
    """Keep what was typed as a draft, and go on to the photo."""
    with desk.transaction() as session:
        draft = drafts.open_draft(
            session, typed, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys(), token_bytes=desk.token_bytes
        )
    return redirect(url_for("portrait.show", draft_id=draft.id))


@bp.route("/<string:draft_id>/details", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def details(draft_id: str) -> ResponseReturnValue:
    """Change what was typed before."""
    kept = desk.registration(draft_id)
    form = DetailsForm()
    if form.is_blank:
        form.show(kept)
    elif form.is_submitted() and (typed := form.read(kept)):
        with desk.transaction() as session:
            drafts.change(session, draft_id, typed, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
        comes_next = "portrait.show" if _are_of_an_old_card(typed) else "issuance.check"
        return redirect(url_for(comes_next, draft_id=draft_id))
    return render_template("registration/details.html", form=form, draft_id=draft_id, replaces=kept.replaces)


def _are_of_an_old_card(kept: Registration) -> bool:
    """A renewal begins with the answers of the old card, and without a photo."""
    return kept.replaces is not None and kept.portrait_print is None


@bp.post("/<string:draft_id>/discard")
@requires(*DESK_ROLES)
def discard(draft_id: str) -> ResponseReturnValue:
    """End a registration without a card; what was typed is erased."""
    with desk.transaction() as session:
        drafts.discard(session, draft_id, actor=desk.actor(), now=desk.now())
    flash(gettext("The registration is discarded. What was typed is erased."))
    return redirect(url_for("start.today"))
