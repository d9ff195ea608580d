"""What tests of the desk show beside a password: codes of an app, and a passkey in software."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import timedelta

from authenticator import Passkey as Device
from pyotp import TOTP

from web.hall import PASSWORD, TownHall
from web.pages import Client

ORIGIN = "http://localhost:8000"
STEP = timedelta(seconds=30)


@dataclass
class CodeApp:
    """A code app, with the secret as the page shows it."""

    hall: TownHall
    secret: str

    @property
    def code(self) -> str:
        return TOTP(self.secret.replace(" ", "")).at(self.hall.clock())

    def fresh_code(self) -> str:
        """A code of a step that was not used: thirty seconds later."""
        self.hall.clock.now += STEP
        return self.code

    @classmethod
    def set_up(cls, hall: TownHall, browser: Client) -> CodeApp:
        page = browser.get("/your-sign-in/code-app").main
        secret = next(node.text for node in page.all("p") if "number" in node.attributes.get("class", ""))
        app = cls(hall, secret)
        assert browser.submit("/your-sign-in/code-app", {"code": app.code}).location == "/your-sign-in"
        return app


@dataclass
class Key:
    """A security key in the hand of somebody at a browser."""

    device: Device = field(default_factory=lambda: Device(ORIGIN))

    def add(self, browser: Client, label: str = "blue key") -> None:
        told = self.device.create(options_on(browser, "/your-sign-in/passkeys/new"))
        answer = browser.submit("/your-sign-in/passkeys/new", {"label": label, "passkey": told})
        assert answer.location == "/your-sign-in", answer.text

    def answer(self, browser: Client, path: str = "/sign-in/passkey") -> str:
        """What the key says to the challenge on a page."""
        return self.device.get(options_on(browser, path))

    def sign_in(self, browser: Client) -> object:
        return browser.submit("/sign-in/passkey", {"passkey": self.answer(browser)})


def options_on(browser: Client, path: str) -> str:
    """What the page at a path gives to the browser's passkey dialogue."""
    return options_in(browser.get(path).page)


def options_in(page: object) -> str:
    form = next(node for node in page.all("form") if "data-passkey" in node.attributes)  # type: ignore[attr-defined]
    return html.unescape(form.attributes["data-options"])


def show_code(hall: TownHall, name: str, code: str) -> Client:
    """A browser after a right password and this code."""
    browser = hall.browser()
    assert browser.sign_in(name, PASSWORD).location == "/sign-in/code"
    browser.submit("/sign-in/code", {"code": code})
    return browser
