"""Coming back after everything to sign in with is lost: two colleagues vouch at the desk, the person types both halves.

Each half is shown once, to the one who vouched, who reads it out face to face. The rule is domain/recovery.py's.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import PasswordField, StringField

from cardservice.domain import recovery, staff
from cardservice.domain.passwords import PasswordRefused
from cardservice.domain.recovery import AlreadyVouched, OwnRecovery, RecoveryRefused
from cardservice.domain.staff import StaffNotFound
from cardservice.terms import StaffRole
from cardservice.web import desk, guessing, security_log, words
from cardservice.web import sessions as browser
from cardservice.web.access import public, requires
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.step_up import confirmed

bp = Blueprint("recovery", __name__, url_prefix="/recovery")
VOUCHING_ROLES = (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR)


class VouchForm(DeskForm):
    name = StringField(render_kw=UNREMEMBERED)


class RecoverForm(DeskForm):
    name = StringField(render_kw={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"})
    first_half = StringField(render_kw=UNREMEMBERED)
    second_half = StringField(render_kw=UNREMEMBERED)
    password = PasswordField(render_kw={"autocomplete": "new-password"})


@bp.route("/vouch", methods=["GET", "POST"])
@requires(*VOUCHING_ROLES)
@confirmed
def vouch() -> ResponseReturnValue:
    """Vouch for a colleague who stands before you, and see one half of their code, once."""
    form, half = VouchForm(), None
    if form.is_submitted():
        half = _half(form)
    with desk.reading() as session:
        waiting = recovery.waiting(session, now=desk.now())
    return render_template("recovery/vouch.html", form=form, half=half, waiting=waiting)


def _half(form: VouchForm) -> str | None:
    try:
        with desk.transaction() as session:
            member = staff.by_name(session, form.name.data or "")
            return recovery.vouch(session, member.id, actor=desk.actor(), now=desk.now(), token_bytes=desk.token_bytes)
    except StaffNotFound:
        form.refuse("name", gettext("Nobody signs in here with this name. Check how it is written"))
    except OwnRecovery:
        form.refuse("name", gettext("This is you. Two other people have to vouch for you"))
    except AlreadyVouched:
        form.refuse(
            "name", gettext("You have vouched already, or two people have. Another person gives the other half")
        )
    return None


@bp.route("", methods=["GET", "POST"])
@public
@guessing.limited(lambda: request.form.get("name", ""))
def recover() -> ResponseReturnValue:
    """Type both halves and choose a new password. Whatever is wrong with the codes, the words are the same."""
    form = RecoverForm()
    if form.is_submitted() and _recovered(form):
        flash(gettext("Your old sign-in is gone. Sign in with the new password, then add a passkey or a code again."))
        return redirect(url_for("sign_in.sign_in"))
    return render_template("recovery/recover.html", form=form)


def _recovered(form: RecoverForm) -> bool:
    halves = (form.first_half.data or "", form.second_half.data or "")
    name, password = form.name.data or "", form.password.data or ""
    try:
        desk.check_password(password, name=name)
        with guessing.hashing(name), desk.transaction() as session:
            member = recovery.finish(session, name, halves, password, now=desk.now())
        security_log.proved("recovery", member.id)
    except RecoveryRefused:
        security_log.not_proved("recovery", browser.account(name))
        form.refuse(
            "name", gettext("Name and codes do not belong together, or their time is over. Ask both people again")
        )
    except PasswordRefused as refused:
        form.refuse("password", words.password_problem(refused.code))
    return not form.problems()


@bp.post("/cancel")
@requires(*StaffRole)
def cancel() -> ResponseReturnValue:
    """End a recovery of my own sign-in that I did not ask for."""
    with desk.transaction() as session:
        recovery.cancel(session, desk.staff_id(), actor=desk.actor(), now=desk.now())
    flash(gettext("The recovery is cancelled. Your sign-in stays as it is."))
    return redirect(url_for("start.today"))
