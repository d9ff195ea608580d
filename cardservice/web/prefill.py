"""At the desk: the code of a form that a resident filled in at home fills the fields that the clerk has left empty.

Nothing is saved by it, what was typed stays as it was typed, and nothing of the code is shown but the answers in their
fields. How a code is read is domain/prefill.py's; the form itself is prefill_page.py.
"""

from flask import request
from flask_babel import gettext
from wtforms import TextAreaField

from cardservice.domain import prefill, registration
from cardservice.domain.prefill import Prefilled, PrefillRefused, WhyNotFilled
from cardservice.web import desk, words
from cardservice.web.forms import UNREMEMBERED, BirthDateForm


def brought() -> str:
    """The code of a form that came with another page's, to be carried to where its answers are typed; "" for none.

    Of one that is too long so much is carried that it is called too long there.
    """
    return request.form.get("form_code", "")[: prefill.TEXT_LIMIT + 1]


def of_use() -> tuple[str, str]:
    """The same, and why not: a code that fills nothing is said to be one while its telephone is still at hand."""
    text = brought()
    try:
        if text.strip():
            prefill.read(text, issuer=desk.settings().town.issuer, today=desk.now().date())
    except PrefillRefused as refused:
        return "", str(words.not_filled(refused.why))
    return text, ""


class BroughtForm(BirthDateForm):
    """A form whose answers can come from a code. `form_code` is never parked (parked.py) and never shown again."""

    form_code = TextAreaField(
        # It stands above the form that it belongs to (templates/prefill/brought.html).
        render_kw=UNREMEMBERED | {"rows": "3", "data-scanned": "form", "data-sends": "", "form": "answers"}
    )

    filled: tuple[str, ...] = ()
    """What the code has just filled in, in words."""
    kept: tuple[str, ...] = ()
    """What the code says otherwise than the clerk had typed it, in words."""

    def use_code(self) -> bool:
        """Fill the form from the code, or say why not; False where there is no code."""
        text, self.form_code.data = self.form_code.data or "", ""
        if not text.strip():
            return False
        try:
            answers = prefill.read(text, issuer=desk.settings().town.issuer, today=desk.now().date())
            self._check_languages(answers)
        except PrefillRefused as refused:
            self.refuse("form_code", words.not_filled(refused.why))
        else:
            self._fill(answers)
        return True

    def _check_languages(self, answers: Prefilled) -> None:
        """A language that is not offered would be shown as another one."""
        for name, language in (("language", answers.language), ("language_second", answers.language_second)):
            if language and language not in {offered.value for offered in self[name].choices}:
                raise PrefillRefused(WhyNotFilled.ANSWERS)

    def _fill(self, answers: Prefilled) -> None:
        called = gettext("Full name"), gettext("Language of the name")
        self._fill_name("name", answers.name, answers.language, called)
        if not any(self[part].data for part in self.PARTS):
            self.show_birth_date(answers.birth_date)
            self.filled += (gettext("Birth date"),)
        elif "".join(_digits(self[part].data or "") for part in reversed(self.PARTS)) != answers.birth_date:
            self.kept += (gettext("Birth date"),)
        if answers.name_second is not None:
            called = gettext("Name in a second script"), gettext("Language of the name in the second script")
            self._fill_name("name_second", answers.name_second, answers.language_second or "", called)

    def _fill_name(self, name: str, answer: str, language: str, called: tuple[str, str]) -> None:
        """A name is filled in with its language: one without the other would be drawn wrongly."""
        typed = registration.tidy(self[name].data or "")
        language_field = self["language" + name.removeprefix("name")]
        if not typed:
            self[name].data, language_field.data = answer, language
            self.filled += called
        elif (typed, language_field.data) != (answer, language):
            self.kept += called[:1]


def _digits(typed: str) -> str:
    """A part of a date as "YYYYMMDD" has it, in whatever digits it was typed; anything else as it is."""
    typed = typed.strip()
    return f"{int(typed):02}" if typed.isdecimal() and len(typed) <= 4 else typed
