"""What the page answers, and how: never two things that look alike, never anything that stays."""

import io
import json
import os
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from cardservice.credential.claims import DAY, StatusReference
from cardservice.credential.errors import Reason
from tests.verify.town import TestKey, Town
from verifier.conftest import LIKE, REVOKED, SAMPLES, World, check, portrait, started
from verifier.site import Site, kit_of

SCANNED = 1_000 if os.environ.get("CARDSERVICE_LONG") else 200
WIDTH = Image.open(io.BytesIO(portrait())).width


def the(page: Page, selector: str) -> str:
    return page.inner_text(f"#verdict {selector}").strip()


class TestAnswers:
    def test_a_good_identity_code_shows_what_to_compare_with_the_person(self, verifier: Page, world: World) -> None:
        card = world.text(
            name="Karim al-Haddad", name_second="كريم الحدّاد", language_second="ara", birth_date="19870314"
        )

        assert check(verifier, card) == ("valid", "valid")

        assert the(verifier, ".word") == "Valid"
        assert verifier.is_visible("#verdict .portrait")
        assert verifier.evaluate("document.querySelector('#verdict .portrait').naturalWidth") == WIDTH
        facts = the(verifier, ".facts")
        assert all(said in facts for said in ("Karim al-Haddad", "كريم الحدّاد", "14 March 1987", "Vila Aberta"))

    def test_a_residence_code_says_valid_resident_card_and_no_more(self, verifier: Page, world: World) -> None:
        assert check(verifier, world.residence()) == ("valid", "valid")

        assert the(verifier, ".sentence") == "Valid resident card. The code does not say whose it is."
        assert the(verifier, ".facts").split("\n") == ["City", "Vila Aberta"]
        assert not verifier.is_visible("#verdict .portrait")

    def test_a_card_without_a_portrait_says_so(self, verifier: Page, world: World) -> None:
        check(verifier, world.text(portrait=None))

        assert "no picture" in the(verifier, ".sentence")

    def test_a_picture_that_is_none_is_said_and_not_shown(self, verifier: Page, world: World) -> None:
        check(verifier, world.text(portrait=b"RIFF\x00\x00\x00\x00WEBPVP8 nothing"))

        verifier.wait_for_selector("#verdict .no-picture", state="visible")
        assert not verifier.is_visible("#verdict .portrait")

    def test_another_citys_card_names_the_city_and_what_it_is_recognised_for(
        self, verifier: Page, world: World
    ) -> None:
        assert check(verifier, world.text(world.other)) == ("valid", "valid")

        assert "Other City" in the(verifier, ".facts")
        assert the(verifier, ".recognised") == "Recognised for: library and pool"

    def test_another_citys_card_is_refused_for_what_it_is_not_recognised_for(
        self, verifier: Page, world: World
    ) -> None:
        open_settings(verifier)
        verifier.select_option("#service", "clinic")

        assert check(verifier, world.text(world.other)) == ("not-valid", "not-recognised")
        assert check(verifier, world.text()) == ("valid", "valid")
        verifier.select_option("#service", "library")
        assert check(verifier, world.text(world.other)) == ("valid", "valid")
        verifier.select_option("#service", "")

    def test_a_sample_is_one_in_every_word_and_says_what_a_card_would_be(self, verifier: Page, world: World) -> None:
        assert check(verifier, world.town.text(world.claims(name="Karim al-Haddad"), key=SAMPLES)) == (
            "not-valid", "sample",
        )  # fmt: skip

        assert (the(verifier, ".word"), verifier.get_attribute("#verdict", "data-tone")) == ("Sample", "sample")
        assert the(verifier, ".sentence").endswith("As a card it would be: Valid.")
        assert "Karim al-Haddad" in the(verifier, ".facts")
        assert verifier.is_visible("#verdict .portrait")

    def test_a_sample_that_was_ended_says_so_and_shows_nobody(self, verifier: Page, world: World) -> None:
        revoked = world.claims(status=StatusReference(world.town.uri, REVOKED))

        assert check(verifier, world.town.text(revoked, key=SAMPLES)) == ("not-valid", "sample")

        assert the(verifier, ".sentence").endswith("As a card it would be: Revoked.")
        assert not verifier.is_visible("#verdict .portrait")

    def test_a_sample_beside_a_card_is_never_a_valid_answer(self, verifier: Page, world: World) -> None:
        other = world.claims(card_number="7K3M9QX2R4P0")
        texts = [world.text(), world.town.text(other, key=SAMPLES)]

        for beside in (texts, texts[::-1]):
            assert check(verifier, "\n".join(beside)) == ("cannot-tell", "several-cards")

    def test_no_two_kinds_of_answer_look_alike(self, verifier: Page, world: World) -> None:
        """Colour, shape and word together: forged, expired, revoked, unknown, not a card and not readable."""
        day = world.now - world.now % DAY
        stranger = Town(issuer="https://nobody.example")
        asked = {
            Reason.VALID: world.text(),
            Reason.EXPIRED: world.text(issued_at=day - 700 * DAY, expires_at=day - 1 * DAY),
            Reason.NOT_YET_VALID: world.text(issued_at=day + 2 * DAY),
            Reason.REVOKED: world.revoked(),
            Reason.BAD_SIGNATURE: forged(world),
            Reason.UNKNOWN_ISSUER: world.text(stranger),
            Reason.UNKNOWN_KEY: world.town.text(world.claims(), key=TestKey("stranger")),
            Reason.NOT_A_CARD: "https://shop.example/offer",
            Reason.MALFORMED: world.text()[:-6],
            Reason.STATUS_MISSING: world.text(status=None),
        }
        asked[Reason.SAMPLE] = world.town.text(world.claims(), key=SAMPLES)
        looks = {}

        for reason, text in asked.items():
            assert check(verifier, text)[1] == reason
            tone = verifier.get_attribute("#verdict", "data-tone")
            colour = verifier.evaluate("getComputedStyle(document.querySelector('#verdict')).backgroundColor")
            shape = verifier.get_attribute("#verdict .shape use", "href")
            looks[reason] = (tone, colour, shape, the(verifier, ".word"), the(verifier, ".sentence"))

        assert len({sentence for *_, sentence in looks.values()}) == len(looks)
        assert len({(colour, shape) for _, colour, shape, *_ in looks.values()}) == 5
        words = [word for reason, (*_, word, _) in looks.items() if reason is not Reason.UNKNOWN_KEY]
        assert len(set(words)) == len(words)
        assert [look[0] for look in looks.values()].count("good") == 1

    @pytest.mark.parametrize(
        ("text", "reason", "words"),
        [
            ("https://shop.example/cheese", "not-a-card", "something else"),
            ("HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA%NFQGRJPC", "not-a-card", "something else"),
            ("WIFI:S:library;T:WPA;P:secret;;", "not-a-card", "something else"),
            ("0" * 100_000, "malformed", "too long"),
            ("\u202e\u0000\u0007", "not-a-card", "something else"),
        ],
        ids=["a shop", "a vaccination", "a network", "100,000 characters", "commands"],
    )  # fmt: skip
    def test_what_is_no_card_has_its_sentence(self, verifier: Page, text: str, reason: str, words: str) -> None:
        assert check(verifier, text) == ("not-valid", reason)

        assert words in the(verifier, ".sentence")
        assert verifier.get_attribute("#verdict", "data-tone") == "none"

    def test_an_empty_text_is_said_to_be_empty(self, verifier: Page) -> None:
        verifier.keyboard.press("Escape")
        verifier.click("#check")
        verifier.wait_for_selector("#verdict[data-verdict]")

        assert "nothing to check" in the(verifier, ".sentence")

    def test_half_a_code_is_not_readable(self, verifier: Page, world: World) -> None:
        text = world.text()

        # Whole groups of three: what is left is Base45, and half a stream.
        assert check(verifier, text[: len(text) // 6 * 3])[1] == "malformed"
        assert "not complete" in the(verifier, ".sentence")

    def test_a_cards_two_codes_are_one_answer_and_two_cards_are_none(self, verifier: Page, world: World) -> None:
        assert check(verifier, f"{world.residence()}\n{world.text()}\n") == ("valid", "valid")
        assert "Amina Example" in the(verifier, ".facts")

        assert check(verifier, f"{world.text()}\n{world.text(card_number='2222AAAABBBB')}")[0] == "cannot-tell"
        assert "more than one card" in the(verifier, ".sentence")
        assert not verifier.is_visible("#verdict .holder")

    def test_a_bad_card_beside_a_good_one_is_bad(self, verifier: Page, world: World) -> None:
        assert check(verifier, f"{world.text()}\n{world.revoked()}") == ("not-valid", "revoked")

    def test_a_poster_beside_a_card_does_not_count(self, verifier: Page, world: World) -> None:
        assert check(verifier, f"https://id.example/kit/\n{world.text()}") == ("valid", "valid")


class TestNothingStays:
    def test_an_answer_clears_itself_after_fifteen_seconds(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = context.new_page()
        page.clock.install()
        started(page, site.address)
        check(page, world.text())

        page.clock.fast_forward(14_000)
        assert page.is_visible("#verdict")
        page.clock.fast_forward(2_000)

        assert not page.is_visible("#verdict")
        assert page.get_attribute("#verdict", "data-verdict") is None
        assert "Amina" not in page.content()
        assert page.input_value("#text") == ""

    def test_the_next_card_takes_the_place_of_the_last(self, verifier: Page, world: World) -> None:
        check(verifier, world.text(name="First Person"))
        check(verifier, world.residence())

        assert "First Person" not in verifier.content()
        verifier.click("#next")
        assert not verifier.is_visible("#verdict")

    def test_scans_cause_no_request_and_leave_no_byte(self, chromium: Browser, site: Site, world: World) -> None:
        context = chromium.new_context(**LIKE)
        verifier = started(context.new_page(), site.address)
        verifier.wait_for_selector("html[data-offline=ready]")
        verifier.wait_for_load_state("networkidle")
        verifier.wait_for_timeout(2000)  # a browser fetches a page's picture for its tab when it finds the time
        asked = []
        verifier.on("request", lambda request: asked.append(request.url))
        texts = [world.text(name=f"Person {number}") for number in range(20)] + [
            world.residence(),
            world.revoked(),
            forged(world),
            "x",
        ]
        before = everything_kept(verifier)

        answers = verifier.evaluate(SCANS, [texts, SCANNED])

        assert answers.count("valid") > 0.8 * SCANNED
        # The signed picture is shown from memory: an address that begins with blob: is no request.
        assert [address for address in asked if not address.startswith("blob:")] == []
        assert everything_kept(verifier) == before
        context.close()

    def test_a_count_is_shown_only_where_it_is_asked_for_and_is_a_number(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = started(context.new_page(), site.address)
        check(page, world.text())
        assert not page.is_visible("#count")
        open_settings(page)
        page.check("#counting")

        for _ in range(2):
            check(page, world.text())

        assert page.inner_text("#count") == "Checks: 2"
        page.reload()
        page.wait_for_selector("html[data-started]")
        check(page, world.text())
        assert page.inner_text("#count") == "Checks: 1"

    def test_sound_and_vibration_are_made_and_can_be_muted(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        context.add_init_script("""
          globalThis.made = [];
          Navigator.prototype.vibrate = function (pattern) { made.push("vibration"); return true; };
          const start = OscillatorNode.prototype.start;
          OscillatorNode.prototype.start = function (...when) {
            made.push(`${this.frequency.value} Hz`);
            return start.apply(this, when);
          };
        """)
        page = started(context.new_page(), site.address)
        page.click("#settings summary")  # a browser lets a page sound only after somebody touched it

        check(page, world.text())
        assert page.evaluate("made.splice(0)") == ["vibration", "660 Hz", "990 Hz"]
        check(page, forged(world))
        assert page.evaluate("made.splice(0)") == ["vibration", "196 Hz"]
        page.uncheck("#sound")
        check(page, world.text())
        assert page.evaluate("made.splice(0)") == ["vibration"]
        page.uncheck("#vibration")
        check(page, world.text())
        assert page.evaluate("made.splice(0)") == []


class TestAges:
    @pytest.mark.parametrize(
        ("days", "verdict", "tone", "line"),
        [
            (0, "valid", "good", None),
            (1.9, "valid", "good", None),
            (3, "valid", "old", "old"),
            (14.1, "cannot-tell", "unsure", "bad"),
            (61, "cannot-tell", "unsure", "bad"),
        ],
    )
    def test_old_lists_are_said_then_amber_then_no_answer(
        self, page: Page, days: float, verdict: str, tone: str, line: str | None
    ) -> None:
        world = World(age=timedelta(days=days))
        with Site(kit_of(world.lists())).open() as site:
            started(page, site.address)
            # A card issued before the lists were signed, so that only their age counts.
            card = world.text(issued_at=world.today - 30 * DAY)

            assert check(page, card)[0] == verdict

            assert page.get_attribute("#verdict", "data-tone") == tone
            assert page.get_attribute("#lists", "data-tone") == line
            if tone == "old":
                day = page.evaluate(
                    "seconds => new Date(seconds * 1000).toLocaleDateString('en-GB',"
                    "{weekday: 'long', day: 'numeric', month: 'long', year: 'numeric'})",
                    world.issued_at,
                )
                assert the(page, ".age") == f"On the list of {day}."
            if days > 60:
                assert "clock" in page.inner_text("#lists")

    def test_a_clock_behind_the_lists_is_said(self, page: Page) -> None:
        world = World(age=timedelta(days=-3))
        with Site(kit_of(world.lists())).open() as site:
            started(page, site.address)

            assert check(page, world.text()) == ("cannot-tell", "clock-wrong")

            assert "The clock of this device is wrong" in the(page, ".sentence")
            assert "clock" in page.inner_text("#lists")


class TestLanguages:
    @pytest.mark.parametrize(
        ("locale", "direction", "word"),
        [
            ("en", "ltr", "Valid"),
            ("fr", "ltr", "Valable"),
            ("es", "ltr", "Válida"),
            ("pt-BR", "ltr", "Válido"),
            ("ar-SY", "rtl", "صالحة"),
            ("ti", "ltr", "Valid"),
        ],
    )
    def test_the_page_speaks_the_devices_language(
        self, chromium: Browser, site: Site, world: World, locale: str, direction: str, word: str
    ) -> None:
        context = chromium.new_context(locale=locale, service_workers="block")
        page = started(context.new_page(), site.address)
        check(page, world.text())

        assert the(page, ".word") == word
        assert page.get_attribute("html", "dir") == direction
        context.close()

    def test_another_language_can_be_chosen_and_is_remembered(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        verifier = started(context.new_page(), site.address)
        open_settings(verifier)
        verifier.select_option("#language", "ar")
        verifier.wait_for_selector("html[dir=rtl]")
        verifier.reload()
        verifier.wait_for_selector("html[data-started][lang=ar]")

        check(verifier, world.residence())
        assert "مدينة" in the(verifier, ".sentence")
        assert "فيلا أبيرتا" in the(verifier, ".facts")

    def test_every_language_says_everything(self, site: Site) -> None:
        tables = {
            name: shape(json.loads(site.files[f"languages/{name}.json"])) for name in ("en", "fr", "es", "pt", "ar")
        }

        assert all(table == tables["en"] for table in tables.values())
        assert {f"word.{reason}" for reason in Reason} | {f"sentence.{reason}" for reason in Reason} <= tables[
            "en"
        ].keys()


def shape(table: dict[str, Any], path: str = "") -> dict[str, set[str]]:
    """Every word's path, and the values that are put in."""
    import re

    found: dict[str, set[str]] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= shape(value, f"{path}{key}.")
        else:
            assert value.strip()
            found[path + key] = set(re.findall(r"\{\w+\}", value))
    return found


SCANS = """async ([texts, count]) => {
  const [field, verdict] = ["text", "verdict"].map((id) => document.getElementById(id));
  const answers = [];
  for (let number = 0; number < count; number += 1) {
    delete verdict.dataset.verdict;
    field.value = texts[number % texts.length];
    field.dispatchEvent(new Event("input"));
    while (!verdict.dataset.verdict) await new Promise((resolve) => setTimeout(resolve, 1));
    answers.push(verdict.dataset.verdict);
  }
  return answers;
}"""


def open_settings(page: Page) -> None:
    page.evaluate("document.getElementById('settings').open = true")


def forged(world: World) -> str:
    """A card signed by somebody who calls his key the town's."""
    impostor = TestKey("impostor")
    impostor.key_id = world.town.card_key.key_id
    return world.town.text(world.claims(), key=impostor)


def everything_kept(page: Page) -> str:
    """All that the origin keeps on the device, as one text."""
    return page.evaluate("""async () => {
      const answer = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
      const digest = (bytes) => bytes.reduce((sum, byte) => (sum * 31 + byte) % 1000003, bytes.length);
      const kept = { local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie };
      for (const name of await caches.keys()) {
        kept[name] = (await (await caches.open(name)).keys()).map((request) => request.url);
      }
      for (const { name } of await indexedDB.databases()) {
        const database = await answer(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          const values = await answer(database.transaction(store).objectStore(store).getAll());
          const told = ({ files, past }) => [...files, ...past].map(([file, bytes]) => [file, digest(bytes)]);
          kept[`${name} ${store}`] = values.map((value) => [Object.keys(value), value.lineage.length, told(value)]);
        }
        database.close();
      }
      return JSON.stringify(kept);
    }""")  # type: ignore[no-any-return]
