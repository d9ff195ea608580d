"""Card numbers: random, readable over a telephone, and wrong whenever one or two symbols are."""

import itertools
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.domain.card_numbers import ALPHABET, CardNumberMistyped, draw, grouped, is_one, normalise

numbers = st.binary(min_size=7, max_size=7).map(lambda drawn: draw(lambda _count: drawn))


class TestOne:
    @pytest.mark.parametrize(("typed", "is_it"), [("7g1a-02C0 2887", True), ("7G1A02C02888", False), ("Saba", False)])
    def test_is_told_from_what_else_somebody_types(self, typed: str, is_it: bool) -> None:
        assert is_one(typed) is is_it


class TestDraw:
    @given(numbers)
    def test_makes_twelve_symbols_that_normalise_to_themselves(self, number: str) -> None:
        assert len(number) == 12
        assert set(number) <= set(ALPHABET)
        assert normalise(number) == number

    @pytest.mark.parametrize(
        ("drawn", "number"),
        [(bytes(7), "000000000000"), (b"\x00" * 6 + b"\x01", "100000000079"), (bytes(range(1, 8)), "7G1A02C02887")],
    )
    def test_computes_check_symbols_that_never_change(self, drawn: bytes, number: str) -> None:
        """Cards are in pockets: another code over the same field would call every one of them mistyped."""
        assert draw(lambda _count: drawn) == number

    def test_uses_every_symbol_in_every_random_place(self) -> None:
        drawn = [draw(os.urandom) for _ in range(2_000)]

        assert all(len({number[place] for number in drawn}) == 32 for place in range(12))

    def test_makes_no_number_twice(self) -> None:
        assert len({draw(os.urandom) for _ in range(10_000)}) == 10_000


class TestNormalise:
    @given(numbers)
    def test_takes_what_people_write_around_it(self, number: str) -> None:
        for typed in (
            grouped(number),
            number.lower(),
            f"  {grouped(number)}\n",
            " ".join(number),
            number.replace("0", "o"),
        ):
            assert normalise(typed) == number

    @given(numbers)
    def test_reads_letters_that_look_like_digits(self, number: str) -> None:
        assert normalise(number.replace("1", "l").replace("0", "O")) == number
        assert normalise(number.replace("1", "I")) == number

    @given(numbers)
    def test_reads_digits_of_other_scripts_and_wide_letters(self, number: str) -> None:
        arabic = "".join(chr(0x660 + int(symbol)) if symbol.isdigit() else symbol for symbol in number)
        wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in number)

        assert normalise(arabic) == normalise(wide) == number

    def test_sees_every_single_wrong_symbol(self) -> None:
        number = draw(os.urandom)
        for place, symbol in itertools.product(range(12), ALPHABET):
            wrong = number[:place] + symbol + number[place + 1 :]
            if wrong != number:
                with pytest.raises(CardNumberMistyped):
                    normalise(wrong)

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_sees_every_two_wrong_symbols(self) -> None:
        number = draw(os.urandom)
        for first, second in itertools.combinations(range(12), 2):
            for one, other in itertools.product(ALPHABET, repeat=2):
                symbols = list(number)
                if symbols[first] != one and symbols[second] != other:
                    symbols[first], symbols[second] = one, other
                    with pytest.raises(CardNumberMistyped):
                        normalise("".join(symbols))

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_sees_every_two_exchanged_symbols(self) -> None:
        for _ in range(50):
            number = draw(os.urandom)
            for first, second in itertools.combinations(range(12), 2):
                symbols = list(number)
                symbols[first], symbols[second] = symbols[second], symbols[first]
                if symbols != list(number):
                    with pytest.raises(CardNumberMistyped):
                        normalise("".join(symbols))

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_lets_one_in_a_thousand_random_strings_pass(self) -> None:
        chance = random.Random(1)
        passed = sum(is_one("".join(chance.choices(ALPHABET, k=12))) for _ in range(20_000))

        assert 5 <= passed <= 40

    @pytest.mark.parametrize(
        "typed", ["", "   ", "0", "0" * 11, "0" * 13, "U" * 12, "𝟘" * 11 + "é", "🙂" * 12, "\x00" * 12]
    )
    def test_refuses_what_cannot_be_a_number_without_repeating_it(self, typed: str) -> None:
        with pytest.raises(CardNumberMistyped) as caught:
            normalise(typed)

        assert not typed.strip() or typed not in str(caught.value)
