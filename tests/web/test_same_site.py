"""Steps are taken from our own pages only: without the form's value, or from another site, nothing is done."""

import pytest

from cardservice.terms import StaffRole
from web.hall import ANSWERS, TownHall
from web.pages import Client
from web.test_access import ALLOWED, addresses


class TestEveryStep:
    @pytest.mark.parametrize("role", list(StaffRole))
    def test_is_refused_without_the_forms_value(self, hall: TownHall, role: StaffRole) -> None:
        browser = hall.browser(role)

        let_through = [
            address
            for endpoint, address, methods in addresses(hall.app)
            if "POST" in methods and role in (ALLOWED[endpoint] or set(StaffRole))
            if browser.post(address, data=ANSWERS).status_code != 400
        ]

        assert let_through == []

    def test_is_refused_with_the_value_of_another_session(self, hall: TownHall, clerk: Client, details: str) -> None:
        stolen = hall.browser(StaffRole.SUPERVISOR).csrf()

        answer = clerk.post(details, data=ANSWERS | {"csrf_token": stolen})

        assert answer.status_code == 400
        assert "too old" in answer.main.text

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_is_refused_when_another_site_asks_for_it(
        self, hall: TownHall, clerk: Client, site: str, details: str
    ) -> None:
        answer = clerk.submit(details, ANSWERS, headers={"Sec-Fetch-Site": site})

        assert answer.status_code == 400
        assert "Answers to be typed" in clerk.get("/").main.text

    def test_is_taken_when_our_own_page_asks_for_it(self, clerk: Client, details: str) -> None:
        answer = clerk.submit(details, ANSWERS, headers={"Sec-Fetch-Site": "same-origin"})

        assert answer.status_code == 302
