"""What we hold, as a page, and the answer to a demand, as a page to print. Neither takes or shows a name.

What is held is read off the models and the folder (domain/holdings.py); what can be answered is domain/legal_answer.py.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField

from cardservice.domain import holdings, legal_answer, schedule
from cardservice.domain.card_numbers import CardNumberMistyped
from cardservice.terms import StaffRole
from cardservice.web import desk
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm

bp = Blueprint("holdings", __name__, url_prefix="/what-we-hold")

MAY_ANSWER = (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR)


class CardForm(DeskForm):
    number = StringField(render_kw=UNREMEMBERED | {"autocapitalize": "characters"})


@bp.get("")
@requires(*MAY_ANSWER, StaffRole.AUDITOR)
def show() -> ResponseReturnValue:
    """Every table and kind of file, counted."""
    settings = desk.settings()
    with desk.reading() as session:
        held = holdings.held(
            session, folder=settings.folder, kit=settings.kit_folder, now=desk.now(), limits=desk.draft_limits()
        )
    return render_template(
        "holdings/holdings.html",
        held=held,
        now=desk.now(),
        day_keys=desk.day_keys().days(),
        may_answer=desk.actor().role in MAY_ANSWER,
    )


@bp.get("/answer")
@requires(*MAY_ANSWER)
def ask() -> ResponseReturnValue:
    """About a card by its number, or about a person, whoever it is."""
    return render_template("holdings/ask.html", form=CardForm())


@bp.post("/answer/card")
@requires(*MAY_ANSWER)
def about_card() -> ResponseReturnValue:
    """What the register says of one card. The number travels in the body, where no log keeps it."""
    form = CardForm()
    try:
        with desk.transaction() as session:
            said = legal_answer.about_card(session, form.number.data or "", actor=desk.actor(), now=desk.now())
    except CardNumberMistyped:
        form.refuse("number", gettext("This is not a card number. One of its letters or digits is missing or wrong"))
        return render_template("holdings/ask.html", form=form)
    return render_template("holdings/answer.html", card=said, person=None, said=said, rules=schedule.TABLES)


@bp.post("/answer/person")
@requires(*MAY_ANSWER)
def about_a_person() -> ResponseReturnValue:
    """That no such record can be searched, and why."""
    with desk.transaction() as session:
        said = legal_answer.about_a_person(session, actor=desk.actor(), now=desk.now())
    return render_template("holdings/answer.html", card=None, person=said, said=said, rules=schedule.TABLES)
