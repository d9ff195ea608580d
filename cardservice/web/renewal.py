"""A new card in the place of an old one: an ordinary registration that says which card it replaces.

The old card is good until the new one is handed over; that both happen at once is domain/renewal.py's rule.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cardservice.domain import card_numbers, renewal
from cardservice.web import desk
from cardservice.web.access import requires
from cardservice.web.registration import DESK_ROLES, DetailsForm, begin

bp = Blueprint("renewal", __name__, url_prefix="/cards")


@bp.route("/<string:card_number>/replace", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def replace(card_number: str) -> ResponseReturnValue:
    """The first page of a registration that replaces a card."""
    with desk.reading() as session:
        card = renewal.check_replaceable(session, card_numbers.normalise(card_number))
    form = DetailsForm()
    if form.is_submitted() and (typed := form.read(replaces=card.number)):
        return begin(typed)
    return render_template("registration/details.html", form=form, draft_id=None, replaces=card.number)
