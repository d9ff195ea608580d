"""What is looked at on a page in a browser, each from what the browser itself says: sizes from its layout (looks.js),
names from its accessibility tree, barriers from axe.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from barriers import barriers
from playwright.sync_api import CDPSession, Page, Response

LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
NARROW, WIDE = {"width": 320, "height": 900}, {"width": 1280, "height": 900}
TARGET = 44
MOST_BYTES = 100_000

CONTROLS = {
    "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "slider", "spinbutton",
    "DisclosureTriangle",
}  # fmt: skip
GROUPS = {"group", "radiogroup", "region", "form", "navigation", "search", "row", "listitem", "main", "banner"}

Wrong = list[tuple[str, str]]


def look(page: Page, what: str, *arguments: object) -> list[str]:
    """One of the measurements of looks.js."""
    found: list[str] = page.evaluate(f"(given) => looks.{what}(...given)", list(arguments))
    return found


def begin(page: Page) -> None:
    """Put the measurements into the page that was just opened."""
    page.evaluate(LOOKS)


class Axe(Enum):
    """How often axe is run on a page, which takes most of the time."""

    NEVER = "never"
    ONCE = "all rules once, and those about colours by night as well"
    EACH_WAY = "all rules by day and by night, narrow and with large letters"


def of_one_page(page: Page, axe: Axe) -> Wrong:
    """Everything that is looked at on a page: narrow and wide, by day and by night, with letters twice as large."""
    begin(page)
    found = [*_narrow(page, axe), *_by_night(page, axe), *_enlarged(page, axe), *_on_paper(page)]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    return found


def _narrow(page: Page, axe: Axe) -> Iterator[tuple[str, str]]:
    if axe is not Axe.NEVER:
        yield from (("barrier", said) for said in _barriers(page))
    for what in ("sideways", "clipped", "overlapping", "unmeasuredPictures", "shifts", "blocking", "unheard"):
        yield from ((what, said) for said in look(page, what))
    yield from (("small", said) for said in look(page, "smallTargets", TARGET))
    yield from (("name", said) for said in names(page))
    page.keyboard.press("Shift")  # from here on the focus is shown, as for whoever uses keys
    yield from (("focus", said) for said in look(page, "hiddenFocus"))
    look(page, "enlarge", 200)
    yield from (("sideways with large letters, narrow", said) for said in look(page, "sideways"))
    look(page, "enlarge", 0)


def _by_night(page: Page, axe: Axe) -> Iterator[tuple[str, str]]:
    if axe is Axe.NEVER:
        return
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # colours that change at once
    yield from (
        ("barrier by night", said) for said in _barriers(page, *([] if axe is Axe.EACH_WAY else ["color-contrast"]))
    )
    page.emulate_media(color_scheme="light")


def _enlarged(page: Page, axe: Axe) -> Iterator[tuple[str, str]]:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    look(page, "enlarge", 200)
    for what in ("sideways", "clipped", "overlapping"):
        yield from ((f"{what} with large letters", said) for said in look(page, what))
    for scheme in ("light", "dark") if axe is Axe.EACH_WAY else ():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        yield from ((f"barrier with large letters, {scheme}", said) for said in _barriers(page))
    page.emulate_media(color_scheme="light")
    look(page, "enlarge", 0)


def _on_paper(page: Page) -> Iterator[tuple[str, str]]:
    page.emulate_media(media="print")
    yield from (("on paper", said) for said in look(page, "onPaper"))
    page.emulate_media(media="screen")


def _barriers(page: Page, *only: str) -> list[str]:
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in barriers(page, only=only)]


def names(page: Page) -> list[str]:
    """Controls that a screen reader has no name for, and those of one group that it cannot tell apart.

    Links of one name may lead to one place.
    """
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in tree(session)}
    session.detach()
    wrong, groups = [], defaultdict(list)
    for node in nodes.values():
        role, name = said(node, "role"), said(node, "name")
        if role not in CONTROLS or node.get("ignored"):
            continue
        if not name:
            wrong.append(f"a {role} without a name in {_group(node, nodes)}")
        place = next((p["value"].get("value") for p in node.get("properties", []) if p["name"] == "url"), None)
        groups[_group(node, nodes), role, name].append(place)
    twice = [key for key, places in groups.items() if len(places) > 1 and (None in places or len(set(places)) > 1)]
    return wrong + [f"{role} “{name}” twice in {group}" for group, role, name in twice]


def tree(session: CDPSession) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return found


def said(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value") or "").strip()


def _group(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """The names of the groups a control is in, from the innermost out."""
    found = []
    while (node := nodes.get(node.get("parentId", ""), {})) != {}:
        if said(node, "role") in GROUPS and (name := said(node, "name")):
            found.append(name)
    return tuple(found)


class Weights:
    """What a page costs to fetch when it is compressed, without its pictures; each file is fetched once."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def of(self, page: Page, answer: Response) -> int:
        files = page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => ['link', 'script', 'css', 'other'].includes("
            "one.initiatorType) && !/\\.(svg|png|jpe?g|webp)$/.test(one.name)).map((one) => one.name)"
        )
        return _compressed(answer.body()) + sum(self._of_file(page, address) for address in set(files))

    def _of_file(self, page: Page, address: str) -> int:
        if address not in self._files:
            self._files[address] = _compressed(page.request.get(address).body())
        return self._files[address]


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))
