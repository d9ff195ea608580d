"""A language in which every string of a catalogue stands in brackets: what stands outside them on a page, nobody can
translate. Every page is looked at, those that only a sent form shows as well, and the page of every refusal."""

import re
from collections.abc import Iterator

import pytest
from babel import Locale
from babel.support import Translations

from cardservice.web import interpreter_languages, languages, numerals, problems
from web.browser.sent import Town
from web.hall import EVERY_MORNING, NAMES, Builder
from web.pages import Node, read

pytestmark = pytest.mark.usefixtures("shaped_once")


class Pseudo(Translations):
    """Every string in brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        return f"⟦{singular if num == 1 else plural}⟧"

    gettext, ngettext = ugettext, ungettext


# What is data of the furnished town, or CLDR's.
MONTHS = "September|October|November|December|February|March"
DATA = (
    "Vila Aberta", "Karim al-Haddad", "كريم الحدّاد", "Centre d’hébergement d’urgence du quartier du port", "cora",
    "Centre de santé municipal Simone-Veil du quartier du port", "example-2", "UTC",
    *NAMES.values(), *interpreter_languages.LANGUAGES.values(),
    *(Locale("en").languages[code] for code in (*interpreter_languages.LANGUAGES, *languages.LANGUAGES)),
)  # fmt: skip
NOT_WORDS = re.compile(
    rf"\b[A-Z]\w+day, \d+ ({MONTHS}) \d{{4}}|\d+ ({MONTHS}) \d{{4}}|({MONTHS}) \d{{4}}|\d+ (second|minute|hour|day)s?"
    r"|[0-9a-f]{16,32}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"
    rf"|{'|'.join(re.escape(one) for one in sorted(DATA, key=len, reverse=True))}"
)
NOT_READ = {"option", "code", "samp", "textarea"}
"""Names of languages, which are CLDR's; identifiers; and what was typed."""
# The kinds of codes that a field takes, for the script.
WHAT_IS_SCANNED = "data-scanned"
# Between the parts of a list, as CLDR writes one.
LISTED = re.compile(r"(?<=[⟧)]),? or (?=⟦)")
SAID_BY_SCRIPTS = re.compile(r"data-(?!options$)")


@pytest.fixture
def town(make_hall: Builder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = Town(make_hall(visits=EVERY_MORNING, style_page=True))
    monkeypatch.setattr(numerals.CountedDomain, "get_translations", lambda _: Pseudo())
    yield made
    made.hall.sessions.kw["bind"].dispose()


class TestEveryPage:
    def test_has_no_string_that_cannot_be_translated(self, town: Town) -> None:
        left_over = {(name, said) for name, text in _pages(town) for said in outside_brackets(read(text))}

        assert left_over == set()

    @pytest.mark.parametrize(
        "markup",
        [
            "<p>⟦Yes⟧ no</p>",
            "<p>⟦Yes⟧ or no</p>",
            '<img alt="no">',
            '<p data-said="say no">⟦⟧</p>',
            "<p>⟦⟦a⟧ b⟧ no</p>",
            "<dd><bdi>no</bdi></dd>",
        ],
    )
    def test_is_read_with_all_that_it_says(self, markup: str) -> None:
        assert "no" in set(outside_brackets(read(f'<html lang="en">{markup}</html>')))

    @pytest.mark.parametrize(
        "markup", ["<p>⟦no ⟦⟧⟧ 25 November 2026</p>", '<p lang="ti">no</p>', '<bdi class="number">7K2M</bdi>']
    )
    def test_is_left_alone_with_what_is_no_word_of_the_page(self, markup: str) -> None:
        assert set(outside_brackets(read(f'<html lang="en">{markup}</html>'))) == set()


def _pages(town: Town) -> Iterator[tuple[str, str]]:
    yield from town.pages()
    given = str(town.browser("clara").submit("/queue/desk", {"persons": "1"}).location)
    for path in ("/", "/queue/desk", given, "/cards/{active}", "/registrations/{asked}/second-look"):
        yield f"{path} for clara", town.browser("clara").get(path.format(**town.places)).text
    for error, problem in problems.TABLE.items():
        with town.hall.app.test_request_context():
            yield f"{error.__name__} refused", problems.page(problem)[0]


def outside_brackets(page: Node) -> Iterator[str]:
    """What a page says that no catalogue holds: its text, and attributes that are read aloud or shown by scripts."""
    spoken = [_text(page)]
    for node in page.walk():
        spoken += [node.attributes.get(name, "") for name in ("alt", "aria-label", "title", "placeholder")]
        said = {name: words for name, words in node.attributes.items() if name != WHAT_IS_SCANNED}
        spoken += [words for name, words in said.items() if SAID_BY_SCRIPTS.match(name) and " " in words]
    for said in spoken:
        rest = LISTED.sub(" ", said)
        while rest != (rest := re.sub(r"⟦[^⟦⟧]*⟧", " ", rest)):
            pass
        yield from (word for word in NOT_WORDS.sub(" ", rest).split() if any(letter.isalpha() for letter in word))


def _text(node: Node) -> str:
    """All that is said in the page's own language, but numbers and codes."""
    other_language = node.tag != "html" and "lang" in node.attributes
    if node.tag in NOT_READ or other_language or {"number", "digits"} & set(node.attributes.get("class", "").split()):
        return ""
    return " ".join(child if isinstance(child, str) else _text(child) for child in node.children)
