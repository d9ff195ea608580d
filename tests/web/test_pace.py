"""What costs cannot be repeated faster than hands go; nobody else is slowed down."""

import pytest

from cardservice.web.pace import AT_MOST
from web.hall import TownHall
from web.pages import Client

COSTLY = {
    "evidence.another",
    "evidence.new",
    "evidence.replace",
    "evidence.papers",
    "renewal.renew",
    "portrait.show",
    "portrait.accept",
    "portrait.recognised",
    "issuance.picture",
    "print_one.card_pdf",
    "print_queue.begin",
    "print_jobs.part_pdf",
    "read_back.scan",
    "read_back.scan_this",
    "phone_copy.code",
    "phone_copy.picture",
    "phone_copy.page_pdf",
    "partners.poster_pdf",
    "partners.staff_pdf",
    "print_outs.paper_pdf",
    "issuance.slip_pdf",
    "print_one.print_slip",
    "cards.find",
    "cards.show",
    "audit.show",
}


class TestACostlyPage:
    def test_is_refused_beyond_what_hands_can_do(self, hall: TownHall, clerk: Client) -> None:
        statuses = [clerk.get("/cards/find").status_code for _ in range(AT_MOST.amount + 5)]

        assert statuses == [200] * AT_MOST.amount + [429] * 5
        assert "Wait one minute" in clerk.get("/cards/find").main.text

    def test_stays_open_for_a_colleague_and_other_pages_for_everybody(self, clerk: Client, supervisor: Client) -> None:
        for _ in range(AT_MOST.amount + 1):
            clerk.get("/cards/find")

        assert supervisor.get("/cards/find").status_code == 200
        assert clerk.get("/hand-over").status_code == 200
        assert clerk.get("/").status_code == 200

    @pytest.mark.parametrize("endpoint", sorted(COSTLY))
    def test_says_so_of_itself(self, hall: TownHall, endpoint: str) -> None:
        view = hall.app.view_functions[endpoint]

        assert "paced" in names_of(view)

    def test_is_nowhere_else(self, hall: TownHall) -> None:
        found = {name for name, view in hall.app.view_functions.items() if "paced" in names_of(view)}

        assert found == COSTLY


def names_of(view: object) -> set[str]:
    """The functions that a view is wrapped in, by their code."""
    found = set()
    while view is not None:
        found.add(view.__code__.co_name)  # type: ignore[attr-defined]
        view = getattr(view, "__wrapped__", None)
    return found
