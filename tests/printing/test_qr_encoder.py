"""The fast encoder makes the very symbols that `qrcode` makes."""

import random

import pytest
import qrcode
from qrcode import util

from cardservice.printing import qr_encoder

SEED = 169


class TestEncode:
    @pytest.mark.parametrize("version", qr_encoder.VERSIONS)
    def test_equals_qrcode_module_for_module_in_every_version(self, version):
        text = _text(version)

        assert qr_encoder.encode(text) == (version, _reference(text))

    @pytest.mark.parametrize("length", [1, 2, 3, 20, 311, 312, 1158])
    def test_equals_qrcode_for_odd_and_even_lengths(self, length):
        text = "".join(random.Random(length).choices(qr_encoder.ALPHABET, k=length))

        assert qr_encoder.encode(text)[1] == _reference(text)

    @pytest.mark.parametrize("dark", [0.05, 0.2, 0.35, 0.5, 0.7, 0.95])
    def test_finds_a_symbol_as_hard_to_read_as_qrcode_does_however_dark_it_is(self, dark):
        chance, layout = random.Random(SEED), qr_encoder._layout(3)
        modules = [[chance.random() < dark for _ in range(layout.size)] for _ in range(layout.size)]
        upright = qr_encoder._integer(layout.size, lambda row, column: modules[row][column])

        assert qr_encoder._penalty(upright, layout) == util.lost_point(modules)

    def test_takes_version_23_for_an_identity_code_with_a_portrait(self):
        assert qr_encoder.smallest_version(1158) == 23

    def test_fills_the_largest_symbol_and_refuses_one_character_more(self):
        version, rows = qr_encoder.encode("A" * 3391)

        assert (version, len(rows)) == (40, 177)
        with pytest.raises(qr_encoder.TooLongForQr):
            qr_encoder.encode("A" * 3392)


def _text(version: int) -> str:
    """As many characters as this version holds and the one before does not."""
    bits = util.BIT_LIMIT_TABLE[qr_encoder.LEVEL][version] - 4 - qr_encoder._count_bits(version)
    length = bits // 11 * 2 + (bits % 11 >= 6)
    return "".join(random.Random(SEED + version).choices(qr_encoder.ALPHABET, k=length))


def _reference(text: str) -> tuple[str, ...]:
    code = qrcode.QRCode(error_correction=qr_encoder.LEVEL, border=0)
    code.add_data(util.QRData(text, mode=util.MODE_ALPHA_NUM))
    code.make(fit=True)
    return tuple("".join("01"[bool(module)] for module in row) for row in code.modules)
