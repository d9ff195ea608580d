"""Blank cards: what should be in the box, what came and went today, and what somebody counted.

Everybody at the desk says what they spoilt; a supervisor receives boxes and counts them. What the figures mean is
domain/blank_stock.py.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import StringField

from cardservice.domain import blank_stock, sent_forms
from cardservice.domain.blank_stock import NotANumberOfBlanks
from cardservice.terms import BlankUse, StaffRole
from cardservice.web import desk, printers
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, OnceForm
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("blank_stock", __name__, url_prefix="/blanks")


class NumberForm(OnceForm):
    """How many, of the kind that the form is about."""

    number = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric"})

    def read(self) -> int | None:
        """The number; None where it is none."""
        typed = (self.number.data or "").strip()
        return int(typed) if typed.isdecimal() and len(typed) <= len(str(blank_stock.MOST_AT_ONCE)) else None


@bp.get("")
@requires(*DESK_ROLES)
def show() -> ResponseReturnValue:
    """Every kind of blank that is worth counting here."""
    with desk.reading() as session:
        stocks = [blank_stock.of_kind(session, kind, now=desk.now()) for kind in printers.blanks(desk.settings())]
    return render_template(
        "blank_stock/blanks.html", stocks=stocks, use=BlankUse, form_id=lambda: sent_forms.draw(desk.token_bytes)
    )


@bp.post("/<string:blank>/spoilt")
@requires(*DESK_ROLES)
def spoilt(blank: str) -> ResponseReturnValue:
    """Blanks that became nothing."""
    number = _once(blank, blank_stock.spoil)
    if number is not None:
        flash(ngettext("%(num)s spoilt blank is noted.", "%(num)s spoilt blanks are noted.", number))
    return redirect(url_for("blank_stock.show"))


@bp.post("/<string:blank>/received")
@requires(StaffRole.SUPERVISOR)
def received(blank: str) -> ResponseReturnValue:
    """Boxes that came."""
    number = _once(blank, blank_stock.receive)
    if number is not None:
        flash(ngettext("%(num)s blank more is noted.", "%(num)s blanks more are noted.", number))
    return redirect(url_for("blank_stock.show"))


@bp.post("/<string:blank>/counted")
@requires(StaffRole.SUPERVISOR)
def counted(blank: str) -> ResponseReturnValue:
    """What somebody counted in the box; a difference is said."""
    number = _number(blank, NumberForm())
    with desk.transaction() as session:
        difference = blank_stock.take_stock(session, blank, number, actor=desk.actor(), now=desk.now())
    if difference < 0:
        flash(
            ngettext(
                "%(num)s blank is missing. It left the box without a card in the register: find out how.",
                "%(num)s blanks are missing. They left the box without a card in the register: find out how.",
                -difference,
            )
        )
    elif difference > 0:
        flash(ngettext("%(num)s blank more than expected.", "%(num)s blanks more than expected.", difference))
    else:
        flash(gettext("The box holds what it should."))
    return redirect(url_for("blank_stock.show"))


def _once(blank: str, note: Callable[..., None]) -> int | None:
    """Note what was typed and return it, or None if the form was sent before. Raises `NotANumberOfBlanks`."""
    form, now = NumberForm(), desk.now()
    number = _number(blank, form)
    with desk.transaction() as session:
        if sent_forms.is_first(session, form.form_id.data, now=now):
            note(session, blank, number, actor=desk.actor(), now=now)
            return number
    flash(gettext("This page was sent before. Nothing was noted again."))
    return None


def _number(blank: str, form: NumberForm) -> int:
    """What was typed, for a kind that is counted here. Raises `NotANumberOfBlanks`."""
    number = form.read()
    if number is None or blank not in printers.blanks(desk.settings()):
        raise NotANumberOfBlanks
    return number
