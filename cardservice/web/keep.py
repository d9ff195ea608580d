"""What was typed on a page that was left open, sent to be kept while the page empties itself (static/left-open.js).

Nothing is done with it. Where the session is over, as it mostly is by then, parked.py has kept it before this view is
reached; the view is for a session that another window keeps alive.
"""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cardservice.terms import StaffRole
from cardservice.web import desk, parked
from cardservice.web.access import requires
from cardservice.web.forms import secret_names

bp = Blueprint("keep", __name__)


@bp.post(parked.KEEP)
@requires(*StaffRole)
def keep() -> ResponseReturnValue:
    """Park it, and show the first page: what was typed stays off the screen until its page is opened again."""
    kept = parked.keep(desk.actor().staff_id or 0, without=secret_names())
    if kept is not None:
        parked.remember(kept)
        flash(
            gettext("A page was left open and is closed. What you had typed in it is kept for an hour: open it again.")
        )
    return redirect(url_for("start.today"))
