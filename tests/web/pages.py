"""Pages looked at as a family: whatever page any test fetches has to have what every page of the desk has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature
from sqlalchemy.orm import undefer
from werkzeug.test import TestResponse

from cardservice.domain import as_shown
from cardservice.storage.models import Draft
from cardservice.web.desk import EXTENSION

VOID = {"meta", "link", "img", "input", "br", "hr"}
LABELLED = {"input", "select", "textarea"}
NEEDS_NO_LABEL = {"hidden", "submit"}


@dataclass
class Node:
    """An element with its attributes, children and texts in order."""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This element and all within it, in the order of the page."""
        left = [self]
        while left:
            node = left.pop()
            yield node
            left += [child for child in reversed(node.children) if isinstance(child, Node)]

    def all(self, tag: str) -> list[Node]:
        return [node for node in self.walk() if node.tag == tag]

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@lru_cache(maxsize=16)
def read(html: str) -> Node:
    """The page as a tree, the same one for the same text. Fails where a tag is not closed by its own."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], f"never closed: {[node.tag for node in reader.open[1:]]}"
    return reader.root


def check(page: Node) -> None:
    """Fail unless the page has what every page has."""
    _one_heading_and_its_title(page)
    _nothing_inline_and_nothing_from_elsewhere(page)
    _every_field_has_a_label(page)
    _ids_are_unique_and_meant(page)
    _forms_are_complete(page)


# The form value of a session is other in every test; nothing that is looked at depends on it.
_FORM_VALUE = re.compile(r'( name="(?:csrf_token|form_id|as_shown)"(?: type="hidden")? value=")[\w.-]+(?=")')
_ANTI_FORGERY = re.compile(r'<input[^>]* name="csrf_token"[^>]* value="([^"]+)"')
_looked_at: set[bytes] = set()


def check_text(html: str) -> None:
    """Check a page, unless the very same text was looked at and found good before."""
    digest = sha256(_FORM_VALUE.sub(r"\1", html).encode()).digest()
    if digest not in _looked_at:
        check(read(html))
        _looked_at.add(digest)


def _one_heading_and_its_title(page: Node) -> None:
    headings = page.all("h1")
    assert len(headings) == 1, "one h1 a page"
    title = page.all("title")[0].text
    for error_word in ("Error: ", "Erreur : ", "خطأ: ", "⟦Error:⟧ "):
        title = title.removeprefix(error_word)
    assert title.startswith(headings[0].text), f"the title {title!r} begins with the h1 {headings[0].text!r}"
    root = page.all("html")[0].attributes
    assert root["lang"]
    assert root["dir"] in {"ltr", "rtl"}


def _nothing_inline_and_nothing_from_elsewhere(page: Node) -> None:
    for node in page.walk():
        assert "style" not in node.attributes, f"inline style on <{node.tag}>"
        assert node.tag != "style", "inline style sheet"
        assert node.tag != "script" or "src" in node.attributes, "inline script"
        assert not [name for name in node.attributes if name.startswith("on")], f"inline handler on <{node.tag}>"
        for name in ("src", "href", "action", "data", "poster"):
            value = node.attributes.get(name, "/")
            assert value.startswith(("/", "#")), f"{name}={value!r} leads elsewhere"
            assert not value.startswith("//"), f"{name}={value!r} leads elsewhere"


def _every_field_has_a_label(page: Node) -> None:
    labelled = {label.attributes.get("for") for label in page.all("label")}
    wrapped = {id(node) for label in page.all("label") for node in label.walk()}
    for node in page.walk():
        if node.tag in LABELLED and node.attributes.get("type") not in NEEDS_NO_LABEL:
            named = node.attributes.get("id") in labelled or id(node) in wrapped or "aria-label" in node.attributes
            assert named, f"no label for {node.attributes}"


def _ids_are_unique_and_meant(page: Node) -> None:
    ids = [node.attributes["id"] for node in page.walk() if "id" in node.attributes]
    assert len(ids) == len(set(ids)), f"an id twice: {sorted(ids)}"
    for node in page.walk():
        for name in ("aria-describedby", "aria-labelledby", "for"):
            for target in node.attributes.get(name, "").split():
                assert target in ids, f"{name}={target!r} points nowhere"
        if node.attributes.get("href", "").startswith("#"):
            assert node.attributes["href"][1:] in ids, f"{node.attributes['href']} points nowhere"


def _forms_are_complete(page: Node) -> None:
    for form in page.all("form"):
        assert form.attributes.get("action"), "a form without an action"
        fields = {node.attributes.get("name") for node in form.all("input")}
        assert form.attributes["method"] == "get" or "csrf_token" in fields, "a form without its anti-forgery value"


class Response(TestResponse):
    """An answer that can be looked at as a page."""

    @cached_property
    def page(self) -> Node:
        return read(self.text)

    @property
    def main(self) -> Node:
        return self.page.all("main")[0]


class Client(FlaskClient):
    """A browser without a face: checks every answer, and sends forms with the anti-forgery value they were given."""

    def __init__(self, application: Flask, *args: Any, **kwargs: Any) -> None:
        super().__init__(application, *args, **kwargs)
        self.response_wrapper = type("Looked", (Response, application.response_class), {})
        self._form_values: dict[str, str] = {}

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **{"buffered": True} | kwargs)
        if response.request.path.startswith(("/kit/", "/status/", "/before-your-visit")):
            return response  # no page of the desk's, but everybody's: test_kit.py, test_prefill_page.py
        check_headers(response)
        looks_like_a_page = response.mimetype == "text/html" and response.status_code not in {204, 301, 302, 307}
        if looks_like_a_page and response.request.method != "HEAD":
            check_text(response.text)
        return response

    def csrf(self) -> str:
        """A value good for any form of this session, asked for once as long as the session stays."""
        known = self._form_values.get(self._session())
        if known is None:
            # Not from the sign-in page: it draws a challenge, and forgets the one that a passkey has just answered.
            known = self.csrf_from("/lost")
            if session := self._session():
                self._form_values[session] = known
        return known

    def _session(self) -> str:
        """What the anti-forgery values of this browser's session are made of; empty where there is no session yet."""
        cookie = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"])
        signer = self.application.session_interface.get_signing_serializer(self.application)  # type: ignore[attr-defined]
        try:
            return str(signer.loads(cookie.value)["csrf_token"]) if cookie else ""
        except (BadSignature, KeyError):
            return ""

    def csrf_from(self, path: str) -> str:
        """The value that the forms of a page carry."""
        found = _ANTI_FORGERY.search(super().open(path, follow_redirects=True).text)
        assert found is not None, f"no form on {path}"
        return found[1]

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """POST a form as a browser would that has just opened its page."""
        typed = {"csrf_token": self.csrf(), **mark_of(self.application, path), **(data or {})}
        return self.post(path, data=typed, **kwargs)

    def sign_in(self, name: str, password: str) -> Any:
        return self.submit("/sign-in", {"name": name, "password": password})


_OF_A_DRAFT = re.compile(r"/registrations/([0-9a-f]{32})/")


def mark_of(app: Flask, path: str) -> dict[str, str]:
    """The field that says as what a page that is opened now shows the registration it is about."""
    found = _OF_A_DRAFT.match(path)
    if found is None:
        return {}
    with app.extensions[EXTENSION].readers.begin() as session:
        draft = session.get(Draft, found[1], options=[undefer(Draft.ciphertext)])
        return {} if draft is None else {"as_shown": as_shown.mark(as_shown.nonce_of(draft), os.urandom)}


def check_headers(response: TestResponse) -> None:
    """Fail unless an answer has the headers that every answer has."""
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    # WebAssembly is compiled where the camera reads codes, and nowhere else: docs/decisions/0088.
    compiles, reads = " 'wasm-unsafe-eval'", b" data-reader" in response.data
    assert "unsafe" not in policy.replace(compiles, "", 1)
    # What HEAD answers has the policy of the page, and not the page.
    assert (compiles in policy) is reads or response.request.method == "HEAD"
    assert "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "object-src 'none'" in policy
    assert not [name for name, _ in response.headers if name.startswith("Access-Control-")]
    kind = response.headers["Content-Type"] if response.data else "text/html; charset=utf-8"
    assert "charset=utf-8" in kind or not kind.startswith(("text/", "image/svg")), kind
    if response.request.path == "/numbers.csv" and response.status_code in {200, 304}:
        assert response.headers["Cache-Control"] == "public, max-age=3600"
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
    elif not response.request.path.startswith("/static/"):
        assert response.headers["Cache-Control"] == "no-store"
    for cookie in response.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
