"""What all forms share: a birth date in three fields, problems beside their fields, and buttons that cannot be guessed.

A form says what was typed. What is allowed is decided in `domain`, whose problems come back here by field and code and
get their words from words.py; no limit is stated twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from cardservice.domain import sent_forms
from cardservice.domain.registration import FieldProblem
from cardservice.web import desk, parked, words
from cardservice.web.languages import SPEAK

# A clerk types somebody else's data: the browser must neither offer nor remember it.
UNREMEMBERED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


BRINGS_FORM = "bring-form"
"""What the start page asks for, where the code of a form was scanned: nothing was typed on the code's page yet."""

Word = TypeVar("Word", bound=StrEnum)


def choices(offered: Mapping[Any, Any]) -> list[SelectChoice]:
    """Words to choose from, each with what people read."""
    return [SelectChoice(str(word), label) for word, label in offered.items()]


class DeskForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A form whose problems can be listed on top of the page, each with the field to go to.

    ORDER: the names of the fields as they stand on the page, where that is not the order of the class.
    """

    ORDER: tuple[str, ...] = ()

    def __init__(self, **options: Any) -> None:
        has_typed = self.is_posted and request.form.get("do") != BRINGS_FORM
        self.before = None if has_typed else parked.typed_before()
        """What was typed on its page before, and not sent."""
        if has_typed and self.is_submitted():
            parked.used()
        elif self.came_back and self.before:
            options["formdata"] = self.before.fields
        super().__init__(**options)

    @property
    def is_posted(self) -> bool:
        """Whether what is typed came with this request, be it only to be shown in another language."""
        return bool(super().is_submitted())

    def is_submitted(self) -> bool:
        """Whether something is to be done with what is typed."""
        return self.is_posted and SPEAK not in request.form

    @property
    def came_back(self) -> bool:
        """Whether it is shown with what was typed before, and not sent yet."""
        return self.before is not None and self.before.is_shown

    @property
    def is_of_an_older_page(self) -> bool:
        """Whether what came back was typed on a page that showed a registration as it is no more."""
        return self.before is not None and self.before.is_shown and self.before.is_older

    @property
    def is_blank(self) -> bool:
        """Whether nobody has typed anything into it yet."""
        return not (self.is_posted or self.came_back)

    def refuse(self, name: str, message: str) -> None:
        """Say beside a field what is wrong with it."""
        field = self[name]
        field.errors = [*field.errors, message]

    def refuse_all(self, problems: Iterable[FieldProblem]) -> None:
        """Say beside each field what `domain` found wrong with it."""
        for problem in problems:
            self.refuse(self.field_for(problem.field), words.problem(problem))

    def field_for(self, name: str) -> str:
        """The form field that a field of a registration was typed in."""
        return name if name in self else next(iter(self._fields))

    def choose(self, name: str, offered: Iterable[Word], otherwise: str) -> Word | None:
        """Which of the offered words was chosen in a field; None after saying that one is needed."""
        for word in offered:
            if self[name].data == word.value:
                return word
        self.refuse(name, otherwise)
        return None

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, words) in the order of the page."""
        fields = [self[name] for name in self.ORDER] or list(self)
        return [(field.id, str(message)) for field in fields for message in field.errors if field.id != "csrf_token"]


class OnceForm(DeskForm):
    """A form that does once what it does, however often it is sent: the page draws an id and sends it along.

    One that came without an id, or with something else in its place, is a form that was not sent before.
    """

    form_id = HiddenField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not sent_forms.is_id(self.form_id.data or "") or (self.came_back and not self._was_sent()):
            self.draw_id()

    def draw_id(self) -> None:
        """Make it another form, which was not sent yet."""
        self.form_id.data = sent_forms.draw(desk.token_bytes)

    def _was_sent(self) -> bool:
        # Another window may still show the page that this was typed on: what both send is then not the same form.
        with desk.reading() as session:
            return sent_forms.is_known(session, self.form_id.data or "")


def secret_names() -> frozenset[str]:
    """The names of all fields of password type in all forms there are: what must never be sent back to a browser."""
    return frozenset(_secret_names(DeskForm))


def _secret_names(kind: type[DeskForm]) -> Iterator[str]:
    for name in dir(kind):
        field = getattr(kind, name)
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField):
            yield name
    for narrower in kind.__subclasses__():
        yield from _secret_names(narrower)


class BirthDateForm(DeskForm):
    """A form with a birth date in three fields: nobody has to know a format, and no calendar has to be scrolled."""

    birth_day = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric"})
    birth_month = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric"})
    birth_year = StringField(render_kw=UNREMEMBERED | {"inputmode": "numeric"})
    birth_unknown = BooleanField()
    """Says that an empty day, or day and month, was not forgotten."""

    PARTS = ("birth_day", "birth_month", "birth_year")
    BIRTH_DATE = (*PARTS, "birth_unknown")
    """All its fields, in the order of the page."""

    def birth_date(self) -> str:
        """The birth date as "YYYYMMDD", with 00 for what is said not to be known.

        "" where a part is missing or is not a number, which is said beside it.
        """
        typed = {name: (self[name].data or "").strip() for name in self.PARTS}
        empty = [name for name in self.PARTS if not typed[name]]
        if problem := self._about_empty(empty):
            self.refuse(*problem)
            return ""
        filled = [name for name in self.PARTS if name not in empty]
        if unreadable := [name for name in filled if not _is_number(typed[name], 4 if name == "birth_year" else 2)]:
            self.refuse(unreadable[0], gettext("Write the birth date in numbers, for example 27 3 1985"))
            return ""
        if not all(int(typed[name]) for name in filled):
            # In signed content 00 means "not known", which is said here with the tick.
            self.refuse(self.impossible_part(), words.problem(FieldProblem("birth_date", "not-a-date")))
            return ""
        day, month, year = (int(typed[name] or 0) for name in self.PARTS)
        return f"{year:04}{month:02}{day:02}"

    def impossible_part(self) -> str:
        """The field of the part that no date has, whatever the others are; the day's where the whole is none."""
        month = (self.birth_month.data or "").strip()
        return "birth_month" if _is_number(month, 2) and not 1 <= int(month) <= 12 else "birth_day"

    def says(self, birth_date: str) -> bool:
        """Whether the fields say this "YYYYMMDD", in whatever digits and with whatever zeros before them."""
        saved = {"birth_day": birth_date[6:], "birth_month": birth_date[4:6], "birth_year": birth_date[:4]}
        typed = {name: (self[name].data or "").strip() or "0" for name in self.PARTS}
        return all(_is_number(typed[name], 4) and int(typed[name]) == int(part) for name, part in saved.items())

    def show_birth_date(self, birth_date: str) -> None:
        """Fill the fields from "YYYYMMDD"."""
        self.birth_year.data = birth_date[:4]
        self.birth_month.data = birth_date[4:6].lstrip("0")
        self.birth_day.data = birth_date[6:].lstrip("0")
        self.birth_unknown.data = birth_date.endswith("00")

    def _about_empty(self, empty: list[str]) -> tuple[str, str] | None:
        """What is wrong with leaving these parts empty: the field to say it beside, and the words."""
        if len(empty) == len(self.PARTS):
            return "birth_day", gettext("Enter the birth date")
        if "birth_year" in empty:
            return "birth_year", gettext("The birth date needs a year")
        if not self.birth_unknown.data:
            return (empty[0], _missing(empty)) if empty else None
        if not empty:
            return "birth_unknown", gettext(
                "The whole birth date is filled in. Empty what is not known, or untick this"
            )
        if empty == ["birth_month"]:
            return "birth_day", gettext("Without the month, leave the day empty as well")
        return None


def _missing(names: list[str]) -> str:
    if len(names) > 1:
        return str(gettext("The birth date needs a day and a month. If they are not known, say so below"))
    if names == ["birth_day"]:
        return str(gettext("The birth date needs a day. If it is not known, say so below"))
    return str(gettext("The birth date needs a month. If it is not known, leave the day empty too, and say so below"))


def _is_number(text: str, longest: int) -> bool:
    # isdecimal, so that a clerk may type ٢٧ as well as 27; int() reads both.
    return text.isdecimal() and len(text) <= longest
