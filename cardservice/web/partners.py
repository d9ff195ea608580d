"""The partners' page: who checks cards, by name and nothing else, and the papers to hang at their counters.

A partner has no account and is not counted; it needs the verifier's address and the words that show whose it is, which
stand on the page for whoever asks by telephone. What may be listed is domain/partners.py's business.
"""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from cardservice import fingerprint
from cardservice.domain import partners
from cardservice.domain.partners import Checks, Partner, PartnerNameRefused, PartnerNameTaken
from cardservice.printing import poster, staff_sheet
from cardservice.printing.text import missing
from cardservice.terms import CardCode, IdentityReason, Service, StaffRole
from cardservice.web import desk, posters, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm, choices
from cardservice.web.pace import costly

bp = Blueprint("partners", __name__, url_prefix="/partners")

MAY_CHANGE = (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR)


class PartnerForm(DeskForm):
    name = StringField(render_kw=UNREMEMBERED)
    services = SelectMultipleField(
        choices=choices(words.SERVICES), option_widget=CheckboxInput(), validate_choice=False
    )
    code = RadioField(choices=choices(words.CARD_CODES), validate_choice=False, default=CardCode.RESIDENCE.value)
    reason = RadioField(choices=choices(words.IDENTITY_REASONS), validate_choice=False)

    def show(self, partner: Partner) -> None:
        """Fill the form from a partner."""
        checks = partner.checks
        self.name.data, self.services.data = partner.name, [service.value for service in checks.services]
        self.code.data, self.reason.data = checks.code.value, checks.reason.value if checks.reason else None

    def read(self) -> tuple[str, Checks] | None:
        """The name as it is kept and what is checked; None after saying every problem."""
        name = self._name()
        services = frozenset(service for service in Service if service.value in (self.services.data or []))
        if not services:
            self.refuse("services", gettext("Choose at least one service"))
        code = self.choose("code", CardCode, gettext("Choose which code the partner asks for"))
        reason = None
        if code is CardCode.IDENTITY:
            reason = self.choose("reason", IdentityReason, gettext("Choose why the partner must know the name"))
        if self.problems() or code is None:
            return None
        return name, Checks(services=services, code=code, reason=reason)

    def _name(self) -> str:
        try:
            name = partners.checked_name(self.name.data or "")
        except PartnerNameRefused as refused:
            self.refuse("name", words.partner_name_problem(refused.code, refused.character))
            return ""
        if without := missing(name):
            self.refuse("name", words.without_typeface(without))
        return name


@bp.get("")
@requires(*StaffRole)
def show() -> ResponseReturnValue:
    """Who checks cards, and what whoever wants to check them needs."""
    with desk.reading() as session:
        listed, anchor = partners.everybody(session), partners.anchor(session)
    language = str(get_locale())
    return render_template(
        "partners/partners.html",
        partners=listed,
        may_change=desk.actor().role in MAY_CHANGE,
        address=desk.settings().kit_address,
        fingerprint=anchor.fingerprint,
        words=fingerprint.words(anchor.fingerprint, language),
        words_language=language if language in fingerprint.LANGUAGES else "en",
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(*MAY_CHANGE)
def new() -> ResponseReturnValue:
    """List another partner."""
    form = PartnerForm()
    if form.is_submitted() and (typed := form.read()) and _saved(form, None, *typed):
        flash(gettext("The partner is listed. Its poster can be printed now."))
        return redirect(url_for("partners.show"))
    return render_template("partners/edit.html", form=form, partner=None)


@bp.route("/<int:partner_id>/change", methods=["GET", "POST"])
@requires(*MAY_CHANGE)
def change(partner_id: int) -> ResponseReturnValue:
    """Change its name, what it checks, or which code it asks for."""
    partner, form = _partner(partner_id), PartnerForm()
    if form.is_blank:
        form.show(partner)
    elif form.is_submitted() and (typed := form.read()) and _saved(form, partner_id, *typed):
        flash(gettext("The partner is changed. Print its poster again."))
        return redirect(url_for("partners.show"))
    return render_template("partners/edit.html", form=form, partner=partner)


def _saved(form: PartnerForm, partner_id: int | None, name: str, checks: Checks) -> bool:
    try:
        with desk.transaction() as session:
            if partner_id is None:
                partners.add(session, name, checks, actor=desk.actor(), now=desk.now())
            else:
                partners.change(session, partner_id, name, checks, actor=desk.actor(), now=desk.now())
    except PartnerNameTaken:
        form.refuse("name", gettext("A partner of this name is listed already. Change that one instead"))
        return False
    return True


@bp.route("/<int:partner_id>/remove", methods=["GET", "POST"])
@requires(*MAY_CHANGE)
def remove(partner_id: int) -> ResponseReturnValue:
    """Take a partner off the list."""
    form = DeskForm()
    if form.is_submitted():
        with desk.transaction() as session:
            partners.remove(session, partner_id, actor=desk.actor(), now=desk.now())
        flash(gettext("The partner is no longer listed."))
        return redirect(url_for("partners.show"))
    return render_template("partners/remove.html", form=form, partner=_partner(partner_id))


@bp.get("/poster.pdf")
@bp.get("/<int:partner_id>/poster.pdf")
@requires(*StaffRole)
@costly
def poster_pdf(partner_id: int | None = None) -> Response:
    """What hangs at a partner's counter; without a number, at anybody's."""
    return _pdf(poster.pdf(posters.face(desk.settings(), *_anchor_and(partner_id))), "poster.pdf")


@bp.get("/staff-sheet.pdf")
@bp.get("/<int:partner_id>/staff-sheet.pdf")
@requires(*StaffRole)
@costly
def staff_pdf(partner_id: int | None = None) -> Response:
    """What whoever checks cards there needs to know."""
    return _pdf(staff_sheet.pdf(posters.face(desk.settings(), *_anchor_and(partner_id))), "staff-sheet.pdf")


def _partner(partner_id: int) -> Partner:
    with desk.reading() as session:
        return partners.get(session, partner_id)


def _anchor_and(partner_id: int | None) -> tuple[str, Partner | None]:
    """The fingerprint of the anchor, and the partner."""
    with desk.reading() as session:
        partner = None if partner_id is None else partners.get(session, partner_id)
        return partners.anchor(session).fingerprint, partner


def _pdf(content: bytes, name: str) -> Response:
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=shown)
