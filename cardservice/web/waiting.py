"""Waiting numbers: the screen in the hall and on telephones for everybody, giving and calling numbers for the desk.

Which number is next is domain/waiting.py's decision. The number of a counter is remembered in the session of whoever
works there, as long as they are signed in.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField

from cardservice.domain import sent_forms, visits, waiting
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import BookingCodeMistyped, NoSuchVisit
from cardservice.domain.waiting import NoSuchCounter, Queue, VisitOfAnotherDay
from cardservice.web import cards_left, dates, decided, desk, languages, numerals, printers
from cardservice.web.access import public, requires
from cardservice.web.forms import UNREMEMBERED, DeskForm, OnceForm
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("waiting", __name__, url_prefix="/queue")

_COUNTER = "counter"
_SECONDS_A_LANGUAGE = 10


class NumberForm(OnceForm):
    """A number for somebody who came, with the code of their visit if they have one."""

    code = StringField(render_kw=UNREMEMBERED | {"autocapitalize": "characters", "data-scanned": "visit"})
    persons = SelectField(choices=[str(count) for count in range(1, visits.MOST_PERSONS + 1)], validate_choice=False)


class CallForm(DeskForm):
    counter = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric"})
    back = HiddenField()

    def read(self) -> int:
        """The number of the counter; 0 where it is none."""
        typed = (self.counter.data or "").strip()
        return int(typed) if typed.isdecimal() and len(typed) <= len(str(waiting.MOST_COUNTERS)) else 0


@dataclass(frozen=True)
class Today:
    """What the desk is told about visits and numbers."""

    queue: Queue
    booked: tuple[tuple[str, int], ...]
    """Times of today and how many persons are still to come to each."""
    cards: str | None
    """To the desk the number, to everybody else words."""
    counter: str
    """Where the one who looks called somebody last."""
    takes_bookings: bool


@bp.get("")
@public
def show() -> ResponseReturnValue:
    """Which numbers are called, how long it takes, how many cards are left: for a telephone."""
    return render_template("waiting/queue.html", today=today(for_everybody=True), is_screen=False)


@bp.get("/screen")
@public
def screen() -> ResponseReturnValue:
    """The same for a screen in the hall: one language after the other, by the clock."""
    spoken = list(languages.LANGUAGES)
    turn = int(desk.now().timestamp()) // _SECONDS_A_LANGUAGE
    with force_locale(spoken[turn % len(spoken)]):
        return render_template(
            "waiting/queue.html", today=today(for_everybody=True), is_screen=True, every=_SECONDS_A_LANGUAGE
        )


@bp.route("/desk", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def at_desk() -> ResponseReturnValue:
    """Give a number to somebody who came."""
    form = NumberForm()
    if form.is_submitted():
        try:
            return redirect(url_for("waiting.given", number=_give(form)))
        except BookingCodeMistyped:
            form.refuse("code", gettext("This is not the code of a visit. Read it again, or leave it empty"))
        except NoSuchVisit:
            form.refuse(
                "code",
                gettext(
                    "There is no visit with this code. Ask first: it may have a number already. Else leave it empty"
                ),
            )
        except VisitOfAnotherDay as other:
            day = dates.day(decided.visiting_hours(desk.settings()).local(other.begins_at).date())
            form.refuse(
                "code",
                gettext("This visit is on %(day)s, and stays as it is. For a number leave the code empty", day=day),
            )
        except visits.PersonsRefused:
            form.refuse("persons", gettext("Choose how many came together, one to four"))
    return render_template("waiting/desk.html", form=form, today=today())


@bp.get("/desk/<int:number>")
@requires(*DESK_ROLES)
def given(number: int) -> ResponseReturnValue:
    """A number that was given, large, to be read from the screen or printed."""
    with desk.reading() as opened:
        waiting.check_given(opened, number, hours=decided.visiting_hours(desk.settings()), now=desk.now())
    return render_template("waiting/given.html", number=number, today=today())


@bp.post("/desk/call")
@requires(*DESK_ROLES)
def call() -> ResponseReturnValue:
    """Call the next number, and go back to where the button was."""
    form = CallForm()
    try:
        with desk.transaction() as opened:
            hours = decided.visiting_hours(desk.settings())
            number = waiting.call(opened, form.read(), hours=hours, now=desk.now())
    except NoSuchCounter:
        most = waiting.MOST_COUNTERS
        flash(gettext("Nobody was called. Write the number of your counter, from 1 to %(most)s.", most=most))
        return redirect(url_for("waiting.at_desk"))
    session[_COUNTER] = str(form.read())
    if number is None:
        flash(gettext("Nobody is waiting."))
    else:
        flash(gettext("Number %(number)s is called to counter %(counter)s.", number=str(number), counter=form.read()))
    return redirect(url_for("start.today" if form.back.data == "today" else "waiting.at_desk"))


@bp.app_template_global("visits_today")
def today(*, for_everybody: bool = False) -> Today:
    """Visits and numbers of this day, for the pages that show them."""
    hours, now = decided.visiting_hours(desk.settings()), desk.now()
    with desk.reading() as opened:
        booked = visits.of_today(opened, hours=hours, now=now)
        cards = cards_left.in_words(opened) if for_everybody else _cards_left(opened, hours, now)
        return Today(
            queue=waiting.look(opened, hours=hours, now=now),
            booked=tuple((dates.clock(hours.local(at)), persons) for at, persons in booked.items()),
            cards=cards,
            counter=session.get(_COUNTER, ""),
            takes_bookings=bool(hours.hours),
        )


def _cards_left(opened: Session, hours: VisitingHours, now: datetime) -> str | None:
    left = waiting.cards_left(opened, printers.blanks(desk.settings()), hours=hours, now=now)
    return None if left is None else numerals.counted(left)


def _give(form: NumberForm) -> int:
    hours, now, code = decided.visiting_hours(desk.settings()), desk.now(), (form.code.data or "").strip()
    persons = form.persons.data or ""

    def give() -> int:
        if code:
            return waiting.arrive(opened, code, hours=hours, now=now)
        return waiting.give(opened, int(persons) if persons in "1234" and persons else 0, hours=hours, now=now)

    with desk.transaction() as opened:
        was_sent = sent_forms.is_known(opened, form.form_id.data)
        number = sent_forms.once(opened, form.form_id.data, give, now=now) or 0
    if was_sent:
        # Whoever went back for the next party must not give them the number of the one before.
        flash(gettext("This page was sent before. This is the number that it gave."))
    return number
