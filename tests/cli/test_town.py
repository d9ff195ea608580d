"""One line of a config.toml in place of another, however somebody has written it."""

import tomllib

import pytest

from cardservice.cli import town

NEW = 'url = "sqlite:///new.db"'


class TestASetting:
    @pytest.mark.parametrize(
        "written",
        [
            '[database]\nurl = "sqlite:///old.db"\n',
            '[database]\nurl="sqlite:///old.db"\n',
            '[database]\n  url  =  "sqlite:///old.db"   # the register\n',
            '[town]\nname = "X"\n',
            "",
        ],
    )
    def test_is_exchanged_or_added(self, written: str) -> None:
        changed = town.with_setting(written, "database", NEW)

        assert tomllib.loads(changed)["database"] == {"url": "sqlite:///new.db"}
        assert tomllib.loads(changed).get("town") == tomllib.loads(written).get("town")

    @pytest.mark.parametrize("written", ["[database]\n", 'database = { url = "sqlite:///old.db" }\n'])
    def test_that_has_no_line_of_its_own_is_said_and_not_passed_over(self, written: str) -> None:
        with pytest.raises(town.NoLineToChange, match=r"no line for url in \[database\]"):
            town.with_setting(written, "database", NEW)
