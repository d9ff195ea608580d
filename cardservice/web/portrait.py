"""The photo of a registration: taken with the camera in the page, chosen from a file, or declined; and its crop.

What a picture must be, where a crop begins and which pictures come out of it is printing/portrait.py's. The photograph
waits in the sealed draft only until its crop is accepted (docs/decisions/0061); then two small pictures are left. Where
the crop stands is in the page and its address: three numbers, which say nothing of anybody.
"""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import FileField

from cardservice.domain import drafts
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.errors import NotFound
from cardservice.domain.registration import Registration
from cardservice.printing import portrait
from cardservice.printing.portrait import PortraitRefused
from cardservice.printing.portrait_crop import Crop, Move
from cardservice.web import as_shown, desk, words
from cardservice.web.access import requires
from cardservice.web.as_shown import ShownForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES, change

bp = Blueprint("portrait", __name__, url_prefix="/registrations")


class PhotoForm(ShownForm):
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
    contents, nonce = as_shown.read(draft_id)
    if contents.signed is not None and request.method == "GET":
        return redirect(url_for("issuance.print_card", draft_id=draft_id))
    kept, form = drafts.typed(contents), PhotoForm()
    if form.is_submitted() and (changed := _read(form, kept)):
        change(draft_id, changed, photo_asked=True)
        # Our camera's guide has the face where the crop begins: it is looked at, and corrected, with the other answers.
        comes_next = "issuance.check" if request.form.get("taken") == "here" else "portrait.crop"
        return redirect(url_for(comes_next, draft_id=draft_id))
    form.shows(nonce)
    return _page(draft_id, form, kept)


def _page(draft_id: str, form: PhotoForm, kept: Registration) -> str:
    return render_template(
        "portrait/photo.html", form=form, draft_id=draft_id, kept=kept, picture_bytes=portrait.MAX_BYTES
    )


@bp.errorhandler(ChangedMeanwhile)
def look_again(changed: ChangedMeanwhile) -> ResponseReturnValue:
    """The photo of the page is not the last one, or something else was saved since: here is what there is now."""
    is_crop = request.endpoint == "portrait.accept"
    return as_shown.anew(changed, crop if is_crop else _anew, "portrait.crop" if is_crop else "portrait.show")


def _anew(draft_id: str) -> str:
    (kept, nonce), form = _kept(draft_id), PhotoForm()
    form.looks_at(nonce)
    return _page(draft_id, form, kept)


@bp.get("/<string:draft_id>/photo/crop")
@requires(*DESK_ROLES)
def crop(draft_id: str) -> ResponseReturnValue:
    """Which part of the photograph goes on the card, and how its holder will be recognised (`?x=&y=&width=&move=`)."""
    kept, nonce = _kept(draft_id)
    if kept.photograph is None:
        return redirect(url_for("portrait.show", draft_id=draft_id))
    size, move = portrait.size_of(kept.photograph), request.args.get("move", type=Move)
    chosen = _crop(request.args, kept.photograph)
    if move is not None:
        chosen = chosen.moved(move, size)
    return render_template(
        "portrait/crop.html",
        draft_id=draft_id,
        size=size,
        crop=chosen,
        box=[round(edge) for edge in chosen.box(size)],
        move=move,
        as_shown=as_shown.mark(nonce),
    )


@bp.post("/<string:draft_id>/photo/crop")
@requires(*DESK_ROLES)
@costly
def accept(draft_id: str) -> ResponseReturnValue:
    """Put this part of the photograph on the card; the photograph itself is erased."""
    kept = desk.registration(draft_id)
    if kept.photograph is None:
        # Accepted by the first of two clicks, or declined in another window.
        return redirect(url_for("issuance.check" if kept.portrait_print else "portrait.show", draft_id=draft_id))
    cropped = replace(_cropped(kept, kept.photograph, _crop(request.form, kept.photograph)), photograph=None)
    change(draft_id, cropped, photo_asked=True)
    return redirect(url_for("issuance.check", draft_id=draft_id))


@bp.post("/<string:draft_id>/no-photo")
@requires(*DESK_ROLES)
def decline(draft_id: str) -> ResponseReturnValue:
    """Go on without a photo; one that was taken is erased."""
    kept = desk.registration(draft_id)
    change(draft_id, replace(kept, portrait_print=None, portrait_code=None, photograph=None), photo_asked=True)
    return redirect(url_for("issuance.check", draft_id=draft_id))


@bp.get("/<string:draft_id>/photo.jpg")
@requires(*DESK_ROLES)
def picture(draft_id: str) -> Response:
    """The photo as it will be printed."""
    return _shown(desk.registration(draft_id).portrait_print, "image/jpeg")


@bp.get("/<string:draft_id>/photo/whole.jpg")
@requires(*DESK_ROLES)
def whole(draft_id: str) -> Response:
    """The photograph that waits to be cropped."""
    return _shown(desk.registration(draft_id).photograph, "image/jpeg")


@bp.get("/<string:draft_id>/photo/recognised.webp")
@requires(*DESK_ROLES)
@costly
def recognised(draft_id: str) -> Response:
    """The picture in the card's code: as it was accepted, or as it would be with a crop (`?x=&y=&width=`)."""
    kept = desk.registration(draft_id)
    if kept.photograph is not None and "width" in request.args:
        kept = _cropped(kept, kept.photograph, _crop(request.args, kept.photograph))
    return _shown(kept.portrait_code, "image/webp")


def _read(form: PhotoForm, kept: Registration) -> Registration | None:
    upload = request.files.get("photo")
    data = upload.read() if upload else b""
    if not data:
        form.refuse("photo", gettext("Take a photo, choose a file, or go on without a photo"))
        return None
    try:
        photograph = portrait.taken(data)
    except PortraitRefused as refused:
        form.refuse("photo", words.picture_problem(refused.code))
        return None
    return replace(_cropped(kept, photograph, portrait.suggested(photograph)), photograph=photograph)


def _crop(said: MultiDict[str, str], photograph: bytes) -> Crop:
    """The crop that a page or a form says; what it does not say, or not in numbers, is suggested."""
    x, y, width = (said.get(name, type=int) for name in ("x", "y", "width"))
    if x is None or y is None or width is None:
        return portrait.suggested(photograph)
    return Crop(x, y, width).within(portrait.size_of(photograph))


def _cropped(kept: Registration, photograph: bytes, crop: Crop) -> Registration:
    ready = portrait.portraits(photograph, crop)
    return replace(kept, portrait_print=ready.print_jpeg, portrait_code=ready.code_webp)


def _shown(picture: bytes | None, kind: str) -> Response:
    if picture is None:
        raise NoPhoto
    return Response(picture, mimetype=kind)


def _kept(draft_id: str) -> tuple[Registration, bytes]:
    kept, nonce = as_shown.read(draft_id)
    return drafts.typed(kept), nonce
