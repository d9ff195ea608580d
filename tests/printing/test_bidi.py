"""Text that runs both ways is ordered as the Unicode Consortium's own test file says."""

from pathlib import Path

import pytest

from cardservice.printing import bidi

TEST_FILE = Path("/usr/share/unicode/BidiCharacterTest.txt")


class TestLevels:
    @pytest.mark.skipif(not TEST_FILE.is_file(), reason="BidiCharacterTest.txt (Debian package unicode-data) is absent")
    def test_agree_with_every_line_of_the_consortiums_test(self):
        wrong = [line for line in _cases() if not _agrees(line)]

        assert wrong == []

    def test_keep_digits_readable_inside_arabic(self):
        assert [(run.start, run.end, run.right_to_left) for run in bidi.runs("محمد 1985")] == [
            (5, 9, False),
            (0, 5, True),
        ]

    def test_leave_latin_as_one_run(self):
        assert bidi.runs("María Ñandú-O’Neill") == [bidi.Run(0, 19, 0)]

    def test_take_an_empty_text(self):
        assert bidi.runs("") == []


def _cases() -> list[list[str]]:
    lines = TEST_FILE.read_text("utf-8").splitlines()
    return [line.split(";") for line in lines if line and not line.startswith("#")]


def _agrees(case: list[str]) -> bool:
    codes, direction, paragraph, wanted, order = case
    text = "".join([chr(int(code, 16)) for code in codes.split()])
    base, found = bidi.levels(text, None if direction == "2" else int(direction))
    kept = {i: int(level) for i, level in enumerate(wanted.split()) if level != "x"}
    visual = [i for i in bidi.visual_order(found) if i in kept]
    return (
        base == int(paragraph)
        and [found[i] for i in kept] == [*kept.values()]
        and visual == [int(i) for i in order.split()]
    )
