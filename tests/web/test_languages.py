"""Every word of the desk in every language: catalogues that are whole, and no string that is not in them."""

import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from cardservice.domain.schedule import TABLES
from cardservice.domain.schedule_of_files import FILES
from cardservice.terms import CardCode, CardState, DraftState, IdentityReason, RevocationReason, Service, StaffRole
from cardservice.web import dates, languages, words
from web.hall import ANSWERS, TownHall
from web.pages import Client

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "cardservice/languages"


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What is in the source and the templates now."""
    pot = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    mapping = ["--mapping", "cardservice/web/babel.cfg", "--output", str(pot), "."]
    subprocess.run([*command, *mapping], cwd=ROOT, check=True)
    return read_po(io.BytesIO(pot.read_bytes()))


class TestACatalogue:
    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_has_every_string_and_no_other(self, extracted: Catalog, language: str) -> None:
        wanted = {message.id for message in extracted if message.id}
        known = {message.id for message in catalogue(language) if message.id}

        assert wanted - known == set(), "make messages, then translate"
        assert known - wanted == set(), "no longer said anywhere"

    def test_is_asked_by_no_name_under_which_pybabel_does_not_look(self) -> None:
        """A sentence under `lazy_gettext(` is in no catalogue: English in every language, and missed by nothing."""
        asked = {
            path.name
            for path in Path(languages.__file__).parent.rglob("*.py")
            if re.search(r"\blazy_\w+\(", path.read_text(encoding="utf-8"))
        }

        assert asked == set()

    def test_has_every_sentence_of_the_retention_schedule(self, extracted: Catalog) -> None:
        """They are looked up by their value, so that nothing else would miss one that is never extracted."""
        said = {words for rule in [*TABLES.values(), *FILES] for words in (rule.why, rule.ends)}

        assert said - {message.id for message in extracted} == set()

    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_is_complete_with_every_plural_form(self, language: str) -> None:
        whole = catalogue(language)
        for message in whole:
            if message.id:
                forms = message.string if isinstance(message.string, tuple) else (message.string,)
                assert all(forms), f"{language}: {message.id}"
                assert len(forms) == (whole.num_plurals if message.pluralizable else 1)
                assert not message.fuzzy

    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_keeps_the_places_where_values_stand(self, language: str) -> None:
        for message in catalogue(language):
            if message.id:
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                places = set(re.findall(r"%\(\w+\)s", ids[-1]))
                # "one" and "two" may say their number as a word.
                assert all(set(re.findall(r"%\(\w+\)s", text)) <= places for text in texts)
                assert not places or any(places == set(re.findall(r"%\(\w+\)s", text)) for text in texts)

    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_is_compiled_as_it_stands(self, language: str) -> None:
        compiled = CATALOGUES / language / "LC_MESSAGES/messages.mo"
        if not compiled.exists():
            pytest.skip("not compiled here; make install does it")
        with compiled.open("rb") as file:
            used = {_key(message): _forms(message) for message in read_mo(file) if message.id}

        assert used == {_key(message): _forms(message) for message in catalogue(language) if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


class TestEveryWordOfTheField:
    def test_has_words_on_the_screen(self) -> None:
        assert set(words.ROLES) == set(words.ROLE_DUTIES) == set(StaffRole)
        assert set(words.DRAFT_STATES) == set(DraftState)
        assert set(words.CARD_STATES) == set(words.KINDS_OF_STATE) == set(CardState)
        assert set(words.REASONS) == set(RevocationReason)
        assert set(words.SERVICES) == set(Service)
        assert set(words.CARD_CODES) == set(CardCode)
        assert set(words.IDENTITY_REASONS) == set(IdentityReason)
        assert set(words.KEY_STATES) == set(words.KINDS_OF_KEY_STATE)

    def test_is_said_for_every_language_that_a_name_can_have(self, hall: TownHall) -> None:
        for language in languages.LANGUAGES:
            with hall.app.test_request_context(headers={"Accept-Language": language}):
                offered = languages.name_languages(("fr", "ar"))
                assert list(offered)[:2] == ["fra", "ara"]
                assert all(name and not re.fullmatch(r"[a-z]{2,3}(_\w+)?", name) for name in offered.values())


class TestADay:
    @pytest.mark.parametrize(
        ("language", "day", "month"),
        [
            ("en", "25 November 2028", "November 2028"),
            ("es", "25 de noviembre de 2028", "noviembre de 2028"),
            ("fr", "25 novembre 2028", "novembre 2028"),
            ("pt", "25 de novembro de 2028", "novembro de 2028"),
            ("ar", "25 نوفمبر 2028", "نوفمبر 2028"),
        ],
    )
    def test_is_written_as_people_do(self, hall: TownHall, language: str, day: str, month: str) -> None:
        with hall.app.test_request_context(headers={"Accept-Language": language}):
            assert dates.day(date(2028, 11, 25)) == dates.birth_date("20281125") == day
            assert dates.month("2028-11") == dates.month_or_day("2028-11") == month
            # A birth date of which the day, or the day and the month, are not known.
            assert dates.birth_date("20281100") == month
            assert dates.birth_date("20280000") == "2028"

    def test_has_the_first_of_a_month_in_french_as_it_is_said(self, hall: TownHall) -> None:
        with hall.app.test_request_context(headers={"Accept-Language": "fr"}):
            assert dates.day(date(2027, 1, 1)) == "1er janvier 2027"
            assert dates.weekday(date(2026, 12, 1)) == "mardi 1er décembre 2026"
            assert dates.day(date(2027, 1, 11)) == "11 janvier 2027"


class TestTheDesk:
    def test_speaks_the_language_that_was_chosen_and_stays_on_the_page(self, clerk: Client) -> None:
        answer = clerk.submit("/language", {"language": "ar", "back": "/cards/find"})

        page = clerk.get(answer.location).page

        assert answer.location == "/cards/find"
        assert page.all("html")[0].attributes == {"lang": "ar", "dir": "rtl"}
        assert "البحث عن بطاقة" in page.text
        assert "فيلا أبيرتا" in page.text

    def test_offers_every_language_that_has_a_folder_under_its_own_name(self) -> None:
        folders = {path.parent.name for path in Path(languages.__file__).parents[1].glob("languages/*/LC_MESSAGES")}
        names = {"en": "English", "es": "Español", "fr": "Français", "pt": "Português", "ar": "العربية"}

        assert set(languages.LANGUAGES) == folders
        assert names.items() <= languages.LANGUAGES.items()

    def test_has_the_languages_of_a_name_where_its_alphabet_has_them(self) -> None:
        """An accent makes no other letter: nobody looks for Géorgien behind Grec."""
        french = list(languages.names_in(Locale("fr")).values())

        assert french.index("Géorgien") < french.index("Grec")
        assert french.index("Hébreu") < french.index("Hongrois")

    def test_calls_them_in_portuguese_as_portugal_does(self) -> None:
        called = languages.names_in(Locale("pt"))

        assert (called["ces"], called["pol"], called["hye"]) == ("Checo", "Polaco", "Arménio")

    def test_speaks_the_browsers_language_before_one_is_chosen(self, hall: TownHall) -> None:
        page = hall.browser().get("/sign-in", headers={"Accept-Language": "fr-CA,fr;q=0.8,en;q=0.5"}).page

        assert page.all("html")[0].attributes["lang"] == "fr"

    @pytest.mark.parametrize(
        "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/nowhere", "", "javascript:alert(1)"]
    )
    def test_leads_to_no_other_site_by_its_language_switch(self, clerk: Client, back: str) -> None:
        assert clerk.submit("/language", {"language": "fr", "back": back}).location == "/"

    def test_takes_no_words_from_wtforms(self) -> None:
        """Its catalogue is not opened: a form that validated by itself would speak English to everybody."""
        sources = (ROOT / "cardservice/web").glob("*.py")

        asking = [path.name for path in sources if re.search(r"\.validate(_on_submit)?\(", path.read_text("utf-8"))]

        assert asking == []

    def test_says_problems_in_the_language_of_the_page(self, clerk: Client, details: str) -> None:
        clerk.submit("/language", {"language": "fr", "back": "/"})

        page = clerk.submit(details, ANSWERS | {"name": ""}).page

        assert page.all("title")[0].text.startswith("Erreur : ")
        assert "Saisissez le nom" in page.text
