"""The kit comes out the same again, byte for byte: of the same town at the same time, whatever process publishes it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from demo_town import Demo

PUBLISH = """
import datetime, pathlib, sys
from cardservice.cli.town import Town
from cardservice.keystore import Purpose

said = sys.argv[1]
for place, now in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
    folder = pathlib.Path(place)
    town = Town.open(folder)
    keys = {purpose: town.unlock(purpose, said) for purpose in (Purpose.STATUS, Purpose.ANCHOR)}
    town.publish(keys, now=datetime.datetime.fromisoformat(now), out=folder.parent / "kit-again")
"""
LATER = "2031-01-01T12:00:00+00:00"
A_SECOND_LATER = "2031-01-01T12:00:01+00:00"


def published(demo: Demo, *folders: tuple[Path, str], seed: str) -> list[dict[str, bytes]]:
    """What a process of its own publishes from copies of the demo's town, each at a time."""
    for folder, _ in folders:
        shutil.copytree(demo.folder / "town", folder / "town")
        shutil.copytree(demo.folder / "kit", folder / "kit")
        shutil.copy(demo.folder / "passphrase.txt", folder)
    towns = [said for folder, now in folders for said in (str(folder / "town"), now)]
    command = [sys.executable, "-W", "error", "-c", PUBLISH, demo.passphrase, *towns]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed}, timeout=120)
    return [_files(folder / "kit-again") for folder, _ in folders]


def _files(kit: Path) -> dict[str, bytes]:
    return {path.relative_to(kit).as_posix(): path.read_bytes() for path in kit.rglob("*") if path.is_file()}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.mark.parametrize("which", ["demo", "eddsa_demo"])
class TestTheSameTown:
    def test_gives_the_same_kit_but_for_the_lists_of_another_time(
        self, which: str, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        demo: Demo = request.getfixturevalue(which)

        first, later = published(demo, (tmp_path / "first", LATER), (tmp_path / "later", A_SECOND_LATER), seed="0")
        (again,) = published(demo, (tmp_path / "again", LATER), seed="4711")

        lists = {"trust-list.cwt", "status/1.cwt", "status/2.cwt", "SHA256SUMS"}
        assert len(first) > 30
        assert lists | {"index.html", "samples/samples.json"} <= first.keys()
        assert different(first, again) == set()
        assert different(first, later) == lists
