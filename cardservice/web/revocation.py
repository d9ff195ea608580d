"""Suspending, reinstating and revoking a card. Each has a page of its own that says what it means before it is done."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import RadioField

from cardservice.domain import card_numbers, cards, revocation
from cardservice.terms import RevocationReason
from cardservice.web import at_once, desk, words
from cardservice.web.access import requires
from cardservice.web.forms import DeskForm, choices
from cardservice.web.registration import DESK_ROLES
from cardservice.web.step_up import confirmed

bp = Blueprint("revocation", __name__, url_prefix="/cards")

# What a person at the counter can tell; the other reasons come from steps of their own.
TOLD_AT_THE_COUNTER = (
    RevocationReason.LOST,
    RevocationReason.STOLEN,
    RevocationReason.DAMAGED,
    RevocationReason.WITHDRAWN,
    RevocationReason.ISSUED_IN_ERROR,
)


class RevocationForm(DeskForm):
    reason = RadioField(
        choices=choices({reason: words.REASONS[reason] for reason in TOLD_AT_THE_COUNTER}), validate_choice=False
    )


@bp.route("/<string:card_number>/revoke", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@confirmed
def revoke(card_number: str) -> ResponseReturnValue:
    """Revoke a card for good."""
    form = RevocationForm()
    if form.is_submitted() and (
        reason := form.choose("reason", TOLD_AT_THE_COUNTER, gettext("Choose why the card is revoked"))
    ):
        with desk.transaction() as session:
            revocation.revoke(session, card_number, reason, actor=desk.actor(), now=desk.now())
        flash(f"{gettext('The card is revoked.')} {at_once.said()}")
        return redirect(url_for("cards.show", card_number=card_number))
    return _page("revocation/revoke.html", card_number, form=form)


@bp.route("/<string:card_number>/suspend", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@confirmed
def suspend(card_number: str) -> ResponseReturnValue:
    """Suspend a card until it is found again."""
    form = DeskForm()
    if form.is_submitted():
        with desk.transaction() as session:
            revocation.suspend(session, card_number, actor=desk.actor(), now=desk.now())
        flash(f"{gettext('The card is suspended.')} {at_once.said()}")
        return redirect(url_for("cards.show", card_number=card_number))
    return _page("revocation/suspend.html", card_number, form=form)


@bp.route("/<string:card_number>/reinstate", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@confirmed
def reinstate(card_number: str) -> ResponseReturnValue:
    """Make a suspended card good again."""
    form = DeskForm()
    if form.is_submitted():
        with desk.transaction() as session:
            revocation.reinstate(session, card_number, actor=desk.actor(), now=desk.now())
        flash(f"{gettext('The card is active again.')} {at_once.said()}")
        return redirect(url_for("cards.show", card_number=card_number))
    return _page("revocation/reinstate.html", card_number, form=form)


def _page(template: str, card_number: str, *, form: DeskForm) -> ResponseReturnValue:
    with desk.reading() as session:
        card = cards.get(session, card_numbers.normalise(card_number))
    return render_template(template, card=card, form=form)
