"""The command line of the measurements. What they measure is run by `make bench`."""

import json
import sys
from collections.abc import Callable

import pytest

from bench import __main__ as bench
from bench.measure import Result

RESULT = Result(ours=1.0, peer=1.0, peer_name="peer", unit="s", goal=1.0, runs=1)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`python -m bench` with two benches, which take no time."""
    monkeypatch.setattr(bench, "BENCHES", {"one": lambda: RESULT, "two": lambda: RESULT})

    def run(*names: str) -> int:
        monkeypatch.setattr(sys, "argv", ["bench", *names])
        return bench.main()

    return run


class TestNames:
    @pytest.mark.parametrize(("names", "ran"), [([], ["one", "two"]), (["two"], ["two"])])
    def test_are_run_and_without_any_all_are(self, run, capsys, names: list[str], ran: list[str]) -> None:
        assert run(*names) == 0

        assert [json.loads(line)["bench"] for line in capsys.readouterr().out.splitlines()] == ran

    def test_that_are_unknown_are_answered_with_those_that_exist(self, run, capsys) -> None:
        with pytest.raises(SystemExit) as left:
            run("one", "three")

        assert left.value.code == 2
        assert capsys.readouterr().err.endswith("no bench is called 'three'; choose from one, two\n")
