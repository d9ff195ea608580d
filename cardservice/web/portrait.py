"""The photo of a registration: taken with the camera in the page, chosen from a file, or declined.

What a picture must be, and how it is cropped and made small, is printing/portrait.py's. Nothing of an upload is kept
but the two small pictures that it gives.
"""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import FileField

from cardservice.domain import drafts
from cardservice.domain.errors import NotFound
from cardservice.domain.registration import Registration
from cardservice.printing import portrait
from cardservice.printing.portrait import PortraitRefused
from cardservice.web import desk, words
from cardservice.web.access import requires
from cardservice.web.forms import DeskForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("portrait", __name__, url_prefix="/registrations")


class PhotoForm(DeskForm):
    photo = FileField(render_kw={"accept": "image/jpeg,image/png,image/webp"})


class NoPhoto(NotFound):
    """The registration has no photo to show."""

    def __init__(self) -> None:
        super().__init__("This registration has no photo.")


@bp.route("/<string:draft_id>/photo", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def show(draft_id: str) -> ResponseReturnValue:
    """The photo page. It is a page of its own, so that a refused picture costs nothing that was typed."""
    kept = desk.registration(draft_id)
    form = PhotoForm()
    if form.is_submitted() and (changed := _read(form, kept)):
        return _keep(draft_id, changed)
    return render_template(
        "portrait/photo.html",
        form=form,
        draft_id=draft_id,
        has_photo=kept.portrait_print is not None,
        picture_bytes=portrait.MAX_BYTES,
    )


@bp.post("/<string:draft_id>/no-photo")
@requires(*DESK_ROLES)
def decline(draft_id: str) -> ResponseReturnValue:
    """Go on without a photo; one that was taken is erased."""
    kept = desk.registration(draft_id)
    return _keep(draft_id, replace(kept, portrait_print=None, portrait_code=None))


@bp.get("/<string:draft_id>/photo.jpg")
@requires(*DESK_ROLES)
def picture(draft_id: str) -> Response:
    """The photo as it will be printed."""
    kept = desk.registration(draft_id)
    if kept.portrait_print is None:
        raise NoPhoto
    return Response(kept.portrait_print, mimetype="image/jpeg")


def _read(form: PhotoForm, kept: Registration) -> Registration | None:
    upload = request.files.get("photo")
    data = upload.read() if upload else b""
    if not data:
        form.refuse("photo", gettext("Take a photo, choose a file, or go on without a photo"))
        return None
    try:
        ready = portrait.prepare(data)
    except PortraitRefused as refused:
        form.refuse("photo", words.picture_problem(refused.code))
        return None
    return replace(kept, portrait_print=ready.print_jpeg, portrait_code=ready.code_webp)


def _keep(draft_id: str, changed: Registration) -> ResponseReturnValue:
    with desk.transaction() as session:
        drafts.change(session, draft_id, changed, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    return redirect(url_for("issuance.check", draft_id=draft_id))
