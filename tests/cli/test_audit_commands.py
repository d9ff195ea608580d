"""`cardservice audit` on a real town, and on an auditor's machine that has no town at all."""

import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make

from cardservice.cli import running
from cardservice.cli.admin import main
from cardservice.cli.town import Town
from cardservice.keystore import Purpose
from cardservice.settings import Audit


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("audited")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


@pytest.fixture
def kept(town: Demo, tmp_path: Path) -> Path:
    """A checkpoint that was carried out of the house."""
    file = tmp_path / "kept.cose"
    told = town.run("audit", "checkpoint", "--out", str(file))
    assert told.exit_code == 0, told.output
    return file


@pytest.fixture
def exported(town: Demo, tmp_path: Path) -> Path:
    file = tmp_path / "audit.jsonl"
    told = town.run("audit", "export", "--out", str(file))
    assert told.exit_code == 0, told.output
    return file


def elsewhere(*arguments: str) -> Result:
    """The auditor's machine: no town, no passphrase."""
    return CliRunner().invoke(main, ["--town", "/nowhere", "audit", "verify", *arguments], env={})


def fingerprint(town: Demo) -> str:
    told = town.run("audit", "checkpoint").output
    return told.partition("audit key ")[2].split(".")[0]


class TestCheckpoint:
    def test_lies_in_the_towns_folder_and_where_it_was_asked_for(self, town: Demo, kept: Path) -> None:
        assert kept.read_bytes() == (town.folder / "town" / "audit-checkpoint.cose").read_bytes()

    def test_is_not_written_over_another(self, town: Demo, kept: Path) -> None:
        before = kept.read_bytes()

        assert town.run("audit", "checkpoint", "--out", str(kept)).exit_code == 1
        assert kept.read_bytes() == before

    def test_agrees_with_the_register(self, town: Demo, kept: Path) -> None:
        told = town.run("audit", "verify", "--checkpoint", str(kept), "--checkpoint", str(kept))

        assert told.exit_code == 0, told.output
        assert told.output.count("They agree with the checkpoint of") == 2


class TestOnTheAuditorsMachine:
    def test_entries_and_checkpoint_are_compared_without_a_town(self, town: Demo, kept: Path, exported: Path) -> None:
        told = elsewhere("--entries", str(exported), "--checkpoint", str(kept), "--fingerprint", fingerprint(town))

        assert told.exit_code == 0, told.output
        assert "each as it was written" in told.output
        assert "They agree" in told.output

    def test_a_checkpoint_without_a_trusted_key_is_not_believed(self, kept: Path, exported: Path) -> None:
        told = elsewhere("--entries", str(exported), "--checkpoint", str(kept))

        assert told.exit_code == 2
        assert "Say which audit key you trust" in told.output

    def test_another_fingerprint_is_told(self, kept: Path, exported: Path) -> None:
        told = elsewhere("--entries", str(exported), "--checkpoint", str(kept), "--key-id", "0123456789abcdef")

        assert told.exit_code == 1
        assert "names no audit key" in told.output

    def test_entries_alone_say_what_they_do_not_show(self, exported: Path) -> None:
        told = elsewhere("--entries", str(exported))

        assert told.exit_code == 0, told.output
        assert "covered by no checkpoint" in told.output

    def test_a_changed_entry_and_a_cut_off_end_are_told(self, town: Demo, kept: Path, exported: Path) -> None:
        trusted = ("--checkpoint", str(kept), "--fingerprint", fingerprint(town))
        lines = exported.read_text().splitlines()

        exported.write_text("\n".join([lines[0], lines[1].replace("console", "staff:9"), *lines[2:]]))
        edited = elsewhere("--entries", str(exported), *trusted)
        exported.write_text("\n".join(lines[:-3]))
        cut = elsewhere("--entries", str(exported), *trusted)

        assert (edited.exit_code, cut.exit_code) == (1, 1)
        assert "entry 1 was edited" in edited.output
        assert "is missing" in cut.output
        assert "Stop issuing" in cut.output

    def test_another_file_is_told(self, exported: Path) -> None:
        exported.write_bytes(b"\xff\xfe not lines")

        told = elsewhere("--entries", str(exported))

        assert told.exit_code == 1
        assert "Line 1" in told.output


class TestTheServicesOwnRound:
    @pytest.fixture
    def opened(self, town: Demo, tmp_path: Path) -> Town:
        shutil.copytree(town.folder, tmp_path / "out")
        return Town.open(tmp_path / "out" / "town")

    def round(self, opened: Town, town: Demo, monkeypatch: pytest.MonkeyPatch, *, hours: int) -> bytes:
        """What keep_house does so many hours from now, and the checkpoint that is there afterwards."""
        later = datetime.now(UTC) + timedelta(hours=hours)
        monkeypatch.setattr(running, "utc_now", lambda: later)
        keys = {Purpose.AUDIT: opened.unlock(Purpose.AUDIT, town.passphrase)}
        running.keep_house(opened, keys, opened.day_keys())
        return opened.settings.checkpoint_file.read_bytes()

    def test_signs_a_checkpoint_every_hour(self, opened: Town, town: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.round(opened, town, monkeypatch, hours=2)

        assert self.round(opened, town, monkeypatch, hours=2) == first
        assert self.round(opened, town, monkeypatch, hours=3) != first

    def test_tells_of_a_folder_of_copies_that_is_not_there_and_goes_on(
        self, opened: Town, town: Demo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        object.__setattr__(opened.settings, "audit", Audit(copies="/nowhere/at/all"))
        before = opened.settings.checkpoint_file.read_bytes()

        after = self.round(opened, town, monkeypatch, hours=2)

        assert after != before
        assert "could not be laid into the folder of copies" in caplog.text

    def test_signs_nothing_over_a_chain_that_was_cut_off(
        self, opened: Town, town: Demo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = self.round(opened, town, monkeypatch, hours=2)
        with opened.transaction() as session:
            session.connection().exec_driver_sql(
                "DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)"
            )
        caplog.set_level(logging.INFO)

        after = self.round(opened, town, monkeypatch, hours=4)

        assert after == before
        assert "no checkpoint was signed" in caplog.text
