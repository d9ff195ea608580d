"""Cards handed over by scanning each one: the code proves that it reads, and finds the card without its number.

Nothing of the code is kept or shown again. A scan erases nothing: the page that answers it has the button, and the
card in the clerk's hand is the one it names. What is checked is domain/reading_back.py.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import TextAreaField

from cardservice.domain import drafts, reading_back
from cardservice.domain.reading_back import CardNotRead
from cardservice.web import desk, print_one, words
from cardservice.web.access import requires
from cardservice.web.forms import DeskForm
from cardservice.web.pace import costly
from cardservice.web.print_one import CARD_CODE, LinesForm
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("read_back", __name__)


class ScanForm(DeskForm):
    """`code` is never parked (parked.py) and never shown again."""

    code = TextAreaField(render_kw=CARD_CODE)


@bp.route("/hand-over", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def scan() -> ResponseReturnValue:
    """Read a printed card, and offer to hand it over."""
    form, number, draft_id = ScanForm(), None, None
    if request.method == "POST" and (read := _read(form)):
        number, draft_id = read
    if number is None and not form.problems():
        # The next card can be scanned without a hand on the mouse.
        form.code.render_kw = {**form.code.render_kw, "autofocus": ""}
    return render_template("read_back/scan.html", form=form, number=number, draft_id=draft_id)


@bp.post("/registrations/<string:draft_id>/print")
@requires(*DESK_ROLES)
@costly
def scan_this(draft_id: str) -> ResponseReturnValue:
    """On the page of one registration: read the card that came out of the printer, and say so if it is another one."""
    form = LinesForm()
    with desk.reading() as session:
        number = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now()).card_number
    return print_one.page(draft_id, form, is_read=_read(form, expected=number or "") is not None)


def _read(form: ScanForm | LinesForm, *, expected: str | None = None) -> tuple[str, str | None] | None:
    """The number and the draft of the card whose code was scanned; None after saying what is wrong."""
    text, form.code.data = (form.code.data or "").strip("\t\r\n"), ""
    if not text:
        form.refuse("code", gettext("Scan a code of the printed card"))
        return None
    settings = desk.settings()
    try:
        with desk.reading() as session:
            card = reading_back.read(
                session,
                text,
                settings.kit_folder,
                issuer=settings.town.issuer,
                now=desk.now(),
                day_keys=desk.day_keys(),
                expected=expected,
            )
            return card.number, card.draft_id
    except CardNotRead as refused:
        form.refuse("code", words.not_read(refused.why))
    return None
