"""The keys page: announce, publish, wait, activate, retire."""

import re

import pytest

from web.hall import TownHall, unlocked
from web.pages import Client

GOOD = {"purpose": "card", "passphrase": "six words drawn by dice today", "again": "six words drawn by dice today"}


def announced(browser: Client) -> str:
    """The id of the key that is announced."""
    found = re.search(r"([0-9a-f]{16}) Signs cards Announced", browser.get("/keys").main.text)
    assert found
    return found[1]


class TestTheKeysPage:
    def test_shows_four_keys_and_that_they_are_open(self, administrator: Client) -> None:
        page = administrator.get("/keys").main

        assert len(page.all("tr")) == 5
        assert page.text.count("In use") == 4
        assert page.text.count("Unlocked") == 4

    def test_lets_auditors_look_and_nothing_else(self, auditor: Client) -> None:
        page = auditor.get("/keys").main

        assert page.all("form") == []
        assert "Announce a new key" not in page.text


class TestARotation:
    def test_goes_from_announced_to_retired_without_a_gap(self, hall: TownHall, administrator: Client) -> None:
        administrator.submit("/keys/announce", GOOD)
        key_id = announced(administrator)
        assert len(list((hall.folder / "keys").glob("card-*.pem"))) == 2
        assert administrator.submit(f"/keys/{key_id}/activate").status_code == 409
        administrator.submit("/publish")
        assert administrator.submit(f"/keys/{key_id}/activate").status_code == 409
        assert "Can be activated from 7 December 2026" in administrator.get("/keys").main.text

        hall.clock.passes(days=14)
        administrator.sign_in("ada", "seven lamps under water")
        assert administrator.submit(f"/keys/{key_id}/activate").status_code == 302
        old = hall.keys.card
        assert old
        administrator.submit(f"/keys/{old.key_id.hex()}/retire")

        page = administrator.get("/keys").main
        assert "Retired" in page.text
        assert "Announced" not in page.text

    def test_makes_no_second_key_while_one_is_announced(self, hall: TownHall, administrator: Client) -> None:
        administrator.submit("/keys/announce", GOOD)

        answer = administrator.submit("/keys/announce", GOOD)

        assert answer.status_code == 409
        assert "successor of this key is announced already" in answer.main.text
        assert len(list((hall.folder / "keys").glob("card-*.pem"))) == 2

    def test_never_retires_the_only_key(self, hall: TownHall, administrator: Client) -> None:
        card = hall.keys.card
        assert card

        answer = administrator.submit(f"/keys/{card.key_id.hex()}/retire")

        assert answer.status_code == 409
        assert "only active key" in answer.main.text

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"purpose": ""}, "Choose what the key is for"),
            ({"purpose": "love"}, "Choose what the key is for"),
            ({"passphrase": "short", "again": "short"}, "at least 12 characters"),
            ({"again": "something else entirely"}, "differ"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, hall: TownHall, administrator: Client, changed: dict[str, str], words: str
    ) -> None:
        answer = administrator.submit("/keys/announce", GOOD | changed)

        assert words in answer.main.text
        assert GOOD["passphrase"] not in answer.text
        assert list((hall.folder / "keys").glob("*.pem")) == []

    def test_does_not_know_a_key_that_was_never_announced(self, administrator: Client) -> None:
        assert administrator.submit("/keys/0000000000000000/activate").status_code == 404


def test_keys_are_held_by_purpose(hall: TownHall) -> None:
    assert unlocked({}).ids == frozenset()
    assert len(hall.keys.ids) == 4
