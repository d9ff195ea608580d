"""The form for home in a real browser, opened from the disk: it asks nobody, and its code fills the desk's."""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from barriers import barriers
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from qr_codes import qr_codes

from cardservice.domain import prefill
from cardservice.web import languages, prefill_page
from web.browser import looks
from web.hall import TownHall
from web.pages import Client
from web.test_prefill import values

LONG = bool(os.environ.get("CARDSERVICE_LONG"))
ISSUER = "https://cards.vila-aberta.example"
QUIET = 4  # modules around a code
DOTS = 300 / 25.4  # a millimetre
MAKE = "#form button:not([type])"
needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg is not installed (Debian: zbar-tools)")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form as it lies on a stick."""
    form = prefill_page.form_of(ISSUER, "Vila Aberta", {"ar": "فيلا أبيرتا"}, ("fr", "ar"))
    path = tmp_path_factory.mktemp("stick") / "before-your-visit.html"
    path.write_bytes(form.page)
    return path


class Kiosk:
    """A browser without a network. It remembers every request and every complaint on its console."""

    def __init__(self, chromium: Browser, file: Path) -> None:
        self.chromium, self.file = chromium, file
        self.contexts: list[BrowserContext] = []
        self.asked_for: list[str] = []
        self.complaints: list[str] = []

    def open(self, language: str = "en", width: int = 320, scheme: str = "light", *, script: bool = True) -> Page:
        made = self.chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme=scheme,
            offline=True,
            java_script_enabled=script,
            device_scale_factor=2,
        )
        self.contexts.append(made)
        made.on("request", lambda request: self.asked_for.append(request.url))
        page = made.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.file.as_uri())
        return page


@pytest.fixture
def kiosk(chromium: Browser, file: Path) -> Iterator[Kiosk]:
    made = Kiosk(chromium, file)
    yield made
    for context in made.contexts:
        context.close()
    assert set(made.asked_for) == {file.as_uri()}
    assert made.complaints == []


def fill(page: Page, name: str = "كريم الحدّاد", second: str = "Karim al-Haddad") -> None:
    page.fill("#name", name)
    page.select_option("#language", "ara")
    for part, digits in (("day", "٢٧"), ("month", "3"), ("year", "1985")):
        page.fill(f"#{part}", digits)
    page.click("#more summary")
    page.fill("#second", second)
    page.select_option("#language_second", "fra")


def zxing(picture: Image.Image) -> str:
    (found,) = qr_codes(picture)
    return str(found.text)


def zbar(picture: Image.Image) -> str:
    png = io.BytesIO()
    picture.save(png, "PNG")
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "PNG:-"]
    return subprocess.run(command, input=png.getvalue(), capture_output=True, check=True).stdout.decode().rstrip("\n")


def symbol(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.locator("#symbol").screenshot()))


class TestFromTheDiskToTheDesk:
    @needs_zbar
    def test_arabic_answers_become_a_code_without_any_request_and_fill_the_form(
        self, hall: TownHall, kiosk: Kiosk, clerk: Client
    ) -> None:
        page = kiosk.open("ar")
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
        fill(page)
        page.click(MAKE)

        text = zxing(symbol(page))
        answer = clerk.submit(f"/registrations/{hall.begin(clerk)}/details", {"form_code": text})

        assert zbar(symbol(page)) == text
        assert values(answer.page) == {
            "name": "كريم الحدّاد",
            "language": "ara",
            "name_second": "Karim al-Haddad",
            "language_second": "fra",
            "birth_day": "27",
            "birth_month": "3",
            "birth_year": "1985",
        }
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie, location.hash]") == [
            0,
            0,
            "",
            "",
        ]
        assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


class TestTheBackOfATelephone:
    def test_leads_from_the_code_to_the_answers(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        fill(page)
        page.click(MAKE)
        expect(page.locator("#result")).to_be_visible()

        page.go_back()

        expect(page.locator("#form")).to_be_visible()
        expect(page.locator("#name")).to_have_value("كريم الحدّاد")
        page.go_forward()
        expect(page.locator("#result")).to_be_hidden()
        page.click(MAKE)
        expect(page.locator("#result")).to_be_visible()

    def test_leads_there_for_the_next_person_at_a_kiosk_too(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        for _ in range(2):
            fill(page)
            page.click(MAKE)
            expect(page.locator("#result")).to_be_visible()
            page.locator("#result [data-erase]").click()
            expect(page.locator("#form")).to_be_visible()
        fill(page)
        page.click(MAKE)

        page.click("#change")

        expect(page.locator("#form")).to_be_visible()
        expect(page.locator("#name")).to_have_value("كريم الحدّاد")


class TestByKeyboardAlone:
    def test_answers_become_a_code_and_are_erased(self, kiosk: Kiosk) -> None:
        page = kiosk.open("fr")
        keys = page.keyboard
        for _ in languages.LANGUAGES:
            keys.press("Tab")
        for typed in ("\t", "\t", "Karim", "\t", "arabe", "\t", "27", "\t", "3", "\t", "1985"):
            keys.press("Tab") if typed == "\t" else keys.type(typed)
        keys.press("Enter")

        expect(page.locator("#result-title")).to_be_focused()
        keys.press("Tab")
        expect(page.locator("#print")).to_be_focused()
        keys.press("Tab")
        keys.press("Tab")
        keys.press("Enter")

        expect(page.locator("#said")).to_have_text("Tout est effacé.")
        expect(page.locator("#name")).to_be_focused()
        keys.press("Control+z")
        assert page.evaluate("[...document.querySelectorAll('input, select')].map((one) => one.value).join('')") == ""
        assert "Karim" not in page.content()

    def test_a_mistake_is_said_where_it_is_and_led_to(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        fill(page, name="Karim <b>", second="")
        page.fill("#month", "13")
        page.press("#name", "Enter")

        expect(page.locator("#problems")).to_be_focused()
        assert page.locator("#problem-list a").all_inner_texts() == [
            "The name contains < (U+003C), which is not part of a name. Type the name again",
            "There is no such day. Check the day, the month and the year",
        ]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#name")).to_be_focused()
        assert page.get_attribute("#name", "aria-invalid") == "true"
        page.get_by_role("button", name="Español").click()
        assert page.input_value("#name") == "Karim <b>"
        expect(page.locator("#name-problem")).to_contain_text("El nombre contiene < (U+003C)")


class TestTheLettersOnTheScreen:
    """The desk's, of which test_letters.py tells: a kiosk has a keyboard of one script."""

    def test_write_a_name(self, kiosk: Kiosk) -> None:
        page = kiosk.open("fr")
        letters = open_letters(page, "ara")
        for letter in "كريم":
            letters.get_by_role("button", name=letter, exact=True).click()

        assert page.input_value("#name") == "كريم"
        assert page.evaluate("document.querySelector('#name').matches(':dir(rtl)')")
        assert barriers(page) == []
        looks.begin(page)
        assert [*looks.look(page, "smallTargets", looks.TARGET), *looks.names(page)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    def test_speak_the_language_of_the_page(self, kiosk: Kiosk) -> None:
        page = kiosk.open("fr")
        letters = open_letters(page, "tir")
        expect(letters).to_contain_text("puis sa forme")
        page.get_by_role("button", name="Português").click()

        expect(letters).to_contain_text("depois a forma")
        assert letters.get_attribute("aria-label") == "Letras no ecrã – Nome completo"

    def test_are_put_away_for_the_next_person(self, kiosk: Kiosk) -> None:
        page = kiosk.open("fr")
        letters = open_letters(page, "ara")
        page.click("#form [data-erase]")

        expect(letters).to_be_hidden()
        assert page.evaluate("document.querySelector('#name').matches(':dir(ltr)')")

    def test_keep_nothing_of_a_name_that_is_erased(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        page.select_option("#language", "eng")
        page.focus("#name-letters")
        page.keyboard.press("Enter")
        for letter in "Zo":
            page.locator("#name + .letters .letters__key").get_by_text(re.compile(f"^{letter}$", re.I)).focus()
            page.keyboard.press("Enter")
        assert page.locator("#name + .letters .letters__line").text_content() == "Zo"

        page.focus("#form [data-erase]")
        page.keyboard.press("Enter")

        assert page.input_value("#name") == ""
        assert page.locator(".letters__line").all_text_contents() == ["", ""]


def open_letters(page: Page, language: str) -> Locator:
    page.select_option("#language", language)
    page.click("#name-letters")
    return page.locator("#name + .letters")


class TestLeaving:
    def test_forgets_what_was_typed(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        fill(page)
        page.click(MAKE)

        page.goto("about:blank")
        page.go_back()

        expect(page.locator("#form")).to_be_visible()
        assert page.input_value("#name") == ""
        assert page.locator("#symbol path").count() == 0

    def test_forgets_also_where_the_browser_keeps_the_page_aside(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        fill(page)
        page.click(MAKE)

        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")

        assert page.input_value("#name") == ""
        assert page.locator("#symbol path").count() == 0
        assert "Haddad" not in page.content()


class TestOnPaper:
    def test_is_one_page_with_a_code_of_at_least_forty_millimetres(self, kiosk: Kiosk) -> None:
        page = kiosk.open("ar", width=1280)
        fill(page, name="ك" * 128, second="क" * 128)
        page.click(MAKE)
        modules = int(page.evaluate("document.querySelector('#symbol').viewBox.baseVal.width")) - 2 * QUIET

        pages, picture = printed(page, "A4")
        pages_of_letter, _ = printed(page, "Letter")
        (found,) = qr_codes(picture)

        assert (pages, pages_of_letter) == (1, 1)
        assert (modules - 17) // 4 <= 20
        assert (found.position.top_right.x - found.position.top_left.x) / DOTS >= 40
        assert prefill.read(found.text, issuer=ISSUER, today=datetime.now(UTC).date()).name == "ك" * 128

    def test_says_nothing_of_a_name_that_was_not_given(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        fill(page, second="")
        page.click(MAKE)

        expect(page.locator("#result dt:visible")).to_have_text(["Full name", "Language of the name", "Birth date"])

    def test_is_as_wide_for_a_short_name(self, kiosk: Kiosk) -> None:
        page = kiosk.open(width=1280)
        fill(page, name="Bo", second="")
        page.click(MAKE)

        (found,) = qr_codes(printed(page, "A4")[1])

        assert (found.position.top_right.x - found.position.top_left.x) / DOTS >= 40


def printed(page: Page, size: str) -> tuple[int, Image.Image]:
    """How many pages there are on paper, and the first as a picture."""
    document = pypdfium2.PdfDocument(page.pdf(format=size))
    try:
        return len(document), document[0].render(scale=DOTS * 25.4 / 72).to_pil()
    finally:
        document.close()


def enlarged(page: Page) -> Iterator[tuple[str, str]]:
    """With letters twice as large, on a wide screen."""
    page.set_viewport_size(looks.WIDE)  # type: ignore[arg-type]
    looks.look(page, "enlarge", 200)
    yield from (("barrier", one["id"]) for one in (barriers(page) if LONG else ()))
    for what in ("sideways", "clipped", "overlapping"):
        yield from ((what, said) for said in looks.look(page, what))
    looks.look(page, "enlarge", 0)
    page.set_viewport_size(looks.NARROW)  # type: ignore[arg-type]


class TestEveryLanguage:
    def test_has_no_barrier_and_fits_320_pixels(self, kiosk: Kiosk) -> None:
        page = kiosk.open()
        found, too_wide, small = [], [], []
        for typed in (False, True):
            if typed:
                fill(page)
            page.click(MAKE)
            for place, language in enumerate(languages.LANGUAGES):
                page.click(f"#languages [lang={language}]")
                for scheme in ("light", "dark") if LONG else (("light", "dark")[place % 2],):
                    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    found += [(language, scheme, one["id"], one["nodes"][0]["html"]) for one in barriers(page)]
                if page.evaluate("document.documentElement.scrollWidth") > 320:
                    too_wide.append(language)
                looks.begin(page)
                small += looks.look(page, "smallTargets", looks.TARGET)
                found += [(language, "large", *said) for said in enlarged(page)]

        expect(page.locator("#result")).to_be_visible()
        assert page.get_attribute("html", "lang") == language
        assert (found, too_wide, small) == ([], [], [])

    def test_says_that_one_can_simply_come_where_javascript_is_off(self, kiosk: Kiosk) -> None:
        page = kiosk.open(script=False)

        said = page.locator("#not-started p")

        expect(said).to_have_count(len(languages.LANGUAGES))
        expect(said.first).to_contain_text("You can simply come to the town hall")
        expect(page.locator("#page")).to_be_hidden()
