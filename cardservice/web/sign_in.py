"""Signing in and out, and how long a session lasts.

A session is a signed cookie that names a staff member, the epoch of their account, and when it began and was last
used. Each request compares it with the register, so that disabling somebody or changing their role ends or changes
their session at the next request. Passwords are domain/staff.py's; limits on guessing are guessing.py's.
"""

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user, login_user
from wtforms import PasswordField, StringField

from cardservice.domain import staff
from cardservice.domain.actor import Actor
from cardservice.domain.staff import SignInRefused
from cardservice.terms import StaffRole
from cardservice.web import desk, guessing
from cardservice.web.access import public
from cardservice.web.forms import DeskForm

bp = Blueprint("sign_in", __name__)

# One Argon2 computation needs 64 MiB and a core: more at once would stop the desk for everybody (THREATS T23).
_AT_ONCE = BoundedSemaphore(2)
_CLOCK_SLACK = 60  # seconds that the clocks of a machine may differ between two readings


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The staff member of this request."""

    actor: Actor

    @property
    def role(self) -> StaffRole:
        return cast(StaffRole, self.actor.role)

    @property
    def name(self) -> str:
        return self.actor.name

    def get_id(self) -> str:
        return str(self.actor.staff_id)


class Sessions(LoginManager):  # type: ignore[misc]  # flask-login ships no types
    """flask-login without its cookie that remembers people: a desk is shared."""

    def _update_remember_cookie(self, response: Response) -> Response:
        session.pop("_remember", None)
        return response


class SignInForm(DeskForm):
    name = StringField(render_kw={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"})
    password = PasswordField(render_kw={"autocomplete": "current-password"})


def install(app: Flask) -> None:
    """Give `app` its sessions."""
    # Not flask-login's own context processor: it reads the register even for the page that says the register is gone.
    manager = Sessions(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    manager.session_protection = "strong"
    manager.user_loader(_staff_member)
    app.register_blueprint(bp)


def _staff_member(staff_id: str) -> SignedIn | None:
    """Who the session cookie is about, or None if the session is over; which of the reasons is kept for the page."""
    if over := _over():
        _end(over)
        return None
    with desk.reading() as db:
        member = staff.by_id(db, int(staff_id))
        if member is None or member.disabled or member.epoch != session.get("epoch"):
            _end("changed")
            return None
        known = SignedIn(Actor(name=member.name, role=member.role, staff_id=member.id))
    session["seen"] = int(desk.now().timestamp())
    return known


def _over() -> str | None:
    limits = desk.settings().desk
    now = desk.now().timestamp()
    began, seen = session.get("began", 0), session.get("seen", 0)
    # A clock that went back must not make a session live longer (THREATS I19).
    if seen > now + _CLOCK_SLACK or now - seen > limits.idle_minutes * 60:
        return "idle"
    if now - began > _longest():
        return "long"
    if session.get("id") in desk.here().ended:
        return "changed"
    return None


def _longest() -> int:
    return desk.settings().desk.session_hours * 3600


def _end(reason: str) -> None:
    session.clear()
    session["ended"] = reason


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@guessing.limited
def sign_in() -> ResponseReturnValue:
    """The sign-in page. Whatever is wrong, the words are the same."""
    if current_user.is_authenticated:
        return redirect(url_for("start.today"))
    form = SignInForm()
    if form.is_submitted():
        try:
            return _begin(form.name.data or "", form.password.data or "")
        except SignInRefused:
            form.refuse("name", gettext("This name and password do not match. Check both and try again"))
    return render_template("sign_in/sign_in.html", form=form, ended=session.pop("ended", None))


def _begin(name: str, password: str) -> ResponseReturnValue:
    with _AT_ONCE, desk.reading() as db:
        member = staff.authenticate(db, name, password, now=desk.now())
        known, epoch = SignedIn(Actor(name=member.name, role=member.role, staff_id=member.id)), member.epoch
    back = session.get("return_to", "")
    session.clear()  # nothing of the stranger's session lives on, its anti-forgery value included
    stamp = int(desk.now().timestamp())
    session.update(id=desk.token_bytes(16).hex(), began=stamp, seen=stamp, epoch=epoch)
    login_user(known)
    answer = make_response(redirect(urlsplit(back).path or url_for("start.today")))
    guessing.remember_desk(answer, name)
    return answer


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, here and wherever a copy of its cookie is; have the browser forget what it saw."""
    if current_user.is_authenticated:
        now = int(desk.now().timestamp())
        desk.here().ended.add(session["id"], until=now + _longest(), now=now)
    session.clear()
    flash(gettext("You are signed out."))
    answer: Response = make_response(redirect(url_for("sign_in.sign_in")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
