"""The page with the audit's signed end, to be carried out of the house: as a file, as a code, or on paper.

The service signs one every hour (cli/running.py); here an auditor signs one now, and sees when something stands in the
way. What a checkpoint says is domain/checkpoints.py.
"""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cardservice.domain import checkpoints, kit_folder
from cardservice.domain.checkpoints import CopyNotLaid
from cardservice.domain.errors import NotFound
from cardservice.printing import qr_image
from cardservice.terms import StaffRole
from cardservice.web import desk
from cardservice.web.access import requires

bp = Blueprint("checkpoints", __name__, url_prefix="/audit/checkpoint")

SEES_WARNINGS = frozenset({StaffRole.AUDITOR, StaffRole.ADMINISTRATOR})


class NoCheckpoint(NotFound):
    """None was signed yet."""

    def __init__(self) -> None:
        super().__init__("There is no checkpoint yet. Sign one on the page of the checkpoint.")


@bp.get("")
@requires(StaffRole.AUDITOR)
def show() -> ResponseReturnValue:
    """The last checkpoint, to be compared, printed and taken away."""
    with desk.reading() as session:
        last = checkpoints.newest(session, desk.settings().checkpoint_file)
        key = next((key for key in checkpoints.audit_keys(session) if last and key.key_id == last.key_id), None)
    return render_template("checkpoints/checkpoint.html", last=last, key=key, warnings=warnings(), now=desk.now())


@bp.post("")
@requires(StaffRole.AUDITOR)
def take() -> ResponseReturnValue:
    """Sign the audit's end as it is now."""
    try:
        with desk.reading() as session:
            desk.here().take_checkpoint(session, now=desk.now())
        flash(gettext("The checkpoint is signed. Take a copy of it out of the building."))
    except CopyNotLaid:
        flash(gettext("The checkpoint is signed, but the folder of copies did not take it."))
    return redirect(url_for("checkpoints.show"))


@bp.get("/file")
@requires(StaffRole.AUDITOR)
def download() -> Response:
    """The file, named by what it holds."""
    with desk.reading() as session:
        last = checkpoints.newest(session, desk.settings().checkpoint_file)
    if last is None:
        raise NoCheckpoint
    answer = Response(_signed(), mimetype="application/cose")
    answer.headers.set("Content-Disposition", "attachment", filename=last.file_name)
    return answer


@bp.get("/code.png")
@requires(StaffRole.AUDITOR)
def code() -> Response:
    """The same as a QR code, for paper."""
    text = checkpoints.qr_text(_signed())
    return Response(qr_image.png(qr_image.symbol(text), module=5), mimetype="image/png")


def warnings() -> list[str]:
    """What somebody should look after, in words; empty on a good day."""
    settings = desk.settings()
    with desk.reading() as session:
        last = checkpoints.newest(session, settings.checkpoint_file)
    found = []
    if last is None or desk.now() - last.at >= checkpoints.LATE:
        found.append(
            gettext(
                "No checkpoint of the audit was signed in the last two hours. The audit key is locked, the audit is "
                "not whole, or the housekeeping has stopped. Look at the audit, then tell whoever runs the server."
            )
        )
    if last and settings.audit_copies and not checkpoints.copy_is_laid(last, settings.audit_copies):
        found.append(
            gettext(
                "The last checkpoint of the audit is not in the folder of copies. Check that the shared folder is "
                "connected and has room, and sign a checkpoint again."
            )
        )
    return found


def _signed() -> bytes:
    signed = kit_folder.found(desk.settings().checkpoint_file)
    if signed is None:
        raise NoCheckpoint
    return signed
