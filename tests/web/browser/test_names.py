"""What a screen reader is given of every page, compared with what was reviewed (docs/decisions/0074).

The files in names/ are the declaration: of every page its title, headings, groups and controls, with name, state and
description. What the desk says now is written by `PYTHONPATH=.:tests python -m web.browser.test_names`, to be read word
by word before it is kept: does the name alone say what the control does, is it the only one of that name, is its
problem said with it?
"""

import os
import re
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cardservice.web import languages
from web.browser.conftest import Desk, served
from web.browser.furnished import PAGES, Furnished
from web.browser.sent import SENT, in_chromium
from web.browser.spoken import Spoken
from web.hall import MORNING

REVIEWED = Path(__file__).with_name("names")
WRITE = "CARDSERVICE_WRITE_NAMES"
LONG = bool(os.environ.get("CARDSERVICE_LONG"))
FURNISHED = Furnished()
# Right to left beside the language that the desk is written in; catalogues are compared by test_languages.py.
LOOKED_AT = list(languages.LANGUAGES) if LONG else ["en", "ar"]
# Of the pages that only a sent form shows: one of each form with its problems, and each that has words of its own.
ANSWERED = (
    "a wrong password", "a wrong passkey", "halves of a code and a good password", "a mistyped slip code",
    "a slip code", "a card that its holder ends", "no time of a visit", "a visit", "a visit to be moved",
    "a wrong code after the password", "few papers", "a paper with no date", "what to bring",
    "a second look without its reason", "no answers", "answers of a child", "a mistyped code from home", "no photo",
    "a card that was issued", "a line that no card has", "a scanned card", "a mistyped card number", "no old card",
    "no reason why a card is revoked", "a mistyped code of a visit", "an unnamed organisation",
    "a partner without a name", "an answer about a card", "vouching for a colleague", "a wrong confirmation",
    "nothing of a staff member", "nothing of a key",
)  # fmt: skip


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Always of one morning, so that no date changes from day to day."""
    with served(chromium, tmp_path_factory.mktemp("named"), FURNISHED, style_page=True, today=MORNING) as opened:
        yield opened


@pytest.fixture(scope="module")
def heard(town: Desk) -> dict[str, list[str]]:
    """The lines of all pages in each language, and of the answers to forms, which change the town, in English."""
    return {language: [*pages(town, language)] for language in LOOKED_AT} | {"answers": [*answers(town)]}


def pages(town: Desk, language: str) -> Iterator[str]:
    for name in PAGES:
        page = town.open(language=language)
        if name:
            town.sign_in(page, name)
        who, around = name or "nobody", list[str]()
        for path in PAGES[name]:
            page.goto(path.format(**FURNISHED.places))
            spoken = Spoken(page)
            if (now_around := spoken.frame()) != around:
                yield from ("", f"# {who}: around the pages", *now_around)
            around = now_around
            yield from ("", f"# {who}: {path}", *spoken.content())


def answers(town: Desk) -> Iterator[str]:
    for name in PAGES:
        page = town.open()
        if name:
            town.sign_in(page, name)
        for one in SENT:
            if one.by == name and one.name in ANSWERED:
                in_chromium(page, one, FURNISHED.places)
                yield from ("", f"# {name or 'nobody'}: {one.path}, {one.name}", *Spoken(page).content())


@pytest.mark.parametrize("file", ["en", "ar", "answers"])
def test_every_name_is_one_that_was_reviewed(heard: dict[str, list[str]], file: str) -> None:
    path = REVIEWED / f"{file}.txt"
    if os.environ.get(WRITE):
        path.write_text("\n".join(heard[file][1:]) + "\n", encoding="utf-8")
    reviewed = ["", *path.read_text(encoding="utf-8").splitlines()]

    assert [*unified_diff(reviewed, heard[file], "reviewed", "now", lineterm="", n=1)] == []


@pytest.mark.parametrize("language", [one for one in LOOKED_AT if one != "en"])
def test_every_language_has_the_same_controls(heard: dict[str, list[str]], language: str) -> None:
    kinds = {name: [re.sub(r"(?<=[^# ]) .*", "", line) for line in heard[name]] for name in ("en", language)}

    assert [*unified_diff(kinds["en"], kinds[language], "en", language, lineterm="")] == []


if __name__ == "__main__":
    os.environ[WRITE] = "yes"
    sys.exit(pytest.main(["-q", __file__]))
