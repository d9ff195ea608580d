"""A fresh confirmation before what cannot be taken back: which views need one, and the page that asks for it.

`@confirmed` marks a view. When the last factor was shown too long ago, a page that is only looked at goes by way of
/confirm and back; a step is shown the confirmation with its own fields carried along, and is repeated by the browser
(307) once it is confirmed. Why it is done so, and why after the anti-forgery value, is docs/decisions/0022.
"""

from collections.abc import Iterable

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField, PasswordField, StringField

from cardservice.domain import code_app, passkeys, sessions, staff
from cardservice.domain.code_app import CodeRefused
from cardservice.domain.passkeys import PasskeyRefused
from cardservice.domain.staff import WrongPassword
from cardservice.terms import StaffRole
from cardservice.web import challenges, desk, guessing, security_log
from cardservice.web import sessions as browser
from cardservice.web.access import marked, requires
from cardservice.web.challenges import Purpose
from cardservice.web.forms import DeskForm, secret_names
from cardservice.web.second_factor import CODE, code_refused, passkey_refused

bp = Blueprint("step_up", __name__)

_MARK = "__needs_confirmation__"
PREFIX = "confirm_"
"""What the names of the confirmation's own fields begin with, so that they meet no field of the step."""

confirmed = marked(**{_MARK: True})
"""Ask for a factor before this view, unless one was shown in the last few minutes."""


class ConfirmForm(DeskForm):
    confirm_path = HiddenField()
    confirm_passkey = HiddenField()
    confirm_code = StringField(render_kw=CODE)
    confirm_password = PasswordField(render_kw={"autocomplete": "current-password"})


def needs_confirmation(endpoint: str) -> bool:
    """Whether a view says `@confirmed`."""
    return hasattr(current_app.view_functions[endpoint], _MARK)


def guard() -> ResponseReturnValue | None:
    """Before each request, after access and the anti-forgery value: ask for a factor where the last one is old."""
    if request.endpoint is None or not needs_confirmation(request.endpoint) or current_user.is_fresh:
        return None
    if request.method == "POST":
        return _page(ConfirmForm(formdata=None), request.path, _carried()), 403
    session["confirm_for"] = request.path
    return redirect(url_for("step_up.confirm"))


@bp.route("/confirm", methods=["GET", "POST"])
@requires(*StaffRole, factor=False)
@guessing.limited_codes(lambda: current_user.name)
def confirm() -> ResponseReturnValue:
    """Ask for a factor, then go on with what was asked for."""
    form = ConfirmForm()
    if form.is_submitted() and _is_right(form):
        # Whoever proves again who they are is given another id: one that was seen before opens nothing now.
        next_id = desk.token_bytes(sessions.ID_BYTES)
        with desk.transaction() as db:
            sessions.confirm(db, browser.own_id(), next_id, now=desk.now())
        browser.go_on_as(next_id)
        security_log.proved("confirmation", desk.actor().staff_id)
        if path := _step(form.confirm_path.data or ""):
            return redirect(path, 307)
        return redirect(session.pop("confirm_for", None) or url_for("start.today"))
    if form.is_submitted() and _ended_by_refusals():
        return redirect(url_for("sign_in.sign_in"))
    return _page(form, form.confirm_path.data or "", _carried())


def _is_right(form: ConfirmForm) -> bool:
    """Look at the one thing that was shown; what is wrong with it is said beside its field."""
    try:
        if form.confirm_passkey.data:
            _check_passkey(form.confirm_passkey.data)
        elif current_user.factors.count:
            _check_code(form.confirm_code.data or "")
        else:
            _check_password(form.confirm_password.data or "")
    except PasskeyRefused:
        form.refuse("confirm_passkey", passkey_refused())
    except CodeRefused:
        form.refuse("confirm_code", code_refused())
    except WrongPassword:
        form.refuse("confirm_password", gettext("This is not your password. Type it again"))
    if form.problems():
        security_log.not_proved("confirmation", desk.actor().staff_id)
    return not form.problems()


def _check_passkey(answer: str) -> None:
    challenge, who = challenges.take(Purpose.CONFIRM), desk.actor().staff_id
    with desk.transaction() as db:
        passkeys.check(db, answer, challenge=challenge, site=desk.site(), now=desk.now(), staff_id=who)


def _check_code(code: str) -> None:
    with desk.transaction() as db:
        code_app.accept(db, desk.staff_id(), code, key=desk.factor_key(), now=desk.now())


def _check_password(password: str) -> None:
    with guessing.hashing(), desk.reading() as db:
        staff.check_password(db, desk.staff_id(), password)


def _ended_by_refusals() -> bool:
    with desk.transaction() as db:
        ended = sessions.refuse(db, browser.own_id())
    if ended:
        browser.leave("refused")
    return ended


def _step(path: str) -> str | None:
    """The path of a step that may be repeated, or None: it must be one of ours, taken by POST, and ask for this."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return None
    return path if needs_confirmation(endpoint) else None


def _carried() -> list[tuple[str, str]]:
    """The fields of the step, without those of the confirmation, secrets and files."""
    left_out = secret_names() | {"csrf_token"}
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in left_out and not name.startswith(PREFIX)
    ]


def _page(form: ConfirmForm, path: str, carried: Iterable[tuple[str, str]]) -> str:
    form.confirm_path.data = path
    options = ""
    if current_user.factors.passkeys:
        with desk.reading() as db:
            challenge = challenges.ask(Purpose.CONFIRM)
            options = passkeys.request_options(db, challenge, site=desk.site(), staff_id=desk.actor().staff_id)
    minutes = desk.settings().desk.step_up_minutes
    return render_template(
        "step_up/confirm.html", form=form, carried=list(carried), options=options, site=desk.site(), minutes=minutes
    )
