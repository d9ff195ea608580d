"""The audit page, for auditors: the latest entries, and whether the chain is whole. What proves its end is a checkpoint
that is kept outside (`cardservice audit`).
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cardservice.domain import audit
from cardservice.domain.audit import ChainBroken
from cardservice.terms import StaffRole
from cardservice.web import audit_words, desk
from cardservice.web.access import requires
from cardservice.web.addresses import number
from cardservice.web.pace import costly

bp = Blueprint("audit", __name__, url_prefix="/audit")

AT_ONCE = 50


@bp.get("")
@requires(StaffRole.AUDITOR)
@costly
def show() -> ResponseReturnValue:
    """Entries from the newest on, or from before a sequence number (`?before=`), fifty at a time."""
    before = request.args.get("before", type=number)
    broken, checked = None, 0
    with desk.reading() as session:
        try:
            last = audit.verify_chain(session)
            checked = last.sequence if last else 0
        except ChainBroken as found:
            broken = found.sequence
        entries = audit.entries(session, before=before, limit=AT_ONCE)
    older = entries[-1].sequence if entries and entries[-1].sequence > 1 else None
    return render_template(
        "audit/audit.html", entries=entries, older=older, broken=broken, checked=checked, words=audit_words
    )
