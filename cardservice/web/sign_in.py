"""Signing in with name and password, and signing out.

A right password begins a session only for somebody who has nothing else; whoever has a code app or a passkey goes on in
second_factor.py. Passwords are domain/staff.py's; limits on guessing are guessing.py's; the cookie is sessions.py's.
"""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from wtforms import PasswordField, StringField

from cardservice.domain import passkeys, second_factors, sessions, staff
from cardservice.domain.sessions import SessionOver
from cardservice.domain.staff import SignInRefused
from cardservice.web import challenges, desk, guessing, interpreter_languages, security_log
from cardservice.web import sessions as browser
from cardservice.web.access import public
from cardservice.web.challenges import Purpose
from cardservice.web.forms import DeskForm
from cardservice.web.second_factor import CODE

bp = Blueprint("sign_in", __name__)


class SignInForm(DeskForm):
    name = StringField(render_kw={"autocomplete": "username webauthn", "autocapitalize": "off", "spellcheck": "false"})
    password = PasswordField(render_kw={"autocomplete": "current-password"})
    code = StringField(render_kw=CODE)
    """For whoever has a code app and wants no second page; it is looked at there (second_factor.py)."""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@guessing.limited(lambda: request.form.get("name", ""))
def sign_in() -> ResponseReturnValue:
    """The sign-in page. Whatever is wrong, the words are the same."""
    if current_user.is_authenticated:
        return redirect(url_for("start.today"))
    form = SignInForm()
    if form.is_submitted():
        try:
            return _go_on(form.name.data or "", form.password.data or "", has_code=bool(form.code.data))
        except SignInRefused:
            security_log.not_proved("password", browser.account(form.name.data or ""))
            form.code.data = ""
            form.refuse("name", gettext("This name and password do not match. Check both and try again"))
    return _page(form)


def _page(form: SignInForm) -> str:
    """Both ways in. What it asks a passkey for is the same for everybody: who answers, the passkey says."""
    with desk.reading() as db:
        options = passkeys.request_options(db, challenges.ask(Purpose.SIGN_IN), site=desk.site())
    return render_template(
        "sign_in/sign_in.html",
        form=form,
        ended=session.pop("ended", None),
        options=options,
        site=desk.site(),
        takes_code=desk.settings().desk.second_factor,
    )


def _go_on(name: str, password: str, *, has_code: bool) -> ResponseReturnValue:
    with guessing.hashing(name), desk.reading() as db:
        member = staff.authenticate(db, name, password, now=desk.now())
        factors = second_factors.of(db, member)
    if factors.code_app:
        browser.begin_half(member)
        # A code that was typed along goes on with this very request (307), to where codes are counted and looked at.
        return redirect(url_for("second_factor.code"), 307 if has_code else 302)
    if factors.passkeys:
        flash(gettext("The password is right. This account also needs its passkey."))
        return redirect(url_for("second_factor.passkey"))
    try:
        with desk.transaction() as db:
            begun = browser.begin(db, member)
    except SessionOver:
        # The account was closed in between.
        raise SignInRefused from None
    security_log.proved("password", member.id)
    return browser.welcome(*begun)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session wherever a copy of its cookie is; have the browser forget what it saw."""
    if current_user.is_authenticated:
        with desk.transaction() as db:
            sessions.end(db, browser.own_id())
    session.clear()
    interpreter_languages.forget()
    flash(gettext("You are signed out."))
    answer: Response = make_response(redirect(url_for("sign_in.sign_in")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
