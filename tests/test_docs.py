"""What the documents say is still so: commands exist, links lead somewhere, decisions have one number each."""

import re
from pathlib import Path

import click
import pytest

from cardservice.cli.admin import main
from cardservice.domain import numbers, schedule, schedule_of_files
from cardservice.domain.card_numbers import normalise
from tests.verify.town import Town

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "keys" / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# "cardservice test key: …" is the phrase that the test keys of docs/card-format.md are made of.
COMMAND = re.compile(
    r"(?:^|`|/bin/)cardservice(?! test key:)((?: [a-z-]+| --[a-z-]+(?: [A-Za-z./-]+)?)*)", re.MULTILINE
)
CARD_NUMBER = re.compile(r"\b(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}\b")
UNFINISHED = re.compile(r"(<{7}|>{7}) ")
FORBIDDEN_WORDS = re.compile(r"\b(blacklist|whitelist|badge)\b", re.IGNORECASE)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
class TestEveryDocument:
    def test_links_to_what_exists(self, document: Path) -> None:
        """Pictures and papers that the manual makes for itself are test_manual.py's."""
        targets = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]

        missing = [link for link in targets if not (document.parent / link).exists()]
        assert [link for link in missing if not link.startswith(("../pictures/guide/", "../papers/"))] == []

    def test_names_commands_that_exist(self, document: Path) -> None:
        unknown = [
            words
            for words in COMMAND.findall(document.read_text(encoding="utf-8"))
            if not leads_to_a_command(words.split())
        ]

        assert unknown == []

    def test_is_in_one_piece(self, document: Path) -> None:
        """A merge that was not finished leaves both its sides and says so, where no compiler looks."""
        assert [line for line in document.read_text(encoding="utf-8").splitlines() if UNFINISHED.match(line)] == []

    def test_uses_the_words_of_the_house(self, document: Path) -> None:
        assert FORBIDDEN_WORDS.findall(document.read_text(encoding="utf-8")) == []


def leads_to_a_command(words: list[str]) -> bool:
    """True if the words before the first argument or option name a command, with the options that command has."""
    command: click.Command = main
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            if word not in ("--help", "--version") and not _option(command, word):
                return False
            if words and not words[0].startswith("--") and isinstance(command, click.Group):
                words.pop(0)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return False
            command = command.commands[word]
    return True


def _option(command: click.Command, name: str) -> bool:
    return any(name in parameter.opts for parameter in command.params)


class TestWorkedCard:
    """The example of docs/card-format.md, which is the card of the tests and of the vectors."""

    def test_has_a_number_that_the_desk_would_take(self) -> None:
        document = (ROOT / "docs" / "card-format.md").read_text(encoding="utf-8")

        assert [normalise(number) for number in CARD_NUMBER.findall(document)] == [Town().claims().card_number]


class TestTheseChecks:
    @pytest.mark.parametrize("words", ["prnt", "keys anounce", "publish --into x", "--twn x publish"])
    def test_notice_a_planted_command(self, words: str) -> None:
        assert not leads_to_a_command(words.split())

    @pytest.mark.parametrize("words", ["", "--town x publish --out y", "keys announce card", "staff add --name ana"])
    def test_take_a_real_one(self, words: str) -> None:
        assert leads_to_a_command(words.split())


class TestDecisions:
    def test_have_one_number_each_and_say_when_they_were_taken(self) -> None:
        decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
        numbers = [path.name[:4] for path in decisions]

        assert len(numbers) == len(set(numbers))
        assert [path.name for path in decisions if "2026-" not in path.read_text(encoding="utf-8")[:400]] == []


class TestTheRetentionSchedule:
    """What a council adopts is what the program does: docs/retention.md against domain/schedule.py."""

    def test_has_every_table_and_column_in_the_words_of_the_program(self) -> None:
        document = (ROOT / "docs" / "retention.md").read_text(encoding="utf-8")

        for name, rule in schedule.TABLES.items():
            assert f"### {name}\n\n{rule.why} **Ends:** {rule.ends}\n" in document
            assert [f"| `{column}` | {words} |" for column, words in rule.columns.items()] == _rows_under(
                name, document
            )

    def test_has_every_kind_of_file(self) -> None:
        rows = _rows_under("Files of the town's folder", (ROOT / "docs" / "retention.md").read_text(encoding="utf-8"))

        assert [row.split(":")[0].removeprefix("| ") for row in rows] == [rule.name for rule in schedule_of_files.FILES]
        assert all(
            f"| {rule.why} | {rule.ends} |" in row for rule, row in zip(schedule_of_files.FILES, rows, strict=True)
        )


def _rows_under(heading: str, document: str) -> list[str]:
    section = document.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


class TestTheNumbers:
    """What readers of the open data are told is what is published: docs/numbers.md against domain/numbers.py."""

    def test_are_all_explained_in_their_order(self) -> None:
        document = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")

        rows = re.findall(r"^\| `([a-z-]+)` \|(?: `([a-z-]+)`)?", document.partition("| measure |")[2], re.MULTILINE)

        assert [name for name, _ in rows] == list(numbers.MEASURES)
        assert {name: total for name, total in rows if total} == numbers.PART_OF

    def test_have_their_columns_explained(self) -> None:
        document = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")

        assert ",".join(numbers.COLUMNS) in document
        assert re.findall(r"^\| `([a-z_]+)` \|", document.partition("| measure |")[0], re.MULTILINE) == list(
            numbers.COLUMNS
        )
