"""What a page that is left open asks for (static/left-open.js): to stay signed in, or to keep what was typed on it.

Nothing is done with what was typed. Where the session is over, as it mostly is by then, parked.py has kept it before
the view is reached; the view is for a session that another window keeps alive.
"""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cardservice.terms import StaffRole
from cardservice.web import desk, parked
from cardservice.web.access import requires
from cardservice.web.forms import secret_names

bp = Blueprint("keep", __name__)


@bp.get(parked.STILL_HERE)
@requires(*StaffRole, factor=False)
def still_here() -> ResponseReturnValue:
    """Somebody is at work on a page: this request notes it, as any other would (sessions.py)."""
    return "", 204


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
