"""`cardservice poster`: the same papers as on the desk."""

from pathlib import Path

import pypdfium2
import pytest
from demo_town import Demo


def said(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


class TestThePoster:
    def test_is_for_any_counter(self, demo: Demo, tmp_path: Path) -> None:
        told = demo.run("poster", "--out", str(tmp_path / "poster.pdf"))

        assert told.exit_code == 0, told.output
        assert "Show the side that you are asked for." in said(tmp_path / "poster.pdf")

    @pytest.mark.parametrize(
        ("options", "words"),
        [([], "Show the front of your card."), (["--staff"], "Scan the small code on the front of the card.")],
    )
    def test_is_for_a_partner_by_its_name(self, demo: Demo, tmp_path: Path, options: list[str], words: str) -> None:
        told = demo.run("poster", "--partner", "harbour LIBRARY", *options, "--out", str(tmp_path / "poster.pdf"))

        assert told.exit_code == 0, told.output
        assert "Harbour library" in said(tmp_path / "poster.pdf")
        assert words in said(tmp_path / "poster.pdf")

    def test_is_refused_for_a_partner_that_is_not_listed(self, demo: Demo, tmp_path: Path) -> None:
        told = demo.run("poster", "--partner", "Nobody", "--out", str(tmp_path / "poster.pdf"))

        assert told.exit_code == 1
        assert "There is no such partner. Look at the list of partners." in told.output
        assert not (tmp_path / "poster.pdf").exists()
