"""The staff page: adding people, changing roles, closing accounts."""

import pytest

from web.hall import PASSWORD, TownHall
from web.pages import Client

GOOD = {"name": "marta", "role": "clerk", "password": "green lamps under rain"}


class TestAdding:
    def test_lets_somebody_sign_in(self, hall: TownHall, administrator: Client) -> None:
        page = administrator.submit("/staff/new", GOOD, follow_redirects=True).main

        assert "marta" in page.text
        assert hall.browser().sign_in("marta", GOOD["password"]).location == "/"

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"name": ""}, "ordinary letters"),
            ({"name": "x" * 65}, "ordinary letters"),
            ({"name": "mar\u202eta"}, "ordinary letters"),
            ({"name": "Clara"}, "has this name already"),
            ({"role": ""}, "Choose a role"),
            ({"role": "king"}, "Choose a role"),
            ({"password": "short"}, "at least 12 characters"),
            ({"password": "x" * 129}, "at most 128 characters"),
            ({"password": "marta and the lamps"}, "must not contain the name"),
            ({"password": "password2026"}, "first that others would try"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, administrator: Client, changed: dict[str, str], words: str
    ) -> None:
        answer = administrator.submit("/staff/new", GOOD | changed)

        assert answer.status_code == 200
        assert words in answer.main.text
        assert GOOD["password"] not in answer.text

    def test_says_everything_that_is_missing_at_once_in_the_order_of_the_page(self, administrator: Client) -> None:
        page = administrator.submit("/staff/new", {}).page

        summary = next(node for node in page.all("section") if node.attributes.get("class") == "problems")
        assert [link.attributes["href"] for link in summary.all("a")] == ["#name", "#role", "#password"]

    @pytest.mark.parametrize("password", ["vila aberta nine", "فيلا أبيرتا 2026", "townhall clerk 1"])
    def test_takes_no_password_made_of_the_town_or_the_office(self, administrator: Client, password: str) -> None:
        answer = administrator.submit("/staff/new", {"name": "marta", "role": "clerk", "password": password})

        assert "first that others would try" in answer.main.text


class TestChangingARole:
    def test_counts_from_the_next_click(self, hall: TownHall, administrator: Client, clerk: Client) -> None:
        administrator.submit("/staff/1/role", {"role": "auditor"})

        assert clerk.get("/").location == "/sign-in"
        assert hall.browser().sign_in("clara", PASSWORD).location == "/"

    def test_shows_the_role_there_is(self, administrator: Client) -> None:
        page = administrator.get("/staff/1/role").page

        chosen = [node.attributes["value"] for node in page.all("input") if "checked" in node.attributes]
        assert chosen == ["clerk"]

    def test_leaves_one_administrator(self, administrator: Client) -> None:
        assert "last administrator" in administrator.submit("/staff/3/role", {"role": "clerk"}).main.text
        assert administrator.submit("/staff/3/disable").status_code == 409

    def test_says_by_which_number_the_audit_knows_somebody(self, administrator: Client) -> None:
        assert "staff:3" in administrator.get("/staff").main.text

    def test_knows_who_there_is(self, administrator: Client) -> None:
        unknown = administrator.get("/staff/99/role")
        assert unknown.status_code == 404
        assert "registration" not in unknown.main.text


class TestClosingAnAccount:
    def test_ends_it_with_the_next_click(self, hall: TownHall, administrator: Client, clerk: Client) -> None:
        page = administrator.submit("/staff/1/disable", follow_redirects=True).main

        assert "Closed" in page.text
        assert clerk.get("/").location == "/sign-in"
        assert hall.browser().sign_in("clara", PASSWORD).status_code == 200
