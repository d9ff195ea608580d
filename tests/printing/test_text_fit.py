"""A name of any length stands whole on the card, at six points or more."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardservice.printing.text_fit import MIN_SIZE, fit

WIDTH, HEIGHT = 124.0, 34.0
NAMES = {
    "one letter": "X",
    "a usual name": "Karim al-Haddad",
    "a long name": "María de los Ángeles Fernández de Córdoba y Álvarez de Toledo",
    "128 letters": "A" * 128,
    "128 wide letters": "W" * 128,
    "64 short words": "Al " * 42 + "Al",
    "128 han characters": "司" * 128,
    "a long arabic name": "محمد عبد الرحمن بن عبد الله " * 4 + "محمد",
    "128 joined letters": "محمد" * 32,
    "128 wide ligatures": "\ufdfa" * 128,
    "a long devanagari name": "श्रीकृष्ण " * 12 + "कृष्णा",
    "a tall script": "བསྟན་འཛིན་རྒྱ་མཚོ་" * 7,
}


class TestFit:
    @pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
    def test_puts_every_letter_of_the_name_inside_its_box(self, name):
        block = fit(name, WIDTH, HEIGHT, largest=13.5)

        assert _letters("".join(line.text for line in block.lines)) == _letters(name)
        assert block.width <= WIDTH + 0.01
        assert block.height <= HEIGHT + 0.01
        assert block.size >= MIN_SIZE

    def test_leaves_a_usual_name_on_one_line_at_full_size(self):
        block = fit("Karim al-Haddad", WIDTH, HEIGHT, largest=13.5)

        assert (len(block.lines), block.size, block.squeeze) == (1, 13.5, 1)

    def test_shrinks_a_little_before_it_wraps(self):
        block = fit("Guillermina Valdivieso", WIDTH, HEIGHT, largest=13.5)

        assert len(block.lines) == 1
        assert 9.7 < block.size < 13.5

    def test_wraps_into_lines_of_about_the_same_length(self):
        block = fit(NAMES["a long name"], WIDTH, HEIGHT, largest=13.5)

        assert len(block.lines) in (2, 3)
        assert block.squeeze == 1
        assert min(line.width for line in block.lines) > 0.6 * max(line.width for line in block.lines)

    def test_runs_in_the_direction_of_the_name_on_every_line(self):
        block = fit("محمد عبد الرحمن John Smith van den Berg محمد", WIDTH / 2, HEIGHT, largest=13.5)

        assert len(block.lines) > 2
        assert all(line.right_to_left for line in block.lines)

    def test_breaks_after_a_hyphen_and_adds_none(self):
        block = fit("Jean-Baptiste-Emmanuel Grenouille", WIDTH, HEIGHT, largest=13.5)

        assert [line.text for line in block.lines] == ["Jean-Baptiste-", "Emmanuel Grenouille"]

    def test_condenses_only_at_the_smallest_size(self):
        block = fit("W" * 128, WIDTH, HEIGHT, largest=13.5)

        assert block.size == MIN_SIZE
        assert block.squeeze < 1

    def test_keeps_whole_words_while_a_little_condensing_is_enough(self):
        block = fit("Wolfeschlegelsteinhausen " * 4 + "Bergerdorff", WIDTH, 27, largest=13.5)

        assert {word for line in block.lines for word in line.text.split()} == {
            "Wolfeschlegelsteinhausen",
            "Bergerdorff",
        }

    @pytest.mark.parametrize("width", [18, 22, 25, 30])
    def test_stays_in_its_box_where_a_letter_at_the_end_of_a_line_is_wider_than_within_a_word(self, width):
        assert fit("س" * 30, width, HEIGHT, largest=13.5).width <= width + 0.01

    @settings(max_examples=60, deadline=None)
    @given(
        st.text(
            st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["C"]), min_size=1, max_size=128
        ),
        st.floats(15, 50),
    )
    def test_loses_nothing_of_any_text(self, name, height):
        name = " ".join(name.split()) or "X"

        block = fit(name, WIDTH, height, largest=13.5)

        assert _letters("".join(line.text for line in block.lines)) == _letters(name)
        assert block.width <= WIDTH + 0.01
        assert block.height <= height + 0.01


def _letters(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace(" ", "")
