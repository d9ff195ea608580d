"""What Chromium's own trace says of each page on a usual screen: nothing moves or waits, nothing is from elsewhere.

The checks that Lighthouse makes of a load, without its clock: a test may not depend on how busy a machine is. The line
is slow, so that a page comes in pieces, as it does to any browser that is busy: what moves then moved by luck else.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from web.browser.conftest import Desk, served
from web.browser.furnished import PAGES, Furnished

FURNISHED = Furnished()
MOST_OBJECTS, MOST_REQUESTS = 1400, 20
"""Lighthouse calls 1400 nodes too many; the page with the scanner and the letters has eighteen small files."""
# A page that scrolls to the field which it begins in reports no largest paint: after a second it has been painted.
SHOWN = """new Promise((done) => {
    new PerformanceObserver(done).observe({type: "largest-contentful-paint", buffered: true});
    setTimeout(done, 1000);
  }).then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"""
SLOW_LINE = {"offline": False, "latency": 0, "downloadThroughput": 60_000, "uploadThroughput": -1}
"""In bytes a second: so slow that the longest pages are painted before they are there, if nothing hinders it."""
CATEGORIES = ["devtools.timeline", "loading"]

Event = dict[str, Any]


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(chromium, tmp_path_factory.mktemp("traced"), FURNISHED, style_page=True) as opened:
        yield opened


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_loads_as_its_people_would_wish(self, town: Desk, name: str) -> None:
        wrong = {path: said for path, events in _traced(town, name) if (said := list(_wrong(town, events)))}

        assert wrong == {}


def _traced(town: Desk, name: str) -> list[tuple[str, list[Event]]]:
    """What was traced while each page was loaded, by its path."""
    page = town.open(language="fr", width=1280)
    if name:
        town.sign_in(page, name)
        page.goto("about:blank")
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_LINE)
    found = []
    for path in PAGES[name]:
        town.chromium.start_tracing(page=page, categories=CATEGORIES)
        page.goto(path.format(**FURNISHED.places))
        page.evaluate(SHOWN)
        found.append((path, json.loads(town.chromium.stop_tracing())["traceEvents"]))
    return found


def _wrong(town: Desk, events: list[Event]) -> Iterator[str]:
    by_name = defaultdict(list)
    for event in events:
        by_name[event["name"]].append(event.get("args", {}))
    shifts = [shift["data"] for shift in by_name["LayoutShift"]]
    yield from (f"moves: {shift['impacted_nodes']}" for shift in shifts if not shift["had_recent_input"])
    requests = [sent["data"] for sent in by_name["ResourceSendRequest"]]
    if len(requests) > MOST_REQUESTS:
        yield f"asks {len(requests)} times"
    for sent in requests:
        if not sent["url"].startswith((town.address, "data:", "blob:")):
            yield f"asks elsewhere: {sent['url']}"
        if sent.get("renderBlocking") == "blocking" and sent["resourceType"] != "Stylesheet":
            yield f"waits for {sent['url']}"
    if (objects := max(laid["beginData"]["totalObjects"] for laid in by_name["Layout"])) > MOST_OBJECTS:
        yield f"lays out {objects} objects"
