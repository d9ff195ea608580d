"""`cardservice card`: what cards will look like, and whatever would fail at the counter said before it opens."""

import io
import shutil
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from cardservice import settings
from cardservice.cli import card, rehearsal
from cardservice.cli.admin import main
from cardservice.cli.card import LONGEST, SHORTEST
from cardservice.printing import crest, typefaces
from cardservice.printing.themes import ThemeName

CONFIG = """
[town]
name = "{name}"
issuer = "https://id.vila-aberta.example"
languages = {languages}

[printing]
colour = "{colour}"
theme = "{theme}"
crest = "{crest}"
"""
SHIELD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 48"><path d="M2 2h36v40H2z" fill="#c81e28"/></svg>'


@pytest.fixture
def town(tmp_path: Path):
    def make(**changes: str) -> Path:
        given = {"name": "Vila Aberta", "languages": '["en", "fr"]', "colour": "#0b4f6c", "theme": "tide", "crest": ""}
        (tmp_path / "config.toml").write_text(CONFIG.format(**(given | changes)), encoding="utf-8")
        return tmp_path

    return make


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--town", str(folder), "card", *words])


class TestCheck:
    def test_says_the_theme_and_the_least_contrast_and_needs_no_register(self, town):
        folder = town(theme="garden", crest="crest.svg")
        (folder / "crest.svg").write_text(SHIELD)

        told = run(folder, "check")

        assert told.exit_code == 0, told.output
        assert "Cards can be printed. Theme garden in #0b4f6c" in told.output
        assert "5.0 to 1, whoever looks; with a crest." in told.output

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"colour": "#7a7a7a"}, "the town's name and the card's on the header have a contrast of 4.3 to 1"),
            ({"crest": "crest.png"}, "crest.png cannot be read: No such file or directory"),
            ({"name": "Vila 😀"}, "U+1F600 GRINNING FACE"),
            ({"languages": '["en", "xx"]'}, "There are no words in 'xx' yet"),
            ({"theme": "eagle"}, "printing.theme: must be 'tide', 'lantern', 'garden' or 'loom', is 'eagle'"),
        ],
    )
    def test_says_in_words_what_would_fail_at_the_counter(self, town, changes, said):
        told = run(town(**changes), "check")

        assert told.exit_code == 1
        assert said in " ".join(told.output.split())
        assert "Traceback" not in told.output

    def test_says_that_a_crest_is_not_a_picture(self, town):
        folder = town(crest="crest.png")
        (folder / "crest.png").write_text("our coat of arms, please")

        told = run(folder, "check")

        assert told.exit_code == 1
        assert "The crest cannot be used: it is not a picture. It must be a PNG or SVG" in told.output

    def test_names_the_typefaces_that_are_missing_or_cut_off(self, town, tmp_path, monkeypatch):
        few = tmp_path / "fonts"
        shutil.copytree(typefaces.FOLDER, few, ignore=shutil.ignore_patterns("NotoSansKhmer-400.ttf", "__pycache__"))
        (few / "NotoSansThai-400.ttf").write_bytes((few / "NotoSansThai-400.ttf").read_bytes()[:900])
        monkeypatch.setattr(typefaces, "FOLDER", few)

        told = run(town(), "check")

        assert told.exit_code == 1
        assert "NotoSansKhmer-400.ttf" in told.output
        assert "NotoSansThai-400.ttf" in told.output
        assert "make fonts" in told.output
        assert "NotoSansLao" not in told.output


class TestPreview:
    def test_draws_every_theme_with_the_longest_and_the_shortest_names_in_six_scripts(
        self, town, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(card, "DPI", 60)
        out = tmp_path / "preview"

        told = run(town(), "preview", "--out", str(out))

        assert told.exit_code == 0, told.output
        names = {f"{theme}{end}" for theme in ThemeName for end in (".pdf", "-1.png", "-2.png", "-3.png", "-4.png")}
        assert {file.name for file in out.iterdir()} == names
        for theme in ThemeName:
            words = _words(out / f"{theme}.pdf")
            for name in [*SHORTEST, *LONGEST]:
                # Right to left a program that copies may put lines in another order (docs/decisions/0013).
                assert name.script == "Arabic" or _tight(name.name) in words, (theme, name.script)
        with Image.open(io.BytesIO((out / "loom-1.png").read_bytes())) as page:
            assert page.size == (497, 702)

    def test_has_the_longest_and_the_shortest_in_the_same_scripts(self):
        assert [one.script for one in SHORTEST] == [one.script for one in LONGEST]
        assert len({one.script for one in SHORTEST}) == 6
        assert max(len(one.name) for one in SHORTEST) <= 2
        assert max(len(one.name) for one in LONGEST) > 120
        assert all(len(one.name) <= 128 for one in LONGEST)

    def test_draws_one_theme_where_one_is_asked_for_and_says_which_the_colour_does_not_suit(self, town, tmp_path):
        folder = town(colour="#7a7a7a", theme="loom")

        run(folder, "preview", "--theme", "loom", "--out", str(tmp_path / "one"))
        refused = run(folder, "preview", "--theme", "tide", "--out", str(tmp_path / "two"))

        assert len(list((tmp_path / "one").iterdir())) == 5
        assert "4.3 to 1" in refused.output
        assert list((tmp_path / "two").iterdir()) == []


class TestRehearsal:
    def test_draws_with_the_towns_own_crest_so_that_it_is_read_before_the_desk_opens(self, town, monkeypatch):
        read = []
        folder = town(crest="crest.svg")
        (folder / "crest.svg").write_text(SHIELD)
        monkeypatch.setattr(crest, "_of_svg", lambda data: read.append(data) or Image.new("RGBA", (40, 40), "red"))

        face = rehearsal.rehearse(settings.load(folder))

        assert face.crest is not None
        assert len(read) == 1


def _words(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return _tight("".join(page.get_textpage().get_text_range() for page in document))


def _tight(words: str) -> str:
    return "".join(words.split())
