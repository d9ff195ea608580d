"""The screen turned to the person at the counter: their language large, the clerk's beside it, nothing of anybody."""

import pytest

from cardservice.web.interpreter_words import QUESTIONS
from web.pages import Client


class TestAQuestion:
    @pytest.mark.parametrize("name", QUESTIONS)
    def test_is_shown_in_both_languages(self, clerk: Client, name: str) -> None:
        page = clerk.get(f"/interpreter/{name}?language=ar").page

        theirs = [node for node in page.walk() if "turned__question" in node.attributes.get("class", "")]
        assert page.all("h1")[0].text == QUESTIONS[name].asked
        assert [(node.attributes["lang"], node.attributes["dir"]) for node in theirs[0].all("span")] == [("ar", "rtl")]
