"""`cardservice form`: the same file as at the desk's address."""

from pathlib import Path

from demo_town import Demo

from cardservice.domain import prefill


class TestTheForm:
    def test_is_one_file_for_this_town(self, demo: Demo, tmp_path: Path) -> None:
        told = demo.run("form", "--out", str(tmp_path / "form.html"))

        page = (tmp_path / "form.html").read_bytes()
        assert told.exit_code == 0, told.output
        assert "Open it in any browser." in told.output
        assert prefill.town_mark("https://id.vila-aberta.example").hex().encode() in page
        assert page.endswith(b"</html>")
