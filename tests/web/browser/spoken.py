"""What a screen reader is given of a page, as lines to be read by a person: from Chromium's accessibility tree.

A line is a landmark, a heading, a group or a control: its role, its name, in brackets its state, and after a dash what
describes it. What is drawn at random in a town is said by a word in capitals.
"""

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from web.browser.looks import CONTROLS, said, tree

Node = dict[str, Any]

# The focus goes where the page wants it with the first picture.
SETTLED = """() => document.querySelector("[autofocus]") && document.activeElement === document.body
  && new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""

LANDMARKS = {"banner", "navigation", "main", "contentinfo"}
ALWAYS = CONTROLS | LANDMARKS | {"heading", "image", "table", "columnheader", "progressbar", "application"}
IF_NAMED = {"form", "search", "region", "complementary", "group", "radiogroup", "figure", "list", "MenuListPopup"}
READ_OUT = {"status", "alert"}  # their words are what they hold
STATES = ("focused", "checked", "expanded", "pressed", "disabled", "readonly", "required", "multiline")
RANDOM = (
    (re.compile(r"(?<=[= ])[0-9A-HJKMNP-TV-Z]{8}(?=\])"), "CODE"),
    (re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"), "NUMBER"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "KEY"),
)


class Spoken:
    """One page, as it is now."""

    def __init__(self, page: Page) -> None:
        page.evaluate(SETTLED)
        session = page.context.new_cdp_session(page)
        nodes = tree(session)
        session.detach()
        self._nodes = {node["nodeId"]: node for node in nodes}
        self._root = nodes[0]
        self._main = next(node for node in nodes if said(node, "role") == "main")
        self._here: list[str] = page.locator("[aria-current]").all_text_contents()

    def frame(self) -> list[str]:
        """What is around the content, in which the place that one is at is not said."""
        return [*self._lines(self._root, without=self._main)]

    def content(self) -> list[str]:
        title = f"title “{settled(said(self._root, 'name'))}”"
        return [title, *(f"here: “{' '.join(one.split())}”" for one in self._here), *self._lines(self._main)]

    def _lines(self, node: Node, depth: int = 0, without: Node | None = None) -> Iterator[str]:
        is_line = not node.get("ignored") and is_heard(node)
        if is_line:
            yield "  " * depth + self._line(node)
        for child in self._children(node):
            if child is not without:
                yield from self._lines(child, depth + is_line, without)

    def _children(self, node: Node) -> list[Node]:
        return [self._nodes[one] for one in node.get("childIds", []) if one in self._nodes]

    def _line(self, node: Node) -> str:
        role, has = said(node, "role"), properties(node)
        name = said(node, "name") or (self._words(node) if role in READ_OUT else "")
        states = [one for one in STATES if has.get(one) not in (None, False, "false")]
        if has.get("invalid") not in (None, "false"):
            states.append("invalid")
        if "keyshortcuts" in has:
            states.append(str(has["keyshortcuts"]))
        if has.get("expanded") is False:
            states.append("closed")
        if value := said(node, "value"):
            states.append(f"= {value}")
        level = f" {has['level']}" if role == "heading" else ""
        line = f"{role}{level} “{name}”" + (f" [{', '.join(states)}]" if states else "")
        described = said(node, "description")
        return settled(f"{line} – {described}" if described else line)

    def _words(self, node: Node) -> str:
        """All text within."""
        if said(node, "role") == "StaticText":
            return said(node, "name")
        return " ".join(filter(None, (self._words(child) for child in self._children(node))))


def is_heard(node: Node) -> bool:
    role = said(node, "role")
    return role in ALWAYS or role in READ_OUT or (role in IF_NAMED and bool(said(node, "name")))


def properties(node: Node) -> dict[str, object]:
    return {one["name"]: one["value"].get("value") for one in node.get("properties", [])}


def settled(words: str) -> str:
    for found, instead in RANDOM:
        words = found.sub(instead, words)
    return " ".join(words.split())
