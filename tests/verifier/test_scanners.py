"""Scanners that act as keyboards, cameras, and pictures: every way by which a code comes into the page."""

import asyncio
import gc
import io
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from cardservice.credential.base45 import ALPHABET
from cardservice.printing import qr_image
from verifier.conftest import World, started
from verifier.layouts import LAYOUTS, Event, events
from verifier.site import Site

LONG = os.environ.get("CARDSERVICE_LONG") == "1"
CODES = 200 if LONG else 50
AT_ONCE = 16  # keys that are pressed before the browser is waited for
EVERY = 0.003  # seconds from key to key

HEAR = """async (told) => {
  const codes = JSON.parse(told);
  const { hear } = await import(new URL("page/keyboard-scanner.js", location.href));
  const [field, heard] = [document.createElement("textarea"), []];
  document.body.append(field);
  const stop = hear((text) => heard.push(text), { within: field });
  for (const keys of codes) {
    for (const [code, shiftKey, key] of [...keys, ["Enter", false, "Enter"]]) {
      field.dispatchEvent(new KeyboardEvent("keydown", { code, key, shiftKey }));
    }
  }
  stop();
  field.remove();
  return heard;
}"""


@pytest.fixture(scope="module")
def codes(world: World) -> list[str]:
    claims = [world.claims(card_number=f"7K3M9QX2{number:04d}").residence() for number in range(CODES)]
    return [world.town.text(claim) for claim in claims]


class TestKeyboardScanners:
    def test_on_a_french_keyboard_23_of_45_characters_arrive_as_they_were_sent(self) -> None:
        sent = ALPHABET.decode()

        arrived = [key for _, _, key in events(sent, "FR")]

        assert sum(one == other for one, other in zip(sent, arrived, strict=True)) == 23

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_code_is_decoded_on_every_layout(self, verifier: Page, codes: list[str], layout: str) -> None:
        assert len(set(codes)) == CODES

        assert heard(verifier, [events(code, layout) for code in codes]) == codes

    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("focus", ["#text", "#open-camera", "body"])
    def test_keys_that_the_browser_itself_hears_are_read(
        self, verifier: Page, world: World, layout: str, focus: str
    ) -> None:
        """Through the browser's own input, so that what the layout makes of the keys also lands in the field."""
        verifier.keyboard.press("Escape")
        verifier.evaluate("document.activeElement.blur()")
        if focus != "body":
            verifier.focus(focus)
        for _ in range(20 if LONG else 1):
            verifier.evaluate("delete document.getElementById('verdict').dataset.verdict")
            press_all(verifier, events(world.residence(), layout))

            verifier.wait_for_selector("#verdict[data-verdict]")
            assert verifier.get_attribute("#verdict", "data-reason") == "valid"
            assert verifier.input_value("#text") == ""
            assert verifier.inner_text("#open-camera") == "Open the camera", "the blanks pressed no button"

    def test_a_scanner_without_an_end_key_is_read_after_a_pause(self, verifier: Page, world: World) -> None:
        verifier.keyboard.press("Escape")
        press_all(verifier, events(world.residence(), "DE"), end=False)

        verifier.wait_for_selector("#verdict[data-reason=valid]")

    def test_a_scanner_set_to_the_systems_layout_is_read_too(self, verifier: Page, world: World) -> None:
        """It presses other keys, so that the characters are right and the keys are not."""
        code, pressed = world.residence(), {character: press for press, character in LAYOUTS["FR"].items()}
        keys = [(pressed[one].code, pressed[one].shift, one) if one in pressed else ("F13", False, one) for one in code]

        assert heard(verifier, [keys])[0] == "".join(one for code, _, one in keys if code != "F13")

    def test_hands_are_left_alone(self, verifier: Page) -> None:
        verifier.keyboard.press("Escape")
        verifier.focus("#text")
        verifier.keyboard.type("hello there, how are you", delay=60)

        assert verifier.input_value("#text").startswith("hello there")


def heard(page: Page, codes: list[list[Event]]) -> list[str]:
    """What the page makes of the keys of each code. They go there as one text: value by value they take seconds."""
    return page.evaluate(HEAR, json.dumps(codes))  # type: ignore[no-any-return]


def press_all(page: Page, keys: list[Event], *, end: bool = True) -> None:
    """Press the keys by the browser's own input, as the operating system would, which does not wait for each answer.

    Each key says when it was pressed, so that a busy machine does not make a slow scanner of a quick one; all at once
    would be faster still, but a browser sometimes stalls over that. A blank is also let go: it is then that a button
    is pressed.
    """
    session, told, now = page.context.new_cdp_session(page), [], time.time()
    for code, shift, key in [*keys, *([("Enter", False, "Enter")] if end else [])]:
        text = {"Enter": "\r", "Dead": ""}.get(key, key)
        pressed = {"type": "keyDown", "code": code, "key": key, "text": text, "modifiers": 8 if shift else 0}
        pressed["timestamp"] = now = now + EVERY
        told += [pressed, {**pressed, "type": "keyUp", "text": ""}] if key == " " else [pressed]
    with unpaused():
        for start in range(0, len(told), AT_ONCE):
            part = told[start : start + AT_ONCE]
            sent = [session._impl_obj.send("Input.dispatchKeyEvent", one, timeout=None) for one in part]
            session._sync(together(sent))
    session.detach()


@contextmanager
def unpaused() -> Iterator[None]:
    """Collect no garbage: over a whole run's objects that takes longer than the pause that ends a code."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


async def together(sent: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Send one after the other, in their order, and wait for all answers at the end."""
    await asyncio.gather(*sent)


def drawn(symbol: qr_image.Symbol, module: int = 4) -> Image.Image:
    """A code with its quiet zone, four pixels a module."""
    side = symbol.side
    code = Image.new("L", (side, side))
    code.putdata([0 if dark == "1" else 255 for row in symbol.rows for dark in row])
    framed = Image.new("L", (side + 8, side + 8), 255)
    framed.paste(code, (4, 4))
    return framed.resize((framed.width * module, framed.height * module), Image.Resampling.NEAREST)


def is_base45(text: str) -> bool:
    return set(text) <= set(ALPHABET.decode())


def picture(*texts: str) -> bytes:
    """Codes beside each other on a grey table."""
    codes = [drawn(qr_image.symbol(text) if is_base45(text) else qr_image.link(text)) for text in texts]
    table = Image.new("L", (sum(code.width + 60 for code in codes) + 60, max(code.height for code in codes) + 120), 150)
    left = 60
    for code in codes:
        table.paste(code, (left, 60))
        left += code.width + 60
    made = io.BytesIO()
    table.save(made, "PNG")
    return made.getvalue()


class TestPictures:
    @pytest.fixture(autouse=True)
    def _nothing_is_shown(self, verifier: Page) -> None:
        verifier.keyboard.press("Escape")

    def choose(self, page: Page, content: bytes, name: str = "photo.png", kind: str = "image/png") -> None:
        page.set_input_files("#picture", {"name": name, "mimeType": kind, "buffer": content})

    def test_a_picture_of_a_card_is_read(self, verifier: Page, world: World) -> None:
        self.choose(verifier, picture(world.text()))

        verifier.wait_for_selector("#verdict[data-reason=valid]")

    def test_both_codes_of_a_card_are_one_answer(self, verifier: Page, world: World) -> None:
        self.choose(verifier, picture(world.residence(), world.text()))

        verifier.wait_for_selector("#verdict[data-reason=valid]")
        assert "Amina Example" in verifier.inner_text("#verdict .facts")

    def test_two_cards_are_said_to_be_two(self, verifier: Page, world: World) -> None:
        self.choose(
            verifier, picture(world.residence(), world.town.text(world.claims(card_number="2222AAAABBBB").residence()))
        )

        verifier.wait_for_selector("#verdict[data-verdict=cannot-tell]")
        assert "Show one at a time" in verifier.inner_text("#verdict .sentence")

    def test_half_a_code_is_no_code(self, verifier: Page, world: World) -> None:
        whole = Image.open(io.BytesIO(picture(world.text())))
        half = io.BytesIO()
        whole.crop((0, 0, whole.width // 2, whole.height)).save(half, "PNG")
        self.choose(verifier, half.getvalue())

        verifier.wait_for_selector("#hint[data-notice=noCode]")
        assert not verifier.is_visible("#verdict")

    def test_a_shops_code_is_no_card(self, verifier: Page) -> None:
        self.choose(verifier, picture("HTTPS://SHOP.EXAMPLE/CHEESE"))

        verifier.wait_for_selector("#verdict[data-reason=not-a-card]")

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + bytes(40)])
    def test_what_is_no_picture_is_said_to_be_none(self, verifier: Page, content: bytes) -> None:
        self.choose(verifier, content)

        verifier.wait_for_selector("#hint[data-notice=pictureUnreadable]")


@pytest.fixture(scope="module")
def filming(
    launched: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory, world: World
) -> Iterator[Browser]:
    """The Chromium that people have; its camera shows a table, our card on it, and the table again."""
    film = tmp_path_factory.mktemp("film") / "card.y4m"
    write_film(film, picture(world.text()), frames_with=20, frames_without=20)
    with launched("chromium", f"--use-file-for-fake-video-capture={film}") as browser:
        yield browser


class TestCamera:
    def test_a_card_before_the_camera_is_read(self, filming: Browser, site: Site) -> None:
        context = filming.new_context(permissions=["camera"])
        page = started(context.new_page(), site.address)

        page.click("#open-camera")

        page.wait_for_selector("#verdict[data-reason=valid]", timeout=20_000)
        assert page.inner_text("#open-camera") == "Close the camera"
        page.click("#open-camera")
        assert page.evaluate("document.querySelector('video').srcObject") is None
        context.close()

    def test_a_camera_pressed_twice_is_one_camera(self, filming: Browser, site: Site) -> None:
        context = filming.new_context(permissions=["camera"])
        page = started(context.new_page(), site.address)
        page.evaluate("""() => {
          const media = navigator.mediaDevices;
          const open = media.getUserMedia.bind(media);
          globalThis.streams = [];
          media.getUserMedia = async (wanted) => {
            const stream = await open(wanted);
            streams.push(stream);
            return stream;
          };
          document.getElementById("open-camera").click();
          document.getElementById("open-camera").click();
        }""")
        page.wait_for_selector("#verdict[data-reason=valid]", timeout=20_000)

        states = page.evaluate("streams.map((stream) => stream.getVideoTracks()[0].readyState).sort()")

        assert states == ["ended", "live"]
        assert page.get_attribute("#hint", "data-notice") == ""
        page.evaluate("streams.forEach((stream) => stream.getVideoTracks()[0].dispatchEvent(new Event('ended')))")
        page.wait_for_selector("#hint[data-notice=cameraBusy]")
        assert not page.is_visible("#camera")
        context.close()

    def test_what_is_before_the_camera_is_one_view_until_it_is_taken_away(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        """Of two cards one is not read in every frame: that does not make the other one good."""
        page = context.new_page()
        page.add_init_script(detector("return globalThis.codes.map((rawValue) => ({ rawValue }))"))
        page.add_init_script("globalThis.codes = []")
        started(page, site.address)
        page.click("#open-camera")
        for codes in ([world.revoked(), world.text()], [world.text()], [world.text()]):
            page.evaluate("(codes) => { globalThis.codes = codes; }", codes)
            page.wait_for_selector("#verdict[data-reason=revoked]")
            page.wait_for_timeout(200)
        assert page.get_attribute("#verdict", "data-reason") == "revoked"

        page.evaluate("globalThis.codes = []")
        page.wait_for_timeout(1200)
        page.evaluate("(code) => { globalThis.codes = [code]; }", world.text())

        page.wait_for_selector("#verdict[data-reason=valid]")

    def test_a_camera_that_is_refused_is_said_so(self, context: BrowserContext, site: Site) -> None:
        page = context.new_page()
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', globalThis.refusal); };"
        )
        started(page, site.address)
        for refusal, notice in (
            ("NotAllowedError", "cameraRefused"),
            ("NotFoundError", "noCamera"),
            ("NotReadableError", "cameraBusy"),
        ):
            page.evaluate("(name) => { globalThis.refusal = name; }", refusal)
            page.click("#open-camera")
            page.wait_for_selector(f"#hint[data-notice={notice}]")
            assert not page.is_visible("#camera")

    def test_its_own_reader_is_used_where_the_browser_has_one_that_works(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = context.new_page()
        page.add_init_script(detector("return [{ rawValue: globalThis.code }]"))
        started(page, site.address)
        page.evaluate("(text) => { globalThis.code = text; }", world.residence())

        page.set_input_files("#picture", {"name": "a.png", "mimeType": "image/png", "buffer": picture("X")})

        page.wait_for_selector("#verdict[data-reason=valid]")

    def test_ours_is_used_where_the_browsers_fails(self, context: BrowserContext, site: Site, world: World) -> None:
        page = context.new_page()
        page.add_init_script(detector("throw new Error('not here')"))
        started(page, site.address)

        page.set_input_files("#picture", {"name": "a.png", "mimeType": "image/png", "buffer": picture(world.text())})

        page.wait_for_selector("#verdict[data-reason=valid]")


def detector(body: str) -> str:
    return (
        "globalThis.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code']; } "
        f"async detect() {{ {body} }} }};"
    )


def write_film(path: Path, card: bytes, *, frames_with: int, frames_without: int, rate: int = 15) -> None:
    """An uncompressed film (YUV4MPEG2) of 1280 by 720: a table, and a card that is laid on it and taken away."""
    size = (1280, 720)
    shown = Image.open(io.BytesIO(card)).convert("L")
    shown.thumbnail((1000, 640))
    table = Image.new("L", size, 150)
    with_card = table.copy()
    with_card.paste(shown, ((size[0] - shown.width) // 2, (size[1] - shown.height) // 2))
    grey = bytes([128]) * (size[0] * size[1] // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{size[0]} H{size[1]} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in [table] * frames_without + [with_card] * frames_with:
            film.write(b"FRAME\n" + frame.tobytes() + grey)
