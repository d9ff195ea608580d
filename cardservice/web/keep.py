"""What open pages ask for: to stay signed in, to keep what was typed and left (left-open.js), or is being typed.

Nothing is done with what was typed. Where the session is over, as it mostly is by then, parked.py has kept it before
the view is reached; the view is for a session that another window keeps alive.
"""

from flask import Blueprint, flash, redirect, request, url_for
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


@bp.post(parked.HALF_TYPED)
@requires(*StaffRole)
def half_typed() -> ResponseReturnValue:
    """Park what is being typed (static/half-typed.js). Nobody's doing: the session is not prolonged (sessions.py)."""
    secret = secret_names()
    is_well = parked.keep(desk.staff_id(), without=secret) is not None or parked.drop_if_emptied(without=secret)
    return ("", 204) if is_well else ({"kept": False}, 409)


@bp.post(f"{parked.HALF_TYPED}/drop")
@requires(*StaffRole)
def drop() -> ResponseReturnValue:
    """End what was typed and not sent, and show its page without it."""
    page = request.form.get("page", "")
    return redirect(page if parked.drop(page) else url_for("start.today"))


@bp.app_template_global("is_kept_here")
def is_kept_here() -> bool:
    """Whether what is being typed on this page is kept."""
    return parked.is_kept_here()
