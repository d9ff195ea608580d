"""The letters on the screen: a name is typed in a script that this computer's keyboard has not (docs/decisions/0081).

By clicks, as a clerk does or a resident who points, and by arrow keys.
"""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from web.browser import looks
from web.browser.conftest import Desk, begin
from web.browser.test_desk import type_answers

LONG = bool(os.environ.get("CARDSERVICE_LONG"))


@pytest.fixture(autouse=True)
def nothing_from_elsewhere(desk: Desk) -> Iterator[None]:
    """After each test: no other host was asked for anything, and the browser had nothing to complain about."""
    desk.asked_for.clear()
    desk.complaints.clear()
    yield
    assert [url for url in desk.asked_for if not url.startswith(desk.address)] == []
    assert desk.complaints == []


@pytest.fixture(scope="module")
def begun(at_work: Page) -> str:
    """The page of the answers of one registration: nobody may begin thirty of them within a minute."""
    begin(at_work)
    return at_work.url


@pytest.fixture
def answers(at_work: Page, begun: str) -> Page:
    """The page of the answers, nothing typed: what an earlier test left there is dropped (test_half_typed.py)."""
    at_work.goto(begun)
    drop = at_work.get_by_role("button", name="Drop what I had typed")
    if drop.count():
        with at_work.expect_navigation():  # and the scripts of the page that comes then
            drop.click()
        expect(drop).to_have_count(0)
    return at_work


def show_letters(page: Page, language: str, of: str = "name") -> Locator:
    """Choose a language and open its letters."""
    page.select_option({"name": "#language", "name_second": "#language_second"}[of], language)
    page.click(f"[data-letters-of={of}]")
    return page.locator(f"#{of} + .letters")


def key(letters: Locator, shown: str) -> Locator:
    """The key that shows exactly this."""
    found = letters.locator(":not(.letters__forms) > button").filter(has_text=re.compile(f"^{re.escape(shown)}$"))
    return found.first


def click(letters: Locator, *shown: str) -> None:
    for one in shown:
        key(letters, {" ": "Space"}.get(one, one)).click()


def name(page: Page) -> str:
    return page.input_value("#name")


class TestTheStopOfTheTabKey:
    def test_is_there_after_the_forms_of_a_letter_have_changed(self, answers: Page) -> None:
        """Ethiopic: the form that had it goes when another consonant is chosen."""
        letters = show_letters(answers, "tir")
        click(letters, "ገ")
        letters.locator(".letters__forms button").first.focus()
        assert letters.locator("button[tabindex='0']").count() == 1

        click(letters, "ረ")

        assert letters.locator("button[tabindex='0']").count() == 1

    @pytest.mark.parametrize(
        ("language", "why"), [("", "Choose the language of this name"), ("zho", "too many to show")]
    )
    def test_says_why_there_are_no_letters(self, answers: Page, language: str, why: str) -> None:
        answers.locator("details.more:has(#language_second)").evaluate("(one) => { one.open = true; }")
        answers.select_option("#language_second", language)

        answers.focus("[data-letters-of=name_second]")
        answers.keyboard.press("Enter")

        close = answers.locator("#name_second + .letters [data-does=close]")
        expect(close).to_be_focused()
        expect(close).to_have_accessible_description(re.compile(why))


class TestTheLine:
    def test_is_written_when_it_changes_and_not_before(self, answers: Page) -> None:
        """It is said as it is written: walking over the keys says the key, not the name again."""
        answers.fill("#name", "Olena")
        answers.select_option("#language", "eng")
        answers.focus("[data-letters-of=name]")
        answers.keyboard.press("Enter")
        answers.evaluate(
            "window.written = 0; new MutationObserver((found) => { window.written += found.length; })"
            ".observe(document.querySelector('#name + .letters .letters__line'), { childList: true, subtree: true })"
        )

        answers.keyboard.press("ArrowRight")
        answers.keyboard.press("ArrowRight")

        assert answers.evaluate("window.written") == 0
        answers.keyboard.press("Enter")
        assert answers.evaluate("window.written") == 1

    def test_keeps_no_name_when_the_letters_are_closed(self, answers: Page) -> None:
        answers.fill("#name", "Olena")
        answers.select_option("#language", "eng")
        answers.focus("[data-letters-of=name]")
        answers.keyboard.press("Enter")

        answers.keyboard.press("Escape")

        assert "Olena" not in answers.content()


def test_the_button_waits_for_its_script(answers: Page) -> None:
    button = answers.locator("[data-letters-of=name]")
    expect(button).to_be_visible()

    button.evaluate("(one) => delete one.dataset.ready")

    expect(button).to_be_hidden()


class TestTyping:
    def test_writes_an_arabic_name_with_its_marks(self, answers: Page) -> None:
        letters = show_letters(answers, "ara")
        click(letters, *"كريم الحد", "◌ّ", *"اد")

        assert name(answers) == "كريم الحدّاد"

    def test_writes_an_ethiopic_name_consonant_by_consonant(self, answers: Page) -> None:
        letters = show_letters(answers, "tir")
        for consonant, form in ("ገገ", "በብ", "ረረ"):
            click(letters, consonant)
            letters.locator(".letters__forms").get_by_text(form, exact=True).click()

        assert name(answers) == "ገብረ"

    def test_begins_each_word_with_a_capital(self, answers: Page) -> None:
        letters = show_letters(answers, "ukr")
        click(letters, *"Олена", "-", *"Марія", " ", *"Ґ")

        assert name(answers) == "Олена-Марія Ґ"

    def test_writes_a_small_letter_at_the_beginning_where_that_is_asked(self, answers: Page) -> None:
        letters = show_letters(answers, "nld")
        click(letters, "Capitals", "d", "e", " ")
        expect(key(letters, "Capitals")).to_have_attribute("aria-pressed", "true")
        click(letters, *"Vries")

        assert name(answers) == "de Vries"

    def test_has_the_letters_that_names_borrow_on_a_second_page(self, answers: Page) -> None:
        letters = show_letters(answers, "ell")
        click(
            letters,
            "More letters",
            "Ἀ",
            "More letters",
            *"χιλλεύς",
            " ",
            "Ο",
            "More letters",
            "◌̓",
            "More letters",
            *"δυσσεύς",
        )

        assert name(answers) == "Ἀχιλλεύς Ὀδυσσεύς"

    def test_puts_letters_and_marks_together(self, answers: Page) -> None:
        letters = show_letters(answers, "vie")
        click(letters, *"Nguyê", "◌̃", "n")

        assert name(answers) == "Nguyễn"

    def test_makes_syllables_of_korean_letters(self, answers: Page) -> None:
        letters = show_letters(answers, "kor")
        click(letters, *"ㄱㅣㅁㅎㅏㄴㅇㅏㄹㄱㅣ")

        assert name(answers) == "김한알기"

    def test_knows_what_turkish_capitals_are(self, answers: Page) -> None:
        letters = show_letters(answers, "tur")
        click(letters, "İ", *"brahim", " ", "I", *"şık")

        assert name(answers) == "İbrahim Işık"

    def test_goes_on_where_the_caret_is_and_in_the_place_of_what_is_selected(self, answers: Page) -> None:
        answers.fill("#name", "भत")
        letters = show_letters(answers, "hin")
        answers.evaluate("document.querySelector('#name').setSelectionRange(1, 1)")
        click(letters, "◌ा", "र")
        assert name(answers) == "भारत"

        answers.evaluate("document.querySelector('#name').setSelectionRange(1, 3)")
        click(letters, "क")
        assert name(answers) == "भकत"
        assert answers.evaluate("document.querySelector('#name').selectionStart") == 2

    def test_is_heard_like_any_typing(self, answers: Page) -> None:
        answers.evaluate("addEventListener('input', (event) => document.title += event.data ?? event.inputType)")
        letters = show_letters(answers, "heb")
        answers.evaluate("document.title = ''")
        click(letters, "א", "ב", "Erase")

        assert answers.title() == "אבdeleteContentBackward"


class TestErasing:
    @pytest.mark.parametrize(
        ("typed", "left"),
        [("माक्षि", "मा"), ("دّ", ""), ("ọ́ọ́", "ọ́"), ("Zo\u0301", "Z"), ("김한", "김"), ("", "")],
    )
    def test_takes_a_letter_with_everything_upon_it(self, answers: Page, typed: str, left: str) -> None:
        letters = show_letters(answers, "hin")
        answers.fill("#name", typed)
        click(letters, "Erase")

        assert name(answers) == left

    def test_takes_what_is_selected(self, answers: Page) -> None:
        letters = show_letters(answers, "eng")
        answers.fill("#name", "Maria")
        answers.evaluate("document.querySelector('#name').setSelectionRange(1, 4)")
        click(letters, "Erase")

        assert name(answers) == "Ma"


class TestTheCaret:
    @pytest.mark.parametrize(("language", "typed", "letter"), [("ara", "كيم", "ر"), ("eng", "Kaim", "r")])
    def test_goes_by_whole_letters_towards_the_beginning_and_the_end(
        self, answers: Page, language: str, typed: str, letter: str
    ) -> None:
        answers.fill("#name", typed)
        letters = show_letters(answers, language)
        letters.get_by_label("One letter towards the beginning").click(click_count=1)
        letters.get_by_label("One letter towards the beginning").click(click_count=1)
        click(letters, letter)
        letters.get_by_label("One letter towards the end").click(click_count=1)
        assert name(answers) == typed[:-2] + letter + typed[-2:]
        assert answers.evaluate("document.querySelector('#name').selectionStart") == len(typed)

    def test_is_seen_also_while_the_keys_have_the_focus(self, answers: Page) -> None:
        answers.fill("#name", "كيم")
        letters = show_letters(answers, "ara")
        line = letters.locator(".letters__line--seen")
        expect(line).to_have_count(0)

        letters.get_by_label("One letter towards the beginning").focus()
        answers.keyboard.press("Enter")
        answers.keyboard.press("Enter")
        expect(line.locator("span").first).to_have_text("ك")
        expect(line.locator("span").last).to_have_text("يم")
        expect(letters.get_by_role("status")).to_have_text("كيم")


class TestTheDirection:
    def test_of_an_empty_field_is_that_of_its_language(self, answers: Page) -> None:
        seen = {}
        for language in ("ara", "fra", "urd", "tir"):
            answers.select_option("#language", language)
            seen[language] = answers.evaluate(
                "(({ lang }, isRtl) => `${lang} ${isRtl ? 'rtl' : 'ltr'}`)"
                "(document.querySelector('#name'), document.querySelector('#name').matches(':dir(rtl)'))"
            )

        assert seen == {"ara": "ar rtl", "fra": "fr ltr", "urd": "ur rtl", "tir": "ti ltr"}

    def test_of_a_typed_name_is_its_own(self, answers: Page) -> None:
        answers.select_option("#language", "ara")
        answers.fill("#name", "Karim")

        assert answers.evaluate("document.querySelector('#name').matches(':dir(ltr)')")


class TestTheKeyboard:
    def test_is_walked_over_by_arrow_keys_and_is_one_stop(self, answers: Page) -> None:
        answers.select_option("#language", "ara")
        answers.focus("#name")
        answers.keyboard.press("Shift+Tab")
        expect(answers.locator("[data-letters-of=name]")).to_be_focused()
        answers.keyboard.press("Enter")
        letters = answers.locator("#name + .letters")
        for letter in "كريم":
            walk_to(key(letters, letter))
            answers.keyboard.press("Enter")
        assert name(answers) == "كريم"
        assert letters.locator("[tabindex='0']").count() == 1

        answers.keyboard.press("Tab")
        expect(answers.locator("#language")).to_be_focused()

    def test_goes_right_where_right_is_seen(self, answers: Page) -> None:
        letters = show_letters(answers, "ara")
        letters.locator("button", has_text="ا").first.focus()
        before = letters.locator(":focus").bounding_box()
        answers.keyboard.press("ArrowRight")
        after = letters.locator(":focus").bounding_box()

        assert before is not None
        assert after is not None
        assert after["x"] > before["x"]

    def test_writes_ethiopic_by_keys(self, answers: Page) -> None:
        letters = show_letters(answers, "amh")
        key(letters, "መ").focus()
        answers.keyboard.press("Enter")
        expect(letters.locator(".letters__forms button").first).to_be_focused()
        walk_to(letters.locator(".letters__forms").get_by_text("ም", exact=True))
        answers.keyboard.press("Enter")

        assert name(answers) == "ም"
        expect(key(letters, "መ")).to_be_focused()

    @pytest.mark.parametrize("how", ["by Escape", "by its key"])
    def test_gives_the_focus_back_to_the_field(self, answers: Page, how: str) -> None:
        letters = show_letters(answers, "ukr")
        key(letters, "Close").focus()
        answers.keyboard.press("Escape" if how == "by Escape" else "Enter")

        expect(letters).to_be_hidden()
        expect(answers.locator("#name")).to_be_focused()

    def test_leaves_the_caret_in_the_field_under_a_mouse(self, answers: Page) -> None:
        letters = show_letters(answers, "ukr")
        click(letters, "О")

        expect(answers.locator("#name")).to_be_focused()

    def test_changes_with_the_language(self, answers: Page) -> None:
        letters = show_letters(answers, "ukr")
        answers.select_option("#language", "heb")
        expect(key(letters, "א")).to_be_visible()
        answers.select_option("#language", "zho")
        expect(letters).to_contain_text("Chinese characters are too many")

    def test_asks_for_the_language_first(self, answers: Page) -> None:
        answers.get_by_text("The name in a second script").click()
        letters = show_letters(answers, "", of="name_second")
        expect(letters).to_contain_text("Choose the language of this name")
        answers.select_option("#language_second", "ara")
        click(letters, *"كريم")

        assert answers.input_value("#name_second") == "كريم"

    def test_is_open_for_one_field_at_a_time(self, answers: Page) -> None:
        first = show_letters(answers, "ukr")
        answers.get_by_text("The name in a second script").click()
        second = show_letters(answers, "ara", of="name_second")

        expect(second).to_be_visible()
        expect(first).to_be_hidden()

    def test_arrives_at_the_desk_as_it_was_typed(self, at_work: Page) -> None:
        answers = at_work
        begin(answers)
        type_answers(answers)
        answers.fill("#name", "")
        letters = show_letters(answers, "vie")
        click(letters, *"Nguyê", "◌̃", "n")
        answers.click("#answers .steps button")
        answers.wait_for_url("**/photo")
        answers.goto(answers.url.replace("/photo", "/details"))

        assert name(answers) == "Nguy\u1ec5n"

    def test_has_no_button_without_javascript(self, desk: Desk) -> None:
        page = desk.open(java_script_enabled=False)
        desk.sign_in(page)
        begin(page)

        expect(page.locator("[data-letters-of=name]")).to_be_hidden()

    @pytest.mark.parametrize(
        ("language", "letters_of"),
        [("ar", "amh"), ("fr", "ara"), *([("fr", "hin"), ("ar", "fra")] if LONG else [])],
    )
    def test_is_in_nobodys_way(self, desk: Desk, language: str, letters_of: str) -> None:
        page = desk.open(language=language, width=320)
        desk.sign_in(page)
        begin(page)
        letters = show_letters(page, letters_of)
        if letters_of == "amh":
            click(letters, "ቀ")

        assert looks.of_one_page(page, looks.Axe.ONCE) == []


def walk_to(wanted: Locator) -> None:
    """Go to a key as somebody does who sees where it is: to its row, then along."""
    page = wanted.page
    for _ in range(80):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        here, there = page.locator(":focus").bounding_box(), wanted.bounding_box()
        assert here is not None
        assert there is not None
        if abs(here["y"] - there["y"]) > here["height"] / 2:
            page.keyboard.press("ArrowDown" if there["y"] > here["y"] else "ArrowUp")
        else:
            page.keyboard.press("ArrowRight" if there["x"] > here["x"] else "ArrowLeft")
    pytest.fail(f"{wanted} cannot be reached by arrow keys")
