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

folder, said = pathlib.Path(sys.argv[1]), sys.argv[2]
town = Town.open(folder)
keys = {purpose: town.unlock(purpose, said) for purpose in (Purpose.STATUS, Purpose.ANCHOR)}
town.publish(keys, now=datetime.datetime.fromisoformat(sys.argv[3]), out=folder.parent / "kit-again")
"""
LATER = "2031-01-01T12:00:00+00:00"


def published(demo: Demo, folder: Path, *, seed: str, now: str = LATER) -> dict[str, bytes]:
    """What a process of its own publishes from a copy of the demo's town."""
    shutil.copytree(demo.folder / "town", folder / "town")
    shutil.copytree(demo.folder / "kit", folder / "kit")
    shutil.copy(demo.folder / "passphrase.txt", folder)
    command = [sys.executable, "-W", "error", "-c", PUBLISH, str(folder / "town"), demo.passphrase, now]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed}, timeout=120)
    kit = folder / "kit-again"
    return {path.relative_to(kit).as_posix(): path.read_bytes() for path in kit.rglob("*") if path.is_file()}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.mark.parametrize("which", ["demo", "eddsa_demo"])
class TestTheSameTown:
    def test_gives_the_same_kit_but_for_the_lists_of_another_time(
        self, which: str, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        demo: Demo = request.getfixturevalue(which)

        first, again = (published(demo, tmp_path / seed, seed=seed) for seed in ("0", "4711"))
        later = published(demo, tmp_path / "later", seed="0", now="2031-01-01T12:00:01+00:00")

        lists = {"trust-list.cwt", "status/1.cwt", "status/2.cwt", "SHA256SUMS"}
        assert len(first) > 30
        assert lists | {"index.html", "samples/samples.json"} <= first.keys()
        assert different(first, again) == set()
        assert different(first, later) == lists
