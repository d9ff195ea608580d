"""A town's policy for evidence in config.toml: what it may say, and that one nobody could ever meet stops the start."""

from pathlib import Path
from typing import Any

import pytest

from cardservice.evidence_settings import EXAMPLE, EXAMPLE_KINDS, EXAMPLE_VERSION
from cardservice.settings import Settings, SettingsError, parse

TOWN = {"name": "Vila Aberta", "issuer": "https://id.vila-aberta.example"}
PASSPORT: dict[str, Any] = {"kind": "passport", "identity": 3, "shows": ["photo", "birth-date"]}
LEASE: dict[str, Any] = {"kind": "lease", "residency": 1}


def settings(folder: Path, **evidence: Any) -> Settings:
    return parse({"town": TOWN, "evidence": {"version": "own"} | evidence}, folder)


def problem(folder: Path, **evidence: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(folder, **evidence)
    return str(refused.value)


class TestAPolicyThatNobodyCouldMeet:
    @pytest.mark.parametrize(
        ("evidence", "lacks"),
        [
            ({"paper": [PASSPORT]}, "give 3 points, and 4 are needed; give 0 points of residency, and 1 are needed"),
            ({"paper": [LEASE], "points": 1}, "give 0 points of identity, and 3 are needed"),
            ({"paper": [PASSPORT, LEASE], "points": 5}, "give 4 points, and 5 are needed"),
            ({"paper": [PASSPORT | {"shows": ["birth-date"]}, LEASE]}, "show no photo, which is asked for"),
            ({"paper": [PASSPORT | {"shows": ["photo"]}, LEASE]}, "show no birth-date, which is asked for"),
        ],
    )
    def test_is_refused_with_what_it_lacks(self, tmp_path: Path, evidence: dict[str, Any], lacks: str) -> None:
        said = problem(tmp_path, **evidence)

        assert "nobody could ever have a card" in said
        assert lacks in said

    def test_is_one_that_only_a_child_could_meet(self, tmp_path: Path) -> None:
        said = problem(tmp_path, paper=[PASSPORT | {"child_only": True}, LEASE])

        assert "nobody but a child could ever have a card" in said
        assert "that count for an adult give 1 points, and 4 are needed" in said

    def test_is_told_from_one_that_can_just_be_met(self, tmp_path: Path) -> None:
        assert len(settings(tmp_path, paper=[PASSPORT, LEASE], points=4, identity=3, residency=1).evidence.paper) == 2


class TestAVersion:
    @pytest.mark.parametrize(
        "changed", [{"paper": [PASSPORT, LEASE]}, {"points": 5}, {"identity": 2}, {"residency": 0}, {"shows": []}]
    )
    def test_is_not_that_of_the_example_where_something_is_changed(
        self, tmp_path: Path, changed: dict[str, Any]
    ) -> None:
        assert "this is not example-2 as it is shipped" in problem(tmp_path, version=EXAMPLE_VERSION, **changed)

    def test_is_that_of_the_example_in_whatever_order_its_papers_are_written(self, tmp_path: Path) -> None:
        papers = [paper.model_dump() for paper in reversed(EXAMPLE)]

        assert settings(tmp_path, version=EXAMPLE_VERSION, paper=papers).evidence.version == EXAMPLE_VERSION


class TestAPaper:
    @pytest.mark.parametrize(
        ("papers", "said"),
        [
            ([PASSPORT, PASSPORT, LEASE], "passport stands there twice"),
            ([{"kind": "land-survey", "residency": 1}, PASSPORT], "land-survey is a kind of your own"),
            ([{"kind": "pasport", "identity": 3}, LEASE], "did you mean passport?"),
            ([{"kind": "passport"}, LEASE], "passport is worth nothing"),
            ([PASSPORT | {"days_old": -1}, LEASE], "days_old"),
            ([PASSPORT | {"country": "xx"}, LEASE], "country"),
            ([PASSPORT | {"child_only": "sometimes"}, LEASE], "child_only"),
            ([], "paper"),
        ],
    )
    def test_is_refused_at_the_door(self, tmp_path: Path, papers: list[dict[str, Any]], said: str) -> None:
        assert said in problem(tmp_path, paper=papers)


class TestTheExample:
    def test_is_there_without_a_word_in_the_file(self, tmp_path: Path) -> None:
        assert {paper.kind for paper in settings(tmp_path).evidence.paper} == set(EXAMPLE_KINDS)
