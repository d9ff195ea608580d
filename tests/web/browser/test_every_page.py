"""Every page of the desk, and every answer to a form: nothing in anybody's way (WCAG 2.2 AA, docs/decisions/0074).

Each page is opened once in a language and then looked at narrow and wide, by day and by night, with letters twice as
large and on paper. The whole product, and in the browser that people have, is `make long-looks`.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from cardservice.web import languages
from web.browser import looks
from web.browser.conftest import Desk, served
from web.browser.furnished import NO_PAGES, PAGES, Furnished
from web.browser.looks import Axe, Weights
from web.browser.sent import SENT, Sent, in_chromium

FURNISHED = Furnished()
LONG = bool(os.environ.get("CARDSERVICE_LONG"))
EVERY = list(languages.LANGUAGES)
RIGHT_TO_LEFT = "ar"
# In the ordinary run each page is looked at in one language: every second one from right to left, the others in the
# other languages by turns. Templates are the same in all; what is missing in a catalogue, test_languages.py tells.
OTHERS = [language for language in EVERY if language != RIGHT_TO_LEFT]
AXE = Axe.EACH_WAY if LONG else Axe.ONCE


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("furnished"), FURNISHED, style_page=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def weights() -> Weights:
    return Weights()


class TestEveryPage:
    def test_is_looked_at(self, town: Desk) -> None:
        routes = town.hall.app.url_map
        urls = routes.bind("localhost")
        looked_at = {
            urls.match(path.format(**FURNISHED.places))[0]
            for paths in PAGES.values()
            for path in paths
            if path != "/nowhere"
        }

        assert looked_at == {rule.endpoint for rule in routes.iter_rules() if "GET" in rule.methods} - NO_PAGES

    def test_has_its_language_and_every_language_has_pages(self) -> None:
        shares = [list(in_this_language(language, PAGES["sofia"])) for language in EVERY]

        assert {path for share in shares for path in share} == set(PAGES["sofia"])
        assert all(shares)

    @pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "nobody")
    @pytest.mark.parametrize("language", EVERY)
    def test_is_in_nobodys_way(self, town: Desk, weights: Weights, language: str, name: str) -> None:
        """The pages of one person: signed in, but for those that are everybody's."""
        town.complaints.clear()
        wrong = []
        page = town.open(language=language, width=320)
        if name:
            town.sign_in(page, name)
        for path in in_this_language(language, PAGES[name]):
            answer = page.goto(path.format(**FURNISHED.places))
            assert answer is not None
            assert answer.status == (404 if path == "/nowhere" else 200), path
            wrong += [(path, *said) for said in looks.of_one_page(page, AXE)]
            if (weight := weights.of(page, answer)) > looks.MOST_BYTES:
                wrong.append((path, "heavy", f"{weight} bytes"))

        assert wrong == []
        assert [said for said in town.complaints if "status of 4" not in said] == []

    @pytest.mark.parametrize("name", [name for name in PAGES if name])
    def test_has_its_menu_on_one_line_of_a_usual_screen(self, town: Desk, name: str) -> None:
        lines = {}
        page = town.open(width=1280)
        town.sign_in(page, name)
        for language in EVERY:
            page.context.add_cookies([{"name": "language", "value": language, "url": town.address}])
            page.goto("/")
            assert page.get_attribute("html", "lang") == language
            lines[language] = page.evaluate(
                "new Set([...document.querySelectorAll('.menu__list a')].map((one) => one.offsetTop)).size"
            )

        assert lines == dict.fromkeys(EVERY, 1)


class TestEveryAnswer:
    """What only a sent form shows. After the pages: what is sent changes the town."""

    @pytest.mark.parametrize("name", sorted({one.by for one in SENT}), ids=lambda name: name or "nobody")
    def test_to_a_form_is_in_nobodys_way(self, town: Desk, name: str) -> None:
        town.complaints.clear()
        wrong = []
        for language, forms in in_their_languages(name):
            # A session of its own in each language: five wrong confirmations end one, a sixth session ends the first.
            page = town.open(language=language, width=320)
            if name:
                town.sign_in(page, name)
            for one in forms:
                page.set_viewport_size(looks.NARROW)  # type: ignore[arg-type]
                answer = in_chromium(page, one, FURNISHED.places)
                assert answer.status == one.status, one.name
                wrong += [(one.name, language, *said) for said in looks.of_one_page(page, axe_of(one))]

        assert wrong == []
        assert [said for said in town.complaints if "status of 4" not in said] == []

    @pytest.mark.parametrize("language", EVERY if LONG else [RIGHT_TO_LEFT])
    def test_to_the_password_is_the_page_of_the_code(self, town: Desk, language: str) -> None:
        page = town.open(language=language, width=320)
        before = next(one.first[0] for one in SENT if one.path == "/sign-in/code")
        in_chromium(page, before, FURNISHED.places)

        assert page.url.endswith("/sign-in/code")
        assert looks.of_one_page(page, AXE) == []


def in_this_language(language: str, paths: tuple[str, ...]) -> Iterator[str]:
    """The pages that are looked at in a language: in the long run all of them."""
    for place, path in enumerate(paths):
        turn = RIGHT_TO_LEFT if place % 2 == 0 else OTHERS[place // 2 % len(OTHERS)]
        if LONG or language == turn:
            yield path


def in_their_languages(name: str) -> Iterator[tuple[str, list[Sent]]]:
    """What somebody sends, each in one language or in the long run in all; last what is refused from then on."""
    again = [(place, one) for place, one in enumerate(SENT) if one.by == name and not one.refuses_for_a_minute]
    for number, language in enumerate(EVERY):
        if forms := [one for place, one in again if LONG or place % len(EVERY) == number]:
            yield language, forms
    yield EVERY[0], [one for one in SENT if one.by == name and one.refuses_for_a_minute]


def axe_of(one: Sent) -> Axe:
    """In the ordinary run the first answer of each page: the others have the same parts."""
    if LONG:
        return Axe.EACH_WAY
    return Axe.ONCE if one is next(each for each in SENT if each.path == one.path) else Axe.NEVER
