"""Signing in with a passkey, which needs nothing else, and with the code that follows a right password.

What is right is decided in domain/passkeys.py and domain/code_app.py; whatever is wrong, the words are the same.
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from wtforms import HiddenField, StringField

from cardservice.domain import code_app, passkeys
from cardservice.domain.code_app import CodeRefused
from cardservice.domain.passkeys import PasskeyRefused
from cardservice.web import challenges, desk, guessing, security_log
from cardservice.web import sessions as browser
from cardservice.web.access import public
from cardservice.web.challenges import Purpose
from cardservice.web.forms import DeskForm

bp = Blueprint("second_factor", __name__, url_prefix="/sign-in")

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "maxlength": "12"}


class PasskeyForm(DeskForm):
    passkey = HiddenField()


class CodeForm(DeskForm):
    code = StringField(render_kw=CODE)


def code_refused() -> str:
    """What to say beside a code that was refused."""
    return str(gettext("This code is not right, or it was used before. Wait for the next one and type that"))


def passkey_refused() -> str:
    """What to say beside a passkey that was refused."""
    return str(gettext("The passkey was not accepted, or the page was open too long. Try again"))


@bp.route("/passkey", methods=["GET", "POST"])
@public
@guessing.limited_passkeys
def passkey() -> ResponseReturnValue:
    """Sign in with a passkey: nobody types a name, the passkey knows whose it is."""
    if current_user.is_authenticated:
        return redirect(url_for("start.today"))
    form = PasskeyForm()
    if form.is_submitted():
        try:
            challenge = challenges.take(Purpose.SIGN_IN)
            with desk.transaction() as db:
                member = passkeys.check(
                    db, form.passkey.data or "", challenge=challenge, site=desk.site(), now=desk.now()
                )
                begun = browser.begin(db, member)
            security_log.proved("passkey", member.id)
            return browser.welcome(*begun)
        except PasskeyRefused:
            security_log.not_proved("passkey", None)
            form.refuse("passkey", passkey_refused())
    with desk.reading() as db:
        options = passkeys.request_options(db, challenges.ask(Purpose.SIGN_IN), site=desk.site())
    return render_template("second_factor/passkey.html", form=form, options=options, site=desk.site())


def _half_name() -> str:
    with desk.reading() as db:
        member = browser.half(db)
    return member.name if member else ""


@bp.route("/code", methods=["GET", "POST"])
@public
@guessing.limited_codes(_half_name)
def code() -> ResponseReturnValue:
    """The code after the password."""
    with desk.reading() as db:
        member = browser.half(db)
    if member is None:
        return redirect(url_for("sign_in.sign_in"))
    form = CodeForm()
    if form.is_submitted():
        try:
            with desk.transaction() as db:
                known = code_app.accept(db, member.id, form.code.data or "", key=desk.factor_key(), now=desk.now())
                begun = browser.begin(db, known)
            security_log.proved("password and code", known.id)
            return browser.welcome(*begun)
        except CodeRefused:
            security_log.not_proved("code", member.id)
            form.refuse("code", code_refused())
    return render_template("second_factor/code.html", form=form)
