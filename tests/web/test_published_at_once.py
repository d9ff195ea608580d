"""Published at once: the step that ends a card also tells the verifiers, and stands whether or not that succeeds."""

import shutil
from pathlib import Path

import pytest

from cardservice.domain import kit_folder, publication
from cardservice.domain.actor import SERVICE
from cardservice.keystore import Purpose
from cardservice.terms import StaffRole
from cardservice.verify import Kit, verify
from cardservice.web.desk import Keys
from web.hall import Builder, Finished, TownHall
from web.pages import Client
from web.test_slip import issued

STEPS: dict[str, tuple[dict[str, str], str]] = {
    "revoke": ({"reason": "lost"}, "revoked"),
    "suspend": ({}, "revoked"),
    "reinstate": ({}, "valid"),
}


def hand_out(hall: TownHall, clerk: Client) -> tuple[str, str]:
    """A card in a hand: its number and its residence code."""
    draft_id, number = hall.issue(clerk)
    code = issued(hall, draft_id).residence_code
    clerk.submit(f"/cards/{number}/hand-over")
    return number, code


def reason(hall: TownHall, code: str) -> str:
    return verify(code, Kit.load(hall.settings.kit_folder), now=hall.clock.now).reason


def waits(hall: TownHall) -> bool:
    with hall.sessions.begin() as session:
        return publication.has_changes(session)


class TestAStepAtTheDesk:
    def test_is_known_to_verifiers_when_its_page_is_there(self, hall: TownHall, clerk: Client) -> None:
        number, code = hand_out(hall, clerk)

        for step in ("suspend", "reinstate", "revoke"):
            fields, expected = STEPS[step]
            page = clerk.submit(f"/cards/{number}/{step}", fields, follow_redirects=True).main

            assert reason(hall, code) == expected
            assert "The new list is published" in page.text
        assert not waits(hall)

    def test_that_replaces_a_card_ends_the_old_one_everywhere(self, hall: TownHall, clerk: Client) -> None:
        old, old_code = hand_out(hall, clerk)
        draft_id = hall.replace(clerk, old)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")
        new = issued(hall, draft_id)
        assert reason(hall, old_code) == "valid"

        clerk.submit(f"/cards/{new.card_number}/hand-over")

        assert (reason(hall, old_code), reason(hall, new.residence_code)) == ("revoked", "valid")

    def test_that_cancels_a_printed_card_ends_it_everywhere(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)
        code = issued(hall, draft_id).residence_code

        clerk.submit(f"/cards/{number}/cancel", {"reason": "damaged"})

        assert reason(hall, code) == "revoked"

    def test_that_changes_no_list_publishes_nothing(self, hall: TownHall, clerk: Client) -> None:
        before = (hall.settings.kit_folder / "status/1.cwt").read_bytes()

        hand_out(hall, clerk)

        assert (hall.settings.kit_folder / "status/1.cwt").read_bytes() == before


class TestWherePublishingFails:
    def failing(self, _path: Path, _content: bytes) -> None:
        raise OSError("the share under the kit is gone")

    @pytest.mark.parametrize("step", ["revoke", "suspend"])
    def test_the_step_stands_and_the_page_says_what_waits(
        self, hall: TownHall, clerk: Client, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        number, code = hand_out(hall, clerk)
        with monkeypatch.context() as broken:
            broken.setattr(kit_folder, "place", self.failing)
            page = clerk.submit(f"/cards/{number}/{step}", STEPS[step][0], follow_redirects=True).main

        assert "with the next published list" in page.text
        assert waits(hall)
        hall.desk.publish(actor=SERVICE, now=hall.clock.now)
        assert reason(hall, code) == "revoked"

    def test_the_hand_over_stands_and_says_that_the_old_card_waits(
        self, make_hall: Builder, finished_town: Finished
    ) -> None:
        hall = make_hall(keys=Keys(card=finished_town.keys[Purpose.CARD]))
        clerk = hall.browser(StaffRole.CLERK)
        old, _ = hand_out(hall, clerk)
        draft_id = hall.replace(clerk, old)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")
        number = issued(hall, draft_id).card_number

        page = clerk.submit(f"/cards/{number}/hand-over", follow_redirects=True).main

        assert "is handed over" in page.text
        assert "the card that ended with the next published list" in page.text
        assert waits(hall)


class TestALostCard:
    """SCENARIOS 2, from the partner's side."""

    def test_is_good_with_the_list_of_the_morning_and_red_with_the_next(
        self, hall: TownHall, clerk: Client, tmp_path: Path
    ) -> None:
        old, old_code = hand_out(hall, clerk)
        partner = shutil.copytree(hall.settings.kit_folder, tmp_path / "partner")
        hall.clock.passes(hours=7)
        clerk = hall.browser(StaffRole.CLERK)
        draft_id = hall.replace(clerk, old)
        clerk.submit(f"/registrations/{draft_id}/issue")
        new = issued(hall, draft_id)
        clerk.submit(f"/cards/{new.card_number}/hand-over")
        hall.clock.passes(minutes=30)

        offline = verify(old_code, Kit.load(partner), now=hall.clock.now)
        memory = Kit.load(partner).remember()
        fetched = Kit.load(hall.settings.kit_folder, remembered=memory)
        online = [verify(code, fetched, now=hall.clock.now).reason for code in (old_code, new.residence_code)]

        assert (offline.reason, offline.status_list_age_s) == ("valid", 7.5 * 3600)
        assert online == ["revoked", "valid"]
