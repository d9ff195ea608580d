"""The card on its holder's telephone: both codes on the screen to be photographed, or as PDF or PNG to be taken along.

Until the hand-over, from the sealed draft, for one request each: nothing is left here (docs/decisions/0060). What a
wallet of a telephone's maker would need and learn is docs/phone-copy.md.
"""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cardservice.domain import issuance
from cardservice.printing import phone_copy, qr_image
from cardservice.web import decided, desk
from cardservice.web.access import requires
from cardservice.web.pace import costly
from cardservice.web.print_one import pdf
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("phone_copy", __name__, url_prefix="/registrations/<string:draft_id>/telephone")

_MODULE = 6
"""Pixels of a module on the screen; the page may shrink the picture, and keeps its edges sharp."""


@bp.get("")
@requires(*DESK_ROLES)
def show(draft_id: str) -> ResponseReturnValue:
    """The page that is turned to the holder."""
    return render_template("phone_copy/telephone.html", draft_id=draft_id, card=_issued(draft_id))


@bp.get("/<any(identity, residence):code>.png")
@requires(*DESK_ROLES)
@costly
def code(draft_id: str, code: str) -> Response:
    """One of the two codes, as it is on the card."""
    card = _issued(draft_id)
    text = card.identity_code if code == "identity" else card.residence_code
    return _png(qr_image.png(qr_image.symbol(text), module=_MODULE), f"{code}.png")


@bp.get("/card.png")
@requires(*DESK_ROLES)
@costly
def picture(draft_id: str) -> Response:
    """Both codes as one picture that fills the screen of a telephone."""
    return _png(phone_copy.png(decided.face(desk.settings(), _issued(draft_id))), "card.png")


@bp.get("/card.pdf")
@requires(*DESK_ROLES)
@costly
def page_pdf(draft_id: str) -> Response:
    """The same as a PDF."""
    return pdf(phone_copy.pdf(decided.face(desk.settings(), _issued(draft_id))))


def _issued(draft_id: str) -> issuance.IssuedCard:
    with desk.reading() as session:
        return issuance.reprint(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())


def _png(content: bytes, name: str) -> Response:
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="image/png", headers=shown)
