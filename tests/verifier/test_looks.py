"""How the page looks and reads: in five languages, small and large, light and dark, with names that are commands."""

import gzip
import io
import re
from typing import Any

import pytest
from barriers import barriers
from hostile_names import NAMES
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from cardservice.web import kit_pages
from verifier.conftest import SAMPLES, World, check, started
from verifier.site import Site

LANGUAGES = ("en", "fr", "es", "pt", "ar")
LARGEST = 60_000  # bytes of the page, compressed, without what reads pictures
FOR_PICTURES = ("vendor/zxing.js", "vendor/zxing_reader.wasm")


GREEN, RED, GREY, WHITE = (11, 107, 58), (163, 18, 42), (60, 74, 84), (255, 255, 255)


def painted(page: Page) -> tuple[int, ...]:
    """The colour that fills most of the answer's heading, as it is on the screen."""
    shot = Image.open(io.BytesIO(page.locator("#verdict .answer").screenshot())).convert("RGB")
    return max(shot.getcolors(shot.width * shot.height))[1]  # type: ignore[type-var, return-value]


def complaints(page: Page) -> list[str]:
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in barriers(page)]


class TestLooks:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_nothing_is_in_the_way_of_anybody(self, chromium: Browser, site: Site, world: World, language: str) -> None:
        """axe finds nothing on 320 pixels, text twice as large, light and dark; nothing has to be scrolled across."""
        context = chromium.new_context(
            locale=language, viewport={"width": 320, "height": 700}, reduced_motion="reduce", service_workers="block"
        )
        page = started(context.new_page(), site.address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.evaluate("document.documentElement.style.fontSize = '225%'")  # twice the page's own

        good = world.text(name_second="كريم الحدّاد", language_second="ara")
        sample = world.town.text(world.claims(), key=SAMPLES)
        for text, colour in ((None, None), (good, GREEN), (world.revoked(), RED), ("x", GREY), (sample, WHITE)):
            if text is not None:
                check(page, text)
            # The answer's own colours are the same in both.
            for scheme in ("light", "dark") if colour in (None, GREEN) else ("dark",):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                assert complaints(page) == []
                assert colour is None or painted(page) == colour
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        context.close()

    def test_the_self_test_is_in_nobodys_way(self, context: BrowserContext, site: Site) -> None:
        page = started(context.new_page(), site.address + "#self-test")

        assert complaints(page) == []

    def test_everything_can_be_done_by_keyboard(self, context: BrowserContext, site: Site) -> None:
        page = started(context.new_page(), site.address)
        page.evaluate("document.activeElement.blur()")
        reached = []
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.localName"))

        assert reached[:4] == ["open-camera", "picture", "text", "check"]
        assert reached[4:7] == ["summary", "summary", "open-self-test"]

    def test_what_can_be_pressed_is_large_enough_for_a_thumb(self, verifier: Page) -> None:
        verifier.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

        small = verifier.evaluate("""() => [...document.querySelectorAll(
            "button, select, textarea, summary, .button, label:has([type=checkbox]), a")]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML)""")

        assert small == []


class TestABirthDate:
    def test_is_said_in_five_languages_as_far_as_it_is_known(self, verifier: Page, world: World) -> None:
        found = verifier.evaluate(
            """async (languages) => {
              const { Words } = await import("./page/words.js");
              const all = {};
              for (const one of languages) {
                const words = await Words.load(one);
                all[one] = ["1985-03-12", "1985-03", "1985"].map((iso) => words.date(iso));
              }
              return all;
            }""",
            LANGUAGES,
        )

        assert found == {
            "en": ["12 March 1985", "March 1985", "1985"],
            "fr": ["12 mars 1985", "mars 1985", "1985"],
            "es": ["12 de marzo de 1985", "marzo de 1985", "1985"],
            "pt": ["12 de março de 1985", "março de 1985", "1985"],
            "ar": ["12 مارس 1985", "مارس 1985", "1985"],
        }

    @pytest.mark.parametrize(("birth_date", "said"), [("19850300", "March 1985"), ("19850000", "1985")])
    def test_on_a_card_is_never_a_day_that_nobody_said(
        self, verifier: Page, world: World, birth_date: str, said: str
    ) -> None:
        check(verifier, world.text(birth_date=birth_date))

        assert verifier.locator("#verdict .facts dd").filter(has_text=re.compile(f"^{said}$")).count() == 1


class TestHostileNames:
    def test_a_name_that_is_a_command_is_shown_as_the_text_it_is(self, verifier: Page, world: World) -> None:
        texts = [world.text(name=name, name_second=name, language_second=name[:3]) for name in NAMES]
        assert len(texts) >= 200

        found = verifier.evaluate(SHOW_ALL, texts)

        assert {one["nodes"] for one in found} == {found[0]["nodes"]}, "no name made an element"
        assert not any(
            re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", one["shown"]) for one in found
        )
        assert [one["dialogs"] for one in found] == [0] * len(found)

    def test_an_issuers_name_may_be_hostile_too(self, page: Page, world: World) -> None:
        from verifier.site import kit_of

        hostile = "<img src=x onerror=alert(1)>\u202e\u001b[31m"
        entry = world.entry(world.town, names={"en": hostile})
        lists = world.lists()
        trust = world.town.trust_list(entry, issued_at=world.issued_at, sequence=5)
        with Site(kit_of({**lists, "trust-list.cwt": trust.seal(world.town.anchor)})).open() as site:
            started(page, site.address)
            check(page, world.text())

            assert page.locator("img[src=x]").count() == 0
            assert page.inner_text("#town") == "<img src=x onerror=alert(1)>\ufffd\ufffd[31m"


SHOW_ALL = """async (texts) => {
  const [field, verdict] = ["text", "verdict"].map((id) => document.getElementById(id));
  let dialogs = 0;
  globalThis.alert = globalThis.confirm = globalThis.prompt = () => { dialogs += 1; };
  const found = [];
  for (const text of texts) {
    delete verdict.dataset.verdict;
    field.value = text;
    field.dispatchEvent(new Event("input"));
    while (!verdict.dataset.verdict) await new Promise((resolve) => setTimeout(resolve, 1));
    const facts = verdict.querySelector(".facts");
    found.push({ nodes: document.querySelectorAll("*").length, shown: facts.textContent, dialogs });
  }
  return found;
}"""


class TestWhatItIsMadeOf:
    def test_it_is_small(self, context: BrowserContext, site: Site, world: World) -> None:
        """Compressed file by file, as a host sends them: all that a device loads until the first answer.

        Without what reads pictures, which comes afterwards, and the curves for browsers that lack them.
        """
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        started(page, site.address)
        check(page, world.text())
        loaded = {url.removeprefix(site.address) or "index.html" for url in asked if url.startswith(site.address)}
        pages = kit_pages.files()

        sizes = {name: len(gzip.compress(pages[name], 9)) for name in loaded & pages.keys() - set(FOR_PICTURES)}

        assert {"page/app.js", "verify/verifier.js", "languages/en.json", "verifier.css"} <= sizes.keys()
        assert sum(sizes.values()) <= LARGEST, sizes

    def test_it_names_no_other_host(self) -> None:
        named = {
            name: sorted(set(re.findall(rb"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", content)))
            for name, content in kit_pages.files().items()
            if name.endswith((".js", ".html", ".css", ".webmanifest", ".svg"))
        }
        allowed = {b"http://www.w3.org"}

        assert {name: set(found) - allowed for name, found in named.items() if set(found) - allowed} == {}

    def test_nothing_of_it_is_inline_and_nothing_is_written_as_markup(self) -> None:
        pages = kit_pages.files()
        html = pages["index.html"].decode()

        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|style=", html)
        for name, content in pages.items():
            if name.endswith(".js") and not name.startswith("vendor/"):
                assert not re.search(
                    rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", content
                ), name

    def test_the_browser_is_told_to_run_and_ask_nothing_else(self, verifier: Page) -> None:
        refused: Any = verifier.evaluate("""async () => {
          const refused = [];
          document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
          await fetch("https://elsewhere.example/").catch(() => {});
          const add = (tag, what) => document.body.append(Object.assign(document.createElement(tag), what));
          add("img", { src: "https://elsewhere.example/x.png" });
          add("script", { textContent: "globalThis.ran = true" });
          await new Promise((resolve) => setTimeout(resolve, 100));
          return [refused.sort(), globalThis.ran ?? false];
        }""")

        assert refused == [["connect-src", "img-src", "script-src-elem"], False]
