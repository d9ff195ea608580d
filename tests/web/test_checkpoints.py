"""The auditor's page of the checkpoint: what is carried out of the house, and what is said when it cannot be."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from qr_codes import qr_codes
from sqlalchemy import text

from cardservice.domain import checkpoints
from cardservice.terms import StaffRole
from web.hall import Builder, TownHall, unlocked
from web.pages import Client

LATE = "in the last two hours"
NOT_LAID = "is not in the folder of copies"


def newest(hall: TownHall) -> checkpoints.Checkpoint:
    with hall.sessions() as session:
        found = checkpoints.newest(session, hall.settings.checkpoint_file)
    assert found is not None
    return found


class TestThePage:
    def test_shows_what_was_signed_in_digits_that_two_people_can_compare(self, hall: TownHall, auditor: Client) -> None:
        said, key = newest(hall), hall.keys.audit
        assert key is not None

        page = auditor.get("/audit/checkpoint").main

        digits = "".join(page.text.split())
        assert said.digest.hex() in digits
        assert key.public.fingerprint in digits
        assert f"{said.digest.hex()[:4]} {said.digest.hex()[4:8]}" in page.text

    def test_signs_the_end_as_it_is_now(self, hall: TownHall, clerk: Client, auditor: Client) -> None:
        before = newest(hall)
        hall.hand_out(clerk)
        hall.clock.passes(minutes=7)

        assert auditor.submit("/audit/checkpoint").status_code == 302

        assert newest(hall).sequence > before.sequence
        assert newest(hall).at == hall.clock.now

    def test_gives_the_file_away_under_a_name_that_says_what_it_holds(self, hall: TownHall, auditor: Client) -> None:
        answer = auditor.get("/audit/checkpoint/file")

        assert answer.data == hall.settings.checkpoint_file.read_bytes()
        assert newest(hall).file_name in answer.headers["Content-Disposition"]

    def test_has_the_signed_bytes_in_its_code(self, hall: TownHall, auditor: Client) -> None:
        picture = Image.open(BytesIO(auditor.get("/audit/checkpoint/code.png").data))

        (read,) = qr_codes(picture.convert("L"))

        key = hall.keys.audit
        assert key is not None
        assert checkpoints.opened(read.text.encode(), [key.public]) == newest(hall)

    def test_says_where_there_is_none(self, hall: TownHall, auditor: Client) -> None:
        hall.settings.checkpoint_file.unlink()

        assert "There is no checkpoint yet" in auditor.get("/audit/checkpoint").main.text
        assert auditor.get("/audit/checkpoint/file").status_code == 404
        assert auditor.get("/audit/checkpoint/code.png").status_code == 404

    def test_says_when_the_audit_key_is_locked(self, make_hall: Builder) -> None:
        hall = make_hall(keys=unlocked({}))

        assert hall.browser(StaffRole.AUDITOR).submit("/audit/checkpoint").status_code == 503

    def test_signs_nothing_for_a_chain_that_lost_its_end(self, hall: TownHall, auditor: Client) -> None:
        before = newest(hall)
        with hall.sessions.begin() as session:
            session.execute(text("DELETE FROM audit_entries WHERE sequence = :last"), {"last": before.sequence})

        answer = auditor.submit("/audit/checkpoint")

        assert answer.status_code == 409
        assert "not as it was written" in answer.main.text
        assert newest(hall) == before


class TestWarnings:
    @pytest.fixture(params=[StaffRole.AUDITOR, StaffRole.ADMINISTRATOR])
    def guardian(self, hall: TownHall, request: pytest.FixtureRequest) -> Client:
        return hall.browser(request.param)

    def test_are_silent_on_a_good_day(self, guardian: Client) -> None:
        assert LATE not in guardian.get("/").main.text

    def test_say_when_no_checkpoint_was_signed_for_two_hours(self, hall: TownHall, guardian: Client) -> None:
        hall.settings.checkpoint_file.write_bytes(b"nothing")

        assert LATE in guardian.get("/").main.text

    def test_go_by_the_clock(self, hall: TownHall, auditor: Client) -> None:
        hall.clock.passes(hours=2)

        auditor = hall.browser(StaffRole.AUDITOR)
        assert LATE in auditor.get("/").main.text

    def test_say_when_the_folder_of_copies_did_not_take_the_last_one(self, make_hall: Builder, tmp_path: Path) -> None:
        hall = make_hall()
        share = tmp_path / "share"
        copies = hall.settings.audit.model_copy(update={"copies": str(share)})
        hall = TownHall(
            hall.folder,
            hall.settings.model_copy(update={"audit": copies}),
            hall.sessions,
            hall.keys,
            hall.day_keys,
            hall.clock,
        )
        auditor = hall.browser(StaffRole.AUDITOR)

        auditor.submit("/audit/checkpoint")
        told = auditor.get("/").main.text
        share.mkdir()
        hall.clock.passes(minutes=1)
        auditor.submit("/audit/checkpoint")

        assert NOT_LAID in told
        assert NOT_LAID not in auditor.get("/").main.text
        assert timedelta() == hall.clock.now - newest(hall).at


class TestAnAuditThatCannotBeWritten:
    def test_stops_issuing_with_the_next_request_and_says_so(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        with hall.sessions.begin() as session:
            session.execute(
                text(
                    "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries "
                    "BEGIN SELECT RAISE(ABORT, 'the audit takes nothing'); END"
                )
            )

        answer = clerk.submit(f"/registrations/{draft_id}/issue")

        assert answer.status_code == 503
        assert "The audit cannot be written" in answer.main.text
        with hall.sessions() as session:
            assert session.scalar(text("SELECT count(*) FROM cards")) == 0
