"""`cardservice printers`: setting a printer up from the terminal, with the spooler or without one."""

from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from fake_spooler import FakeSpooler

from cardservice.cli.admin import main

CONFIG = """
[town]
name = "Vila Aberta"
issuer = "https://id.vila-aberta.example"

[[stock]]
name = "perforated-eight"
columns = 2
rows = 4
origin = [14.2, 20.35]
pitch = [96.0, 63.7]

[[printer]]
name = "desk-1"
medium = "cr80"
queue = "zebra"

[[printer]]
name = "office"
medium = "perforated-eight"
offset_mm = [0.5, -0.25]
back_offset_mm = [-0.5, 0.0]
scale = [0.9975, 1.0]
duplex = "short-edge"
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSpooler:
    made = FakeSpooler(tmp_path / "spooler")
    monkeypatch.setenv("PATH", str(made.commands), prepend=":")
    return made


def run(town: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--town", str(town), "printers", *words])


class TestList:
    def test_shows_every_printer_its_queue_and_what_was_measured(self, town: Path, fake: FakeSpooler) -> None:
        fake.has(zebra="good", spare="good")

        told = run(town, "list")

        assert told.output.splitlines() == [
            "desk-1: cr80, queue zebra: idle",
            "  not measured: true to size",
            "office: perforated-eight, PDF only",
            "  front +0.50 -0.25 mm, back -0.50 +0.00 mm, scale 0.9975 1.0000, turns by the short edge",
            "Other queues of the spooler: spare.",
            "Media: cr80, cr80-bleed, a4, letter, a4-fold, a6, perforated-eight",
        ]

    @pytest.mark.parametrize(
        ("queues", "said"),
        [({}, "there is none"), ({"zebra": "stopped"}, "stopped"), ({"zebra": "rejecting"}, "takes no jobs")],
    )
    def test_says_what_is_wrong_with_a_queue(
        self, town: Path, fake: FakeSpooler, queues: dict[str, str], said: str
    ) -> None:
        fake.has(**queues)

        assert f"queue zebra: {said}\n" in run(town, "list").output

    def test_warns_of_a_spooler_that_remembers_what_it_printed(self, town: Path, fake: FakeSpooler) -> None:
        fake.has(zebra="good")
        assert "remembers" not in run(town, "list").output

        (fake.folder / "completed").write_text("zebra-1  clerk  63488  Thu Nov 26 14:19:50 2026\n")

        assert "The spooler remembers finished jobs" in run(town, "list").output

    def test_says_where_there_is_no_spooler(self, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(town))

        told = run(town, "list")

        assert told.exit_code == 0
        assert "no spooler answers on this machine" in told.output


class TestPages:
    @pytest.mark.parametrize(("command", "pages"), [("calibrate", 2), ("test-page", 1)])
    def test_are_written_where_they_are_wanted(self, town: Path, command: str, pages: int) -> None:
        out = town / "page.pdf"

        told = run(town, command, "office", "--out", str(out))

        assert told.output == f"{out}: print it at actual size, on both sides.\n"
        document = pypdfium2.PdfDocument(out.read_bytes())
        assert len(document) == pages
        document.close()

    def test_go_to_the_queue_of_the_printer_otherwise(self, town: Path, fake: FakeSpooler) -> None:
        fake.has(zebra="good")

        told = run(town, "test-page", "desk-1")

        assert told.output == "The printer has it, as job zebra-1.\n"
        assert fake.job("zebra-1").startswith(b"%PDF-1.7")
        assert fake.asked[-2] == "lp -d zebra -t Cards -H hold -o print-scaling=none -o sides=two-sided-short-edge -"
        assert fake.printing == ["zebra-1"]

    def test_say_what_to_do_where_there_is_no_queue_or_it_is_gone(self, town: Path, fake: FakeSpooler) -> None:
        assert (
            "The printer office has no queue in config.toml. Name a file with --out"
            in run(town, "calibrate", "office").output
        )
        assert "The printer zebra cannot be reached." in run(town, "calibrate", "desk-1").output

    def test_are_of_printers_that_there_are(self, town: Path) -> None:
        told = run(town, "calibrate", "offce", "--out", str(town / "page.pdf"))

        assert (told.exit_code, told.output) == (
            1,
            "Error: config.toml has no printer offce. It has: desk-1, office.\n",
        )


class TestMeasured:
    READ = ("--a", "169.3", "--b", "249.5", "--c", "20.4", "--d", "19.1")

    def test_tells_the_lines_of_the_settings(self, town: Path) -> None:
        told = run(town, "measured", "office", *self.READ, "--g", "0.5", "--h", "-1")

        assert told.output.splitlines() == [
            "In config.toml, in the [[printer]] section of office:",
            "offset_mm = [0.48, -0.86]",
            "back_offset_mm = [0.98, 2.45]",
            "scale = [0.9959, 0.9980]",
            'duplex = "short-edge"',
        ]

    def test_tells_lines_that_the_settings_take(self, town: Path) -> None:
        lines = run(town, "measured", "office", *self.READ, "--duplex", "long-edge").output.splitlines()[1:]
        before = CONFIG.partition("offset_mm")[0]
        (town / "config.toml").write_text(before + "\n".join(lines), encoding="utf-8")

        assert "scale 0.9959 0.9980, turns by the long edge" in run(town, "list").output

    def test_refuses_what_no_printer_does(self, town: Path) -> None:
        told = run(town, "measured", "office", "--a", "160", "--b", "250", "--c", "20", "--d", "20")

        assert told.exit_code == 1
        assert "a scale is from 0.95 to 1.05, not 0.9412: print at actual size" in told.output


class TestScanned:
    def test_says_how_small_codes_may_be(self, town: Path) -> None:
        run(town, "test-page", "office", "--out", str(town / "page.pdf"))

        told = run(town, "scanned", "office", str(town / "page.pdf"))

        assert told.exit_code == 0
        assert told.output.splitlines()[-2:] == [
            "The smallest this printer can do: 3 dots.",
            "That is good enough for cards.",
        ]

    def test_says_that_a_printer_is_not_good_enough(self, town: Path) -> None:
        run(town, "test-page", "office", "--out", str(town / "page.pdf"))
        document = pypdfium2.PdfDocument((town / "page.pdf").read_bytes())
        # A photograph from too far away: two pixels a dot are not left of a module.
        document[0].render(scale=1.1).to_pil().save(town / "scan.png")
        document.close()

        told = run(town, "scanned", "office", str(town / "scan.png"))

        assert told.exit_code == 1
        assert "5 dots, back: not read" in told.output
        assert "Cards from this printer will not be read." in told.output

    def test_refuses_what_is_no_picture(self, town: Path) -> None:
        told = run(town, "scanned", "office", str(town / "config.toml"))

        assert told.exit_code == 1
        assert "This should not happen" not in told.output
