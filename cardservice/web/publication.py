"""The page on which the lists are published: when they were last, how long they are good, and a button.

The service publishes by itself before a list is older than lists.ttl_hours (cli/running.py); what may be published is
domain/publication.py's business.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext

from cardservice.domain import published
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.terms import StaffRole
from cardservice.web import desk
from cardservice.web.access import requires
from cardservice.web.step_up import confirmed

bp = Blueprint("publication", __name__, url_prefix="/publish")

MAY_PUBLISH = (StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR)


@dataclass(frozen=True)
class ListAge:
    """One published list as the page shows it."""

    name: str
    issued_at: datetime
    expires_at: datetime
    age: str

    @property
    def is_trust_list(self) -> bool:
        return self.name == TRUST_LIST

    @property
    def number(self) -> str:
        """Of a status list: "status/3.cwt" is list 3."""
        return self.name.rpartition("/")[2].partition(".")[0]


@bp.get("")
@requires(*MAY_PUBLISH, StaffRole.AUDITOR)
def show() -> ResponseReturnValue:
    """What verifiers have, and how old it is."""
    with desk.reading() as session:
        lists = [
            ListAge(last.name, last.issued_at, last.expires_at, format_timedelta(desk.now() - last.issued_at))
            for last in published.newest(session)
        ]
    return render_template("publication/publish.html", lists=lists, may_publish=desk.actor().role in MAY_PUBLISH)


@bp.post("")
@requires(*MAY_PUBLISH)
@confirmed
def publish() -> ResponseReturnValue:
    """Sign the lists anew and write the kit."""
    done = desk.here().publish(actor=desk.actor(), now=desk.now())
    flash(gettext("The lists are published."))
    if done.anchor_waits:
        flash(
            gettext(
                "Keys or recognised cities have changed since the trust list was signed. Unlock the anchor key, then "
                "publish once more."
            )
        )
    if done.withheld:
        flash(
            gettext(
                "The lists of %(cities)s are not in the kit, so its cards cannot be checked for now. The command "
                "“cardservice cities list” says why.",
                cities=", ".join(done.withheld),
            )
        )
    return redirect(url_for("publication.show"))
