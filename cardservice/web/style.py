"""The page that shows every component of templates/components in its states, for whoever changes how the desk looks.

Only where `[desk] style_page` is set, which https forbids: in a town there is no such page, for anybody. It shows no
data, and its buttons do nothing.
"""

from dataclasses import dataclass
from itertools import cycle

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField

from cardservice.terms import CardState, RevocationReason, StaffRole
from cardservice.web import charts, decided, desk, interpreter_languages, languages, printers, words
from cardservice.web.access import public
from cardservice.web.forms import UNREMEMBERED, BirthDateForm, choices
from cardservice.web.papers_form import PapersForm, papers_form

bp = Blueprint("style", __name__)

CARD_NUMBER = "7K2MPX4Q9T0A"


@dataclass(frozen=True)
class Somebody:
    """Who the sample of the menu is for: the role with the longest one."""

    name: str = "sofia"
    role: StaffRole = StaffRole.SUPERVISOR


class SampleForm(BirthDateForm):
    """One field of each kind. Nothing of it is ever read."""

    name = StringField(render_kw=UNREMEMBERED)
    second = StringField(render_kw=UNREMEMBERED)
    number = StringField(render_kw=UNREMEMBERED)
    password = PasswordField()
    language = SelectField()
    code = TextAreaField(render_kw=UNREMEMBERED | {"rows": 3})
    picture = FileField()
    caretaker_here = BooleanField()
    reason = RadioField()
    passkey = StringField()

    def __init__(self, prefix: str, *, wrong: bool) -> None:
        super().__init__(prefix=prefix, formdata=None)
        self.language.choices = list(languages.name_languages().items())
        self.reason.choices = choices({reason: words.REASONS[reason] for reason in RevocationReason})
        if wrong:
            self._refuse_everything()

    def _refuse_everything(self) -> None:
        sentences = cycle((gettext("Enter the birth date"), gettext("Choose the language of this name")))
        for field in self:
            if field.short_name not in {"csrf_token", "birth_month", "birth_year"}:
                field.errors = [*field.errors, next(sentences)]


def _papers() -> PapersForm:
    form = papers_form(decided.policy(desk.settings()))
    form.offer([])
    form.show(["shelter-letter"])
    return form


@bp.get("/style")
@public
def show() -> ResponseReturnValue:
    """Every component in every state."""
    if not desk.settings().desk.style_page:
        abort(404)
    return render_template(
        "style/style.html",
        good=SampleForm("good-", wrong=False),
        wrong=SampleForm("wrong-", wrong=True),
        other=SampleForm("other-", wrong=False),
        both=interpreter_languages.both("I do not understand", "ar"),
        papers=_papers(),
        policy=decided.policy(desk.settings()),
        chart=charts.chart([("1", 12), ("2", None), ("3", 40)]),
        states=CardState,
        card_number=CARD_NUMBER,
        today=desk.now().date(),
        somebody=Somebody(),
        site=desk.site(),
        printers=printers.offered(desk.settings()),
        here=url_for("style.show"),
    )
