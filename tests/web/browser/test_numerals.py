"""Numbers that scripts write are those that pages write."""

import pytest

from cardservice.web import languages, numerals
from web.browser.conftest import Desk

NUMBERS = (0, 12, 999, 1204, 9999, 12040, 1234567)


class TestANumber:
    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_is_written_by_the_browser_as_by_the_desk(self, desk: Desk, language: str) -> None:
        page = desk.open(language=language)
        page.goto("/sign-in")

        said = page.evaluate(
            "(all) => all.map((one) => new Intl.NumberFormat(document.documentElement.lang).format(one))", NUMBERS
        )

        with desk.hall.app.test_request_context(headers={"Accept-Language": language}):
            assert said == [numerals.counted(number) for number in NUMBERS]
