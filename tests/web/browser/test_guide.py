"""The walk through the town hall's guide (docs/guide): every page that it shows, in Chromium, with sample residents.

`make manual` keeps the pictures, so they show the desk as it is. Each step goes by the words that the guide says, so
that a guide whose words are no longer on the page fails here. Where the desk changes, WALK is what to mend.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from web.browser.conftest import Desk, back_to_the_desk, print_card, send
from web.browser.test_desk import type_answers, wait_until
from web.browser.test_portrait import photo  # noqa: F401 - a fixture

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
SHOWN = re.compile(r"\]\(\.\./pictures/guide/([a-z-]+)\.png\)")
WIDTH, HIGHEST = 1000, 1500
# Where to cut a long page, at this height or above: through no line of words, no control and no picture, and not
# below a heading whose words would be left out.
NOTHING_CUT = """(height) => {
  const isWhole = (one) => !one.children.length || one.matches("a, button, label, p, select, summary");
  const shown = [...document.querySelectorAll("body *")].filter((one) => isWhole(one) && one.checkVisibility());
  const boxes = shown.map((one) => [one, one.getBoundingClientRect()]);
  let cut = height;
  for (let through; (through = boxes.filter(([, box]) => box.top < cut && box.bottom > cut)).length; ) {
    cut = Math.min(...through.map(([, box]) => box.top)) - 8;
  }
  const lowest = (one, other) => (other[1].bottom > one[1].bottom ? other : one);
  const [last, box] = boxes.filter(([, { bottom }]) => bottom <= cut).reduce(lowest);
  return last.matches("h2, h3") ? box.top - 8 : cut;
}"""


@dataclass
class Walk:
    """One browser on its way through the desk, and the pictures that were taken, each with the heading of its page."""

    desk: Desk
    folder: Path
    photo: Path
    taken: dict[str, str] = field(default_factory=dict)
    page: Page = field(init=False)

    def sign_in(self, name: str) -> None:
        self.page = self.desk.open(width=WIDTH)
        self.desk.sign_in(self.page, name)

    def picture(self, name: str, *, whole: bool = False) -> None:
        """What stands on the page, without its frame unless `whole`; the rest of a very long page is left out."""
        heading = self.page.locator("h1").inner_text()
        assert self.taken.setdefault(name, heading) == heading, f"two pictures are called {name}"
        wait_until(self.page, "[...document.images].every((one) => one.complete)")
        self.page.evaluate("scrollTo(0, 0)")
        box = self.page.locator("body" if whole else "main").bounding_box()
        assert box is not None
        top = max(0, box["y"] - 20)
        height = self.page.evaluate(NOTHING_CUT, top + min(box["height"] + 40, HIGHEST)) - top
        clip = {"x": 0, "y": top, "width": WIDTH, "height": height}
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]

    def click(self, words: str, *, role: str = "button") -> None:
        self.page.locator("main").get_by_role(role, name=words, exact=True).click()  # type: ignore[arg-type]

    def menu(self, words: str) -> None:
        self.page.locator(".menu").get_by_role("link", name=words, exact=True).click()

    def arrive(self, heading: str) -> None:
        self.page.get_by_role("heading", level=1, name=heading).wait_for()

    def register(self) -> None:
        """From the first page to the page where everything is checked."""
        self.page.goto("/")
        self.click("Register a resident", role="link")
        self.arrive("Which papers were shown?")
        self.page.check("#paper-passport")
        self.page.check("#paper-lease")
        self.page.get_by_role("heading", name="Enough for a card").wait_for()
        self.picture("papers")
        self.click("Go on")
        self.arrive("Answers for the card")
        type_answers(self.page)


def a_new_card(walk: Walk) -> None:
    walk.page = walk.desk.open(width=WIDTH)
    walk.page.goto("/sign-in")
    walk.picture("sign-in", whole=True)
    walk.desk.sign_in(walk.page, "clara")
    walk.picture("first-page", whole=True)
    walk.register()
    walk.picture("answers")
    turned(walk)
    walk.click("Save and go on")
    walk.arrive("Photo for the card")
    walk.picture("photo")
    walk.page.set_input_files("#photo", walk.photo)
    walk.click("Use this photo and go on")
    walk.arrive("What goes on the card")
    walk.picture("crop")
    walk.click("Use this and go on")
    walk.arrive("Check the answers together")
    wait_until(walk.page, "[...document.images].every((one) => one.naturalWidth > 0)")
    walk.picture("check")
    walk.click("Issue the card")
    walk.arrive("Print the card and hand it over")
    walk.picture("print")
    print_card(walk.page)
    walk.click("The card is handed over")
    walk.arrive("Card ")
    walk.picture("card")


def turned(walk: Walk) -> None:
    """The window that faces the person at the counter, over the page of the answers, which stays as it is."""
    answers = walk.page
    with answers.context.expect_page() as opened:
        walk.click("Ask in their language", role="link")
    walk.page = opened.value
    walk.page.set_viewport_size({"width": WIDTH, "height": 900})
    walk.click("ትግርኛ Tigrinya", role="link")
    walk.arrive("When were you born? Day, month, year.")
    walk.picture("turned")
    back_to_the_desk(walk.page)
    walk.page = answers


def a_card_that_exists(walk: Walk) -> None:
    walk.click("Revoke", role="link")
    walk.arrive("Revoke card")
    walk.picture("revoke")
    walk.menu("Find")
    walk.picture("find")
    walk.menu("Renew")
    walk.picture("renew")


def many_cards(walk: Walk) -> None:
    walk.register()
    walk.click("Save and go on")
    walk.click("Go on without a photo")
    walk.click("Issue the card")
    walk.arrive("Print the card and hand it over")
    walk.menu("Print")
    walk.arrive("Cards to print")
    walk.picture("queue")
    walk.menu("Hand over")
    walk.picture("hand-over")


def approval(walk: Walk) -> None:
    """The button that asks for it is there in towns that want four eyes, which this one does not."""
    walk.register()
    walk.click("Save and go on")
    walk.click("Go on without a photo")
    walk.arrive("Check the answers together")
    shown = walk.page.locator("main [name=as_shown]").first.get_attribute("value")
    send(walk.page, walk.page.url.replace("/check", "/submit"), {"as_shown": str(shown)})
    walk.sign_in("sofia")
    walk.picture("supervisor")
    walk.page.locator("[aria-labelledby=approve-title] a").click()
    walk.arrive("Check the answers together")
    walk.click("Approve")


def the_supervisors_pages(walk: Walk) -> None:
    walk.menu("Blank cards")
    walk.picture("blank-cards")
    walk.menu("Publish")
    walk.picture("publish")
    walk.menu("What we hold")
    walk.click("Answer a demand", role="link")
    walk.arrive("Answer a demand")
    walk.picture("demand")
    walk.page.goto("/")
    walk.click("Somebody has lost their sign-in", role="link")
    walk.picture("lost-sign-in")
    walk.page.goto("/")
    walk.click("Leaflet and sheets to print", role="link")
    walk.picture("print-outs")


def the_administrators_pages(walk: Walk) -> None:
    walk.sign_in("ada")
    walk.menu("Staff")
    walk.picture("staff")
    walk.menu("Keys")
    walk.picture("keys")


def what_the_holder_sees(walk: Walk) -> None:
    walk.page.goto("/lost")
    walk.picture("lost", whole=True)


WALK: tuple[Callable[[Walk], None], ...] = (
    a_new_card,
    a_card_that_exists,
    many_cards,
    approval,
    the_supervisors_pages,
    the_administrators_pages,
    what_the_holder_sees,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: with the test, or where `make manual` wants them."""
    kept = os.environ.get("CARDSERVICE_GUIDE_PICTURES")
    made = Path(kept) if kept else tmp_path
    made.mkdir(parents=True, exist_ok=True)
    for old in made.glob("*.png"):
        old.unlink()
    return made


def test_the_walk_takes_every_picture_that_the_guide_shows_and_no_other(
    desk: Desk,
    folder: Path,
    photo: Path,  # noqa: F811
) -> None:
    walk = Walk(desk, folder, photo)
    for part in WALK:
        part(walk)

    shown = {name for path in GUIDE.glob("*.md") for name in SHOWN.findall(path.read_text(encoding="utf-8"))}
    assert walk.taken.keys() == shown
    assert {path.stem for path in folder.glob("*.png")} == shown
    assert desk.complaints == []
