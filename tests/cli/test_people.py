"""Lines of people for the demo: taken, or refused by number and reason without quoting anybody."""

import json
from pathlib import Path

import pytest

from cardservice.cli import people


def read_one(folder: Path, line: bytes) -> people.Person | people.LineRefused:
    path = folder / "people.jsonl"
    path.write_bytes(line + b"\n")
    ((_, found),) = people.read(path)
    return found


class TestRead:
    def test_takes_a_name_and_a_birth_date(self, tmp_path: Path) -> None:
        found = read_one(tmp_path, b'{"name": "Sukarni", "birth_date": "1975-08-17"}')

        assert found == people.Person(name="Sukarni", birth_date="19750817")

    def test_finds_a_portrait_beside_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "face.png").write_bytes(b"picture")

        found = read_one(tmp_path, b'{"name": "S", "birth_date": "1975-08-17", "portrait": "face.png"}')

        assert isinstance(found, people.Person)
        assert found.portrait == b"picture"

    def test_goes_on_after_a_line_it_cannot_take(self, tmp_path: Path) -> None:
        good = json.dumps({"name": "Sukarni", "birth_date": "1975-08-17"})
        path = tmp_path / "people.jsonl"
        path.write_text(f"{good}\n\nnot json\n{good}\n", encoding="utf-8")

        found = list(people.read(path))

        assert [(number, type(what)) for number, what in found] == [
            (1, people.Person),
            (3, people.LineRefused),
            (4, people.Person),
        ]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"[]", "not a JSON object"),
            (b"{", "not JSON"),
            (b'{"name": "\xff"}', "not JSON in UTF-8"),
            (b"[" * 30_000, "not JSON"),
            (b'"' + b"x" * 70_000 + b'"', "longer than"),
            (b'{"name": "Canary"}', "birth_date is missing"),
            (b'{"name": null, "birth_date": "1975-08-17"}', "name is missing"),
            (b'{"name": 7, "birth_date": "1975-08-17"}', "name must be text"),
            (b'{"name": "Canary", "birth_date": "1975-08-17", "nationality": "x"}', "not known"),
            (b'{"name": "Canary", "birth_date": "17/08/1975"}', "YYYY-MM-DD"),
            (b'{"name": "Canary", "birth_date": "1975-08-17T00"}', "YYYY-MM-DD"),
            ('{"name": "Canary", "birth_date": "197５-08-17"}'.encode(), "YYYY-MM-DD"),
            (b'{"name": "Canary", "birth_date": "1975-08-17", "portrait": "no\\u0000where"}', "cannot be read"),
            (b'{"name": "Canary", "birth_date": "1975-08-17", "portrait": "nowhere.png"}', "cannot be read"),
        ],
    )
    def test_says_why_a_line_is_refused_and_quotes_nothing(self, tmp_path: Path, line: bytes, reason: str) -> None:
        found = read_one(tmp_path, line)

        assert isinstance(found, people.LineRefused)
        assert reason in str(found)
        assert "Canary" not in str(found)


class TestSample:
    def test_is_taken_whole(self) -> None:
        assert all(isinstance(found, people.Person) for _, found in people.read(people.sample()))
