"""The photo in Chromium: the camera with its guide, and the crop by mouse, finger, keys, wheel and plain buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cardservice.printing import sample_portraits
from web.browser.conftest import Desk
from web.browser.test_desk import reach, register, wait_until


@pytest.fixture(autouse=True)
def nothing_to_complain_about(desk: Desk) -> Iterator[None]:
    desk.complaints.clear()
    desk.asked_for.clear()
    yield
    assert [url for url in desk.asked_for if not url.startswith((desk.address, "blob:"))] == []
    assert desk.complaints == []


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody with a scarf, beside the middle of a wide photograph."""
    wide = Image.new("RGB", (1200, 900), "#dcdfe2")
    face = Image.open(BytesIO(sample_portraits.draw(5)))
    wide.paste(face, (640, 300))
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    wide.save(path, quality=92)
    return path


@dataclass(frozen=True)
class PhotoPage:
    """One registration, whose photo is taken again in each test, and a clerk who signed in once."""

    desk: Desk
    photo: Path
    address: str
    signed_in: Any

    def open(self, **browser: Any) -> Page:
        page = self.desk.open(storage_state=self.signed_in, **browser)
        page.goto(self.address)
        return page

    def choose(self, **browser: Any) -> Page:
        """The page of the crop, with the photograph."""
        page = self.open(**browser)
        page.set_input_files("#photo", self.photo)
        page.click("[data-use]")
        page.wait_for_url("**/crop")
        return page


@pytest.fixture(scope="module")
def photo_page(desk: Desk, photo: Path) -> PhotoPage:
    page = desk.open()
    desk.sign_in(page)
    register(page)
    return PhotoPage(desk, photo, page.url.replace("/check", "/photo"), page.context.storage_state())


def frame(page: Page) -> tuple[int, int, int]:
    """Where the frame stands, as it would be sent."""
    x, y, width = (int(page.locator(f"[data-accept] [name={name}]").input_value()) for name in ("x", "y", "width"))
    return x, y, width


class TestTheCamera:
    def test_shows_a_mirror_and_takes_what_others_see(self, photo_page: PhotoPage) -> None:
        page = photo_page.open()
        reach(page, "[data-open]")
        page.keyboard.press("Enter")
        wait_until(page, "document.querySelector('video').videoWidth > 0")

        expect(page.locator("[data-said]")).to_contain_text("The camera is on")
        assert page.evaluate("getComputedStyle(document.querySelector('video')).transform").startswith("matrix(-1,")
        assert page.evaluate("document.activeElement.matches('[data-take]')")
        expect(page.locator(".camera__guide")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("[data-said]")).to_contain_text("not mirrored")

        assert page.evaluate("getComputedStyle(document.querySelector('canvas')).transform") == "none"
        assert page.evaluate("document.activeElement.matches('[data-use]')")
        assert page.evaluate("document.querySelector('video').srcObject.active") is False
        page.keyboard.press("Enter")
        page.wait_for_url("**/check")  # its guide has shown where the face is: the crop is looked at there

    def test_that_is_refused_says_so_and_leaves_the_file(self, photo_page: PhotoPage) -> None:
        page = photo_page.open()
        page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }")
        page.click("[data-open]")

        expect(page.locator("[data-said]")).to_contain_text("The camera cannot be used")
        page.set_input_files("#photo", photo_page.photo)
        page.click("[data-use]")
        page.wait_for_url("**/crop")


class TestTheCrop:
    def test_needs_no_mouse_and_is_announced(self, photo_page: PhotoPage) -> None:
        page = photo_page.choose()
        x, _, width = frame(page)
        reach(page, "[data-stage]")

        with page.expect_response("**/recognised.webp?*") as shown:
            for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "-"):
                page.keyboard.press(key)

        moved = frame(page)
        assert shown.value.ok
        assert moved[2] < width
        assert moved[0] < x
        expect(page.locator("[data-said]")).to_contain_text(f"{round(moved[2] / 10)} percent as wide")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the button "Up"
        assert frame(page)[1] == max(0, moved[1] - 20)
        reach(page, "[data-use]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/check")
        expect(page.locator("main")).to_contain_text("How you will be recognised")

    def test_follows_the_mouse_and_the_wheel_of_whoever_chose_it(self, photo_page: PhotoPage) -> None:
        page = photo_page.choose()
        x, y, width = frame(page)
        page.locator("[data-stage]").scroll_into_view_if_needed()
        stage = page.locator("[data-stage]").bounding_box()
        assert stage is not None
        middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)

        page.mouse.move(*middle)
        page.mouse.wheel(0, -100)
        assert frame(page) == (x, y, width)
        page.mouse.down()
        page.mouse.move(middle[0] - stage["width"] / 10, middle[1], steps=4)
        page.mouse.up()

        assert frame(page)[0] == pytest.approx(x - 100, abs=3)
        assert frame(page)[2] == width
        page.mouse.wheel(0, -100)
        wait_until(page, f"document.querySelector('[data-accept] [name=width]').value < {width}")

    def test_grows_and_shrinks_with_two_fingers(self, photo_page: PhotoPage) -> None:
        page = photo_page.choose(has_touch=True)
        *_, width = frame(page)
        page.locator("[data-stage]").scroll_into_view_if_needed()
        stage = page.locator("[data-stage]").bounding_box()
        assert stage is not None
        x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
        fingers = page.context.new_cdp_session(page)

        for kind, apart in (("touchStart", 100), ("touchMove", 90), ("touchMove", 60), ("touchEnd", 0)):
            places = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places if apart else []})

        assert frame(page)[2] == pytest.approx(width * 0.6, rel=0.05)

    def test_comes_out_as_without_a_script(self, photo_page: PhotoPage) -> None:
        page, plain = photo_page.choose(), photo_page.open(java_script_enabled=False)
        plain.goto(page.url)
        for move in ("left", "down", "larger", "right", "smaller", "up"):
            for one in (page, plain):
                one.click(f"[name=move][value={move}]")

        assert frame(page) == pytest.approx(frame(plain), abs=2)
        assert "move=up" in plain.url
        assert "move=" not in page.url
        plain.click("[data-use]")
        plain.wait_for_url("**/check")

    def test_shows_the_picture_as_large_as_a_verifier_does_on_a_narrow_screen(self, photo_page: PhotoPage) -> None:
        page = photo_page.choose(width=320)
        wait_until(page, "[...document.images].every((one) => one.naturalWidth > 0)")

        shown = page.locator("[data-recognised]").bounding_box()
        assert shown is not None
        assert (shown["width"], shown["height"]) == (160, 200)
