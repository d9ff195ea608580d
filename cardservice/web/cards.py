"""Finding a card by what somebody has in hand, and what the town knows of it: state, months, key, and what befell it.

Never by name. How a card is found is domain/finding.py; what can be done with one is revocation.py and renewal.py.
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField

from cardservice.domain import cards, finding, lifecycle, statistics
from cardservice.domain.card_numbers import CardNumberMistyped
from cardservice.domain.cards import CardNotFound
from cardservice.domain.finding import NotFoundByScan
from cardservice.domain.revocation import SlipCodeUnknown
from cardservice.domain.slip_codes import SlipCodeMistyped
from cardservice.terms import CardState
from cardservice.web import desk, interpreter_languages
from cardservice.web.access import requires
from cardservice.web.card_words import NEXT_STEPS, NOT_FOUND, befell_words
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("cards", __name__, url_prefix="/cards")


class FindForm(DeskForm):
    """`code` is never parked (parked.py): it may be a scanned card, or the code of a slip."""

    code = StringField(
        render_kw=UNREMEMBERED | {"autocapitalize": "characters", "data-scanned": "card slip", "data-sends": ""}
    )


@bp.route("/find", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def find() -> ResponseReturnValue:
    """Look a card up. What was typed travels in the body of the request, where no log and no history keeps it.

    Slip codes cannot be guessed here faster than on the public page (lost.py): `costly` allows fewer tries than that.
    """
    if begun := interpreter_languages.begun_anew():
        return begun
    form = FindForm()
    if form.is_submitted() and not (form.code.data or "").strip():
        form.refuse("code", gettext("Type it, or scan the card or the slip"))
    elif form.is_submitted():
        try:
            return _go_on(*_found(form))
        except CardNumberMistyped:
            is_none = gettext(
                "This is not a card number. One of its letters or digits is missing or wrong. "
                "By name nothing can be found"
            )
            form.refuse("code", is_none)
        except SlipCodeMistyped:
            form.refuse("code", gettext("This is not a slip code. One of its letters or digits is missing or wrong"))
        except CardNotFound:
            form.refuse("code", gettext("No card of this town has this number"))
        except SlipCodeUnknown:
            form.refuse("code", gettext("No card goes with this code. It may have expired, or be of another town"))
        except NotFoundByScan as refused:
            form.refuse("code", str(NOT_FOUND[refused.why]))
    return render_template("cards/find.html", form=form)


def _found(form: FindForm) -> tuple[str, bool]:
    """The number of the card that was looked for, and whether it was scanned and is still to be handed over.

    A scanned card is not shown again: it says a name.
    """
    text, settings = form.code.data or "", desk.settings()
    if finding.is_card(text):
        form.code.data = ""
    with desk.reading() as session:
        card = finding.find(session, text, settings.kit_folder, issuer=settings.town.issuer, now=desk.now())
        return card.number, card.state is CardState.SIGNED and finding.is_card(text)


def _go_on(number: str, is_to_hand_over: bool) -> ResponseReturnValue:
    """To the card's page; with a card that is here and waits for its holder to the hand-over, with this request."""
    if is_to_hand_over:
        return redirect(url_for("read_back.scan"), 307)
    return redirect(url_for("cards.show", card_number=number))


@bp.get("/<string:card_number>")
@requires(*DESK_ROLES)
@costly
def show(card_number: str) -> ResponseReturnValue:
    """One card: nothing here says whose it is. Each look at one is counted under the role that looked."""
    with desk.transaction() as session:
        card = cards.find(session, card_number, actor=desk.actor(), now=desk.now())
        befell = cards.history(session, card)
        policies = statistics.policies_met(session, card.issue_month)
    return render_template(
        "cards/card.html",
        card=card,
        befell=[(befell_words(one), one.month) for one in befell],
        policies=policies,
        next_step=NEXT_STEPS[card.state],
        may_become=lifecycle.MAY_FOLLOW[card.state],
        states=CardState,
    )
