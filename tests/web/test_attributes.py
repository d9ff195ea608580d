"""Attributes of fields: word for word what WTForms writes, whatever is in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms import Form, SelectField, StringField
from wtforms.widgets import core, html_params

from cardservice.web import attributes
from cardservice.web.forms import choices
from web.hall import TownHall

VALUES = st.one_of(st.text(), st.text().map(Markup), st.booleans(), st.integers(), st.none())
NAMES = st.one_of(st.from_regex(r"(data_|aria_)?[a-z_]{1,8}_?", fullmatch=True), st.text(min_size=1))


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_are_what_the_library_writes(named: dict[str, Any]) -> None:
    assert attributes.written(**named) == html_params(**named)


@pytest.mark.parametrize("value", ['" onfocus="alert(1)', "<b>&amp;</b>", Markup('"><script>'), "'"])
def test_end_where_they_should(value: str) -> None:
    told = attributes.written(value=value, title="x")

    assert told == html_params(value=value, title="x")
    assert told.count('"') == 4


def test_are_written_so_at_the_desk(hall: TownHall) -> None:
    class Words(Form):
        name = StringField(render_kw={"aria_label": "a name"})
        language = SelectField(choices=choices({"en": "English"}))

    assert core.html_params is attributes.written
    words = Words()
    assert words.name() == '<input aria-label="a name" id="name" name="name" type="text" value="">'
    assert words.language() == '<select id="language" name="language"><option value="en">English</option></select>'
