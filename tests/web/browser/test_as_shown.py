"""Two windows on one registration: what is saved in one is shown in the other, and nothing that was typed is lost."""

from playwright.sync_api import Page, expect

from web.browser.conftest import Desk, begin


def type_answers(page: Page, name: str, day: str) -> None:
    page.fill("#name", name)
    for part, typed in (("day", day), ("month", "3"), ("year", "1985")):
        page.fill(f"#birth_{part}", typed)


def save(page: Page) -> None:
    page.click("#answers .steps button")


def test_two_windows_show_each_other_what_was_saved(desk: Desk) -> None:
    first = desk.open()
    desk.sign_in(first)
    begin(first)
    second = first.context.new_page()
    second.goto(first.url)
    type_answers(first, "Karim al-Haddad", "27")
    type_answers(second, "Karima al-Haddad", "28")

    save(second)
    second.wait_for_url("**/photo")
    save(first)

    expect(first.get_by_role("alert")).to_contain_text("changed this registration after this page was opened")
    expect(first.locator("#name")).to_have_value("Karim al-Haddad")
    expect(first.locator("#name-saved")).to_have_text("Saved meanwhile: Karima al-Haddad")
    save(first)
    first.wait_for_url("**/photo")
    first.get_by_role("button", name="Go on without a photo").click()
    expect(first.locator("main")).to_contain_text("Karim al-Haddad")
