"""`cardservice print`: the jobs that were made at the desk, printed from the terminal, and nothing else."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cardservice import spooler
from cardservice.cli import print_run
from cardservice.cli.admin import main
from cardservice.day_keys import DayKeys
from cardservice.settings import load
from cardservice.storage.models import PrintedCard, PrintJob
from cardservice.terms import PrintState, StaffRole
from cardservice.web.app import utc_now
from web.hall import Builder, TownHall, build_town
from web.test_print_queue import Spooler, choose

CONFIG = """
[town]
name = "Vila Aberta"
issuer = "https://cards.vila-aberta.example"
languages = ["fr", "ar"]
[desk]
https = false
second_factor = false
[retention]
day_keys = "{keys}"
[[printer]]
name = "hall"
medium = "a4"
queue = "hall_queue"
[[printer]]
name = "far"
medium = "cr80"
"""


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TownHall]:
    """A town of today, whose day keys are in a folder; which folder that is is not what is tried here."""
    today = utc_now()
    (tmp_path / "made").mkdir()
    built = Builder(tmp_path / "town", build_town(tmp_path / "made", today))()
    built.clock.now = today
    keys = tmp_path / "keys"
    (built.folder / "config.toml").write_text(CONFIG.format(keys=keys))
    mounts = tmp_path / "mountinfo"
    mounts.write_text("1 0 0:1 / / rw - tmpfs tmpfs rw\n")
    monkeypatch.setattr(print_run, "_MOUNTS", mounts)
    # The tables of these tests are made from the models, not by migrations.
    monkeypatch.setattr("cardservice.storage.upgrade.is_current", lambda _engine: True)
    in_memory = DayKeys.in_folder(keys, mounts=mounts)
    monkeypatch.setattr(print_run.Town, "day_keys", lambda _self: in_memory)
    monkeypatch.setattr("cardservice.web.print_worker.start", lambda _job_id: None)
    yield replace(built, settings=load(built.folder), day_keys=in_memory)
    built.sessions.kw["bind"].dispose()


def command(hall: TownHall, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--town", str(hall.folder), "print", *arguments])


def states(hall: TownHall) -> list[PrintState]:
    with hall.sessions() as session:
        return list(session.scalars(select(PrintedCard.state)))


class TestPrint:
    def test_sends_what_was_chosen_at_the_desk_and_shows_how_far_it_is(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lp = Spooler()
        monkeypatch.setattr(spooler, "print_pdf", lp.print_pdf)
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        choose(clerk, numbers, "hall")

        answer = command(hall, "--printer", "hall")

        assert answer.exit_code == 0, answer.output
        assert "2 cards to hall" in answer.output
        assert [queue for queue, _ in lp.given] == ["hall_queue"]
        assert states(hall) == [PrintState.SENT] * 2
        assert "Nothing waits" in command(hall, "--printer", "hall").output
        assert "Karim" not in answer.output

    def test_leaves_alone_what_the_desk_moves_to_another_printer_meanwhile(
        self, hall: TownHall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lp, clerk = Spooler(), hall.browser(StaffRole.CLERK)
        for _ in range(2):
            choose(clerk, [hall.issue(clerk)[1]], "hall")

        def print_and_move(name: str, pdf: bytes, *, options: object = ()) -> str:
            with hall.sessions() as session:
                jobs = list(session.scalars(select(PrintJob.id)))
            for job_id in jobs:
                clerk.submit(f"/print-queue/{job_id}/move", {"printer": "pdf.cr80"})
            return lp.print_pdf(name, pdf, options=options)

        monkeypatch.setattr(spooler, "print_pdf", print_and_move)

        answer = command(hall, "--printer", "hall")

        assert answer.exit_code == 0, answer.output
        assert len(lp.given) == 1
        assert "1 of 2 cards were not sent" in answer.output
        assert sorted(states(hall)) == [PrintState.QUEUED, PrintState.SENT]

    def test_writes_whole_pdfs_into_a_folder_in_memory(self, hall: TownHall, tmp_path: Path) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        out = tmp_path / "out"
        for _ in range(2):
            choose(clerk, [hall.issue(clerk)[1]], "pdf.far")

        answer = command(hall, "--printer", "far", "--out", str(out))

        assert answer.exit_code == 0, answer.output
        assert sorted(path.name for path in out.iterdir()) == ["cards-0001.pdf", "cards-0002.pdf"]
        assert all(path.read_bytes().startswith(b"%PDF") for path in out.iterdir())

    def test_writes_nothing_onto_a_disk(self, hall: TownHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "mountinfo").write_text("1 0 0:1 / / rw - ext4 ext4 rw\n")
        clerk = hall.browser(StaffRole.CLERK)
        choose(clerk, [hall.issue(clerk)[1]], "pdf.far")

        answer = command(hall, "--printer", "far", "--out", str(tmp_path / "out"))

        assert "names and faces would be on a disk" in answer.output
        assert not (tmp_path / "out").exists()
        assert states(hall) == [PrintState.QUEUED]

    def test_says_when_the_printer_takes_no_more(self, hall: TownHall, monkeypatch: pytest.MonkeyPatch) -> None:
        lp = Spooler(refuses={"hall_queue"})
        monkeypatch.setattr(spooler, "print_pdf", lp.print_pdf)
        clerk = hall.browser(StaffRole.CLERK)
        choose(clerk, [hall.issue(clerk)[1]], "hall")

        answer = command(hall, "--printer", "hall")

        assert answer.exit_code == 1
        assert "Nothing is lost" in answer.output
        assert states(hall) == [PrintState.QUEUED]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--printer", "nobody"), "has no printer nobody"),
            (("--printer", "cr80"), "has no printer cr80"),
            (("--printer", "far"), "has no queue"),
        ],
    )
    def test_says_what_it_lacks(self, hall: TownHall, arguments: tuple[str, ...], words: str) -> None:
        answer = command(hall, *arguments)

        assert answer.exit_code == 1
        assert words in answer.output

    def test_cannot_open_drafts_whose_keys_are_in_the_service_alone(self, hall: TownHall) -> None:
        config = hall.folder / "config.toml"
        config.write_text(
            "\n".join(itertools.filterfalse(lambda line: "day_keys" in line, config.read_text().splitlines()))
        )

        assert "only the service can print" in command(hall, "--printer", "hall").output
