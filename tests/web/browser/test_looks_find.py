"""What looks at every page finds what it is there to find: a page with one fault of each kind."""

import pytest
from playwright.sync_api import Browser, Page

from web.browser import looks
from web.browser.spoken import Spoken

STYLE = """
  body { margin: 0; font: 18px/1.5 sans-serif } :focus-visible { outline: 3px solid; }
  button, .link, input { display: inline-block; min-height: 44px; min-width: 44px; font: inherit }
"""
GOOD = """<p>Read <a href="#more">more</a> of it.</p><a class="link" href="#on">Go on</a>
  <form aria-label="Search"><label>Number <input name="number"></label><button>Find</button></form>
  <form aria-label="Other"><label>Number <input name="other"></label><button>Find</button></form>"""

FAULTS = {
    "smallTargets": '<p><a href="#alone">alone</a></p>',
    "sideways": '<div style="width: 400px">wide</div>',
    "clipped": '<div style="width: 4em; overflow: hidden; white-space: nowrap">cut off in the middle</div>',
    "overlapping": '<p>Below</p><p style="position: relative; top: -2.5em">Upon it</p>',
    "hiddenFocus": '<button style="outline: none">A</button>',
    "unmeasuredPictures": '<img alt="" src="data:,">',
    "onPaper": "<nav>Menu</nav>",
    "unheard": '<p class="field__problem" id="wrong">No such day</p>',
    "dead": '<button type="button">What a script would do</button>',
}
NAMES = {
    "a button without a name": "<button></button>",
    "a textbox without a name": "<input>",
    "button “Remove” twice": "<button>Remove</button><button>Remove</button>",
    "link “Change” twice": '<a class="link" href="#one">Change</a><a class="link" href="#two">Change</a>',
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    return chromium.new_context(viewport={"width": 320, "height": 600}).new_page()


def show(page: Page, body: str) -> None:
    page.set_content(f"<!doctype html><html lang=en><title>T</title><style>{STYLE}</style><main>{body}</main>")
    looks.begin(page)
    page.keyboard.press("Shift")


def measured(page: Page, what: str) -> list[str]:
    return looks.look(page, what, *([looks.TARGET] if what == "smallTargets" else []))


def test_a_good_page_is_found_good(page: Page) -> None:
    show(page, GOOD)

    assert {what: found for what in FAULTS if (found := measured(page, what)) and what != "onPaper"} == {}
    assert looks.names(page) == []


@pytest.mark.parametrize("what", sorted(FAULTS))
def test_a_fault_is_found(page: Page, what: str) -> None:
    show(page, GOOD + FAULTS[what])

    assert measured(page, what)


@pytest.mark.parametrize("said", sorted(NAMES))
def test_what_cannot_be_told_apart_is_found(page: Page, said: str) -> None:
    show(page, GOOD + NAMES[said])

    assert [one for one in looks.names(page) if one.startswith(said)]


def test_what_hides_the_focus_is_found(page: Page) -> None:
    show(page, "<button>B</button>" + '<div style="position: fixed; inset: 0; background: white">over all</div>')

    assert "hidden beneath" in looks.look(page, "hiddenFocus")[0]


def test_what_moves_by_itself_is_found(page: Page) -> None:
    show(page, "<p id=late hidden>Late</p><p>Text that stands here.</p>")
    page.wait_for_timeout(600)  # what moves within half a second of a key is no surprise
    page.evaluate("document.getElementById('late').hidden = false")
    page.wait_for_timeout(100)

    assert looks.look(page, "shifts")


def test_what_a_screen_reader_is_given_is_written_down_with_state_problem_and_group(page: Page) -> None:
    show(
        page,
        """<h1>Answers</h1><details><summary>More</summary>hidden</details><p role="status">Kept</p>
        <fieldset aria-describedby="hint"><legend>Born</legend><p id="hint">For example 27 3</p>
        <label>Day <input value="31" aria-invalid="true" aria-describedby="wrong"></label><p id="wrong">No such day</p>
        <label><input type="checkbox" checked> Not known</label></fieldset>
        <button disabled>Print 7K2M-PX4Q-9T0A</button>""",
    )

    assert Spoken(page).content() == [
        "title “T”",
        "main “”",
        "  heading 1 “Answers”",
        "  DisclosureTriangle “More” [closed]",
        "  status “Kept”",
        "  group “Born” – For example 27 3",
        "    textbox “Day” [invalid, = 31] – No such day",
        "    checkbox “Not known” [checked]",
        "  button “Print NUMBER” [disabled]",
    ]


@pytest.mark.parametrize(
    "body",
    ["<form><input style='display: none'><button>On</button></form>", "<form><input></form>", '<a href="#">On</a>'],
)
def test_what_needs_a_script_is_found(page: Page, body: str) -> None:
    show(page, body)

    assert looks.look(page, "dead")


def test_a_wrong_field_that_does_not_say_why_is_found(page: Page) -> None:
    show(page, '<label>Day <input aria-invalid="true" aria-describedby="nothing"></label>')

    assert looks.look(page, "unheard")
