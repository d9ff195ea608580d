"""Test vectors that other projects publish. They lie beside the tree; where they do not, the tests say so."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"


def vectors(name: str) -> Any:
    """Return the contents of one file of vectors, or skip the test."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the published vectors {name} are not beside this tree")
    return json.loads(path.read_text(encoding="utf-8"))


def folder(name: str) -> list[Any]:
    """Return the contents of every file in a folder of vectors, or skip the test."""
    files = sorted((FOLDER / name).glob("*.json"))
    if not files:
        pytest.skip(f"the published vectors {name} are not beside this tree")
    return [json.loads(path.read_text(encoding="utf-8")) for path in files]
