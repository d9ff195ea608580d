"""Cards handed over by scanning each one: the code proves that it reads, and finds the card without its number.

Nothing of the code is kept or shown again. A scan erases nothing: the page that answers it has the button, and the
card in the clerk's hand is the one it names. What is checked is domain/reading_back.py.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import TextAreaField

from cardservice.domain import reading_back
from cardservice.domain.reading_back import CardNotRead
from cardservice.web import desk, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("read_back", __name__)


class ScanForm(DeskForm):
    """`code` is never parked (parked.py) and never shown again."""

    code = TextAreaField(render_kw=UNREMEMBERED | {"rows": "3", "data-scanned": ""})

    def read(self) -> str | None:
        """What was scanned; None after saying that nothing was."""
        text, self.code.data = (self.code.data or "").strip("\t\r\n"), ""
        if not text:
            self.refuse("code", gettext("Scan a code of the printed card"))
        return text or None


@bp.route("/hand-over", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def scan() -> ResponseReturnValue:
    """Read a printed card, and offer to hand it over."""
    form, number, draft_id = ScanForm(), None, None
    if request.method == "POST" and (text := form.read()):
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
                )
                number, draft_id = card.number, card.draft_id
        except CardNotRead as refused:
            form.refuse("code", words.not_read(refused.why))
    if number is None and not form.problems():
        # The next card can be scanned without a hand on the mouse.
        form.code.render_kw = {**form.code.render_kw, "autofocus": ""}
    return render_template("read_back/scan.html", form=form, number=number, draft_id=draft_id)
