"""Every page of the desk in every language: nothing in anybody's way (WCAG 2.2 AA, docs/decisions/0074).

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
from web.browser.furnished import NO_PAGES, PAGES, SENT_EMPTY, Furnished
from web.browser.looks import Axe, Weights

FURNISHED = Furnished()
LONG = bool(os.environ.get("CARDSERVICE_LONG"))
# What axe looks at is the same in every language but for direction; the long run trusts nobody. Beside it the language
# with the longest words is looked at; what is missing in a catalogue, test_languages.py tells.
BY_AXE = {"ar"}
LOOKED_AT = list(languages.LANGUAGES) if LONG else ["ar", "fr"]


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

    @pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "nobody")
    @pytest.mark.parametrize("language", LOOKED_AT)
    def test_is_in_nobodys_way(self, town: Desk, weights: Weights, language: str, name: str) -> None:
        """The pages of one person: signed in, but for those that are everybody's."""
        axe = Axe.EACH_WAY if LONG else (Axe.ONCE if language in BY_AXE else Axe.NEVER)
        town.complaints.clear()
        wrong = []
        page = town.open(language=language, width=320)
        if name:
            town.sign_in(page, name)
        for path in PAGES[name]:
            answer = page.goto(path.format(**FURNISHED.places))
            assert answer is not None
            assert answer.status == (404 if path == "/nowhere" else 200), path
            wrong += [(path, *said) for said in looks.of_one_page(page, axe)]
            if (weight := weights.of(page, answer)) > looks.MOST_BYTES:
                wrong.append((path, "heavy", f"{weight} bytes"))
        for path in SENT_EMPTY.get(name, ()):
            page.goto(path.format(**FURNISHED.places))
            with page.expect_navigation():
                page.click("main form button:not([type=button]):not(.quiet)")
            wrong += [(path, "with problems", *said) for said in looks.of_one_page(page, axe)]

        assert wrong == []
        assert [said for said in town.complaints if "status of 4" not in said] == []

    @pytest.mark.parametrize("name", [name for name in PAGES if name])
    def test_has_its_menu_on_one_line_of_a_usual_screen(self, town: Desk, name: str) -> None:
        lines = {}
        for language in languages.LANGUAGES:
            page = town.open(language=language, width=1280)
            town.sign_in(page, name)
            lines[language] = page.evaluate(
                "new Set([...document.querySelectorAll('.menu__list a')].map((one) => one.offsetTop)).size"
            )

        assert lines == dict.fromkeys(languages.LANGUAGES, 1)
