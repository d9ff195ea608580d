"""The desk in a real browser: granian in a process of its own, Chromium with a made-up camera.

The browser itself is the one of tests/conftest.py.
"""

import multiprocessing
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Error, Page

from cardservice.web.app import utc_now
from cardservice.web.serve import serve
from web.hall import EVERY_MORNING, PAPERS, PASSWORD, Builder, Finished, TownHall, build_town


@dataclass
class Desk:
    """A desk that is served, and pages of it."""

    hall: TownHall
    port: int
    chromium: Browser
    is_watched: bool = False
    """Whether what its pages ask for is remembered: to be told of every file of a page takes an eighth of its time."""
    contexts: list[BrowserContext] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    service: BaseProcess | None = None

    def start(self) -> None:
        """Serve from a process of its own: a fork, as the service itself makes them, so that the keys go nowhere."""
        self.service = multiprocessing.get_context("fork").Process(target=_serve, args=(self.hall, self.port))
        self.service.start()
        _wait_for(self.port)

    def stop(self) -> None:
        """Nobody answers any more, until it is started again."""
        assert self.service is not None
        self.service.terminate()
        self.service.join(15)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self, language: str = "en", width: int = 1280, scheme: str = "light", **context: Any) -> Page:
        """A browser of its own; every complaint on its console is remembered; if watched, what it asks for too."""
        made = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme=scheme,
            **context,
        )
        made.add_cookies([{"name": "language", "value": language, "url": self.address}])
        self.contexts.append(made)
        page = made.new_page()
        page.set_default_timeout(20_000)
        if self.is_watched:
            page.on("request", lambda request: self.asked_for.append(request.url))
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def sign_in(self, page: Page, name: str = "clara") -> None:
        """Sign in, and see the page that comes then. How somebody does it with their hands is test_journey.py's."""
        answer = send(page, "/sign-in", {"name": name, "password": PASSWORD})
        page.goto(answer.headers["location"])


def send(page: Page, path: str, form: dict[str, str]) -> APIResponse:
    """Send a form as the browser that a page is open in, and show nothing: a page that is shown takes twenty times as
    long as its answer."""
    shown = page.request.get("/lost").text()
    drawn = re.search(r'<input[^>]* name="csrf_token"[^>]* value="([^"]+)"', shown)
    assert drawn is not None
    return page.request.post(path, form=form | {"csrf_token": drawn[1]}, max_redirects=0)


def back_to_the_desk(window: Page) -> None:
    """Press what closes its own window, which may be gone before the click is done with it."""
    with window.expect_event("close"), suppress(Error):
        window.get_by_role("button", name="Back to the desk", exact=True).click()


def print_card(page: Page) -> None:
    """Print as the button does, whose PDF would take the place of the page, and come back to the page."""
    form = page.locator("form[action$='/card.pdf']").first
    token = str(form.locator("[name=csrf_token]").get_attribute("value"))
    assert page.request.post(str(form.get_attribute("action")), form={"csrf_token": token}).ok
    page.reload()


def begin(page: Page) -> None:
    """Show papers that are enough, and come to the page of the answers."""
    page.goto(send(page, "/registrations/new", PAPERS | {"do": "go"}).headers["location"])


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("served")) as opened:
        opened.is_watched = True
        yield opened


@contextmanager
def served(
    chromium: Browser,
    folder: Path,
    furnish: Callable[[TownHall], object] = lambda _: None,
    today: datetime | None = None,
    **settings: Any,
) -> Iterator[Desk]:
    """A desk that is served from a process of its own; `furnish`: what is done in the town before it opens.

    A browser has the real time, so the town is of now unless said: its keys sign no card that is older than they are.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hall = Builder(folder / "town", _finished(folder, today))(port=port, visits=EVERY_MORNING, **settings)
    hall.clock.now = today or utc_now()
    furnish(hall)
    hall.sessions.kw["bind"].dispose()
    opened = Desk(hall, port, chromium)
    opened.start()
    yield opened
    for context in opened.contexts:
        context.close()
    opened.stop()


@pytest.fixture
def nothing_to_complain_about(desk: Desk) -> Iterator[None]:
    """Of a desk that is watched: the browser complains of nothing, and asks nobody else."""
    desk.complaints.clear()
    desk.asked_for.clear()
    yield
    assert [url for url in desk.asked_for if not url.startswith(desk.address)] == []
    assert desk.complaints == []


@pytest.fixture(scope="module")
def at_work(desk: Desk) -> Page:
    """A clerk who signed in: for tests that begin behind the door, as most of a browser's time goes into the way in."""
    page = desk.open()
    desk.sign_in(page)
    return page


_made: dict[datetime | None, Finished] = {}


def _finished(folder: Path, today: datetime | None) -> Finished:
    """A town of a day, or of now: made once in a test process, and copied for each desk that is served."""
    if today not in _made:
        (folder / "made").mkdir()
        _made[today] = build_town(folder / "made", today or utc_now())
    return _made[today]


def _serve(hall: TownHall, port: int) -> None:
    serve(hall.app, hall.settings, housekeeping=lambda: None, host="127.0.0.1", port=port)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the desk did not open")
