"""One document: its Markdown, its headings with their anchors, where it leads, and what becomes of it as a page.

CommonMark with tables, as the documents are read elsewhere too; HTML inside a document is shown as it is typed.
Addresses are made as GitHub makes them, so that a link is right in both places.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType as Env
from markdown_it.utils import OptionsDict

MEASURED = Callable[[str], tuple[int, int]]
"""From a picture's place in the site to its width and height."""
TITLED = Callable[[str], str | None]
"""From a document's place to its title, where there is such a document."""

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

    def html(self, measured: MEASURED, titled: TITLED) -> str:
        """The page's content; links that are written as a file's name get the title of what they lead to."""
        _ = self.headings  # which gives every heading its anchor
        for opening, inside in _pairs(self._inline()):
            if opening.type == "link_open":
                place = self._from_here(str(opening.attrGet("href"))).place
                if inside.content.endswith(".md") and (title := titled(place)):
                    inside.content = title
        for token in self._inline():
            if token.type == "link_open":
                token.attrSet("href", _to_page(str(token.attrGet("href"))))
            if token.type == "image":
                width, height = measured(self._from_here(str(token.attrGet("src"))).place)
                token.attrSet("width", str(width))
                token.attrSet("height", str(height))
        return str(_READER.renderer.render(self._tokens, _READER.options, {})).replace("<th></th>", "<td></td>")

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


def _pairs(tokens: Iterable[Token]) -> Iterator[tuple[Token, Token]]:
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


# What is wider than the screen scrolls by itself, by keyboard too. The renderer hands itself to its rules.
def _table_opens(renderer: RendererHTML, tokens: list[Token], place: int, options: OptionsDict, env: Env) -> str:
    return f'<div class="wide" tabindex="0">{renderer.renderToken(tokens, place, options, env)}'


def _table_closes(renderer: RendererHTML, tokens: list[Token], place: int, options: OptionsDict, env: Env) -> str:
    return f"{renderer.renderToken(tokens, place, options, env)}</div>"


def _code(_: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Env) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[place].content)}</code></pre>\n'


_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
for _kind, _rule in {
    "table_open": _table_opens,
    "table_close": _table_closes,
    "fence": _code,
    "code_block": _code,
}.items():
    _READER.add_render_rule(_kind, _rule)
