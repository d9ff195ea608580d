"""A demo for tests: what `cardservice demo` writes and says, for its own residents or for a file of awkward ones."""

import json
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from few_rounds import few_rounds

from cardservice.cli.admin import main
from cardservice.printing import sample_portraits

CANARY = "Zebulon Quorthwaite"


@dataclass(frozen=True)
class Demo:
    """What `cardservice demo` wrote and said."""

    folder: Path
    result: Result

    @property
    def cards(self) -> list[dict[str, str]]:
        lines = (self.folder / "qr.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @property
    def passphrase(self) -> str:
        return (self.folder / "passphrase.txt").read_text().strip()

    def run(self, *arguments: str) -> Result:
        """A cardservice command on the demo's town, with its passphrase."""
        environment = {"CARDSERVICE_PASSPHRASE": self.passphrase}
        return CliRunner().invoke(main, ["--town", str(self.folder / "town"), *arguments], env=environment)


def make(folder: Path, *options: str) -> Demo:
    with few_rounds():
        return Demo(folder, CliRunner().invoke(main, ["demo", "--out", str(folder), "--no-serve", *options]))


def people_file(folder: Path) -> Path:
    """Two who can be taken, with and without a portrait, and between them lines that cannot."""
    (folder / "face.png").write_bytes(sample_portraits.draw(7))
    lines = [
        {"name": CANARY, "birth_date": "1987-03-14", "portrait": "face.png", "name_second": "زبولون"},
        {"name": "x" * 129, "birth_date": "1987-03-14"},
        {"name": "Ola \N{RIGHT-TO-LEFT OVERRIDE}", "birth_date": "1987-03-14"},
        {"name": "Ola", "birth_date": "2999-01-01"},
        {"name": "Ola", "birth_date": "2023-02-29"},
        {"name": "Ola", "birth_date": "1987-03-14", "portrait": "people.jsonl"},
        {"name": "Y", "birth_date": "1987-03-14"},
    ]  # fmt: skip
    path = folder / "people.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
