"""`cardservice print-outs`: the same papers as on the desk."""

from pathlib import Path

from demo_town import Demo


class TestThePapers:
    def test_are_written_in_every_language(self, demo: Demo, tmp_path: Path) -> None:
        told = demo.run("print-outs", "--out", str(tmp_path / "papers"), "--language", "fr", "--language", "ar")

        assert told.exit_code == 0, told.output
        names = {f"{paper}-{language}.pdf" for paper in ("clerk", "supervisor", "leaflet") for language in ("fr", "ar")}
        assert {path.name for path in (tmp_path / "papers").iterdir()} == names
        assert all(path.read_bytes().startswith(b"%PDF") for path in (tmp_path / "papers").iterdir())

    def test_are_refused_in_another_language(self, demo: Demo, tmp_path: Path) -> None:
        told = demo.run("print-outs", "--out", str(tmp_path / "papers"), "--language", "xx")

        assert told.exit_code == 2
        assert not (tmp_path / "papers").exists()
