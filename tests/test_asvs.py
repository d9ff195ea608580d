"""docs/asvs.md is whole: each requirement of level 1 and 2 in scope once, none open, and what it names exists."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "asvs.md"
STATUSES = {"met", "not applicable"}
COLUMNS = 4

# OWASP ASVS 5.0.0, levels 1 and 2, without V10 and V17: section, and the last numbers in it that are of level 1 or 2.
# In that edition those of level 3 stand at the end of each section.
IN_SCOPE = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
EXPECTED = [f"{section}.{number}" for section, last in IN_SCOPE.items() for number in range(1, last + 1)]

NAMED = re.compile(
    r"`((?:cardservice|tests|docs|templates|migrations)/[^`:]+|[\w.]+\.(?:toml|lock)|Makefile)((?:::\w+)*)`"
)


@dataclass(frozen=True)
class Row:
    """One requirement: its number, our words for it, its status, and what shows it or why it does not apply."""

    number: str
    asks: str
    status: str
    shown: str


def rows(page: str) -> list[Row]:
    """Every row of the tables, whatever its number looks like."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if re.match(r"\| \d+\.\d+\.\d+ ", line)
    ]
    assert [cell for cell in cells if len(cell) != COLUMNS] == []
    return [Row(*cell) for cell in cells]


def missing(shown: str) -> list[str]:
    """What a row names that is not there: files, classes in them, tests in those."""
    return [path + parts for path, parts in NAMED.findall(shown) if not _exists(path, parts.split("::")[1:])]


def _exists(path: str, parts: list[str]) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    body: list[ast.stmt] = _tree(file).body if parts else []
    for part in parts:
        found = next((node for node in body if getattr(node, "name", "") == part), None)
        if found is None:
            return False
        body = getattr(found, "body", [])
    return True


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


ROWS = rows(PAGE.read_text(encoding="utf-8"))


class TestThePage:
    def test_has_each_requirement_in_scope_once_and_in_order(self) -> None:
        assert [row.number for row in ROWS] == EXPECTED
        assert len(EXPECTED) == 217

    def test_leaves_none_open(self) -> None:
        assert [row.number for row in ROWS if row.status not in STATUSES] == []

    def test_counts_them_by_chapter(self) -> None:
        page = PAGE.read_text(encoding="utf-8")
        for chapter in {row.number.split(".")[0] for row in ROWS}:
            here = [row.status for row in ROWS if row.number.split(".")[0] == chapter]
            met, other = here.count("met"), here.count("not applicable")
            assert re.search(rf"^\| V{chapter} \|[^|]*\| {met} \| {other} \|$", page, re.MULTILINE), chapter

        together = [row.status for row in ROWS]
        assert f"| | together | {together.count('met')} | {together.count('not applicable')} |" in page


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
class TestEachRow:
    def test_says_what_is_asked_and_what_shows_it_or_why_not(self, row: Row) -> None:
        assert row.asks
        assert row.shown
        assert row.status == "not applicable" or NAMED.search(row.shown), "name a file or a test"

    def test_names_only_what_exists(self, row: Row) -> None:
        assert missing(row.shown) == []


class TestTheseChecks:
    @pytest.mark.parametrize(
        "named",
        [
            "`tests/test_nothing.py`",
            "`tests/test_asvs.py::TestNothing`",
            "`tests/test_asvs.py::TestThePage::test_nothing`",
            "`tests/test_asvs.py::TestThePage::test_leaves_none_open::deeper`",
            "`docs/nothing.md`",
            "`nothing.toml`",
        ],
    )
    def test_notice_what_is_not_there(self, named: str) -> None:
        assert missing(named) == [named.strip("`")]

    def test_find_what_is_there(self) -> None:
        assert missing("`tests/test_asvs.py::TestThePage::test_leaves_none_open`, `pyproject.toml`, `Makefile`") == []
