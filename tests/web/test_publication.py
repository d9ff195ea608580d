"""The page on which the lists are published, and the audit that remembers it."""

from sqlalchemy import text

from cardservice.domain import recognition
from cardservice.domain.actor import CONSOLE
from cardservice.terms import StaffRole
from cardservice.web import decided
from cardservice.web.desk import Keys
from tests.verify.town import Town
from web.hall import Builder, TownHall
from web.pages import Client


class TestPublishing:
    def test_shows_what_verifiers_have_and_how_old_it_is(self, hall: TownHall, supervisor: Client) -> None:
        hall.clock.passes(minutes=8)

        page = supervisor.get("/publish").main

        assert "Trust list" in page.text
        assert "Status list 1" in page.text
        assert "8 minutes old" in page.text

    def test_writes_the_kit_anew(self, hall: TownHall, supervisor: Client) -> None:
        before = (hall.folder / "kit/status/1.cwt").read_bytes()
        hall.clock.passes(minutes=5)

        page = supervisor.submit("/publish", follow_redirects=True).main

        assert "The lists are published" in page.text
        assert (hall.folder / "kit/status/1.cwt").read_bytes() != before

    def test_says_whose_cards_cannot_be_checked(self, hall: TownHall, supervisor: Client) -> None:
        """A city that brought a trust list and no status list yet."""
        outra = Town(issuer="https://outra.example", names={"pt": "Outra"})
        with hall.sessions.begin() as session:
            recognition.recognise(
                session,
                {"trust-list.cwt": outra.files()["trust-list.cwt"]},
                anchor=outra.anchor.public.to_cose_key(),
                services=["library"],
                address=None,
                town=decided.publisher(hall.settings),
                actor=CONSOLE,
                now=hall.clock(),
            )

        page = supervisor.submit("/publish", follow_redirects=True).main

        assert "The lists of https://outra.example are not in the kit" in page.text

    def test_needs_the_key(self, make_hall: Builder) -> None:
        supervisor = make_hall(keys=Keys()).browser(StaffRole.SUPERVISOR)

        answer = supervisor.submit("/publish")

        assert answer.status_code == 503
        assert "A key is locked" in answer.main.text

    def test_says_when_the_clock_went_back(self, hall: TownHall, supervisor: Client) -> None:
        hall.clock.passes(seconds=-30)

        assert supervisor.submit("/publish").status_code == 409


class TestTheAudit:
    def test_shows_every_step_by_codes_only(self, hall: TownHall, clerk: Client, auditor: Client) -> None:
        number = hall.hand_out(clerk)

        page = auditor.get("/audit").main

        assert f"card:{number}" in page.text
        assert "The chain is whole" in page.text
        assert "Karim" not in page.text
        assert "clara" not in page.text

    def test_goes_back_page_by_page(self, hall: TownHall, clerk: Client, auditor: Client) -> None:
        for _ in range(9):
            hall.hand_out(clerk)

        first = auditor.get("/audit").main
        older = next(link.attributes["href"] for link in first.all("a") if "before" in link.attributes["href"])

        assert len(first.all("tr")) == 51
        assert auditor.get(older).main.all("th")[-1].text == "1"
        assert len(auditor.get("/audit?before=nonsense").main.all("tr")) == 51

    def test_says_where_the_chain_is_broken(self, hall: TownHall, auditor: Client) -> None:
        with hall.sessions.begin() as session:
            session.execute(text("UPDATE audit_entries SET actor = 'staff:2' WHERE sequence = 3"))

        assert "broken at entry 3" in auditor.get("/audit").main.text
