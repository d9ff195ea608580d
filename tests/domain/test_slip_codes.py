"""Slip codes: 130 random bits, wrong whenever one or two symbols are, and kept by the register as a digest alone."""

import hashlib
import itertools
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.domain import check_symbols
from cardservice.domain.check_symbols import ALPHABET
from cardservice.domain.slip_codes import LENGTH, SlipCodeMistyped, digest, draw, grouped, normalise

codes = st.binary(min_size=17, max_size=17).map(lambda drawn: draw(lambda _count: drawn))


def passes(symbols: list[str]) -> bool:
    try:
        return bool(normalise("".join(symbols)))
    except SlipCodeMistyped:
        return False


class TestDraw:
    def test_uses_a_hundred_and_thirty_random_bits(self) -> None:
        asked: list[int] = []

        def token_bytes(count: int) -> bytes:
            asked.append(count)
            return os.urandom(count)

        drawn = [draw(token_bytes) for _ in range(2_000)]

        assert set(asked) == {17}
        assert all(len({code[place] for code in drawn}) == 32 for place in range(LENGTH))
        assert LENGTH - check_symbols.CHECK_SYMBOLS == 130 // check_symbols.BITS_A_SYMBOL

    @pytest.mark.parametrize(
        ("drawn", "code"),
        [(bytes(17), "0" * 28), (bytes(16) + b"\x01", "10000000000000000000000000XM")],
    )
    def test_computes_check_symbols_that_never_change(self, drawn: bytes, code: str) -> None:
        """Slips are in drawers: another code over the same field would call every one of them mistyped."""
        assert draw(lambda _count: drawn) == code

    def test_stays_within_what_the_check_symbols_can_do(self) -> None:
        assert LENGTH <= check_symbols.LONGEST


class TestNormalise:
    @given(codes)
    def test_takes_what_people_write_around_it(self, code: str) -> None:
        for typed in (grouped(code), code.lower(), f" {grouped(code)}\n", code.replace("0", "o").replace("1", "l")):
            assert normalise(typed) == code

    def test_prints_seven_groups_of_four(self) -> None:
        assert [len(group) for group in grouped(draw(os.urandom)).split("-")] == [4] * 7

    def test_sees_every_single_wrong_symbol(self) -> None:
        code = list(draw(os.urandom))
        for place, symbol in itertools.product(range(LENGTH), ALPHABET):
            assert passes([*code[:place], symbol, *code[place + 1 :]]) == (symbol == code[place])

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_sees_every_two_wrong_symbols(self) -> None:
        """The code is linear: two mistakes are as good as those in a word of noughts, and as any multiple of them."""
        nothing = ["0"] * LENGTH
        for first, second in itertools.combinations(range(LENGTH), 2):
            for other in ALPHABET[1:]:
                symbols = nothing.copy()
                symbols[first], symbols[second] = "1", other
                assert not passes(symbols)

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_sees_every_two_exchanged_symbols(self) -> None:
        for _ in range(20):
            code = draw(os.urandom)
            for first, second in itertools.combinations(range(LENGTH), 2):
                symbols = list(code)
                symbols[first], symbols[second] = symbols[second], symbols[first]
                assert passes(symbols) == (code[first] == code[second])

    def test_sees_a_symbol_left_out_or_doubled(self) -> None:
        code = list(draw(os.urandom))
        for place in range(LENGTH):
            assert not passes([*code[:place], *code[place + 1 :]])
            assert not passes([*code[:place], code[place], *code[place:]])

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_lets_one_in_a_thousand_random_strings_pass(self) -> None:
        chance = random.Random(1)
        passed = sum(passes(chance.choices(ALPHABET, k=LENGTH)) for _ in range(20_000))

        assert 5 <= passed <= 40

    @pytest.mark.parametrize("typed", ["", "0" * 27, "0" * 29, "U" * 28, "🙂" * 28, "7K2M-PX4Q-9T0A"])
    def test_refuses_what_cannot_be_a_code_without_repeating_it(self, typed: str) -> None:
        with pytest.raises(SlipCodeMistyped) as caught:
            normalise(typed)

        assert not typed or typed not in str(caught.value)


class TestDigest:
    def test_is_sha_256_of_the_symbols(self) -> None:
        assert digest("0" * 28) == hashlib.sha256(b"0" * 28).digest()
