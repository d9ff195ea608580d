"""The first page: what a purge or a timer that stopped leaves behind is seen by everybody who comes in."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from cardservice.domain import retention
from cardservice.domain.actor import SERVICE
from cardservice.storage.models import Publication
from cardservice.terms import StaffRole
from web.hall import TownHall

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


class TestThoseWhoCanAct:
    @pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR, StaffRole.AUDITOR])
    def test_see_the_figures_while_all_is_well(self, hall: TownHall, role: StaffRole) -> None:
        figures = [row.text for row in hall.browser(role).get("/").main.all("dl")[-1].all("div")]

        assert figures == ["overdue to be erased0", "lists past their time0"]
