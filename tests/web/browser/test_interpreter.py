"""The screen turned by keyboard and by mouse: in a window of its own, which leaves what is half typed as it is."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from web.browser import looks
from web.browser.conftest import Desk, back_to_the_desk, begin
from web.browser.looks import Axe
from web.browser.test_journey import Clerk

LONG = bool(os.environ.get("CARDSERVICE_LONG"))


@pytest.fixture
def answers(desk: Desk) -> Iterator[Page]:
    """A clerk's page of the answers, with a name half typed."""
    page = desk.open()
    desk.sign_in(page)
    begin(page)
    page.fill("#name", "Tesfay")
    page.fill("#birth_year", "19")
    yield page
    page.context.close()
    desk.contexts.remove(page.context)


def turned(page: Page) -> Page:
    """The window that Alt and I opens."""
    with page.context.expect_page() as opened:
        Clerk(page).chord("i")
    opened.value.wait_for_load_state()
    return opened.value


class TestTheKeys:
    def test_open_the_question_of_the_field_in_a_window_of_its_own(self, answers: Page) -> None:
        answers.focus("#birth_month")

        window = turned(answers)
        window.get_by_role("link", name="Tigrinya").click()

        expect(window.locator("h1")).to_have_text("When were you born? Day, month, year.")
        expect(window.locator(".turned__question [lang=ti]")).to_contain_text("መዓስ ተወሊድኩም")
        assert answers.input_value("#name") == "Tesfay"
        assert answers.input_value("#birth_year") == "19"

    def test_give_the_focus_back_to_the_field(self, answers: Page) -> None:
        answers.focus("#birth_month")

        turned(answers).close()

        expect(answers.locator("#birth_month")).to_be_focused()
        answers.keyboard.press("7")
        assert answers.input_value("#birth_month") == "7"

    def test_use_the_same_window_again_and_remember_the_language(self, answers: Page) -> None:
        answers.focus("#name")
        window = turned(answers)
        window.get_by_role("link", name="Tigrinya").click()
        expect(window.locator("h1")).to_have_text("What name should be on the card?")
        answers.bring_to_front()
        answers.focus("#language")

        Clerk(answers).chord("i")

        window.wait_for_url("**/name-language")
        expect(window.locator(".turned__question [lang=ti]")).to_be_visible()
        assert len(answers.context.pages) == 2

    def test_lead_from_question_to_question(self, answers: Page) -> None:
        window = turned(answers)
        window.goto("/interpreter/wait?language=uk")

        Clerk(window).chord("n")

        window.wait_for_url("**/show-me")
        Clerk(window).chord("p")
        window.wait_for_url("**/wait")


class TestTheMouse:
    def test_turns_a_question_at_its_label_and_tab_passes_it_by(self, answers: Page) -> None:
        with answers.context.expect_page() as opened:
            answers.get_by_role("link", name="Turn – Birth date").click()
        opened.value.wait_for_url("**/birth-date")
        answers.focus("#name")

        answers.keyboard.press("Tab")

        expect(answers.locator("#language")).to_be_focused()


class TestTheWindow:
    def test_is_closed_by_its_button(self, answers: Page) -> None:
        window = turned(answers)

        back_to_the_desk(window)

        assert answers.input_value("#name") == "Tesfay"

    def test_marks_what_is_pointed_at_and_sends_it_nowhere(self, desk: Desk, answers: Page) -> None:
        window = turned(answers)
        window.goto("/interpreter/had-a-card?language=ti")
        asked = len(desk.asked_for)
        sent: list[str] = []
        window.on("request", lambda request: sent.append(request.url))

        window.locator(".point").first.click()
        window.keyboard.press("Enter")

        expect(window.locator(".point__box").first).to_be_checked()
        assert (sent, len(desk.asked_for)) == ([], asked)
        assert window.evaluate("document.forms.length") == 0

    def test_tells_the_desk_that_somebody_is_there(self, answers: Page) -> None:
        window = turned(answers)
        answers.evaluate("document.querySelector('[data-ending]').hidden = false")

        window.mouse.click(5, 5)

        expect(answers.locator("[data-ending]")).to_be_hidden()

    def test_does_not_hold_the_desk_open_for_ever(self, desk: Desk) -> None:
        """Whoever plays with the second screen is nobody at work."""
        page = desk.open()
        page.clock.install()
        desk.sign_in(page)
        begin(page)
        window = turned(page)
        for _ in range(4):
            page.clock.run_for(4 * 60_000)
            window.mouse.click(5, 5)

        page.clock.run_for(8 * 60_000)

        expect(page.locator("h1")).not_to_have_text("Answers for the card")
        page.context.close()
        desk.contexts.remove(page.context)

    @pytest.mark.parametrize("comes", ["/", "/registrations/new?anew="])
    def test_forgets_whom_it_was_for_when_somebody_else_comes(self, desk: Desk, answers: Page, comes: str) -> None:
        window = turned(answers)
        window.goto("/interpreter/lives-here?language=ti")
        window.locator(".point").last.click()

        answers.goto(comes)

        expect(window.locator("h1")).to_have_text("Point to your language")
        window.go_back()
        expect(window.locator("h1")).to_have_text("Point to your language")

    def test_stays_while_the_same_person_is_served(self, answers: Page) -> None:
        window = turned(answers)
        window.goto("/interpreter/lives-here?language=ti")
        window.locator(".point__box").last.check()

        answers.reload()
        answers.goto("/cards/renew")

        expect(window.locator(".point__box").last).to_be_checked()

    def test_is_closed_when_the_clerk_signs_out(self, answers: Page) -> None:
        window = turned(answers)

        with window.expect_event("close"):
            answers.get_by_role("button", name="Sign out").click()

    def test_is_emptied_after_the_time_the_desk_may_be_idle(self, answers: Page) -> None:
        window = turned(answers)
        window.clock.install()
        window.goto("/interpreter/lives-here?language=ti")
        window.evaluate("window.close = () => {}")

        window.clock.run_for(11 * 60_000)

        assert window.locator("body").inner_text() == ""
        assert window.title() == ""

    def test_has_no_button_to_close_it_where_nothing_opened_it(self, answers: Page) -> None:
        page = answers.context.new_page()
        page.goto("/interpreter/name")

        expect(page.get_by_role("link", name="Tigrinya")).to_be_visible()
        expect(page.locator("[data-close]")).to_be_hidden()


@pytest.fixture
def papers(desk: Desk) -> Iterator[Page]:
    """A clerk's page of the papers, of which there are too few."""
    page = desk.open()
    desk.sign_in(page)
    page.goto("/registrations/new")
    page.check("#paper-birth-certificate")
    page.get_by_role("button", name="Go on").click()
    yield page
    page.context.close()
    desk.contexts.remove(page.context)


def what_to_bring(page: Page, language: str) -> Page:
    """The window that shows it."""
    page.select_option("select[name=language]", language)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Show and print what to bring").click()
    opened.value.wait_for_load_state()
    return opened.value


class TestWhatToBring:
    @pytest.mark.parametrize("language", ["ti", "ur", "fr"] if LONG else ["ur"])
    def test_is_shown_in_the_window_that_faces_the_applicant_and_is_in_nobodys_way(
        self, papers: Page, language: str
    ) -> None:
        window = what_to_bring(papers, language)

        expect(window.locator("h1")).to_have_text("What to bring for your card")
        expect(window.locator(f".turned__question [lang={language}]")).to_be_visible()
        expect(papers.locator("#paper-birth-certificate")).to_be_checked()
        assert looks.of_one_page(window, Axe.ONCE) == []

    def test_is_one_sheet_of_paper_with_nothing_to_press_on_it(self, papers: Page) -> None:
        window = what_to_bring(papers, "am")
        window.emulate_media(media="print")

        expect(window.locator(".bring")).to_be_visible()
        expect(window.locator("button:visible")).to_have_count(0)
        pdf = window.pdf(format="A4", prefer_css_page_size=False)
        assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1

    def test_is_printed_by_its_button(self, papers: Page) -> None:
        window = what_to_bring(papers, "sw")
        window.evaluate("window.print = () => { document.title = 'printed'; }")

        window.get_by_role("button", name="Print").click()

        assert window.title() == "printed"

    def test_uses_the_same_window_again_for_a_question_and_closes(self, papers: Page) -> None:
        window = what_to_bring(papers, "ti")

        window.get_by_role("link", name="Questions").click()

        expect(window.locator("h1")).to_have_text("These papers are not enough yet. Do you have another one?")
        expect(window.locator(".turned__question [lang=ti]")).to_be_visible()
        back_to_the_desk(window)

    def test_is_gone_when_somebody_else_comes(self, papers: Page) -> None:
        window = what_to_bring(papers, "ti")

        papers.goto("/registrations/new?anew=")

        expect(window.locator("h1")).to_have_text("Point to your language")

    def test_stays_while_the_same_person_is_served(self, papers: Page) -> None:
        window = what_to_bring(papers, "ti")

        papers.goto("/cards/renew")

        expect(papers.locator("h1")).to_be_visible()
        expect(window.locator(".bring")).to_be_visible()


def test_opens_the_first_question_where_scripts_are_off(desk: Desk) -> None:
    page = desk.open(java_script_enabled=False)
    desk.sign_in(page)
    begin(page)

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Ask in their language").click()

    opened.value.wait_for_url("**/interpreter/name")
    opened.value.get_by_role("link", name="Arabic").click()
    expect(opened.value.locator(".turned__question [lang=ar][dir=rtl]")).to_be_visible()
    expect(opened.value.get_by_role("button", name="Back to the desk")).to_be_hidden()
    expect(opened.value.locator("main")).to_contain_text("Close it, and the page of the desk is as you left it.")
