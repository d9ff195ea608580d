"""The page "Your sign-in": one's own passkeys, code app, password and sessions.

Every change here asks for a fresh confirmation, ends all sessions of the account and goes on in a new one. What may be
changed is decided in domain/second_factors.py and staff.py.
"""

import base64

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField

from cardservice.domain import code_app, passkeys, second_factors, sessions, staff
from cardservice.domain.code_app import CodeRefused
from cardservice.domain.passkeys import LABEL_LIMIT, LabelRefused, PasskeyRefused
from cardservice.domain.passwords import PasswordRefused
from cardservice.domain.staff import WrongPassword
from cardservice.printing import qr_image
from cardservice.terms import StaffRole
from cardservice.web import challenges, desk, guessing, words
from cardservice.web import sessions as browser
from cardservice.web.access import requires
from cardservice.web.challenges import Purpose
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.second_factor import CodeForm, PasskeyForm, passkey_refused
from cardservice.web.step_up import confirmed

bp = Blueprint("your_sign_in", __name__, url_prefix="/your-sign-in")

everybody = requires(*StaffRole, factor=False)
QR_MODULE = 5


class NewPasskeyForm(PasskeyForm):
    label = StringField(render_kw=UNREMEMBERED | {"maxlength": str(LABEL_LIMIT)})

    ORDER = ("label", "passkey")


class PasswordForm(DeskForm):
    current_password = PasswordField(render_kw={"autocomplete": "current-password"})
    new_password = PasswordField(render_kw={"autocomplete": "new-password"})


@bp.get("")
@everybody
def show() -> ResponseReturnValue:
    """What this account signs in with, and where it is signed in."""
    with desk.reading() as db:
        mine = second_factors.passkeys_of(db, desk.staff_id())
        live = sessions.live(db, desk.staff_id(), now=desk.now(), limits=desk.session_limits())
    own = sessions.digest_of(browser.own_id())
    return render_template("your_sign_in/show.html", passkeys=mine, live=live, own=own)


@bp.route("/passkeys/new", methods=["GET", "POST"])
@everybody
@confirmed
def add_passkey() -> ResponseReturnValue:
    """Add a passkey of this device, a telephone or a key."""
    form = NewPasskeyForm()
    if form.is_submitted() and _add_passkey(form):
        flash(gettext("The passkey is added. From now on you can sign in with it."))
        return redirect(url_for("your_sign_in.show"))
    with desk.reading() as db:
        challenge = challenges.ask(Purpose.ADD)
        options = passkeys.creation_options(db, desk.staff_id(), challenge, site=desk.site())
    return render_template("your_sign_in/passkey.html", form=form, options=options, site=desk.site())


def _add_passkey(form: NewPasskeyForm) -> bool:
    try:
        challenge = challenges.take(Purpose.ADD)
        with desk.transaction() as db:
            passkeys.add(
                db,
                desk.staff_id(),
                form.passkey.data or "",
                form.label.data or "",
                challenge=challenge,
                site=desk.site(),
                actor=desk.actor(),
                now=desk.now(),
            )
            begun = _begin_again(db)
        browser.enter(*begun)
    except LabelRefused:
        form.refuse("label", gettext("Give the passkey a short name, so that you know it again"))
    except PasskeyRefused:
        form.refuse("passkey", passkey_refused())
    return not form.problems()


@bp.post("/passkeys/<int:passkey_id>/remove")
@everybody
@confirmed
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Remove a passkey, but never the last factor."""
    with desk.transaction() as db:
        second_factors.remove_passkey(db, desk.staff_id(), passkey_id, actor=desk.actor(), now=desk.now())
        begun = _begin_again(db)
    browser.enter(*begun)
    flash(gettext("The passkey is removed."))
    return redirect(url_for("your_sign_in.show"))


@bp.route("/code-app", methods=["GET", "POST"])
@everybody
@confirmed
def set_up_code_app() -> ResponseReturnValue:
    """Show the secret to an app, and have the app prove that it has it."""
    form = CodeForm()
    if form.is_submitted() and _set_up(form):
        flash(gettext("The code app is set up. From now on your password also asks for a code."))
        return redirect(url_for("your_sign_in.show"))
    return render_template("your_sign_in/code_app.html", form=form, secret=code_app.words_of(_new_secret()))


@bp.get("/code-app.png")
@everybody
@confirmed
def code_app_picture() -> Response:
    """The secret as a QR code. It goes with the page and is kept nowhere."""
    address = code_app.address_of(_new_secret(), name=desk.actor().name, town=desk.settings().town.name)
    return Response(qr_image.png(qr_image.link(address), module=QR_MODULE), mimetype="image/png")


def _set_up(form: CodeForm) -> bool:
    try:
        with desk.transaction() as db:
            code_app.set_up(
                db,
                desk.staff_id(),
                _new_secret(),
                form.code.data or "",
                key=desk.factor_key(),
                actor=desk.actor(),
                now=desk.now(),
            )
            begun = _begin_again(db)
    except CodeRefused:
        form.refuse("code", gettext("This code does not fit. Check the time of the device with the app, and try again"))
        return False
    browser.enter(*begun)
    return True


def _new_secret() -> bytes:
    """The secret that is being set up: in the browser's session until then, and sealed, so that no cookie shows it."""
    key, who = desk.factor_key(), desk.staff_id()
    if "new_secret" not in session:
        sealed = key.seal(desk.token_bytes(code_app.SECRET_BYTES), staff_id=who)
        session["new_secret"] = base64.b64encode(sealed).decode()
    return key.open(base64.b64decode(session["new_secret"]), staff_id=who)


@bp.post("/code-app/remove")
@everybody
@confirmed
def remove_code_app() -> ResponseReturnValue:
    """Forget the code app, but never the last factor."""
    with desk.transaction() as db:
        second_factors.remove_code_app(db, desk.staff_id(), actor=desk.actor(), now=desk.now())
        begun = _begin_again(db)
    browser.enter(*begun)
    flash(gettext("The code app is removed."))
    return redirect(url_for("your_sign_in.show"))


@bp.route("/password", methods=["GET", "POST"])
@everybody
@confirmed
@guessing.limited(lambda: desk.actor().name)
def change_password() -> ResponseReturnValue:
    """Change one's own password, for whoever knows the present one."""
    form = PasswordForm()
    if form.is_submitted() and _change_password(form):
        flash(gettext("The password is changed."))
        return redirect(url_for("your_sign_in.show"))
    return render_template("your_sign_in/password.html", form=form)


def _change_password(form: PasswordForm) -> bool:
    typed, chosen = form.current_password.data or "", form.new_password.data or ""
    try:
        desk.check_password(chosen, name=desk.actor().name)
        with guessing.hashing(), desk.transaction() as db:
            staff.change_own_password(db, desk.staff_id(), typed, chosen, actor=desk.actor(), now=desk.now())
            begun = _begin_again(db)
    except WrongPassword:
        form.refuse("current_password", gettext("This is not your password. Type it again"))
        return False
    except PasswordRefused as refused:
        form.refuse("new_password", words.password_problem(refused.code))
        return False
    browser.enter(*begun)
    return True


@bp.post("/sessions/end-others")
@everybody
@confirmed
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with desk.transaction() as db:
        sessions.end_others(db, desk.staff_id(), browser.own_id(), actor=desk.actor(), now=desk.now())
    flash(gettext("You are signed out everywhere but here."))
    return redirect(url_for("your_sign_in.show"))


def _begin_again(db: Session) -> tuple[browser.User, bytes]:
    """A new session for whoever just ended all of theirs."""
    return browser.begin(db, staff.get(db, desk.staff_id()))
