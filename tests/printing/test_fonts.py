"""Fonts come from locked packages and nowhere else, with their licences, ready to use."""

import json
import re
from pathlib import Path

import pytest
import uharfbuzz as hb

from cardservice.printing import typefaces
from cardservice.printing.fonts import fetch

LOCK = json.loads((fetch.HERE / "package-lock.json").read_text("utf-8"))


class TestLockFile:
    def test_names_an_exact_version_and_a_digest_for_each_package(self):
        packages = {name: entry for name, entry in LOCK["packages"].items() if name}

        assert len(packages) > 60
        for name, entry in packages.items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"]), name
            assert entry["integrity"].startswith("sha512-"), name

    def test_says_nowhere_where_to_fetch_from(self):
        for file in ("package.json", "package-lock.json", ".npmrc", "fetch.py", "README.md"):
            assert not re.search(r"\"resolved\"|\.tgz|registry=", (fetch.HERE / file).read_text("utf-8")), file

    def test_runs_no_program_of_the_packages(self):
        assert "ignore-scripts=true" in (fetch.HERE / ".npmrc").read_text("utf-8")


class TestFetch:
    def test_leaves_the_licence_of_every_package_beside_the_fonts(self):
        licences = (fetch.HERE / fetch.LICENCES).read_text("utf-8")

        for package in json.loads((fetch.HERE / "package.json").read_text("utf-8"))["dependencies"]:
            assert f"=== {package.removeprefix('@')}" in licences.replace("=== @", "=== ")

    def test_leaves_fonts_that_need_no_unpacking(self):
        for file in fetch.HERE.glob("*.tt[fc]"):
            assert hb.Face(hb.Blob.from_file_path(str(file))).glyph_count > 10, file.name

    def test_does_nothing_the_second_time(self, monkeypatch):
        monkeypatch.setattr(fetch, "install", lambda *_, **__: pytest.fail("fetched again"))

        fetch.main([])

    def test_says_what_to_do_when_the_set_up_has_not_run(self, monkeypatch, tmp_path: Path):
        monkeypatch.setattr(typefaces, "FOLDER", tmp_path)

        with pytest.raises(typefaces.FontsMissing, match="make fonts"):
            typefaces.check()
