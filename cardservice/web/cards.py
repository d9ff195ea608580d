"""Finding a card by the number printed on it, and what the town knows of it: state, months and key. Never by name.

What can be done with a card is revocation.py and renewal.py.
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField

from cardservice.domain import card_numbers, cards, lifecycle
from cardservice.domain.card_numbers import CardNumberMistyped
from cardservice.domain.errors import NotFound
from cardservice.terms import CardState
from cardservice.web import desk
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("cards", __name__, url_prefix="/cards")


class FindForm(DeskForm):
    number = StringField(render_kw=UNREMEMBERED | {"autocapitalize": "characters"})


@bp.route("/find", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def find() -> ResponseReturnValue:
    """Look a card up. The number travels in the body of the request, where no log and no history keeps it."""
    form = FindForm()
    if form.is_submitted():
        try:
            with desk.reading() as session:
                card = cards.get(session, card_numbers.normalise(form.number.data or ""))
            return redirect(url_for("cards.show", card_number=card.number))
        except CardNumberMistyped:
            form.refuse("number", gettext("This is not a card number. One of its letters or digits was mistyped"))
        except NotFound:
            form.refuse("number", gettext("No card of this town has this number"))
    return render_template("cards/find.html", form=form)


@bp.get("/<string:card_number>")
@requires(*DESK_ROLES)
@costly
def show(card_number: str) -> ResponseReturnValue:
    """One card: nothing here says whose it is. Each look at one is counted under the role that looked."""
    with desk.transaction() as session:
        card = cards.find(session, card_number, actor=desk.actor(), now=desk.now())
    return render_template("cards/card.html", card=card, may_become=lifecycle.MAY_FOLLOW[card.state], states=CardState)
