"""The verifier in a real Chromium, from a static host, with lists that are as old as a test wants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cardservice.credential.claims import DAY, CardClaims, StatusReference
from cardservice.credential.trust_list import KeyPurpose, TrustedIssuer
from cardservice.printing import sample_portraits
from cardservice.printing.portrait import prepare
from tests.verify.town import YEAR, TestKey, Town, trusted
from verifier.site import Site, kit_of

REVOKED = 666
SAMPLES = TestKey("key for samples")
LIKE: Any = {"locale": "en-GB", "timezone_id": "UTC"}
VILA = Town()
OUTRA = Town(issuer="https://outra.example", names={"pt": "Outra", "en": "Other City", "ar": "مدينة أخرى"})


@dataclass(frozen=True)
class World:
    """A town with its cards and lists, in the time in which the test runs; `age` is how old the lists are."""

    town: Town = VILA
    other: Town = OUTRA
    age: timedelta = timedelta(0)
    status_days: int = 14

    @property
    def now(self) -> int:
        return int(datetime.now(UTC).timestamp())

    @property
    def issued_at(self) -> int:
        return self.now - int(self.age.total_seconds())

    @property
    def today(self) -> int:
        return self.issued_at - self.issued_at % DAY

    def entry(self, town: Town, **changes: object) -> TrustedIssuer:
        since, until = self.today - 2 * YEAR, self.today + 9 * YEAR
        return town.entry(
            trusted(town.card_key, not_before=since, not_after=until),
            trusted(town.status_key, KeyPurpose.STATUS, not_before=since, not_after=until),
            *([trusted(SAMPLES, KeyPurpose.SAMPLE, not_before=since, not_after=until)] if town == self.town else []),
            **changes,
        )

    def lists(self, *, anchor: TestKey | None = None, sequence: int = 5, **changes: object) -> dict[str, bytes]:
        """The signed lists, by file name."""
        foreign = self.entry(self.other, recognised_for=("library", "pool"))
        own = self.entry(self.town, names={"pt": "Vila Aberta", "en": "Vila Aberta", "ar": "فيلا أبيرتا"})
        signer = anchor or self.town.anchor
        trust = self.town.trust_list(own, foreign, issued_at=self.issued_at, sequence=sequence, **changes)
        return {
            "trust-list.cwt": trust.seal(signer),
            "anchor.cose": signer.public.to_cose_key(),
            "status/1.cwt": self.status(self.town, sequence),
            "status/outra.example-1.cwt": self.status(self.other, sequence),
        }

    def status(self, town: Town, sequence: int = 5, invalid: tuple[int, ...] = (REVOKED,)) -> bytes:
        times = {"issued_at": self.issued_at, "expires_at": self.issued_at + self.status_days * DAY}
        return town.status_list(invalid, sequence=sequence, lowest_trust_sequence=0, **times).seal(town.status_key)

    def claims(self, town: Town | None = None, **changes: object) -> CardClaims:
        day = self.now - self.now % DAY
        times = {"issued_at": day - 10 * DAY, "expires_at": day + YEAR, "portrait": portrait()}
        return (town or self.town).claims(**{**times, **changes})

    def text(self, town: Town | None = None, **changes: object) -> str:
        return (town or self.town).text(self.claims(town, **changes))

    def residence(self) -> str:
        return self.town.text(self.claims().residence())

    def revoked(self) -> str:
        return self.text(status=StatusReference(self.town.uri, REVOKED))


@cache
def portrait() -> bytes:
    """A face as it stands in a code."""
    return prepare(sample_portraits.draw(0)).code_webp


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Site]:
    with Site(kit_of(world.lists())).open() as opened:
        yield opened


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, without the service worker: keeping the page is test_offline.py's business."""
    opened = chromium.new_context(**LIKE, service_workers="block")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(**LIKE, service_workers="block")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """A tab for tests that have a host of their own: no host's page sees what another's keeps.

    A browser takes longer to open a tab than the whole page takes to start in one.
    """
    yield tab
    tab.goto("about:blank")


@pytest.fixture(scope="module")
def verifier(chromium: Browser, site: Site) -> Iterator[Page]:
    """The page, started, with the town's lists: one for all tests of a file, as it stands open all day at a counter."""
    context = chromium.new_context(**LIKE, service_workers="block")
    yield started(context.new_page(), site.address)
    context.close()


def started(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-started]", timeout=20_000)
    return page


def check(page: Page, text: str) -> tuple[str | None, str | None]:
    """Put a text into the field, as a script does; return verdict and reason."""
    page.evaluate("document.querySelector('#verdict').removeAttribute('data-verdict')")
    page.fill("#text", text)
    page.wait_for_selector("#verdict[data-verdict]")
    return page.get_attribute("#verdict", "data-verdict"), page.get_attribute("#verdict", "data-reason")
