"""The keys page: the four kinds of keys, where each key stands, and the steps of a rotation.

announce → publish → wait one list period → activate → retire. When a step may be taken is domain/key_rotation.py's
business. A passphrase typed here encrypts the new key's file and is kept nowhere. A running service goes on with the
keys that were unlocked when it started, so the page says which those are.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import PasswordField, RadioField

from cardservice.domain import key_ending, key_rotation
from cardservice.terms import StaffRole
from cardservice.web import decided, desk, words
from cardservice.web.access import requires
from cardservice.web.forms import DeskForm, choices
from cardservice.web.step_up import confirmed

bp = Blueprint("key_rotation", __name__, url_prefix="/keys")


class AnnounceForm(DeskForm):
    purpose = RadioField(choices=choices(words.KEY_PURPOSES), validate_choice=False)
    passphrase = PasswordField(render_kw={"autocomplete": "new-password"})
    again = PasswordField(render_kw={"autocomplete": "new-password"})


@bp.get("")
@requires(StaffRole.ADMINISTRATOR, StaffRole.AUDITOR)
def show() -> ResponseReturnValue:
    """Every key the town ever announced."""
    with desk.reading() as session:
        keys = key_rotation.everything(session)
    return render_template(
        "key_rotation/keys.html",
        keys=keys,
        unlocked=desk.here().keys.ids,
        wait=desk.settings().list_period,
        now=desk.now(),
        signs_until=lambda key: key_ending.signs_until(key.not_after, decided.validity(desk.settings())),
    )


@bp.route("/announce", methods=["GET", "POST"])
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def announce() -> ResponseReturnValue:
    """Make a new key and let the next trust list tell of it."""
    form = AnnounceForm()
    if form.is_submitted() and _make(form):
        flash(gettext("The key is announced. Publish the lists now; the waiting time starts with that."))
        return redirect(url_for("key_rotation.show"))
    return render_template("key_rotation/announce.html", form=form)


def _make(form: AnnounceForm) -> bool:
    purpose = form.choose("purpose", desk.Purpose, gettext("Choose what the key is for"))
    passphrase = form.passphrase.data or ""
    if passphrase != (form.again.data or ""):
        form.refuse("again", gettext("The two passphrases differ"))
    if purpose is None or form.problems():
        return False
    with desk.reading() as session:
        key_rotation.check_none_waits(session, purpose)
    try:
        public = desk.here().create_key(purpose, passphrase)
    except desk.PassphraseTooShort as refused:
        form.refuse(
            "passphrase", gettext("Use at least %(limit)s characters: six words drawn by dice", limit=refused.shortest)
        )
        return False
    with desk.transaction() as session:
        years = desk.settings().card.validity_years
        key_rotation.announce(session, purpose, public, validity_years=years, actor=desk.actor(), now=desk.now())
    return True


@bp.post("/<string:key_id>/activate")
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def activate(key_id: str) -> ResponseReturnValue:
    """Let a key sign that every verifier has had time to learn."""
    with desk.transaction() as session:
        key_rotation.activate(session, key_id, wait=desk.settings().list_period, actor=desk.actor(), now=desk.now())
    flash(gettext("The key is active. Start the service again with its passphrase, so that it signs with it."))
    return redirect(url_for("key_rotation.show"))


@bp.post("/<string:key_id>/retire")
@requires(StaffRole.ADMINISTRATOR)
@confirmed
def retire(key_id: str) -> ResponseReturnValue:
    """Let a key sign no more; what it signed goes on verifying."""
    with desk.transaction() as session:
        key_rotation.retire(session, key_id, actor=desk.actor(), now=desk.now())
    flash(gettext("The key is retired. Cards it signed stay valid until they expire."))
    return redirect(url_for("key_rotation.show"))
