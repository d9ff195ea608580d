"""The organisations whose letters count as evidence: a supervisor's list, by name and nothing else.

What may be listed, and when a letter counts, is domain/organisations.py's business.
"""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import StringField

from cardservice.domain import organisations
from cardservice.domain.organisations import Organisation, OrganisationNameTaken, Standing, StandingRefused
from cardservice.domain.partners import PartnerNameRefused
from cardservice.domain.registration import FieldProblem
from cardservice.terms import StaffRole
from cardservice.web import dates, days, desk, evidence_words, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm

bp = Blueprint("organisations", __name__, url_prefix="/organisations")

MAY_SEE = (StaffRole.CLERK, StaffRole.SUPERVISOR)
_DAY = UNREMEMBERED | {"maxlength": "20"}


class OrganisationForm(DeskForm):
    name = StringField(render_kw=UNREMEMBERED)
    begins_on = StringField(render_kw=_DAY)
    ends_on = StringField(render_kw=_DAY)
    letters_a_month = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric", "maxlength": "5"})

    def show(self, listed: Organisation) -> None:
        """Fill the form from what is listed."""
        standing = listed.standing
        self.name.data, self.begins_on.data = listed.name, f"{standing.begins_on:%d %m %Y}"
        self.ends_on.data = f"{standing.ends_on:%d %m %Y}" if standing.ends_on else ""
        self.letters_a_month.data = str(standing.letters_a_month or "")

    def read(self) -> Standing | None:
        """From when to when and how many; None after saying every problem."""
        begins = self._day("begins_on") if (self.begins_on.data or "").strip() else desk.now().date()
        ends = self._day("ends_on") if (self.ends_on.data or "").strip() else None
        letters = (self.letters_a_month.data or "").strip() or "0"
        if not letters.isdecimal() or len(letters) > 5:
            self.refuse("letters_a_month", gettext("Write a number, or leave it empty"))
        elif (self.letters_a_month.data or "").strip() and not int(letters):
            no_limit = gettext("Leave it empty if there is no limit. If no letters count any more, give the last day")
            self.refuse("letters_a_month", no_limit)
        if self.problems() or begins is None:
            return None
        return Standing(begins_on=begins, ends_on=ends, letters_a_month=int(letters))

    def save(self, organisation_id: int | None, standing: Standing) -> bool:
        """Put it on the list, or say beside its field why not."""
        try:
            with desk.transaction() as session:
                self._write(session, organisation_id, standing)
        except PartnerNameRefused as refused:
            self.refuse("name", words.partner_name_problem(refused.code, refused.character))
        except OrganisationNameTaken:
            self.refuse("name", gettext("An organisation of this name is listed already. Change that one instead"))
        except StandingRefused as refused:
            too_many = gettext("That is too many: at most %(most)s", most=organisations.MOST_LETTERS)
            said = {"ends_on": gettext("It ends before it begins"), "letters_a_month": too_many}
            self.refuse(refused.field, said[refused.field])
        return not self.problems()

    def _write(self, session: Session, organisation_id: int | None, standing: Standing) -> None:
        name = self.name.data or ""
        if organisation_id is None:
            organisations.add(session, name, standing, actor=desk.actor(), now=desk.now())
        else:
            organisations.change(session, organisation_id, name, standing, actor=desk.actor(), now=desk.now())

    def _day(self, name: str) -> date | None:
        typed = self[name].data or ""
        day = days.read(typed, today=desk.now().date())
        if day is None:
            in_words = gettext("Write the date in numbers, for example 27 3 2026")
            no_such_day = words.problem(FieldProblem("birth_date", "not-a-date"))
            self.refuse(name, no_such_day if days.is_in_numbers(typed) else in_words)
        return day


@bp.get("")
@requires(*MAY_SEE)
def show() -> ResponseReturnValue:
    """Whose letters count."""
    with desk.reading() as session:
        listed = organisations.everybody(session, now=desk.now())
    return render_template(
        "organisations/organisations.html",
        organisations=listed,
        fault=evidence_words.organisation_fault,
        may_change=desk.actor().role is StaffRole.SUPERVISOR,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(StaffRole.SUPERVISOR)
def new() -> ResponseReturnValue:
    """List another organisation."""
    form = OrganisationForm()
    if form.is_submitted() and (standing := form.read()) and form.save(None, standing):
        flash(_counts_from(standing))
        return redirect(url_for("organisations.show"))
    return render_template("organisations/edit.html", form=form, organisation=None)


@bp.route("/<int:organisation_id>/change", methods=["GET", "POST"])
@requires(StaffRole.SUPERVISOR)
def change(organisation_id: int) -> ResponseReturnValue:
    """Change its name, its days or its number."""
    listed, form = _listed(organisation_id), OrganisationForm()
    if form.is_blank:
        form.show(listed)
    elif form.is_submitted() and (standing := form.read()) and form.save(organisation_id, standing):
        flash(gettext("The organisation is changed."))
        return redirect(url_for("organisations.show"))
    return render_template("organisations/edit.html", form=form, organisation=listed)


@bp.route("/<int:organisation_id>/remove", methods=["GET", "POST"])
@requires(StaffRole.SUPERVISOR)
def remove(organisation_id: int) -> ResponseReturnValue:
    """Take it off the list."""
    form = DeskForm()
    if form.is_submitted():
        with desk.transaction() as session:
            organisations.remove(session, organisation_id, actor=desk.actor(), now=desk.now())
        flash(gettext("The organisation is no longer listed. Its letters do not count any more."))
        return redirect(url_for("organisations.show"))
    return render_template("organisations/remove.html", form=form, organisation=_listed(organisation_id))


def _counts_from(standing: Standing) -> str:
    today = desk.now().date()
    if standing.ends_on and standing.ends_on < today:
        return str(gettext("The organisation is listed. Its letters do not count: its last day is over."))
    if standing.begins_on > today:
        day = dates.day(standing.begins_on)
        return str(gettext("The organisation is listed. Its letters count from %(day)s.", day=day))
    return str(gettext("The organisation is listed. Its letters count from now on."))


def _listed(organisation_id: int) -> Organisation:
    with desk.reading() as session:
        return organisations.get(session, organisation_id, now=desk.now())
