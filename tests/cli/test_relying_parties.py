"""docs/relying-parties.md: every option in it exists, and its Python runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli.asking import ask, revoked, todays, todays_card, write

from cardservice.verify import Reason
from tests.verify.town import Town

DOCUMENTS = [Path(__file__).parents[2] / "docs" / name for name in ("relying-parties.md", "verifying.md")]
TOWN = Town()
COMMAND = re.compile(r"cardverify( update| serve)?((?:(?! \| )[^\n`|])*)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_option_in_it_exists(document: Path) -> None:
    found = COMMAND.findall(document.read_text(encoding="utf-8"))

    assert len(found) > 5
    for way, rest in found:
        known = ask(*way.split(), "--help").out
        for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
            assert f"{option} " in known or f"{option}\n" in known, f"cardverify{way} {option}"


def test_it_explains_every_reason() -> None:
    table = DOCUMENTS[0].read_text(encoding="utf-8").partition("## What an answer means")[2].partition("\n## ")[0]

    assert set(re.findall(r"`([a-z-]+)`", table)) >= {reason.value for reason in Reason if reason is not Reason.VALID}


@pytest.mark.parametrize(("good", "said"), [(True, "Amina Example 1990-04-05 \n"), (False, "not-valid revoked\n")])
def test_its_python_runs_as_it_stands(tmp_path: Path, good: bool, said: str) -> None:
    match = re.search(r"```python\n(.*?)```", DOCUMENTS[0].read_text(encoding="utf-8"), re.DOTALL)
    assert match
    write(tmp_path / "vila-aberta", todays(TOWN))
    text = TOWN.text(todays_card(TOWN) if good else revoked(TOWN))

    done = subprocess.run(
        [sys.executable, "-c", match[1]], input=text, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (said, "")
