"""The public page on which a holder ends a lost card with the code of their slip. Nobody signs in, nobody is asked who.

A code that is mistyped is told apart without asking the register. With 130 bits guessing is hopeless; the limit by
source only keeps the page from being a burden. The page is the same for everybody, signed in or not. What the code is:
domain/slip_codes.py.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField, TextAreaField

from cardservice.domain import card_numbers, revocation
from cardservice.domain.lifecycle import MAY_FOLLOW
from cardservice.domain.revocation import SlipCodeUnknown
from cardservice.domain.slip_codes import SlipCodeMistyped
from cardservice.terms import CardState
from cardservice.web import at_once, desk, guessing
from cardservice.web.access import public
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.languages import shows_typed

bp = Blueprint("lost", __name__, url_prefix="/lost")


class SlipCodeForm(DeskForm):
    # Two lines, so that the whole code can be compared with the slip on a telephone.
    code = TextAreaField(render_kw=UNREMEMBERED | {"autocapitalize": "characters", "rows": "2"})
    sure = StringField()


@bp.route("", methods=["GET", "POST"])
@public
@guessing.limited_by_source
@shows_typed
def show() -> ResponseReturnValue:
    """Ask for the code, show which card it is and ask again, then end it: three times the same address."""
    form = SlipCodeForm()
    if form.is_submitted():
        try:
            return _end(form) if form.sure.data else _ask(form)
        except SlipCodeMistyped:
            form.refuse("code", _mistyped(form.code.data or ""))
        except SlipCodeUnknown:
            form.refuse("code", gettext("No card goes with this code. It may have expired, or be of another town"))
    return render_template("lost/code.html", form=form)


def _mistyped(text: str) -> str:
    if not text.strip():
        return str(gettext("Type the code that is on the slip"))
    if card_numbers.is_one(text):
        return str(gettext("This is the number of a card, not the code of its slip. With it go to the town hall"))
    return str(gettext("This is not a slip code. One of its letters or digits is missing or wrong"))


def _ask(form: SlipCodeForm) -> ResponseReturnValue:
    with desk.reading() as session:
        card = revocation.find_by_slip(session, form.code.data or "")
    if not MAY_FOLLOW[card.state]:
        return render_template("lost/ended.html", card=card, expired=card.state is CardState.EXPIRED)
    return render_template("lost/sure.html", card=card, form=form, waits=card.state is CardState.SIGNED)


def _end(form: SlipCodeForm) -> ResponseReturnValue:
    with desk.transaction() as session:
        card = revocation.revoke_by_slip(session, form.code.data or "", now=desk.now())
    return render_template("lost/done.html", card=card, said=at_once.said())
