"""Numbers as people write them: on every page, in every message, in every language; and in a file of data never."""

import re
from collections.abc import Iterator

import pytest
from babel import Locale
from flask import render_template_string
from flask_babel import gettext, ngettext
from jinja2 import Environment

from cardservice.domain import statistics
from cardservice.web import interpreter_languages, languages, numerals
from web import pages
from web.browser.sent import Town
from web.hall import EVERY_MORNING, Builder, TownHall

pytestmark = pytest.mark.usefixtures("shaped_once")

NARROW = "\N{NARROW NO-BREAK SPACE}"
WRITTEN = {
    "en": ("1,204", "12,040"),
    "es": ("1204", "12.040"),
    "fr": (f"1{NARROW}204", f"12{NARROW}040"),
    "pt": ("1.204", "12.040"),
    "ar": ("1,204", "12,040"),
}
POINTS = ("%(num)s point", "%(num)s points")


@pytest.fixture(params=WRITTEN)
def language(request: pytest.FixtureRequest, hall: TownHall) -> Iterator[str]:
    """A page's language."""
    with hall.app.test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


class TestANumber:
    def test_is_written_as_in_each_language_of_the_desk(self, language: str) -> None:
        assert (numerals.counted(1204), numerals.counted(12040)) == WRITTEN[language]

    def test_is_tried_in_every_language_of_the_desk(self) -> None:
        assert set(WRITTEN) == set(languages.LANGUAGES)

    def test_says_its_sign_where_it_is_a_difference(self, hall: TownHall) -> None:
        with hall.app.test_request_context():
            assert [numerals.signed(number) for number in (1204, 0, -1204)] == ["+1,204", "+0", "−1,204"]
            assert numerals.counted(-508) == numerals.in_language(-508, Locale("en")) == "−508"


class TestAMessage:
    def test_writes_how_many_there_are(self, language: str) -> None:
        assert WRITTEN[language][0] in ngettext(*POINTS, 1204)
        assert WRITTEN[language][0] in languages.Catalogue(language).ngettext(*POINTS, 1204)

    def test_writes_every_whole_number_in_it(self, language: str) -> None:
        said = "%(have)s of %(need)s"
        written, other = WRITTEN[language]

        assert f"{written}|{other}" in re.sub(r"\D+? (?=\d)", "|", gettext(said, have=1204, need=12040))
        assert written in languages.Catalogue(language).gettext(said, have=1204, need=12040)

    def test_does_so_in_a_template_as_well(self, language: str) -> None:
        template = "{{ ngettext(one, many, 1204) }} {{ _('%(have)s of %(need)s', have=12040, need='<') }}"

        said = render_template_string(template, one=POINTS[0], many=POINTS[1])

        assert all(written in said for written in WRITTEN[language])
        assert said.endswith(" &lt;")

    def test_leaves_what_is_no_quantity(self, hall: TownHall) -> None:
        with hall.app.test_request_context():
            assert gettext("%(have)s of %(need)s", have="1204", need=True) == "1204 of True"


class TestEveryPage:
    def test_shows_no_number_that_did_not_go_through_the_language(
        self, make_hall: Builder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever a template puts out as a whole number is marked, and no mark may be where somebody reads."""
        hall = make_hall(visits=EVERY_MORNING, style_page=True)
        with hall.sessions.begin() as session:
            statistics.add(session, "card.handed over", now=hall.clock().replace(month=9), by=1204)
        town = Town(hall)
        monkeypatch.setattr(pages, "check_text", lambda _: None)  # marks are in ids too
        _mark_whole_numbers(hall.app.jinja_env)
        raw = {(name, said) for name, text in town.pages() for said in _marked(text)}

        assert raw == set()

    def test_writes_what_the_council_is_told_and_its_file_does_not(self, hall: TownHall) -> None:
        with hall.sessions.begin() as session:
            statistics.add(session, "card.handed over", now=hall.clock().replace(month=10), by=1204)
        for language, (number, _) in WRITTEN.items():
            asked, written = hall.browser(), number.replace(NARROW, " ")

            page = asked.get("/numbers", headers={"Accept-Language": language}).main
            table = asked.get("/numbers.csv", headers={"Accept-Language": language}).text

            assert written in [cell.text for cell in page.all("td")]
            assert written in [node.text for node in page.all("p") if node.attributes.get("class") == "chart__most"]
            assert any(written in title.text for title in page.all("title"))
            assert ",1204," in table
            assert table.isascii()


def _mark_whole_numbers(templates: Environment) -> None:
    templates.finalize = lambda value: f"⸢{value}⸣" if type(value) is int else value
    # Compiled anew, and not for the desks of other tests (conftest.py).
    templates.bytecode_cache = None
    templates.cache.clear()


def _marked(text: str) -> Iterator[str]:
    """What is read on a page, or read aloud, with a mark in it."""
    # The level of a heading is a number too.
    for node in pages.read(re.sub(r"<(/?h)⸢(\d)⸣", r"<\1\2", text)).walk():
        said = [child for child in node.children if isinstance(child, str)]
        said += [node.attributes.get(name, "") for name in ("alt", "aria-label", "title", "placeholder")]
        yield from (words.strip() for words in said if "⸢" in words)


class TestTheDigits:
    @pytest.mark.parametrize(
        ("language", "written"), [("fa", "۱٬۳۶۵"), ("bn", "১,৩৬৫"), ("ar", "1,365"), ("ur", "1,365"), ("am", "1,365")]
    )
    def test_are_those_of_the_language(self, language: str, written: str) -> None:
        assert numerals.in_language(1365, Locale.parse(language)) == written

    def test_are_known_of_every_language_that_is_spoken_at_the_desk(self) -> None:
        systems = {Locale.parse(code).default_numbering_system for code in interpreter_languages.LANGUAGES}

        assert systems <= {"latn", *numerals.DIGITS}
