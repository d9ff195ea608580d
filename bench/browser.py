"""The verifier in a real Chromium: from a card before the camera to the answer, computing alone, and a cold start.

The camera is the browser's own fake device, which plays a film of our card laid on a table and taken away again.
"""

import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.measure import Result

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from verifier.conftest import World, started
from verifier.site import Site, kit_of
from verifier.test_scanners import picture, write_film

SCANS, VERIFICATIONS, STARTS = 30, 1000, 10
SCAN_LIMIT, COMPUTING_LIMIT, START_LIMIT = 500, 10, 2000  # milliseconds

# Sees by itself when the card has come into the film: the table is grey all over, a code is not.
WATCH = """() => {
  const [video, verdict] = [document.querySelector("video"), document.getElementById("verdict")];
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  globalThis.took = [];
  let came = null;
  const look = (now) => {
    context.drawImage(video, 0, 0, 64, 36);
    const pixels = context.getImageData(16, 9, 32, 18).data;
    const there = pixels.some((value, place) => place % 4 === 0 && (value < 90 || value > 210));
    if (there && came === null) came = now;
    if (!there) came = null;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  new MutationObserver(() => {
    if (!verdict.dataset.verdict || came === null) return;
    globalThis.took.push(performance.now() - came);
    setTimeout(() => document.getElementById("next").click(), 50);
  }).observe(verdict, { attributeFilter: ["data-reason"] });
}"""

COMPUTE = """async ([text, count]) => {
  const { Kit } = await import(new URL("verify/kit.js", location.href));
  const { verify } = await import(new URL("verify/verifier.js", location.href));
  const names = ["trust-list.cwt", "anchor.cose", "status/1.cwt"];
  const read = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
  const kit = await Kit.fromFiles(new Map(await Promise.all(names.map(async (name) => [name, await read(name)]))));
  const took = [];
  for (let turn = 0; turn < count; turn += 1) {
    const began = performance.now();
    const verdict = await verify(text, kit, Math.floor(Date.now() / 1000));
    took.push(performance.now() - began);
    if (verdict.verdict !== "valid") throw new Error(verdict.reason);
  }
  return took;
}"""


@contextmanager
def browser(profile: Path, *arguments: str) -> Iterator[BrowserContext]:
    """A Chromium whose storage outlives it."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", *arguments],
            permissions=["camera"],
        )
        yield context
        context.close()


@cache
def measured() -> dict[str, list[float]]:
    """Milliseconds of every scan, verification and start."""
    world = World()
    with Site(kit_of(world.lists())).open() as site, tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "card.y4m"
        write_film(film, picture(world.text()), frames_with=15, frames_without=15)
        with browser(Path(folder) / "profile", f"--use-file-for-fake-video-capture={film}") as context:
            page = started(context.new_page(), site.address)
            page.wait_for_selector("html[data-offline=ready]")
            found = {"scan": scans(page), "compute": page.evaluate(COMPUTE, [world.text(), VERIFICATIONS])}
        site.is_up = False
        return {**found, "start": [cold_start(Path(folder) / "profile", site.address) for _ in range(STARTS)]}


def scans(page: Page) -> list[float]:
    page.click("#open-camera")
    page.evaluate(WATCH)
    while len(took := page.evaluate("took")) <= SCANS:
        page.wait_for_timeout(200)
    return took[1:]  # type: ignore[no-any-return]


def cold_start(profile: Path, address: str) -> float:
    """A browser that was closed, without a network, until the page can check a card."""
    with browser(profile) as context:
        context.set_offline(True)
        page = context.pages[0]
        began = time.perf_counter()
        started(page, address)
        return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def _against(limit: int, ours: float, name: str, runs: int) -> Result:
    return Result(ours=ours, peer=limit, peer_name=name, unit="ms", goal=1, runs=runs)


def scan() -> Result:
    """95 of 100 scans, from the frame in which the card appears to the answer."""
    return _against(SCAN_LIMIT, _p95(measured()["scan"]), "the limit of a scan, p95", SCANS)


def compute() -> Result:
    """95 of 100 verifications, without reading the picture."""
    return _against(COMPUTING_LIMIT, _p95(measured()["compute"]), "the limit of computing, p95", VERIFICATIONS)


def start() -> Result:
    """The median of cold starts without a network."""
    return _against(START_LIMIT, statistics.median(measured()["start"]), "the limit of a cold start, median", STARTS)
