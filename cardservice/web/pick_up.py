"""A finished card that waits for its holder: how long, and what happens to it then.

The draft is sealed anew for the day until which it waits (domain/pick_up.py); after that day it ends, and its card with
it (domain/retention.py).
"""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cardservice.domain import pick_up, print_queue
from cardservice.domain.calendar import day_of
from cardservice.domain.retention import LONGEST_PICK_UP_DAYS
from cardservice.web import dates, desk
from cardservice.web.access import requires
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("pick_up", __name__, url_prefix="/registrations")


def days_offered(latest: date) -> dict[int, date]:
    """From tomorrow to the latest day that is allowed: by how many days that is."""
    today = day_of(desk.now())
    return {days: today + timedelta(days=days) for days in range(1, (latest - today).days + 1)}


@bp.post("/<string:draft_id>/keep")
@requires(*DESK_ROLES)
def keep(draft_id: str) -> ResponseReturnValue:
    """Keep a signed card's draft until its holder comes."""
    days = request.form.get("days", LONGEST_PICK_UP_DAYS, type=int)
    with desk.transaction() as session:
        draft = pick_up.keep(session, draft_id, days=days, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
        printed = print_queue.row_of(session, draft.card.number) if draft.card else None
    day = dates.day(draft.key_day)
    if printed is not None and printed.times:
        flash(gettext("The card waits until %(day)s. Keep it locked away.", day=day))
    else:
        flash(gettext("The card is not printed yet. It can be printed and fetched until %(day)s.", day=day))
    return redirect(url_for("start.today"))
