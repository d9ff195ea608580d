"""One document: its Markdown, its headings with their anchors, where it leads, and what becomes of it as a page.

CommonMark with tables, as the documents are read elsewhere too; HTML inside a document is shown as it is typed.
Addresses are made as GitHub makes them, so that a link is right in both places.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

MEASURED = Callable[[str], tuple[int, int] | None]
"""From a picture's place in the site to its width and height, where it is there."""

_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Heading:
    """A heading of a document, with the anchor that links name it by."""

    level: int
    words: str
    anchor: str


@dataclass(frozen=True)
class Link:
    """Where a document leads: a place in the site, and an anchor there or none."""

    place: str
    anchor: str


@dataclass(frozen=True)
class Document:
    """A document by its place under docs/, like "guide/counter.md"."""

    place: str
    markdown: str

    @property
    def page(self) -> str:
        """Its place in the site."""
        return page_of(self.place)

    @property
    def title(self) -> str:
        return self.headings[0].words if self.headings else self.place

    @cached_property
    def headings(self) -> list[Heading]:
        found: list[Heading] = []
        for opening, inside in _pairs(self._tokens):
            if opening.type == "heading_open":
                opening.attrSet("id", anchor := _unlike(_anchor(inside), [one.anchor for one in found]))
                found.append(Heading(int(opening.tag[1]), _words(inside), anchor))
        return found

    @cached_property
    def links(self) -> list[Link]:
        """Links to other places of the site, as they are meant from the folder docs/."""
        found = [str(token.attrGet("href")) for token in self._inline() if token.type == "link_open"]
        return [self._from_here(address) for address in found if not is_elsewhere(address)]

    @cached_property
    def pictures(self) -> list[str]:
        found = [str(token.attrGet("src")) for token in self._inline() if token.type == "image"]
        return [self._from_here(address).place for address in found]

    def html(self, measured: MEASURED) -> str:
        """The page's content. Raises nothing: what a link or picture lacks is told by site.problems."""
        _ = self.headings  # which gives every heading its anchor
        for token in self._inline():
            if token.type == "link_open":
                token.attrSet("href", _to_page(str(token.attrGet("href"))))
            if token.type == "image" and (size := measured(self._from_here(str(token.attrGet("src"))).place)):
                token.attrSet("width", str(size[0]))
                token.attrSet("height", str(size[1]))
        return str(_READER.renderer.render(self._tokens, _READER.options, {}))

    @cached_property
    def _tokens(self) -> list[Token]:
        return _READER.parse(self.markdown)

    def _inline(self) -> Iterator[Token]:
        for token in self._tokens:
            yield from token.children or ()

    def _from_here(self, address: str) -> Link:
        place, _, anchor = address.partition("#")
        folder = posixpath.dirname(self.place)
        return Link(posixpath.normpath(posixpath.join(folder, place)) if place else self.place, anchor)


def page_of(place: str) -> str:
    """Where a document of docs/ stands in the site; a folder is its list of documents."""
    folder, name = posixpath.split(place)
    return posixpath.join(folder, "index.html" if name == "README.md" else name.removesuffix(".md") + ".html")


def is_elsewhere(address: str) -> bool:
    """True for what is not of this site."""
    return "://" in address or address.startswith("mailto:")


def _to_page(address: str) -> str:
    if is_elsewhere(address):
        return address
    place, mark, anchor = address.partition("#")
    if place.endswith(".md"):
        place = page_of(place)
    elif place.endswith("/"):
        place += "index.html"
    return place + mark + anchor


def _pairs(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    return pairwise(tokens)


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


def _anchor(token: Token) -> str:
    return _NOT_IN_ANCHORS.sub("", _words(token).lower()).replace(" ", "-")


def _unlike(anchor: str, others: list[str]) -> str:
    number, made = 0, anchor
    while made in others:
        number += 1
        made = f"{anchor}-{number}"
    return made


def _table_opens(_: object, tokens: list[Token], place: int, options: OptionsDict, _env: object) -> str:
    """A table scrolls by itself where the screen is narrower than it is."""
    return f'<div class="wide" tabindex="0">{_READER.renderer.renderToken(tokens, place, options, {})}'


def _table_closes(_: object, tokens: list[Token], place: int, options: OptionsDict, _env: object) -> str:
    return f"{_READER.renderer.renderToken(tokens, place, options, {})}</div>"


_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_READER.add_render_rule("table_open", _table_opens)  # type: ignore[arg-type]
_READER.add_render_rule("table_close", _table_closes)  # type: ignore[arg-type]
