"""Blank cards: what should be in the box, what came and went today, and what somebody counted.

Everybody at the desk says what they spoilt; a supervisor receives boxes and counts them. What the figures mean is
domain/blank_stock.py.
"""

from collections.abc import Callable
from typing import Any, Self

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import StringField

from cardservice.domain import blank_stock, sent_forms
from cardservice.domain.blank_stock import MoreThanInTheBox, NotANumberOfBlanks
from cardservice.terms import BlankUse, StaffRole
from cardservice.web import desk, printers
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, OnceForm
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("blank_stock", __name__, url_prefix="/blanks")


# What is said of a kind of blank, and the least that may be said: an empty box may be counted.
LEAST = {"spoilt": 1, "counted": 0, "received": 1}


class NumberForm(OnceForm):
    """How many, of the kind and of what the form is about."""

    what: tuple[str, str]
    """The kind, and what is said of it."""
    number = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric", "dir": "ltr"})

    @classmethod
    def about(cls, blank: str, what: str, **options: Any) -> Self:
        """One of the page's forms, which all have the same fields. Raises `NotANumberOfBlanks` for another kind."""
        if blank not in printers.blanks(desk.settings()):
            raise NotANumberOfBlanks
        form = cls(**options)
        form.number.id, form.what = f"{what}-{blank}", (blank, what)
        return form

    def read(self) -> int | None:
        """The number; None after saying that it is none."""
        typed = (self.number.data or "").strip()
        number = int(typed) if typed.isdecimal() and len(typed) <= len(str(blank_stock.MOST_AT_ONCE)) else -1
        if LEAST[self.what[1]] <= number <= blank_stock.MOST_AT_ONCE:
            return number
        most, least = blank_stock.MOST_AT_ONCE, LEAST[self.what[1]]
        self.refuse("number", gettext("Write how many, in digits: from %(least)s to %(most)s", least=least, most=most))
        return None


@bp.get("")
@requires(*DESK_ROLES)
def show() -> ResponseReturnValue:
    """Every kind of blank that is worth counting here."""
    return _page()


def _page(refused: NumberForm | None = None) -> ResponseReturnValue:
    """The page; with what was typed and is no number, where it was typed."""
    kinds = printers.blanks(desk.settings())
    with desk.reading() as session:
        stocks = [blank_stock.of_kind(session, kind, now=desk.now()) for kind in kinds]
    forms = {(kind, what): NumberForm.about(kind, what, formdata=None) for kind in kinds for what in LEAST}
    if refused is None:
        return render_template("blank_stock/blanks.html", stocks=stocks, use=BlankUse, forms=forms)
    forms[refused.what] = refused
    return render_template("blank_stock/blanks.html", stocks=stocks, use=BlankUse, forms=forms, form=refused), 422


@bp.post("/<string:blank>/spoilt")
@requires(*DESK_ROLES)
def spoilt(blank: str) -> ResponseReturnValue:
    """Blanks that became nothing."""
    form = NumberForm.about(blank, "spoilt")
    if (number := form.read()) is None:
        return _page(form)
    try:
        is_noted = _once(form, number, blank_stock.spoil)
    except MoreThanInTheBox as box:
        form.refuse("number", _box_words(box.left))
        return _page(form)
    if is_noted:
        flash(ngettext("%(num)s spoilt blank is noted.", "%(num)s spoilt blanks are noted.", number))
    return redirect(url_for("blank_stock.show"))


@bp.post("/<string:blank>/received")
@requires(StaffRole.SUPERVISOR)
def received(blank: str) -> ResponseReturnValue:
    """Boxes that came."""
    form = NumberForm.about(blank, "received")
    if (number := form.read()) is None:
        return _page(form)
    if _once(form, number, blank_stock.receive):
        flash(ngettext("%(num)s blank more is noted.", "%(num)s blanks more are noted.", number))
    return redirect(url_for("blank_stock.show"))


@bp.post("/<string:blank>/counted")
@requires(StaffRole.SUPERVISOR)
def counted(blank: str) -> ResponseReturnValue:
    """What somebody counted in the box; a difference is said."""
    form = NumberForm.about(blank, "counted")
    if (number := form.read()) is None:
        return _page(form)
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


def _box_words(left: int) -> str:
    if not left:
        return str(gettext("The box should be empty. Have the blanks that came noted first, or the box counted"))
    return str(
        ngettext(
            "Only %(num)s blank should be in the box. Look at the number again, or have the box counted first",
            "Only %(num)s blanks should be in the box. Look at the number again, or have the box counted first",
            left,
        )
    )


def _once(form: NumberForm, number: int, note: Callable[..., None]) -> bool:
    """Note a number; False after saying that the form was sent before."""
    now = desk.now()
    with desk.transaction() as session:
        if sent_forms.is_first(session, form.form_id.data, now=now):
            note(session, form.what[0], number, actor=desk.actor(), now=now)
            return True
    flash(gettext("This page was sent before. Nothing was noted again."))
    return False
