"""A new card in the place of an old one: an ordinary registration that says which card it replaces.

Here its answers come from the old card, which is scanned; where there is none to scan, evidence.py begins it by number.
The old card is good until the new one is handed over. What may be renewed is domain/renewal.py's rule.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import FileField, TextAreaField

from cardservice.domain import beginning, renewal
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.registration import RegistrationRefused
from cardservice.domain.renewal import OldCardRefused
from cardservice.printing import portrait
from cardservice.scan import CannotScan, texts_on_picture
from cardservice.web import desk, interpreter_languages, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, OnceForm
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("renewal", __name__, url_prefix="/cards")


class OldCardForm(OnceForm):
    """The old card's identity code: as text from a scanner, or on a picture. Neither is kept or shown again."""

    code = TextAreaField(render_kw=UNREMEMBERED | {"rows": "3", "data-scanned": "card"})
    picture = FileField(render_kw={"accept": "image/jpeg,image/png,image/webp"})

    def read(self) -> str | None:
        """The code's text; None after saying what is missing or cannot be read."""
        upload = request.files.get("picture")
        data, text = upload.read() if upload else b"", self.code.data or ""
        # A form that is shown again shows nobody's card.
        self.code.data = ""
        if not text.strip() and data:
            text = self._on_picture(data)
        elif not text.strip():
            self.refuse("code", gettext("Scan the code on the back of the old card, or choose a picture of it"))
        return None if self.problems() else text

    def _on_picture(self, data: bytes) -> str:
        try:
            # The identity code is the longer of the two that a picture may show.
            found = max(texts_on_picture(data), key=len, default="")
        except CannotScan:
            found = ""
        if not found:
            self.refuse(
                "picture", gettext("No code can be read on this picture. Take it nearer, sharp and in good light")
            )
        return found


@bp.route("/renew", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
def renew() -> ResponseReturnValue:
    """Begin a registration with what the old card says."""
    if begun := interpreter_languages.begun_anew():
        return begun
    form = OldCardForm()
    if form.is_submitted() and (text := form.read()):
        try:
            return redirect(url_for("evidence.papers", draft_id=_begin_from(text, form.form_id.data)))
        except DraftNotFound:
            form.draw_id()
            flash(gettext("This page was sent before, and what it began is over. Send it again to begin anew."))
        except OldCardRefused as refused:
            form.refuse("code", words.old_card_problem(refused.why))
        except RegistrationRefused:
            form.refuse(
                "code", gettext("Something on this card is no longer allowed on a card. Register the resident anew")
            )
    return render_template("renewal/renew.html", form=form, picture_bytes=portrait.MAX_BYTES)


def _begin_from(text: str, form_id: str) -> str:
    settings = desk.settings()
    with desk.transaction() as session:
        answers = renewal.from_signed_card(
            session, text, settings.kit_folder, issuer=settings.town.issuer, now=desk.now()
        )
        return beginning.with_old_card(
            session,
            form_id,
            answers,
            is_child=desk.is_child(answers.birth_date),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        ).id
