"""The people at the counter, each from start to end as they would: a shelter letter and no passport, and a refusal.

What stands under "must see" and "must not" for them is asserted as they would experience it: on the pages, on the
printed card, by a reader that is not ours and has no network, and in what is left of it afterwards.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import claim169
import cwt
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect
from qr_codes import qr_codes
from sqlalchemy import MetaData, select

from cardservice.storage.models import Counter
from web.browser.conftest import Desk, served

SHELTER = "Night Shelter of the Port"
ARABIC, LATIN = "كريم الحدّاد", "Karim al-Haddad"


@pytest.fixture
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town of its own, so that what is left of somebody can be counted."""
    with served(chromium, tmp_path_factory.mktemp("scenario")) as opened:
        yield opened


@pytest.fixture
def clerk(town: Desk) -> Page:
    page = town.open()
    town.sign_in(page)
    return page


@pytest.fixture
def supervisor(town: Desk) -> Page:
    page = town.open()
    town.sign_in(page, "sofia")
    return page


def ago(days: int) -> str:
    """A day as somebody types it."""
    day = date.today() - timedelta(days=days)  # noqa: DTZ011 - the paper's own date
    return f"{day.day} {day.month} {day.year}"


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).click()


def left_of(town: Desk) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as somebody with the whole register would read it."""
    with town.hall.sessions.begin() as session:
        found = MetaData()
        found.reflect(session.connection())
        return {
            name: [dict(row) for row in session.execute(select(table)).mappings()]
            for name, table in found.tables.items()
        }


def counted(town: Desk, beginning: str) -> dict[str, int]:
    with town.hall.sessions.begin() as session:
        return {one.name: one.count for one in session.scalars(select(Counter)) if one.name.startswith(beginning)}


def read_offline(town: Desk, code: str) -> claim169.DecodeResult:
    """What a partner's own reader makes of a code: with the kit's public key in a folder, and no network."""
    (key,) = json.loads((town.hall.settings.kit_folder / "jwks.json").read_text())["keys"]
    numbers = [cwt.utils.base64url_decode(key[part]) for part in ("x", "y")]
    return claim169.decode_with_ecdsa_p256(code, b"\x04" + b"".join(numbers))


def show_papers(clerk: Page, *, letter: str) -> None:
    """A letter of the shelter, and a consular card that expired last year."""
    clerk.goto("/registrations/new")
    clerk.locator("[data-papers][data-ready]").wait_for()
    clerk.check("#paper-consular-card")
    clerk.fill("#expired-consular-card", ago(300))
    expect(clerk.locator("[data-reached]")).to_contain_text("3 of 4 points")
    clerk.check("#paper-shelter-letter")
    clerk.select_option("#from-shelter-letter", label=SHELTER)
    clerk.fill("#dated-shelter-letter", letter)


class TestAShelterLetterNoPassportAndAnArabicName:
    @pytest.fixture(autouse=True)
    def shelter(self, supervisor: Page) -> None:
        """The town has agreed with the shelter that its letters count."""
        supervisor.goto("/organisations/new")
        supervisor.fill("#name", SHELTER)
        press(supervisor, "Add")
        expect(supervisor.locator("main")).to_contain_text(SHELTER)

    def test_leads_to_a_card_that_says_what_was_chosen_and_nothing_else(self, town: Desk, clerk: Page) -> None:
        self.see_what_is_missing(clerk)
        show_papers(clerk, letter=ago(10))
        expect(clerk.locator("[data-reached]")).to_contain_text("Enough for a card")
        press(clerk, "Go on")
        self.answer(clerk)
        press(clerk, "Go on without a photo")
        clerk.wait_for_url("**/check")
        expect(clerk.locator("main")).to_contain_text(ARABIC)
        expect(clerk.locator("main")).to_contain_text(LATIN)
        press(clerk, "Issue the card")
        clerk.wait_for_url("**/print")
        with pypdfium2.PdfDocument(self.printed(clerk)) as card:
            self.see_the_card(card[0], card[1])
            codes = [self.scanned(page) for page in (card[0], card[1])]
        clerk.reload()
        press(clerk, "The card is handed over")
        expect(clerk.locator("main")).to_contain_text("Active")
        self.verify(town, *codes)
        self.find_nothing_of_anybody(town)

    def see_what_is_missing(self, clerk: Page) -> None:
        """At every moment how many points are missing, and what would fill them."""
        clerk.goto("/registrations/new")
        clerk.locator("[data-papers][data-ready]").wait_for()
        reached = clerk.locator("[data-reached]")

        clerk.check("#paper-consular-card")

        expect(reached).to_contain_text("Not enough yet")
        expect(reached).to_contain_text("1 point for papers that show that the person lives here")
        expect(reached.locator("li", has_text="Letter of a shelter")).to_be_visible()

    def answer(self, clerk: Page) -> None:
        clerk.wait_for_url("**/details")
        clerk.fill("#name", ARABIC)
        clerk.select_option("#language", "ara")
        clerk.locator("summary", has_text="The name in a second script").click()
        clerk.fill("#name_second", LATIN)
        clerk.select_option("#language_second", "fra")
        for part, typed in (("day", "27"), ("month", "3"), ("year", "1985")):
            clerk.fill(f"#birth_{part}", typed)
        expect(clerk.locator("#gender, #sex, #nationality, #address")).to_have_count(0)
        press(clerk, "Save and go on")
        clerk.wait_for_url("**/photo")

    def printed(self, clerk: Page) -> bytes:
        form = clerk.locator("form[action$='/card.pdf']").first
        token = form.locator("[name=csrf_token]").input_value()
        answer = clerk.request.post(
            str(form.get_attribute("action")), form={"csrf_token": token, "printer": "pdf.cr80"}
        )
        assert answer.headers["content-type"] == "application/pdf"
        clerk.reload()
        return answer.body()

    def see_the_card(self, front: pypdfium2.PdfPage, back: pypdfium2.PdfPage) -> None:
        said = "\n".join(page.get_textpage().get_text_bounded() for page in (front, back))

        assert LATIN in said
        assert ARABIC.split()[0] in said, "whole and from the right; how its letters join is tests/printing's"
        assert "Vila Aberta" in said
        for unwanted in ("Gender", "Genre", "Sexe", "Address", "Adresse", "Nationalit", SHELTER, "Consul"):
            assert unwanted not in said

    def scanned(self, page: pypdfium2.PdfPage) -> str:
        (code,) = qr_codes(page.render(scale=300 / 72).to_pil().convert("L"))
        return str(code.text)

    def verify(self, town: Desk, residence: str, identity: str) -> None:
        who, lives_here = read_offline(town, identity), read_offline(town, residence)

        assert who.is_verified()
        assert (who.claim169.full_name, who.claim169.gender) == (ARABIC, None)
        assert who.claim169.address is None
        assert lives_here.is_verified()
        assert (lives_here.claim169.full_name, lives_here.claim169.date_of_birth) == (None, None)

    def find_nothing_of_anybody(self, town: Desk) -> None:
        left = left_of(town)
        listed = left.pop("organisations")

        assert [one["name"] for one in listed] == [SHELTER], "which the town has agreed with, not who came from there"
        assert left["drafts"] == []
        whole = json.dumps(left, default=str, ensure_ascii=False)
        for unwanted in (ARABIC, LATIN, "al-Haddad", "19850327", SHELTER, "shelter-letter", "consular"):
            assert unwanted not in whole

    def test_of_forty_days_ago_is_refused_with_a_slip_that_says_what_is_missing(self, town: Desk, clerk: Page) -> None:
        show_papers(clerk, letter=ago(40))
        press(clerk, "Go on")

        expect(clerk.locator("#paper-shelter-letter-fault")).to_contain_text("It is too old")
        clerk.select_option("select[name=language]", "ar")
        with clerk.context.expect_page() as opened:
            press(clerk, "Show and print what to bring")
        slip = opened.value.locator(".bring")
        expect(slip).to_contain_text("هذه الورقة قديمة جدًا، فلا تُحسب")
        expect(slip).to_contain_text("Points for living here: 1")
        expect(slip).to_contain_text("Letter of a school")
        press(clerk, "End it: nothing is kept but a count of the reason")
        expect(clerk.locator("main")).to_contain_text("Nothing is kept of it but a count of the reason")
        assert counted(town, "registration.") == {"registration.refused: paper too old": 1}
        left = left_of(town)
        assert left["drafts"] == left["cards"] == []
        assert "consular" not in json.dumps(left, default=str)


class TestARefusalAndASecondLook:
    @pytest.fixture
    def asked(self, clerk: Page) -> str:
        """The clerk refuses a foreign birth certificate: it is not enough, and a supervisor is asked."""
        clerk.goto("/registrations/new")
        clerk.locator("[data-papers][data-ready]").wait_for()
        clerk.check("#paper-birth-certificate")
        clerk.check("#paper-lease")
        press(clerk, "Go on")
        expect(clerk.locator("[data-reached]")).to_contain_text("Not enough yet")
        press(clerk, "Ask a supervisor for a second look")
        expect(clerk.locator("main")).to_contain_text("It waits for a supervisor")
        return clerk.url

    def reason_in_spanish(self, clerk: Page) -> Page:
        clerk.select_option("select[name=language]", "es")
        with clerk.context.expect_page() as opened:
            press(clerk, "Show and print what to bring")
        opened.value.wait_for_load_state()
        return opened.value

    def test_that_a_supervisor_accepts_goes_on_to_the_answers(
        self, town: Desk, clerk: Page, supervisor: Page, asked: str
    ) -> None:
        supervisor.goto("/")
        supervisor.locator(f"main a[href*='{asked.split('/')[-2]}']").first.click()
        expect(supervisor.locator("main")).to_contain_text("Birth certificate or extract of a civil register")
        supervisor.get_by_label("The papers prove it together").check()
        press(supervisor, "Accept the papers")
        expect(supervisor.locator("main")).to_contain_text("The papers are accepted")

        clerk.get_by_role("link", name="See whether it is decided").click()

        clerk.wait_for_url("**/details")
        assert counted(town, "second look") == {"second look accepted: papers together": 1}

    def test_that_stays_refused_is_read_in_spanish_and_leaves_a_count(
        self, town: Desk, clerk: Page, supervisor: Page, asked: str
    ) -> None:
        supervisor.goto(asked)
        press(supervisor, "Do not accept them")
        expect(supervisor.locator("main")).to_contain_text("The papers are not accepted")
        clerk.get_by_role("link", name="See whether it is decided").click()
        expect(clerk.locator("main")).to_contain_text("A supervisor has looked at the papers and did not accept them")
        expect(clerk.get_by_role("button", name="Ask a supervisor for a second look")).to_have_count(0)

        read = self.reason_in_spanish(clerk)

        spanish = read.locator(".bring [lang=es]")
        expect(spanish.filter(has_text="Otra persona miró sus papeles. No son suficientes.")).to_be_visible()
        expect(spanish.filter(has_text="Puntos para decir quién es usted: 1")).to_be_visible()
        expect(spanish.filter(has_text="un papel con foto")).to_be_visible()
        expect(spanish.filter(has_text="Puede presentar una queja")).to_be_visible()
        expect(read.locator(".bring")).not_to_contain_text("segunda revisión")
        press(clerk, "End it: nothing is kept but a count of the reason")
        expect(clerk.locator("main")).to_contain_text("Nothing is kept of it but a count of the reason")
        assert counted(town, "registration.") == {"registration.refused: second look": 1}
        assert left_of(town)["drafts"] == []
        assert "birth-certificate" not in json.dumps(left_of(town), default=str)
        expect(read.locator("h1")).to_have_text("Point to your language")
