"""The first page: what a purge or a timer that stopped leaves behind is seen by everybody who comes in."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from cardservice.domain import retention
from cardservice.domain.actor import SERVICE
from cardservice.domain.calendar import years_later
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.storage.models import IssuerKey, Publication
from cardservice.terms import StaffRole
from web.hall import TownHall
from web.pages import Client, Node

STOPPED = "Erasing has stopped: 1 should be gone by now"


def first_page(hall: TownHall, role: StaffRole) -> str:
    return hall.browser(role).get("/").main.text


@pytest.mark.parametrize("role", list(StaffRole))
class TestEverybody:
    def test_sees_that_erasing_stopped_and_that_it_goes_on(self, hall: TownHall, role: StaffRole) -> None:
        hall.register(hall.browser(StaffRole.CLERK))
        before = first_page(hall, role)
        hall.clock.passes(minutes=71)
        stopped = first_page(hall, role)

        retention.housekeeping(hall.sessions.begin, now=hall.clock(), day_keys=hall.day_keys)

        assert [STOPPED in page for page in (before, stopped, first_page(hall, role))] == [False, True, False]

    def test_sees_lists_that_nobody_may_use_any_more(self, hall: TownHall, role: StaffRole) -> None:
        long_ago = hall.clock() - timedelta(seconds=1)
        with hall.sessions.begin() as session:
            session.execute(update(Publication).where(Publication.name != "trust-list.cwt").values(expires_at=long_ago))
        past = first_page(hall, role)

        hall.desk.publish(actor=SERVICE, now=hall.clock())

        told = "Published lists are past their time (1)"
        assert [told in page for page in (past, first_page(hall, role))] == [True, False]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (StaffRole.CLERK, False),
        (StaffRole.SUPERVISOR, True),
        (StaffRole.ADMINISTRATOR, True),
        (StaffRole.AUDITOR, False),
    ],
)
def test_the_card_keys_end_is_said_in_time_to_who_can_see_to_its_successor(
    hall: TownHall, role: StaffRole, sees: bool
) -> None:
    before = first_page(hall, role)
    years = hall.settings.card.validity_years
    with hall.sessions.begin() as session:
        end = years_later(hall.clock().date() + timedelta(days=9), years)
        session.execute(update(IssuerKey).where(IssuerKey.purpose == "card").values(not_after=end))

    assert ["The key that signs cards does so until" in page for page in (before, first_page(hall, role))] == [
        False,
        sees,
    ]


@pytest.mark.parametrize("role", StaffRole)
def test_the_trust_lists_end_is_said_in_time_to_who_sees_to_the_keys(hall: TownHall, role: StaffRole) -> None:
    before = first_page(hall, role)
    with hall.sessions.begin() as session:
        soon = hall.clock() + timedelta(days=9)
        times = {"issued_at": soon - timedelta(days=90), "expires_at": soon}
        session.execute(update(Publication).where(Publication.name == TRUST_LIST).values(times))
    after = first_page(hall, role)

    assert "The trust list is good until" not in before
    said = "The trust list is good until 2 December 2026: after that nobody can check a card" in after
    assert said is (role in {StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR})


def test_a_card_key_that_ends_too_early_is_named(hall: TownHall, clerk: Client, administrator: Client) -> None:
    draft_id = hall.register(clerk)
    with hall.sessions.begin() as session:
        tomorrow = hall.clock().date() + timedelta(days=1)
        session.execute(update(IssuerKey).where(IssuerKey.purpose == "card").values(not_after=tomorrow))

    answer = clerk.submit(f"/registrations/{draft_id}/issue")

    assert answer.status_code == 503
    assert "The card key ends too early" in answer.main.text
    assert "No card can be issued" in administrator.get("/").main.text
    assert "Signs cards until 24 November 2024" in administrator.get("/keys").main.text


def to_do(page: Node) -> dict[str, tuple[str, str | None]]:
    """What is to be done: how often, and where; nowhere where there is nothing."""
    found = {}
    for item in next(node for node in page.all("ul") if node.attributes.get("class") == "work").all("li"):
        links = [link.attributes["href"] for link in item.all("a")]
        found[item.all("span")[0].text] = (item.all("strong")[0].text, links[0] if links else None)
    return found


class TestTodaysWork:
    def test_is_counted_and_leads_to_where_it_is_done(self, hall: TownHall, clerk: Client) -> None:
        hall.register(clerk)
        hall.issue(clerk)
        hall.issue(clerk)

        assert to_do(clerk.get("/").main) == {
            "being filled in": ("1", "#mine"),
            "waiting for a second look": ("0", None),
            "waiting for approval": ("0", None),
            "approved, to issue": ("0", None),
            "to print": ("2", "/print-queue"),
            "printed, to hand over": ("0", None),
            "kept, but only until today or tomorrow": ("0", None),
        }

    def test_of_a_colleague_is_not_there_but_what_waits_for_a_supervisor_is(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        hall.register(clerk)
        clerk.submit(f"/registrations/{hall.register(clerk)}/submit")

        work = to_do(supervisor.get("/").main)

        assert work["being filled in"] == ("0", None)
        assert work["waiting for approval"] == ("1", "#to-approve")
        assert to_do(clerk.get("/").main)["waiting for approval"] == ("1", "#mine")

    def test_is_not_for_those_who_register_nobody(self, administrator: Client) -> None:
        assert not [node for node in administrator.get("/").main.all("ul") if node.attributes.get("class") == "work"]


class TestThoseWhoCanAct:
    @pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR, StaffRole.AUDITOR])
    def test_see_the_figures_while_all_is_well(self, hall: TownHall, role: StaffRole) -> None:
        figures = [row.text for row in hall.browser(role).get("/").main.all("dl")[-1].all("div")]

        assert figures == ["overdue to be erased0", "lists past their time0"]
