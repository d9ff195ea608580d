"""The page without a network, and the lists it takes, keeps and refuses."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from chromium_arguments import WITHOUT_HTTPS
from playwright.sync_api import Browser, BrowserContext, Page

from cardservice.credential.claims import DAY
from tests.verify.town import TestKey
from verifier.conftest import LIKE, REVOKED, World, check, started
from verifier.site import Site, kit_of
from verifier.test_verdicts import forged

STARTS = 10


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    with Site(kit_of(world.lists())).open() as opened:
        yield opened


def ready(page: Page, address: str) -> Page:
    """The page after its first complete load: everything it needs is on the device."""
    started(page, address)
    page.wait_for_selector("html[data-offline=ready]", timeout=20_000)
    page.wait_for_load_state("networkidle")
    return page


def update(page: Page) -> str | None:
    """Press the button, and return which notice there is afterwards."""
    page.evaluate("document.getElementById('settings').open = true")
    page.evaluate("document.getElementById('notice').dataset.notice = 'waiting'")
    page.click("#update")
    page.wait_for_selector("#notice:not([data-notice=waiting])", state="attached")
    return page.get_attribute("#notice", "data-notice")


class TestAirplaneMode:
    @pytest.fixture
    def context(self, chromium: Browser) -> Iterator[BrowserContext]:
        """A browser of its own, with the service worker."""
        opened = chromium.new_context(**LIKE)
        yield opened
        opened.close()

    def test_it_starts_and_checks_ten_times_of_ten_after_one_load(
        self, whole_chromium: Browser, site: Site, world: World
    ) -> None:
        context = whole_chromium.new_context(**LIKE)
        ready(context.new_page(), site.address).close()
        site.is_up = False
        context.set_offline(True)
        site.asked.clear()

        for _ in range(STARTS):
            page = started(context.new_page(), site.address)
            assert check(page, world.text()) == ("valid", "valid")
            assert check(page, world.revoked()) == ("not-valid", "revoked")
            assert page.get_attribute("#notice", "data-notice") in {"", "offline"}
            page.close()

        assert site.asked == []

    def test_the_self_test_works_without_a_network_too(self, context: BrowserContext, site: Site) -> None:
        ready(context.new_page(), site.address).close()
        site.is_up = False
        context.set_offline(True)

        page = started(context.new_page(), site.address + "#self-test")

        assert page.inner_text("#self-test-result") == "All samples give the right answer."
        assert page.locator("#samples li").count() >= 7
        assert page.evaluate("[...document.querySelectorAll('#samples img')].every((image) => image.naturalWidth > 0)")

    def test_it_says_how_old_its_lists_are_when_it_could_not_fetch_new_ones(
        self, context: BrowserContext, site: Site
    ) -> None:
        ready(context.new_page(), site.address).close()
        site.is_up = False
        context.set_offline(True)

        page = started(context.new_page(), site.address)

        assert "Cards are checked with the lists of" in page.inner_text("#notice")

    def test_a_device_without_lists_can_tell_nothing(self, context: BrowserContext, site: Site, world: World) -> None:
        site.files = {
            name: content for name, content in site.files.items() if not name.endswith((".cwt", "SHA256SUMS"))
        }
        page = started(context.new_page(), site.address)

        assert check(page, world.text()) == ("cannot-tell", "status-missing")

    def test_a_newer_page_takes_over_by_itself(self, context: BrowserContext, site: Site) -> None:
        page = ready(context.new_page(), site.address)
        site.put(newer_page(site))

        started(page, site.address)
        page.wait_for_selector("meta[name=newer]", state="attached", timeout=20_000)

    def test_a_newer_page_waits_until_the_answer_has_been_read(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = ready(context.new_page(), site.address)
        check(page, world.text())
        site.put(newer_page(site))
        page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.update())")
        page.wait_for_timeout(1500)
        assert page.is_visible("#verdict")
        assert page.locator("meta[name=newer]").count() == 0

        page.click("#next")

        page.wait_for_selector("meta[name=newer]", state="attached", timeout=20_000)

    def test_a_mirror_that_is_just_being_written_is_not_kept(self, context: BrowserContext, site: Site) -> None:
        """The worker came first, and a module is still the old one."""
        page = ready(context.new_page(), site.address)
        newer = newer_page(site)
        site.put({"service-worker.js": newer["service-worker.js"]})
        page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.update()).catch(() => {})")
        page.wait_for_timeout(1000)

        assert len(page.evaluate("caches.keys().then((names) => names.filter((name) => !name.includes('newer')))")) == 1
        started(context.new_page(), site.address)

    def test_a_host_that_sends_from_the_file_to_the_folder_is_as_good(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        site.moved["index.html"] = site.path
        ready(context.new_page(), site.address).close()
        site.is_up = False
        context.set_offline(True)

        for _ in range(2):
            assert check(started(context.new_page(), site.address), world.text())[0] == "valid"

    def test_two_kits_on_one_host_are_two_verifiers(self, context: BrowserContext, site: Site, world: World) -> None:
        page = ready(context.new_page(), site.address)
        names = page.evaluate(
            "async () => [...await caches.keys(), ...(await indexedDB.databases()).map(({name}) => name)]"
        )

        assert len(names) == 2
        assert all(site.path in name for name in names)


class TestLists:
    def test_a_revocation_reaches_it_with_the_next_lists(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        assert check(page, world.text())[0] == "valid"
        place = world.claims().status.index  # type: ignore[union-attr]
        site.put({"status/1.cwt": world.status(world.town, 6, (REVOKED, place))})

        assert update(page) == ""

        assert check(page, world.text()) == ("not-valid", "revoked")

    @pytest.mark.parametrize("kind", ["older sequence", "older time", "a revocation vanished"])
    def test_an_older_list_is_refused_also_after_a_restart(
        self, context: BrowserContext, site: Site, world: World, kind: str
    ) -> None:
        started(context.new_page(), site.address).close()
        older = {
            "older sequence": lambda: World().status(world.town, 4),
            "older time": lambda: World(age=timedelta(hours=1)).status(world.town, 9),
            "a revocation vanished": lambda: World().status(world.town, 9, ()),
        }[kind]()
        site.put({"status/1.cwt": older})

        page = started(context.new_page(), site.address)

        assert page.get_attribute("#notice", "data-notice") == "older"
        assert check(page, world.revoked()) == ("not-valid", "revoked")
        assert check(page, world.text()) == ("valid", "valid")

    def test_a_city_whose_lists_are_away_cannot_be_told_and_comes_back_no_older(
        self, page: Page, site: Site, world: World
    ) -> None:
        """A town takes a city's lists out of its kit while something is wrong with the city."""
        name = "status/outra.example-1.cwt"
        started(page, site.address)
        assert check(page, world.text(world.other))[0] == "valid"
        older = site.files.pop(name)
        site.put({"status/1.cwt": world.status(world.town, 6)})

        assert update(page) == ""
        assert check(page, world.text(world.other)) == ("cannot-tell", "status-missing")

        page.reload()
        page.wait_for_selector("html[data-started]")
        assert check(page, world.text(world.other)) == ("cannot-tell", "status-missing")
        site.put({name: World(age=timedelta(hours=2)).status(world.other, 4)})
        assert update(page) == "older"
        assert check(page, world.text(world.other)) == ("cannot-tell", "status-missing")
        site.put({name: older, "status/1.cwt": world.status(world.town, 7)})
        assert update(page) == ""
        assert check(page, world.text(world.other))[0] == "valid"

    def test_two_pages_at_once_never_go_back(self, context: BrowserContext, site: Site, world: World) -> None:
        """An installed page and a tab: one has the newest lists, the other is handed those in between."""
        first, second = (started(context.new_page(), site.address) for _ in range(2))
        place = world.claims().status.index  # type: ignore[union-attr]
        site.put({"status/1.cwt": world.status(world.town, 7, (REVOKED, place))})
        assert update(second) == ""
        site.put({"status/1.cwt": world.status(world.town, 6)})

        assert update(first) == "older"

        assert check(first, world.text()) == ("not-valid", "revoked")
        site.files.pop("SHA256SUMS")
        assert check(started(context.new_page(), site.address), world.text()) == ("not-valid", "revoked")

    @pytest.mark.parametrize("times", [1, 1000])
    def test_a_device_that_cannot_read_its_lists_believes_no_other_anchor(
        self, context: BrowserContext, site: Site, world: World, times: int
    ) -> None:
        """A moment's failure of its storage is not a first use."""
        started(context.new_page(), site.address).close()
        stranger = TestKey("stranger")
        site.put(world.lists(anchor=stranger, sequence=1))
        page = context.new_page()
        page.add_init_script(
            f"let left = {times}; const open = indexedDB.open.bind(indexedDB);"
            "IDBFactory.prototype.open = (...what) => { if (left-- > 0) throw new DOMException('', 'UnknownError');"
            "return open(...what); };"
        )

        started(page, site.address)

        expected = "valid" if times == 1 else "cannot-tell"
        assert check(page, world.text())[0] == expected
        assert page.get_attribute("#notice", "data-notice") == ("other-anchor" if times == 1 else "unread")

    def test_a_record_that_was_altered_on_the_device_still_pins_its_anchor(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = started(context.new_page(), site.address)
        page.evaluate("""async () => {
          const [{ name }] = await indexedDB.databases();
          const answer = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
          const store = (await answer(indexedDB.open(name))).transaction("kit", "readwrite").objectStore("kit");
          const record = await answer(store.get("kit"));
          record.files.get("trust-list.cwt")[100] ^= 1;
          store.put(record, "kit");
          await new Promise((done) => { store.transaction.oncomplete = done; });
        }""")
        page.close()
        site.put(world.lists(anchor=TestKey("stranger"), sequence=1))

        again = started(context.new_page(), site.address)
        assert again.get_attribute("#notice", "data-notice") == "other-anchor"
        assert check(again, world.text()) == ("cannot-tell", "status-missing")

    def test_a_server_that_never_answers_stops_nothing_for_ever(self, context: BrowserContext, site: Site) -> None:
        page = context.new_page()
        page.add_init_script(
            "const timeout = AbortSignal.timeout; AbortSignal.timeout = () => timeout.call(AbortSignal, 300);"
        )
        page.route("**/trust-list.cwt", lambda _: None)

        started(page, site.address)

        assert page.get_attribute("#notice", "data-notice") == "noKit"
        page.unroute("**/trust-list.cwt")
        assert update(page) == ""

    def test_an_older_trust_list_is_said_to_be_one(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        site.put(world.lists(sequence=4))

        assert update(page) == "older"
        assert check(page, world.text())[0] == "valid"

    @pytest.mark.parametrize("name", ["trust-list.cwt", "status/1.cwt", "SHA256SUMS", "anchor.cose"])
    def test_a_damaged_kit_changes_nothing_that_was_there(
        self, page: Page, site: Site, world: World, name: str
    ) -> None:
        started(page, site.address)
        site.put(world.lists(sequence=6))
        content = bytearray(site.files[name])
        content[len(content) // 2] ^= 1
        site.files[name] = bytes(content[: len(content) // 2]) if name == "SHA256SUMS" else bytes(content)

        # The anchor that lies beside a kit counts at the first use only.
        assert update(page) == ("" if name == "anchor.cose" else "damaged")

        assert check(page, world.text())[0] == "valid"
        assert check(page, world.revoked())[1] == "revoked"

    def test_a_damaged_kit_at_the_first_use_is_never_green(self, page: Page, site: Site, world: World) -> None:
        site.put({"trust-list.cwt": site.files["trust-list.cwt"][:-1] + b"\x00"})
        started(page, site.address)

        assert page.get_attribute("#notice", "data-notice") == "damagedFirst"
        assert check(page, world.text()) == ("cannot-tell", "status-missing")

    def test_lists_of_a_newer_kind_are_said_to_be(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        site.put({"trust-list.cwt": with_a_new_purpose(world)})

        assert update(page) == "newer-format"
        assert "newer version" in page.inner_text("#notice")
        assert check(page, world.text())[0] == "valid"

    def test_a_full_device_goes_on_until_the_page_is_closed(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        context.add_init_script("""
          IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
        """)
        page = started(context.new_page(), site.address)

        assert page.get_attribute("#notice", "data-notice") == "no-space"
        assert check(page, world.text())[0] == "valid"

    def test_lists_are_fetched_on_a_timer_and_not_because_of_a_card(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = context.new_page()
        page.clock.install()
        started(page, site.address)
        page.wait_for_load_state("networkidle")
        site.asked.clear()
        check(page, world.text())
        page.clock.fast_forward(59 * 60 * 1000)
        assert [path for path in site.asked if path.endswith(".cwt")] == []

        page.clock.fast_forward(2 * 60 * 1000)
        page.wait_for_timeout(200)

        assert any(path.endswith("trust-list.cwt") for path in site.asked)

    def test_each_list_has_one_address_without_a_question(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        for text in (world.text(), world.text(card_number="2222AAAABBBB"), world.residence()):
            check(page, text)
        update(page)

        assert not any("?" in path for path in site.asked)
        assert len({path for path in site.asked if path.startswith(f"{site.path}status/")}) == 2


class TestAnchors:
    def test_it_follows_an_announced_change_without_anybody_touching_it(
        self, page: Page, site: Site, world: World
    ) -> None:
        second, third = TestKey("second anchor"), TestKey("third anchor")
        started(page, site.address)
        for sequence, signer, upcoming in ((6, None, second), (7, second, None), (8, second, third), (9, third, None)):
            announced: Any = {} if upcoming is None else {"next_anchor": upcoming.public}
            site.put(world.lists(sequence=sequence, anchor=signer, **announced))
            assert update(page) == "", sequence
            assert check(page, world.text())[0] == "valid"

        page.reload()
        page.wait_for_selector("html[data-started]")
        assert check(page, world.text())[0] == "valid"

    def test_one_that_slept_through_two_changes_says_what_to_do(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        third = TestKey("third anchor")
        site.put(world.lists(sequence=9, anchor=third))

        assert update(page) == "other-anchor"
        # Whoever serves the kit exchanges it between the refusal and the look, and between the look and the press.
        site.put(world.lists(sequence=99, anchor=TestKey("stranger")))

        assert "Nothing was taken" in page.inner_text("#notice")
        assert check(page, world.text())[0] == "valid", "with the lists that were here before"
        page.evaluate("document.getElementById('key').open = true")
        page.wait_for_selector("#offered:not([hidden]) .words li")
        assert page.locator("#offered .words li").count() == 12
        assert third.public.fingerprint in page.inner_text("#offered .digits").replace(" ", "")
        site.put(world.lists(sequence=100, anchor=TestKey("another stranger")))
        page.evaluate("for (const open of [false, true]) document.getElementById('key').open = open")
        page.click("#pin-anew")
        page.wait_for_selector("#offered[hidden]", state="attached")
        digits = " ".join(re.findall("....", third.public.fingerprint))
        page.locator("#pinned .digits", has_text=digits).wait_for()

        assert check(page, world.text())[0] == "valid"
        assert update(page) == "other-anchor"

    def test_a_stranger_s_kit_is_not_taken(self, page: Page, site: Site, world: World) -> None:
        started(page, site.address)
        stranger = TestKey("stranger")
        site.put(world.lists(sequence=99, anchor=stranger, next_anchor=stranger.public))

        assert update(page) == "other-anchor"

    def test_the_words_are_those_that_the_town_hall_reads_out(
        self, chromium: Browser, site: Site, world: World
    ) -> None:
        from cardservice import fingerprint

        for language, list_of in (("en", "en"), ("fr", "fr"), ("ar", "en")):
            context = chromium.new_context(locale=language, service_workers="block")
            page = started(context.new_page(), site.address)
            page.evaluate("document.getElementById('key').open = true")
            page.wait_for_selector("#pinned .words li")

            found = tuple(page.locator("#pinned .words li").all_inner_texts())

            assert found == fingerprint.words(world.town.anchor.public.fingerprint, list_of)
            context.close()


class TestSelfTest:
    def test_samples_are_samples_only_while_the_self_test_is_open(self, page: Page, site: Site, world: World) -> None:
        sample = next(
            code["text"]
            for code in json.loads(site.files["samples/samples.json"])["codes"]
            if code["verdict"] == "valid"
        )
        started(page, site.address)
        assert check(page, sample) == ("not-valid", "unknown-issuer")
        page.evaluate("location.hash = '#self-test'")
        page.wait_for_selector("#samples li")
        assert check(page, sample) == ("valid", "valid")
        assert page.get_attribute("#verdict", "data-sample") == "yes"
        assert check(page, world.text()) == ("valid", "valid"), "the town's cards are checked with the town's lists"
        assert page.get_attribute("#verdict", "data-sample") is None
        page.evaluate("location.hash = ''")
        assert check(page, sample) == ("not-valid", "unknown-issuer")

    def test_who_leaves_it_before_it_has_loaded_has_left_it(
        self, context: BrowserContext, site: Site, world: World
    ) -> None:
        page = started(context.new_page(), site.address)
        page.route("**/samples.json", lambda route: (page.evaluate("location.hash = ''"), route.continue_()))
        page.evaluate("location.hash = '#self-test'")
        page.wait_for_timeout(500)

        assert check(page, world.text()) == ("valid", "valid")
        assert not page.is_visible("#self-test")


def newer_page(site: Site) -> dict[str, bytes]:
    """The files of a newer publication: another start page, and the worker that names it."""
    index = site.files["index.html"].replace(b"<title>", b'<meta name="newer"><title>')
    worker = site.files["service-worker.js"].replace(b'const VERSION = "', b'const VERSION = "newer-')
    before, after = (base64.b64encode(hashlib.sha256(page).digest()) for page in (site.files["index.html"], index))
    assert worker.count(before) == 1
    return {"index.html": index, "service-worker.js": worker.replace(before, after)}


def with_a_new_purpose(world: World) -> bytes:
    """A trust list, properly signed, that uses a purpose of keys which came later."""
    import cbor2

    from cardservice.credential import cose
    from cardservice.credential.trust_list import CONTENT_TYPE

    payload = cbor2.loads(cbor2.loads(world.lists(sequence=6)["trust-list.cwt"]).value[2])
    payload[-65541][0][3][0][2] = 7
    return cose.sign1(cbor2.dumps(payload), world.town.anchor, content_type=CONTENT_TYPE)


def test_the_helper_s_lists_are_of_today(world: World) -> None:
    assert 0 <= world.now - world.today < 2 * DAY


def test_a_page_without_https_checks_cards_with_curves_of_its_own(page: Page, site: Site, world: World) -> None:
    """There a browser has no WebCrypto, no service worker and no camera: the answers are the same."""
    started(page, site.address.replace("localhost", WITHOUT_HTTPS))
    assert page.evaluate("[isSecureContext, globalThis.crypto?.subtle === undefined]") == [False, True]

    assert check(page, world.text()) == ("valid", "valid")
    assert check(page, forged(world)) == ("not-valid", "bad-signature")
    assert check(page, world.revoked()) == ("not-valid", "revoked")
    assert page.evaluate("location.hash = '#self-test'")
    page.wait_for_selector("#samples li")
    assert page.inner_text("#self-test-result") == "All samples give the right answer."
    page.click("#open-camera")
    page.wait_for_selector("#hint[data-notice=cameraRefused]")
