"""The staff page: who may sign in, with which role. For administrators."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import PasswordField, RadioField, StringField

from cardservice.domain import sessions, staff
from cardservice.domain.passwords import PasswordRefused
from cardservice.domain.staff import LastAdministrator, StaffNameRefused, StaffNameTaken
from cardservice.terms import StaffRole
from cardservice.web import desk, guessing, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm, choices
from cardservice.web.step_up import confirmed

bp = Blueprint("staff", __name__, url_prefix="/staff")


class RoleForm(DeskForm):
    role = RadioField(choices=choices(words.ROLE_DUTIES), validate_choice=False)

    def chosen(self) -> StaffRole | None:
        """The role, or None after saying that one is needed."""
        return self.choose("role", StaffRole, gettext("Choose a role"))


class NewStaffForm(RoleForm):
    name = StringField(render_kw=UNREMEMBERED)
    password = PasswordField(render_kw={"autocomplete": "new-password"})

    ORDER = ("name", "role", "password")

    def read(self) -> tuple[str, StaffRole, str] | None:
        """Name, role and password, or None after saying all that can be said before the register is asked."""
        name, role, password = self.name.data or "", self.chosen(), self.password.data or ""
        if not name.strip():
            self.refuse("name", gettext("Enter a name of ordinary letters that is not too long"))
        try:
            desk.check_password(password, name=name)
        except PasswordRefused as refused:
            self.refuse("password", words.password_problem(refused.code))
        return None if role is None or self.problems() else (name, role, password)


@bp.get("")
@requires(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Everybody who may sign in, and who may no longer."""
    with desk.reading() as session:
        return render_template("staff/staff.html", members=staff.everybody(session), me=desk.actor().staff_id)


@bp.route("/new", methods=["GET", "POST"])
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def new() -> ResponseReturnValue:
    """Add a staff member with a first password."""
    form = NewStaffForm()
    if form.is_submitted() and (typed := form.read()) and _add(form, *typed):
        flash(gettext("The staff member can sign in now."))
        return redirect(url_for("staff.show"))
    return render_template("staff/new.html", form=form)


def _add(form: NewStaffForm, name: str, role: StaffRole, password: str) -> bool:
    try:
        with guessing.hashing(), desk.transaction() as session:
            staff.add(session, name, role, password, actor=desk.actor(), now=desk.now())
    except StaffNameRefused:
        form.refuse("name", gettext("Enter a name of ordinary letters that is not too long"))
    except StaffNameTaken:
        form.refuse("name", gettext("Somebody has this name already. Choose another one"))
    return not form.problems()


@bp.route("/<int:staff_id>/role", methods=["GET", "POST"])
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def role(staff_id: int) -> ResponseReturnValue:
    """Give a staff member another role, from their next click on."""
    form = RoleForm()
    if form.is_submitted() and (chosen := form.chosen()):
        try:
            with desk.transaction() as session:
                staff.set_role(session, staff_id, chosen, actor=desk.actor(), now=desk.now())
            flash(gettext("The role is changed. It counts from their next sign-in."))
            return redirect(url_for("staff.show"))
        except LastAdministrator:
            form.refuse("role", gettext("This is the last administrator. Make somebody else administrator first"))
    return _page("staff/role.html", staff_id, form)


@bp.route("/<int:staff_id>/disable", methods=["GET", "POST"])
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def disable(staff_id: int) -> ResponseReturnValue:
    """Close an account for good."""
    form = DeskForm()
    if form.is_submitted():
        with desk.transaction() as session:
            staff.disable(session, staff_id, actor=desk.actor(), now=desk.now())
        flash(gettext("The account is closed, from their next click on."))
        return redirect(url_for("staff.show"))
    return _page("staff/disable.html", staff_id, form)


@bp.post("/<int:staff_id>/sign-out")
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def sign_out(staff_id: int) -> ResponseReturnValue:
    """End every session of a staff member; they may sign in again."""
    with desk.transaction() as session:
        member = staff.get(session, staff_id)
        sessions.sign_out(session, member.id, actor=desk.actor(), now=desk.now())
    flash(gettext("They are signed out everywhere, from their next click on."))
    return redirect(url_for("staff.show"))


def _page(template: str, staff_id: int, form: DeskForm) -> ResponseReturnValue:
    with desk.reading() as session:
        member = staff.get(session, staff_id)
    if isinstance(form, RoleForm) and form.role.data is None:
        form.role.data = member.role.value
    return render_template(template, member=member, form=form)
