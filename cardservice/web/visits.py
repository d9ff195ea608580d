"""The public pages on which people book a visit: a day, a time, how many come, a code. Nobody is asked who.

The page draws the code and sends it with the form, so that a form sent twice is one visit. With the code a visit is
looked at, moved and cancelled; it is never in an address. What is kept, and what is not: domain/visits.py.
"""

from datetime import date, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, StringField

from cardservice.domain import visits
from cardservice.domain.booking_pace import EnoughThisHour
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.domain.visits import BookingCodeMistyped, NoSuchVisit, PersonsRefused, Time, TimeFull, Visit
from cardservice.printing import qr_image
from cardservice.web import cards_left, dates, decided, desk, guessing
from cardservice.web.access import public
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.languages import shows_typed

bp = Blueprint("visits", __name__, url_prefix="/visits")


class CodeForm(DeskForm):
    code = StringField(render_kw=UNREMEMBERED | {"autocapitalize": "characters"})
    step = HiddenField()
    sure = HiddenField()


class VisitForm(DeskForm):
    time = RadioField(validate_choice=False)
    persons = RadioField(validate_choice=False)
    code = HiddenField()
    look = HiddenField()

    def offer(self, times: list[Time], *, moved: Visit | None) -> None:
        """Show the times that have a place left, and the numbers of persons: of a visit that is moved, its own."""
        self.time.choices = [(_value(one.begins_at), _time_words(one)) for one in times if one.free]
        self.persons.choices = [
            (str(count), ngettext("%(num)s person", "%(num)s persons", count))
            for count in range(1, min(visits.MOST_PERSONS, max(1, _hours().bookable)) + 1)
        ]
        self.persons.data = self.persons.data or str(moved.persons if moved else 1)

    def how_many(self) -> int:
        """How many persons were chosen; 0 for what is no number of them."""
        typed = self.persons.data or ""
        return int(typed) if typed.isdecimal() and len(typed) == 1 else 0


@bp.get("")
@public
def show() -> ResponseReturnValue:
    """The days that can be chosen, and the way back to a visit that was booked."""
    return _days(CodeForm(formdata=None))


@bp.route("/<string:day>", methods=["GET", "POST"])
@public
@guessing.limited_by_source
@guessing.limited_visits
@shows_typed
def choose(day: str) -> ResponseReturnValue:
    """The times of a day. 201 where a visit was booked; a visit that its code moves is 200."""
    form, chosen = VisitForm(), _day(day)
    offered = {_value(at): at for at in _hours().times(chosen, now=desk.now())} if chosen else {}
    if chosen is None or not offered:
        return _gone()
    form.code.data = _code_of(form)
    if form.is_submitted() and not form.look.data and (answer := _book(form, offered)):
        return answer
    with desk.reading() as session:
        moved = _moved(session, form)
        form.offer(visits.times(session, chosen, hours=_hours(), now=desk.now(), besides=form.code.data), moved=moved)
        again = visits.opens_again(session, chosen, hours=_hours(), now=desk.now())
    return render_template(
        "visits/times.html",
        form=form,
        day=chosen,
        called=dates.weekday(chosen),
        again=again and _clock(again),
        moved=moved,
        stays=moved and _stays(moved),
    )


@bp.route("/code", methods=["GET", "POST"])
@public
@guessing.limited_by_source
def mine() -> ResponseReturnValue:
    """A visit by its code: look at it, cancel it, or choose another time."""
    form = CodeForm()
    if not form.is_submitted():
        # Who changes the language after a wrong code is sent back to this address.
        return redirect(url_for("visits.show"))
    try:
        if form.step.data == "cancel" and form.sure.data:
            # Looked at before anybody waits for the one who writes.
            code = visits.normalise(form.code.data or "")
            with desk.transaction() as session:
                visits.cancel(session, code, hours=_hours(), now=desk.now())
            return render_template("visits/cancelled.html")
        with desk.reading() as session:
            visit = visits.find(session, form.code.data or "")
        return _asked(form, visit)
    except BookingCodeMistyped:
        form.refuse("code", _mistyped(form.code.data or ""))
    except NoSuchVisit:
        form.refuse(
            "code",
            gettext("There is no visit with this code. It was cancelled, it is over, or it has a number already"),
        )
    return _days(form)


def _asked(form: CodeForm, visit: Visit) -> str:
    """What the button that was pressed asks for: where to move a visit, whether to cancel it, or what it is."""
    if form.step.data == "move":
        return _days(form, moves=visit.code)
    if form.step.data == "cancel":
        return render_template("visits/sure.html", visit=visit, **_when(visit))
    return _visit(visit)


def _mistyped(text: str) -> str:
    if not text.strip():
        return str(gettext("Type the code of your visit"))
    return str(gettext("This is not the code of a visit. A letter or digit is missing or wrong"))


def _book(form: VisitForm, offered: dict[str, datetime]) -> ResponseReturnValue | None:
    """Book what was chosen; None after saying what is wrong, with everything that was chosen still there."""
    code, begins_at = form.code.data, offered.get(form.time.data or "")
    if begins_at is None:
        form.refuse("time", gettext("Choose a time"))
        return None
    try:
        # Looked at before anybody waits for the one who writes.
        visits.check_persons(form.how_many())
        with desk.transaction() as session:
            is_new = visits.book(session, code, begins_at, form.how_many(), hours=_hours(), now=desk.now())
            visit = visits.find(session, code)
    except PersonsRefused:
        form.refuse("persons", gettext("Choose how many persons come, one to four. For more, book twice"))
    except TimeFull as full:
        form.refuse("time", _full_words(is_full=full.is_full))
    except EnoughThisHour as enough:
        form.refuse("time", _enough_words(enough.again_at))
    else:
        return _visit(visit, is_booked=True), 201 if is_new else 200
    return None


def _visit(visit: Visit, *, is_booked: bool = False) -> str:
    """The visit with its code as letters and as a picture, which is in the page: a picture's address would name it."""
    return render_template(
        "visits/visit.html",
        visit=visit,
        is_booked=is_booked,
        **_when(visit),
        picture=Markup(qr_image.svg(qr_image.symbol(visit.code)).decode()),  # noqa: S704 - drawn here
    )


def _days(form: CodeForm, *, moves: str = "", problem: str = "") -> str:
    """The days that can be chosen; `moves`: the code of a visit that is to be moved to one of them."""
    with desk.reading() as session:
        days = visits.free_days(session, hours=_hours(), now=desk.now())
        cards = cards_left.in_words(session)
    form.code.data = visits.grouped(moves) if moves else form.code.data
    listed = [(day.isoformat(), dates.weekday(day), free) for day, free in days.items()]
    return render_template(
        "visits/days.html", form=form, days=listed, cards=cards, moves=moves, problem=problem, opens=_hours().hours
    )


def _moved(session: Session, form: VisitForm) -> Visit | None:
    """The visit that another time is chosen for, if it is one that was booked before."""
    try:
        return visits.find(session, form.code.data or "") if form.is_submitted() else None
    except NoSuchVisit:
        return None


def _stays(visit: Visit) -> str:
    return str(
        gettext(
            "You are moving your visit of %(day)s at %(clock)s. It stays as it is until you have booked another time.",
            **_when(visit),
        )
    )


def _when(visit: Visit) -> dict[str, str]:
    """Day and time of a visit, in words."""
    begins_at = _hours().local(visit.begins_at)
    return {"day": dates.weekday(begins_at.date()), "clock": dates.clock(begins_at)}


def _gone() -> str:
    return _days(CodeForm(formdata=None), problem=gettext("There are no times on that day, or none are left."))


def _code_of(form: VisitForm) -> str:
    """The code that the page drew before, or a new one: nobody types it here, so nobody is told that it is wrong."""
    try:
        return visits.normalise(form.code.data or "")
    except BookingCodeMistyped:
        return visits.draw(desk.token_bytes)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _value(begins_at: datetime) -> str:
    return f"{_hours().local(begins_at):%H:%M}"


def _time_words(time: Time) -> str:
    """When, and whether there are only a few places: never how many, which would tell when somebody booked.

    Where a time never has more than a family needs, it has only a few from the beginning.
    """
    clock = _clock(time.begins_at)
    if _hours().bookable > visits.MOST_PERSONS and time.free >= visits.MOST_PERSONS:
        return clock
    return str(gettext("%(clock)s: only a few places", clock=clock))


def _enough_words(again_at: datetime) -> str:
    return str(
        gettext(
            "Many people are booking this day just now. At %(clock)s there are more places; or choose another day, or "
            "come without booking",
            clock=_clock(again_at),
        )
    )


def _clock(moment: datetime) -> str:
    return str(dates.clock(_hours().local(moment)))


def _full_words(*, is_full: bool) -> str:
    if is_full:
        return str(gettext("This time is full. Choose another one"))
    return str(gettext("There is no room for so many at this time. Choose another one, or come with fewer"))


def _hours() -> VisitingHours:
    return decided.visiting_hours(desk.settings())
